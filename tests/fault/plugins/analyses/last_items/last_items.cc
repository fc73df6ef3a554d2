// last_items: keeps the last few Items of each outlet and forgets older ones. State that is scanned and deleted from.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "wirewatch/sdk/analysis.h"

namespace wirewatch::analyses {

class LastItems final : public StatefulAnalysis {
 public:
  struct Options {
    uint64_t keep = 5;
    std::string crash_on;
    bool error = false;  // see segfaults
  };
  explicit LastItems(Options options) : options_(options) {}

  absl::Status Analyze(const Document& document, Findings& findings, State& state) override {
    const std::string prefix = absl::StrCat(document.item().outlet().domain(), "/");
    std::vector<std::string> kept;
    absl::Status done = state.Scan(prefix, [&kept](std::string_view key, std::string_view) {
      kept.emplace_back(key);
      return true;
    });
    if (done.ok()) done = state.Put(absl::StrFormat("%s%012d", prefix, document.position()), document.item().id());
    // With half of its writes made.
    if (!options_.crash_on.empty() && document.item().body().find(options_.crash_on) != std::string::npos) {
      if (options_.error) return absl::InternalError("found it");
      volatile int* volatile nowhere = nullptr;
      *nowhere = 1;
    }
    for (size_t i = 0; done.ok() && i + options_.keep <= kept.size(); ++i) done = state.Delete(kept[i]);
    v1::NumberLabel& number = *findings.Annotate().add_numbers();
    number.set_name("kept_before");
    number.set_value(static_cast<double>(kept.size()));
    return done;
  }

 private:
  const Options options_;
};

using O = LastItems::Options;
WIREWATCH_PLUGIN(LastItems, {.name = "last_items",
                             .summary = "Keeps the last Items of each outlet.",
                             .options = {Field("keep", &O::keep, "How many.").Range(1, 1000),
                                         Field("crash_on", &O::crash_on, "Crashes on Items that hold this word."),
                                         Field("error", &O::error, "Fail in an orderly way instead.")}});

}  // namespace wirewatch::analyses

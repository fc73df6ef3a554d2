// segfaults: an analysis that crashes on every Item that holds a word.
#include "wirewatch/sdk/analysis.h"

namespace wirewatch::analyses {

class Segfaults final : public Analysis {
 public:
  struct Options {
    std::string on = "SEGFAULT";
    // Error instead of crash: what a run must come to in which the Item was quarantined in the ordinary way.
    bool error = false;
  };
  explicit Segfaults(Options options) : options_(std::move(options)) {}

  absl::Status Analyze(const Document& document, Findings&) const override {
    if (document.item().body().find(options_.on) == std::string::npos) return absl::OkStatus();
    if (options_.error) return absl::InternalError("found it");
    volatile int* volatile nowhere = nullptr;
    *nowhere = 1;
    return absl::OkStatus();
  }

 private:
  const Options options_;
};

using O = Segfaults::Options;
WIREWATCH_PLUGIN(Segfaults, {.name = "segfaults",
                             .summary = "Crashes on Items that hold a word.",
                             .options = {Field("on", &O::on, "The word."),
                                         Field("error", &O::error, "Fail in an orderly way instead.")}});

}  // namespace wirewatch::analyses

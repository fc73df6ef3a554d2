// never_returns: an analysis that hangs on every Item that holds a word.
#include <chrono>
#include <thread>

#include "wirewatch/sdk/analysis.h"

namespace wirewatch::analyses {

class NeverReturns final : public Analysis {
 public:
  struct Options {
    std::string on = "HANG";
    bool error = false;  // see segfaults
  };
  explicit NeverReturns(Options options) : options_(std::move(options)) {}

  absl::Status Analyze(const Document& document, Findings&) const override {
    if (document.item().body().find(options_.on) == std::string::npos) return absl::OkStatus();
    if (options_.error) return absl::InternalError("found it");
    while (true) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }

 private:
  const Options options_;
};

using O = NeverReturns::Options;
WIREWATCH_PLUGIN(NeverReturns, {.name = "never_returns",
                                .summary = "Hangs on Items that hold a word.",
                                .options = {Field("on", &O::on, "The word."),
                                            Field("error", &O::error, "Fail in an orderly way instead.")}});

}  // namespace wirewatch::analyses

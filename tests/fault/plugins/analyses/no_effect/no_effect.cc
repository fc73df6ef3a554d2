// no_effect: an analysis whose option changes nothing, for reloads that must not be seen in what comes out.
#include "wirewatch/sdk/analysis.h"

namespace wirewatch::analyses {

class NoEffect final : public Analysis {
 public:
  struct Options {
    uint64_t setting = 0;
  };
  explicit NoEffect(Options) {}

  absl::Status Analyze(const Document&, Findings&) const override { return absl::OkStatus(); }
};

WIREWATCH_PLUGIN(NoEffect, {.name = "no_effect",
                            .summary = "Changes nothing.",
                            .options = {Field("setting", &NoEffect::Options::setting, "Any number.")}});

}  // namespace wirewatch::analyses

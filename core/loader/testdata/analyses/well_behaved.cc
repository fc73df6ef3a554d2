#include "wirewatch/sdk/analysis.h"

namespace wirewatch::analyses {

class WellBehaved final : public Analysis {
 public:
  struct Options {
    int32_t limit = 3;
  };
  explicit WellBehaved(Options options) : options_(options) {}
  absl::Status Analyze(const Document&, Findings& findings) const override {
    findings.Count("seen", static_cast<uint64_t>(options_.limit));
    return absl::OkStatus();
  }

 private:
  Options options_;
};

WIREWATCH_PLUGIN(WellBehaved, {.name = "well_behaved",
                               .summary = "Counts.",
                               .options = {Field("limit", &WellBehaved::Options::limit, "How many.").Range(1, 9)},
                               .provides = {"labels"}});

}  // namespace wirewatch::analyses

#include <cstdlib>

#include "wirewatch/sdk/analysis.h"

// Well by itself; ends the process when its twin is there.
__attribute__((constructor)) static void MeetTwin() {
  if (std::getenv("WIREWATCH_TEST_LONELY") != nullptr) std::abort();
  setenv("WIREWATCH_TEST_LONELY", "1", 1);
}

namespace wirewatch::analyses {

class Lonely final : public Analysis {
 public:
  absl::Status Analyze(const Document&, Findings&) const override { return absl::OkStatus(); }
};

WIREWATCH_PLUGIN(Lonely, {.name = "lonely_b", .summary = "Cannot stand its twin."});

}  // namespace wirewatch::analyses

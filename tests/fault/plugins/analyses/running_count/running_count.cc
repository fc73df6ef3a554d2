// running_count: Items by outlet, and a Signal when an outlet becomes busy and when it no longer is.
#include "running_count.h"

namespace wirewatch::analyses {

class PlainRunningCount final : public RunningCount {
 public:
  explicit PlainRunningCount(Options options) : RunningCount(options, "") {}
};

WIREWATCH_PLUGIN(PlainRunningCount, {.name = "running_count",
                                     .summary = "Counts Items by outlet.",
                                     .options = RunningCountFields(),
                                     .state_version = 1});

}  // namespace wirewatch::analyses

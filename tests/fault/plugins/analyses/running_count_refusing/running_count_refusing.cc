// running_count_refusing: running_count with another form of state, which has no way from version 1.
#include "../running_count/running_count.h"

namespace wirewatch::analyses {

class RefusingRunningCount final : public RunningCount {
 public:
  explicit RefusingRunningCount(Options options) : RunningCount(options, "") {}

  absl::Status Restore(uint32_t version, State& state) override {
    if (version != 0 && version != 3) return absl::FailedPreconditionError("counts of version 3 only, begin anew");
    return RunningCount::Restore(version, state);
  }
};

WIREWATCH_PLUGIN(RefusingRunningCount, {.name = "running_count_refusing",
                                        .summary = "Counts Items by outlet.",
                                        .options = RunningCountFields(),
                                        .state_version = 3});

}  // namespace wirewatch::analyses

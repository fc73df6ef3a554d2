// running_count_v2: running_count with another form of state, into which it brings that of version 1.
#include "../running_count/running_count.h"

namespace wirewatch::analyses {

class MarkedRunningCount final : public RunningCount {
 public:
  explicit MarkedRunningCount(Options options) : RunningCount(options, "n=") {}

  absl::Status Restore(uint32_t version, State& state) override {
    if (version > 2) return absl::FailedPreconditionError("it was written by a newer running_count");
    if (version == 1) {
      if (absl::Status migrated = Migrate(state); !migrated.ok()) return migrated;
    }
    return RunningCount::Restore(version, state);
  }

 private:
  static absl::Status Migrate(State& state) {
    std::vector<std::pair<std::string, std::string>> all;
    absl::Status done = state.Scan("", [&all](std::string_view key, std::string_view value) {
      all.emplace_back(key, value);
      return true;
    });
    for (const auto& [key, value] : all) {
      if (done.ok()) done = state.Put(key, absl::StrCat("n=", value));
    }
    return done;
  }
};

WIREWATCH_PLUGIN(MarkedRunningCount, {.name = "running_count_v2",
                                      .summary = "Counts Items by outlet.",
                                      .options = RunningCountFields(),
                                      .state_version = 2});

}  // namespace wirewatch::analyses

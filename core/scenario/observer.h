// Looking on while a pipeline runs: which step dropped what and why, which failed, what timers raised; and the analysis
// that a stub of a test file is. Observers may be told by any thread.
#ifndef WIREWATCH_SCENARIO_OBSERVER_H_
#define WIREWATCH_SCENARIO_OBSERVER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "wirewatch/pipeline/definition.h"
#include "wirewatch/scenario/test_file.h"
#include "wirewatch/sdk/analysis.h"

namespace wirewatch::scenario {

class Observer {
 public:
  struct Fact {
    std::string step;
    std::string text;  // reason of a drop, message of a failure
    v1::Item item;     // as the step got it
  };
  struct TimerSignal {
    std::string step;
    absl::Time at;
    v1::Signal signal;
  };
  using Place = std::pair<uint64_t, size_t>;  // position, index of the step

  // Puts itself between the host and every analysis of the pipeline. Outlives it.
  void Watch(pipeline::Definition& definition);

  void Dropped(const Place& at, Fact fact);
  void Failed(const Place& at, Fact fact);
  void Raised(TimerSignal signal);

  // When nothing runs any more.
  const std::map<Place, Fact>& dropped() const { return dropped_; }
  const std::map<Place, Fact>& failed() const { return failed_; }
  const std::vector<TimerSignal>& timer_signals() const { return timer_signals_; }

 private:
  std::mutex mutex_;
  std::map<Place, Fact> dropped_, failed_;
  std::vector<TimerSignal> timer_signals_;
};

std::unique_ptr<Analysis> MakeStub(Stub stub);
// Names of the annotations that the stub may make.
std::vector<std::string> ProvidedBy(const Stub& stub);

}  // namespace wirewatch::scenario

#endif  // WIREWATCH_SCENARIO_OBSERVER_H_

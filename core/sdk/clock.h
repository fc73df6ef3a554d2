// Clock: where sources and the host get the time. Steps and alerts see no clock at all, only the `arrival` of the Item
// at hand, so that their output is a function of the input. Clocks may be read by any thread.
#ifndef WIREWATCH_SDK_CLOCK_H_
#define WIREWATCH_SDK_CLOCK_H_

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace wirewatch {

class Clock {
 public:
  virtual ~Clock() = default;
  // Wall time, microsecond resolution or better.
  virtual absl::Time Now() const = 0;
};

// The machine's clock; one for the process.
Clock& SystemClock();

// Stands still until told; for tests, replay and backtests.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(absl::Time now) : now_(now) {}
  absl::Time Now() const override;
  void Advance(absl::Duration by);
  void Set(absl::Time now);

 private:
  mutable absl::Mutex mutex_;
  absl::Time now_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace wirewatch

#endif  // WIREWATCH_SDK_CLOCK_H_

#include "wirewatch/sdk/clock.h"

#include "absl/time/clock.h"

namespace wirewatch {

Clock& SystemClock() {
  class System final : public Clock {
   public:
    absl::Time Now() const override { return absl::Now(); }
  };
  static System& clock = *new System;
  return clock;
}

absl::Time ManualClock::Now() const {
  absl::MutexLock lock(&mutex_);
  return now_;
}

void ManualClock::Advance(absl::Duration by) {
  absl::MutexLock lock(&mutex_);
  now_ += by;
}

void ManualClock::Set(absl::Time now) {
  absl::MutexLock lock(&mutex_);
  now_ = now;
}

}  // namespace wirewatch

// Wakeup: lets one thread sleep until another calls it, a descriptor becomes readable, or a time has passed.
#ifndef WIREWATCH_PIPELINE_WAKEUP_H_
#define WIREWATCH_PIPELINE_WAKEUP_H_

#include <vector>

#include "absl/time/time.h"

namespace wirewatch::pipeline {

class Wakeup {
 public:
  Wakeup();
  ~Wakeup();
  Wakeup(const Wakeup&) = delete;
  Wakeup& operator=(const Wakeup&) = delete;

  // Any thread. A call before Wait() is not lost.
  void Notify();
  // One thread. Returns at the latest after `timeout`; -1 among the descriptors is passed over.
  void Wait(absl::Duration timeout, const std::vector<int>& descriptors = {});

 private:
  int event_;
};

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_WAKEUP_H_

// Budget: bytes that may be in flight. Only admission waits; what is taken is given back after the commit. Any thread.
#ifndef WIREWATCH_PIPELINE_BUDGET_H_
#define WIREWATCH_PIPELINE_BUDGET_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace wirewatch::pipeline {

class Budget {
 public:
  explicit Budget(uint64_t limit) : limit_(limit) {}

  // Takes `bytes` if they fit, or if nothing else is in flight; waits at most `patience` for that.
  bool Take(uint64_t bytes, std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, patience, [&] { return used_ == 0 || used_ + bytes <= limit_; })) return false;
    used_ += bytes;
    return true;
  }
  void Give(uint64_t bytes) {
    {
      const std::lock_guard lock(mutex_);
      used_ -= bytes;
    }
    changed_.notify_all();
  }
  uint64_t used() const {
    const std::lock_guard lock(mutex_);
    return used_;
  }
  uint64_t limit() const { return limit_; }

 private:
  const uint64_t limit_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t used_ = 0;
};

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_BUDGET_H_

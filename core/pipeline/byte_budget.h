// ByteBudget: how many bytes Items in flight may take, with their annotations and derived data. Admission asks; growth
// is only recorded, so that no step ever waits; what was committed is given back. One for a host. Any thread.
#ifndef WIREWATCH_PIPELINE_BYTE_BUDGET_H_
#define WIREWATCH_PIPELINE_BYTE_BUDGET_H_

#include <atomic>
#include <cstdint>

namespace wirewatch::pipeline {

class ByteBudget {
 public:
  explicit ByteBudget(uint64_t limit) : limit_(limit) {}

  // False when they do not fit beside what is in use. Always true when nothing is, so that nothing waits for ever.
  bool TryReserve(uint64_t bytes) {
    uint64_t used = used_.load();
    while (used == 0 || used + bytes <= limit()) {
      if (used_.compare_exchange_weak(used, used + bytes)) return true;
    }
    return false;
  }
  // A reservation has become `now` bytes.
  void Resize(uint64_t before, uint64_t now) { used_.fetch_add(now - before); }
  void Release(uint64_t bytes) { used_.fetch_sub(bytes); }

  bool full() const { return used() >= limit(); }
  uint64_t used() const { return used_.load(std::memory_order_relaxed); }
  uint64_t limit() const { return limit_.load(std::memory_order_relaxed); }
  void SetLimit(uint64_t limit) { limit_.store(limit, std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> limit_;
  std::atomic<uint64_t> used_{0};
};

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_BYTE_BUDGET_H_

// Schedule: with a seed, disturbs everything that must not change results: when threads run, where batches and epochs
// are cut, which ready batch goes first. Without a seed it does nothing. Any thread.
#ifndef WIREWATCH_PIPELINE_SCHEDULE_H_
#define WIREWATCH_PIPELINE_SCHEDULE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>

namespace wirewatch::pipeline {

class Schedule {
 public:
  explicit Schedule(uint64_t seed) : seed_(seed) {}

  bool active() const { return seed_ != 0; }
  // A point at which another thread may get ahead.
  void Yield() {
    if (!active()) return;
    const uint64_t dice = Next() % 16;
    for (uint64_t i = 0; dice < 6 && i <= dice; ++i) std::this_thread::yield();
  }
  // At most `limit`.
  size_t Cut(size_t limit) { return active() && limit > 1 ? 1 + Next() % limit : limit; }
  bool Coin() { return active() && Next() % 4 == 0; }

 private:
  // SplitMix64 (Steele, Lea, Flood 2014) over a shared counter.
  uint64_t Next() {
    uint64_t z = seed_ + 0x9E3779B97F4A7C15ull * (1 + count_.fetch_add(1, std::memory_order_relaxed));
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }

  const uint64_t seed_;
  std::atomic<uint64_t> count_{0};
};

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_SCHEDULE_H_

// Counters of one step, and counters with names of a plugin's own. Any thread.
#ifndef WIREWATCH_PIPELINE_COUNTERS_H_
#define WIREWATCH_PIPELINE_COUNTERS_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "wirewatch/pipeline/latency.h"
#include "wirewatch/pipeline/progress.h"

namespace wirewatch::pipeline {

// At most kNames different names; what comes under further ones is counted as "other".
class NamedCounts {
 public:
  void Add(std::string_view name, uint64_t by) {
    const std::lock_guard lock(mutex_);
    auto found = counts_.find(name);
    if (found == counts_.end()) found = counts_.emplace(counts_.size() < kNames ? name : "other", 0).first;
    found->second += by;
  }
  NamedCounters Snapshot() const {
    const std::lock_guard lock(mutex_);
    return {counts_.begin(), counts_.end()};
  }

 private:
  static constexpr size_t kNames = 200;
  mutable std::mutex mutex_;
  std::map<std::string, uint64_t, std::less<>> counts_;
};

// A text that one thread sets and others read.
class SharedText {
 public:
  void Set(std::string text) {
    const std::lock_guard lock(mutex_);
    text_ = std::move(text);
  }
  std::string Get() const {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;
};

struct StepCounters {
  using Count = std::atomic<uint64_t>;
  Count items_in{0}, skipped{0}, dropped{0}, failed{0}, quarantined{0}, signals{0}, annotations_cut{0}, signals_cut{0},
      timers{0};
  LatencyHistogram latency;
  NamedCounts named;
  SharedText trouble;
};

inline void Add(std::atomic<uint64_t>& counter, uint64_t by = 1) { counter.fetch_add(by, std::memory_order_relaxed); }
inline uint64_t Read(const std::atomic<uint64_t>& counter) { return counter.load(std::memory_order_relaxed); }

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_COUNTERS_H_

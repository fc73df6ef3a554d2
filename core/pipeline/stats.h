// Counters of one step: written once a batch by whichever worker runs it, read by anybody.
#ifndef WIREWATCH_PIPELINE_STATS_H_
#define WIREWATCH_PIPELINE_STATS_H_

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wirewatch::pipeline {

// Time per Item in powers of two of nanoseconds: bucket i counts Items that took less than 2^i ns, and at least half
// that.
using LatencyHistogram = std::array<uint64_t, 40>;

// A copy of a step's counters at one moment.
struct StepSnapshot {
  std::string id;
  std::string plugin;
  uint64_t items = 0;        // Items that the step has seen
  uint64_t skipped = 0;      // Items for which `when` did not hold
  uint64_t errors = 0;       // Items on which it failed
  uint64_t quarantined = 0;  // of those, Items set aside
  uint64_t drops = 0;        // Items that it dropped
  uint64_t signals = 0;
  uint64_t cut_annotations = 0;  // beyond the cap
  LatencyHistogram latency = {};
  std::vector<std::pair<std::string, uint64_t>> counts;  // the plugin's own, sorted by name
};

class StepCounters {
 public:
  StepCounters(std::string id, std::string plugin) : id_(std::move(id)), plugin_(std::move(plugin)) {}

  std::atomic<uint64_t> items{0}, skipped{0}, errors{0}, quarantined{0}, drops{0}, signals{0}, cut_annotations{0};

  void AddLatency(uint64_t nanoseconds, uint64_t item_count) {
    if (item_count == 0) return;
    const auto bucket = static_cast<size_t>(std::bit_width(nanoseconds / item_count));
    latency_[std::min(bucket, latency_.size() - 1)].fetch_add(item_count, std::memory_order_relaxed);
  }
  void Count(std::string_view name, uint64_t by) {
    const std::lock_guard lock(mutex_);
    const auto found = counts_.find(name);
    if (found != counts_.end()) {
      found->second += by;
    } else {
      counts_.emplace(name, by);
    }
  }
  StepSnapshot Snapshot() const {
    StepSnapshot snapshot{id_, plugin_, items, skipped, errors, quarantined, drops, signals, cut_annotations, {}, {}};
    for (size_t i = 0; i < latency_.size(); ++i) snapshot.latency[i] = latency_[i].load(std::memory_order_relaxed);
    const std::lock_guard lock(mutex_);
    snapshot.counts.assign(counts_.begin(), counts_.end());
    return snapshot;
  }

 private:
  const std::string id_, plugin_;
  std::array<std::atomic<uint64_t>, 40> latency_ = {};
  mutable std::mutex mutex_;
  std::map<std::string, uint64_t, std::less<>> counts_;
};

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_STATS_H_

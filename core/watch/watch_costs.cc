#include "wirewatch/watch/watch_costs.h"

#include <algorithm>
#include <utility>

namespace wirewatch::watch {

void WatchCosts::SetTime(absl::Time now) {
  const int64_t number = std::max<int64_t>(absl::ToUnixSeconds(now), 0) / kSeconds;
  std::array<Interval, kIntervals> old;  // given back after the lock
  const std::lock_guard lock(mutex_);
  if (number <= now_) return;
  now_ = number;
  for (size_t i = 0; i < kIntervals; ++i) {
    if (intervals_[i].number + static_cast<int64_t>(kIntervals) <= number) std::swap(intervals_[i], old[i]);
  }
}

void WatchCosts::Add(const std::vector<Sample>& candidates, uint64_t nanoseconds) {
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock.owns_lock()) return;
  Interval& interval = intervals_[static_cast<size_t>(now_) % kIntervals];
  interval.number = now_;
  interval.nanoseconds += nanoseconds;
  for (const Sample& sample : candidates) {
    auto found = interval.costs.find(sample.id);
    if (found == interval.costs.end()) {
      if (interval.costs.size() >= 2 * kMostWatches) Shrink(interval.costs);
      found = interval.costs.try_emplace(std::string(sample.id)).first;
    }
    found->second.nanoseconds += sample.nanoseconds;
    found->second.candidates += 1;
    found->second.hits += sample.hit ? 1 : 0;
  }
}

// Takes what the middle one has off all, so that at least half of them go.
void WatchCosts::Shrink(Costs& costs) {
  std::vector<uint64_t> times;
  times.reserve(costs.size());
  for (const auto& [id, cost] : costs) times.push_back(cost.nanoseconds);
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  const uint64_t taken = *middle;
  for (auto entry = costs.begin(); entry != costs.end();) {
    const auto here = entry++;
    here->second.nanoseconds > taken ? static_cast<void>(here->second.nanoseconds -= taken) : costs.erase(here);
  }
}

std::vector<WatchCost> WatchCosts::Dearest(size_t most) const {
  Costs sum;
  uint64_t nanoseconds = 0;
  {
    const std::lock_guard lock(mutex_);
    for (const Interval& interval : intervals_) {
      nanoseconds += interval.nanoseconds;
      for (const auto& [id, cost] : interval.costs) {
        Cost& all = sum[id];
        all.nanoseconds += cost.nanoseconds;
        all.candidates += cost.candidates;
        all.hits += cost.hits;
      }
    }
  }
  std::vector<WatchCost> dearest;
  dearest.reserve(sum.size());
  for (const auto& [id, cost] : sum) {
    const double share =
        static_cast<double>(cost.nanoseconds) / static_cast<double>(std::max<uint64_t>(nanoseconds, 1));
    dearest.push_back({id, std::min(share, 1.0), kOneIn * cost.candidates, kOneIn * cost.hits});
  }
  const auto dearer = [](const WatchCost& a, const WatchCost& b) {
    return a.share_of_time != b.share_of_time ? a.share_of_time > b.share_of_time : a.id < b.id;
  };
  const size_t shown = std::min(most, dearest.size());
  std::partial_sort(dearest.begin(), dearest.begin() + static_cast<std::ptrdiff_t>(shown), dearest.end(), dearer);
  dearest.resize(shown);
  return dearest;
}

}  // namespace wirewatch::watch

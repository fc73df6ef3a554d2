// LatencyHistogram: how long something took, in buckets that are at most a quarter wide of their value, so that it can
// be counted without locks and read at any time. A summary also counts at fixed bounds, powers of two of a nanosecond,
// as Prometheus takes a histogram: they fall between buckets, so that these counts are exact. Any thread.
#ifndef WIREWATCH_PIPELINE_LATENCY_H_
#define WIREWATCH_PIPELINE_LATENCY_H_

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"

namespace wirewatch::pipeline {

// Bound i of a summary is 2^(kFirstLatencyBound + i) nanoseconds: 1.024 us to 34 s.
inline constexpr size_t kFirstLatencyBound = 10;
inline constexpr size_t kLatencyBounds = 26;
inline absl::Duration LatencyBound(size_t i) { return absl::Nanoseconds(int64_t{1} << (kFirstLatencyBound + i)); }

struct LatencySummary {
  uint64_t count = 0;
  absl::Duration sum;
  absl::Duration p50;  // to the width of a bucket
  absl::Duration p99;
  absl::Duration max;                            // to the width of a bucket
  std::array<uint64_t, kLatencyBounds> below{};  // calls that took less than LatencyBound(i)
};

class LatencyHistogram {
 public:
  // `count` calls that took `each` nanoseconds on average.
  void Record(uint64_t each, uint64_t count) {
    buckets_[BucketOf(each)].fetch_add(count, std::memory_order_relaxed);
    sum_.fetch_add(each * count, std::memory_order_relaxed);
  }

  LatencySummary Summary() const {
    std::array<uint64_t, kBuckets> counts;
    LatencySummary summary;
    for (size_t i = 0; i < kBuckets; ++i) {
      counts[i] = buckets_[i].load(std::memory_order_relaxed);
      summary.count += counts[i];
      if (counts[i] > 0) summary.max = absl::Nanoseconds(UpperBound(i));
    }
    summary.sum = absl::Nanoseconds(sum_.load(std::memory_order_relaxed));
    summary.p50 = Quantile(counts, (summary.count + 1) / 2);
    summary.p99 = Quantile(counts, summary.count - summary.count / 100);
    uint64_t seen = 0;
    for (size_t bucket = 0, i = 0; i < kLatencyBounds; ++i) {
      for (; bucket < BucketOf(uint64_t{1} << (kFirstLatencyBound + i)); ++bucket) seen += counts[bucket];
      summary.below[i] = seen;
    }
    return summary;
  }

 private:
  // Four buckets for each power of two up to 2^41 ns (37 minutes).
  static constexpr size_t kBuckets = 160;
  static size_t BucketOf(uint64_t value) {
    if (value < 4) return static_cast<size_t>(value);
    const auto power = static_cast<size_t>(std::bit_width(value)) - 1;
    return std::min(kBuckets - 1, (power - 1) * 4 + ((value >> (power - 2)) & 3));
  }
  static int64_t UpperBound(size_t bucket) {
    if (bucket < 4) return static_cast<int64_t>(bucket);
    const size_t power = bucket / 4 + 1;
    return static_cast<int64_t>(((5 + bucket % 4) << (power - 2)) - 1);
  }
  static absl::Duration Quantile(const std::array<uint64_t, kBuckets>& counts, uint64_t rank) {
    uint64_t seen = 0;
    for (size_t i = 0; i < kBuckets; ++i) {
      seen += counts[i];
      if (seen >= rank && seen > 0) return absl::Nanoseconds(UpperBound(i));
    }
    return absl::ZeroDuration();
  }

  std::array<std::atomic<uint64_t>, kBuckets> buckets_{};
  std::atomic<uint64_t> sum_{0};
};

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_LATENCY_H_

#include "wirewatch/pipeline/latency.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <vector>

namespace wirewatch::pipeline {
namespace {

TEST(LatencyTest, SummaryIsExactAtTheFixedBounds) {
  LatencyHistogram histogram;
  std::vector<uint64_t> values = {0, 1, 1023, 1024, 1025, 2047, 2048, uint64_t{1} << 35, uint64_t{1} << 50};
  std::mt19937_64 random(7);
  for (int i = 0; i < 10'000; ++i) values.push_back(random() >> (20 + random() % 44));
  for (const uint64_t value : values) histogram.Record(value, 1);
  const LatencySummary summary = histogram.Summary();
  EXPECT_EQ(summary.count, values.size());
  for (size_t i = 0; i < kLatencyBounds; ++i) {
    uint64_t expected = 0;
    for (const uint64_t value : values)
      expected += value < static_cast<uint64_t>(LatencyBound(i) / absl::Nanoseconds(1));
    EXPECT_EQ(summary.below[i], expected) << absl::FormatDuration(LatencyBound(i));
  }
}

TEST(LatencyTest, QuantilesLieWithinABucket) {
  LatencyHistogram histogram;
  histogram.Record(1'000'000, 99);
  histogram.Record(1'000'000'000, 1);
  const LatencySummary summary = histogram.Summary();
  EXPECT_GE(summary.p50, absl::Milliseconds(1));
  EXPECT_LT(summary.p50, absl::Milliseconds(1.25));
  EXPECT_LT(summary.p99, absl::Milliseconds(1.25));
  EXPECT_GE(summary.max, absl::Seconds(1));
  EXPECT_EQ(summary.sum, absl::Milliseconds(1099));
}

}  // namespace
}  // namespace wirewatch::pipeline

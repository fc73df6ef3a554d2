#include "wirewatch/sdk/alert_channel.h"

#include <gtest/gtest.h>

namespace wirewatch {
namespace {

TEST(RetryAfterTest, IsKeptWithTheStatus) {
  const absl::Status status = RetryAfter(absl::UnavailableError("busy"), absl::Milliseconds(1500));
  EXPECT_TRUE(absl::IsUnavailable(status));
  EXPECT_EQ(RetryAfterOf(status), absl::Milliseconds(1500));
}

TEST(RetryAfterTest, IsBoundedAndMayBeMissing) {
  EXPECT_EQ(RetryAfterOf(RetryAfter(absl::UnavailableError("busy"), absl::Hours(48))), absl::Hours(1));
  EXPECT_EQ(RetryAfterOf(RetryAfter(absl::UnavailableError("busy"), absl::InfiniteDuration())), absl::Hours(1));
  EXPECT_EQ(RetryAfterOf(RetryAfter(absl::UnavailableError("busy"), -absl::Hours(1))), absl::ZeroDuration());
  EXPECT_EQ(RetryAfterOf(absl::UnavailableError("busy")), absl::ZeroDuration());
  EXPECT_TRUE(RetryAfter(absl::OkStatus(), absl::Hours(1)).ok());
}

}  // namespace
}  // namespace wirewatch

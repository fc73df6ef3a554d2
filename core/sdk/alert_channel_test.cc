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

TEST(IdempotencyKeyTest, NamesOneEventOnOneChannel) {
  v1::AlertEvent event;
  event.set_journal_id("j");
  event.set_sequence(7);
  // The first half of the SHA-256 of "j\n7\np/hook".
  EXPECT_EQ(IdempotencyKey(event, "p/hook"), "388a1f0bba5cbc45d95f0439a0818648");
  EXPECT_NE(IdempotencyKey(event, "p/other"), IdempotencyKey(event, "p/hook"));
  event.set_sequence(8);
  EXPECT_NE(IdempotencyKey(event, "p/hook"), "388a1f0bba5cbc45d95f0439a0818648");
}

TEST(WordsTest, AreThoseOfTheConfiguration) {
  EXPECT_EQ(EventTypeWord(v1::ALERT_EVENT_TYPE_ACKNOWLEDGEMENT_LAPSED), "acknowledgement_lapsed");
  EXPECT_EQ(EventTypeWord(static_cast<v1::AlertEventType>(99)), "unspecified");
  EXPECT_EQ(SeverityWord(v1::SEVERITY_HIGH), "high");
}

}  // namespace
}  // namespace wirewatch

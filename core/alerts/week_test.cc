#include "wirewatch/alerts/week.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace wirewatch::alerts {
namespace {

constexpr Weekdays kMonday = 1, kFriday = 1 << 4, kWeekend = 3 << 5;

absl::TimeZone Zone(const char* name) {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone(name, &zone)) << name;
  return zone;
}
absl::TimeZone Vienna() { return Zone("Europe/Vienna"); }

// With its offset, so that both passes of an hour can be told apart.
absl::Time T(const std::string& text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << text << ": " << error;
  return time;
}

std::vector<absl::Time> AllBetween(const std::vector<WeekTime>& times, absl::Time from, absl::Time until,
                                   const absl::TimeZone& zone) {
  std::vector<absl::Time> all;
  for (absl::Time at = FirstAfter(times, from, zone); at < until; at = FirstAfter(times, at, zone)) all.push_back(at);
  return all;
}

TEST(WeekTest, QuietHoursMayGoOverMidnight) {
  const std::vector<WeekInterval> nights = {{kEveryDay, 22 * 60, 6 * 60}};
  EXPECT_FALSE(IsWithin(nights, T("2026-03-10T21:59:59+01:00"), Vienna()));
  EXPECT_TRUE(IsWithin(nights, T("2026-03-10T22:00:00+01:00"), Vienna()));
  EXPECT_TRUE(IsWithin(nights, T("2026-03-11T00:00:00+01:00"), Vienna()));
  EXPECT_TRUE(IsWithin(nights, T("2026-03-11T05:59:59+01:00"), Vienna()));
  EXPECT_FALSE(IsWithin(nights, T("2026-03-11T06:00:00+01:00"), Vienna()));
  // Civil time: in summer the same instants of the day lie an hour earlier.
  EXPECT_TRUE(IsWithin(nights, T("2026-07-10T20:00:00Z"), Vienna()));
  EXPECT_FALSE(IsWithin(nights, T("2026-01-10T20:00:00Z"), Vienna()));
}

TEST(WeekTest, QuietDaysAreThoseOnWhichItBegins) {
  const std::vector<WeekInterval> friday_night = {{kFriday, 20 * 60, 4 * 60}};
  EXPECT_TRUE(IsWithin(friday_night, T("2026-03-14T03:59:00+01:00"), Vienna()));  // Saturday
  EXPECT_FALSE(IsWithin(friday_night, T("2026-03-13T03:59:00+01:00"), Vienna()));
  EXPECT_FALSE(IsWithin(friday_night, T("2026-03-14T20:00:00+01:00"), Vienna()));
  const std::vector<WeekInterval> weekend = {{kWeekend, 0, 24 * 60}};
  EXPECT_FALSE(IsWithin(weekend, T("2026-03-13T23:59:59+01:00"), Vienna()));
  EXPECT_TRUE(IsWithin(weekend, T("2026-03-14T00:00:00+01:00"), Vienna()));
  EXPECT_TRUE(IsWithin(weekend, T("2026-03-15T23:59:59+01:00"), Vienna()));
  EXPECT_FALSE(IsWithin(weekend, T("2026-03-16T00:00:00+01:00"), Vienna()));
  EXPECT_FALSE(IsWithin({}, T("2026-03-14T00:00:00+01:00"), Vienna()));
}

TEST(WeekTest, AnHourThatComesTwiceIsQuietBothTimes) {
  const std::vector<WeekInterval> early = {{kEveryDay, 2 * 60, 3 * 60}};
  EXPECT_TRUE(IsWithin(early, T("2026-10-25T02:30:00+02:00"), Vienna()));
  EXPECT_TRUE(IsWithin(early, T("2026-10-25T02:30:00+01:00"), Vienna()));
  EXPECT_FALSE(IsWithin(early, T("2026-10-25T03:00:00+01:00"), Vienna()));
  // In spring the hour is left out.
  EXPECT_FALSE(IsWithin(early, T("2026-03-29T01:59:59+01:00"), Vienna()));
  EXPECT_FALSE(IsWithin(early, T("2026-03-29T03:00:00+02:00"), Vienna()));
}

TEST(WeekTest, TimesOfDayFollowTheClock) {
  const std::vector<WeekTime> times = {{kEveryDay, 7 * 60}, {kEveryDay, 18 * 60}};
  EXPECT_EQ(FirstAfter(times, T("2026-03-28T06:59:59+01:00"), Vienna()), T("2026-03-28T07:00:00+01:00"));
  EXPECT_EQ(FirstAfter(times, T("2026-03-28T07:00:00+01:00"), Vienna()), T("2026-03-28T18:00:00+01:00"));
  EXPECT_EQ(FirstAfter(times, T("2026-03-28T18:00:00+01:00"), Vienna()), T("2026-03-29T07:00:00+02:00"));
  EXPECT_EQ(LastUntil(times, T("2026-03-29T06:59:59+02:00"), Vienna()), T("2026-03-28T18:00:00+01:00"));
  EXPECT_EQ(LastUntil(times, T("2026-03-29T07:00:00+02:00"), Vienna()), T("2026-03-29T07:00:00+02:00"));
  EXPECT_EQ(FirstAfter({}, absl::UnixEpoch(), Vienna()), absl::InfiniteFuture());
  EXPECT_EQ(LastUntil({}, absl::UnixEpoch(), Vienna()), absl::InfinitePast());
}

TEST(WeekTest, ATimeThatComesTwiceOrNeverComesOnce) {
  const std::vector<WeekTime> times = {{kEveryDay, 2 * 60 + 30}};
  EXPECT_EQ(AllBetween(times, T("2026-10-24T12:00:00+02:00"), T("2026-10-26T12:00:00+01:00"), Vienna()),
            (std::vector{T("2026-10-25T02:30:00+02:00"), T("2026-10-26T02:30:00+01:00")}));
  EXPECT_EQ(AllBetween(times, T("2026-03-28T12:00:00+01:00"), T("2026-03-30T12:00:00+02:00"), Vienna()),
            (std::vector{T("2026-03-29T03:00:00+02:00"), T("2026-03-30T02:30:00+02:00")}));
  EXPECT_EQ(LastUntil(times, T("2026-10-25T02:45:00+01:00"), Vienna()), T("2026-10-25T02:30:00+02:00"));
  EXPECT_EQ(LastUntil(times, T("2026-03-29T03:00:00+02:00"), Vienna()), T("2026-03-29T03:00:00+02:00"));
  // Two in the hour that is left out are one.
  EXPECT_EQ(AllBetween({{kEveryDay, 135}, {kEveryDay, 150}}, T("2026-03-28T12:00:00+01:00"),
                       T("2026-03-29T12:00:00+02:00"), Vienna()),
            (std::vector{T("2026-03-29T03:00:00+02:00")}));
}

TEST(WeekTest, TimesOfSomeDaysOnly) {
  const std::vector<WeekTime> mondays = {{kMonday, 9 * 60}};
  EXPECT_EQ(FirstAfter(mondays, T("2026-03-16T09:00:00+01:00"), Vienna()), T("2026-03-23T09:00:00+01:00"));
  EXPECT_EQ(LastUntil(mondays, T("2026-03-23T08:59:00+01:00"), Vienna()), T("2026-03-16T09:00:00+01:00"));
  // Samoa had no 30 December 2011, a Friday: its times come when the day is left out.
  const absl::TimeZone apia = Zone("Pacific/Apia");
  EXPECT_EQ(FirstAfter(std::vector<WeekTime>{{kFriday, 9 * 60}}, T("2011-12-29T12:00:00-10:00"), apia),
            T("2011-12-31T00:00:00+14:00"));
}

TEST(WeekTest, GoesBackAndForthWithoutLoss) {
  const std::vector<WeekTime> times = {{kEveryDay, 0}, {kMonday, 150}, {kWeekend, 1439}};
  for (const char* name : {"UTC", "Europe/Vienna", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"}) {
    const absl::TimeZone zone = Zone(name);
    absl::Time at = T("2026-01-01T00:00:00Z");
    for (int i = 0; i < 600; ++i) {
      const absl::Time next = FirstAfter(times, at, zone);
      ASSERT_GT(next, at);
      ASSERT_LE(next - at, absl::Hours(25));
      ASSERT_EQ(LastUntil(times, next, zone), next) << name;
      ASSERT_LT(LastUntil(times, next - absl::Seconds(1), zone), next) << name;
      at = next;
    }
  }
}

}  // namespace
}  // namespace wirewatch::alerts

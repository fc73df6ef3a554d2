// Times of the week in a time zone: when it is quiet, and when a digest is due. Civil time, so that 07:00 is 07:00 in
// winter and in summer. Pure functions; any thread.
#ifndef WIREWATCH_ALERTS_WEEK_H_
#define WIREWATCH_ALERTS_WEEK_H_

#include <cstdint>
#include <span>

#include "absl/time/time.h"

namespace wirewatch::alerts {

// Days of the week: bit 0 is Monday.
using Weekdays = uint8_t;
inline constexpr Weekdays kEveryDay = 0x7f;

// A time of day on some days.
struct WeekTime {
  Weekdays days = kEveryDay;
  int minute = 0;  // of the day, 0 to 1439
};

// Part of some days, half open. An end that is not after the beginning lies on the next day; `days` are those on which
// it begins.
struct WeekInterval {
  Weekdays days = kEveryDay;
  int begin = 0;  // minute of the day, 0 to 1439
  int end = 0;    // minute of the day, 0 to 1440
};

// Whether the clock in `zone` stands inside one of the intervals at `time`. An hour that comes twice is inside both
// times.
bool IsWithin(std::span<const WeekInterval> intervals, absl::Time time, const absl::TimeZone& zone);

// The first of the times after `time`; InfiniteFuture without times. Each comes once a day: of an hour that comes
// twice the first counts, and a time that is left out comes when the clock is put forward.
absl::Time FirstAfter(std::span<const WeekTime> times, absl::Time time, const absl::TimeZone& zone);
// The last of the times that is not after `time`; InfinitePast without times.
absl::Time LastUntil(std::span<const WeekTime> times, absl::Time time, const absl::TimeZone& zone);

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_ALERTS_WEEK_H_

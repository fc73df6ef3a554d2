#include "wirewatch/alerts/week.h"

#include <algorithm>

#include "absl/time/civil_time.h"

namespace wirewatch::alerts {
namespace {

// A time that is given on one day of the week only comes within eight days, a day that a zone leaves out among them.
constexpr int kDaysToLook = 15;

bool Has(Weekdays days, absl::CivilDay day) {
  return (days >> static_cast<int>(absl::GetWeekday(day)) & 1) != 0;  // absl::Weekday::monday is 0
}

absl::Time At(absl::CivilDay day, int minute, const absl::TimeZone& zone) {
  const absl::TimeZone::TimeInfo info = zone.At(absl::CivilMinute(day) + minute);
  return info.kind == absl::TimeZone::TimeInfo::SKIPPED ? info.trans : info.pre;
}

}  // namespace

bool IsWithin(std::span<const WeekInterval> intervals, absl::Time time, const absl::TimeZone& zone) {
  const absl::CivilMinute now = absl::ToCivilMinute(time, zone);
  const absl::CivilDay today(now);
  const int minute = now.hour() * 60 + now.minute();
  return std::any_of(intervals.begin(), intervals.end(), [&](const WeekInterval& interval) {
    if (interval.begin < interval.end) {
      return Has(interval.days, today) && minute >= interval.begin && minute < interval.end;
    }
    return (Has(interval.days, today) && minute >= interval.begin) ||
           (Has(interval.days, today - 1) && minute < interval.end);
  });
}

absl::Time FirstAfter(std::span<const WeekTime> times, absl::Time time, const absl::TimeZone& zone) {
  absl::Time first = absl::InfiniteFuture();
  const absl::CivilDay today = absl::ToCivilDay(time, zone);
  for (int day = -1; day <= kDaysToLook && first == absl::InfiniteFuture(); ++day) {
    for (const WeekTime& of : times) {
      if (!Has(of.days, today + day)) continue;
      const absl::Time at = At(today + day, of.minute, zone);
      if (at > time) first = std::min(first, at);
    }
  }
  return first;
}

absl::Time LastUntil(std::span<const WeekTime> times, absl::Time time, const absl::TimeZone& zone) {
  absl::Time last = absl::InfinitePast();
  const absl::CivilDay today = absl::ToCivilDay(time, zone);
  for (int day = 1; day >= -kDaysToLook && last == absl::InfinitePast(); --day) {
    for (const WeekTime& of : times) {
      if (!Has(of.days, today + day)) continue;
      const absl::Time at = At(today + day, of.minute, zone);
      if (at <= time) last = std::max(last, at);
    }
  }
  return last;
}

}  // namespace wirewatch::alerts

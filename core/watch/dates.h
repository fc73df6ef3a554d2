// Dates as queries write them: YYYY, YYYY-MM, YYYY-MM-DD, YYYY-MM-DDTHH:MM[:SS]. Pure functions; any thread.
#ifndef WIREWATCH_WATCH_DATES_H_
#define WIREWATCH_WATCH_DATES_H_

#include <optional>
#include <string_view>

#include "absl/time/time.h"

namespace wirewatch::watch {

// The stretch of time that a date names: begin <= t < end.
struct DateSpan {
  absl::Time begin, end;
};
std::optional<DateSpan> ParseDate(std::string_view text, absl::TimeZone timezone);

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_DATES_H_

// Dates as datelines have them: a day and a month, seldom a year. Pure functions, any thread.
#ifndef WIREWATCH_ANALYSES_DATELINE_DATES_H_
#define WIREWATCH_ANALYSES_DATELINE_DATES_H_

#include <cstddef>
#include <optional>
#include <string_view>

#include "absl/time/civil_time.h"

namespace wirewatch::analyses {

struct WrittenDate {
  int day = 0;
  int month = 0;
  int year = 0;       // 0: not written
  size_t length = 0;  // bytes, the stop of an abbreviation included
};

// The date that `text` begins with, its month in English, German, French, Spanish, Italian, Portuguese or Russian:
// `June 23`, `Jun. 3, 2026`, `3 mai`, `1er mai`, `3. Mai`, `3 de junio`, `23 июня`, `16 GIU`.
std::optional<WrittenDate> DateAt(std::string_view text);

// The day in the year that brings it nearest to `near`; nullopt for 30 February and the like.
std::optional<absl::CivilDay> DayNear(const WrittenDate& date, absl::CivilDay near);

}  // namespace wirewatch::analyses

#endif  // WIREWATCH_ANALYSES_DATELINE_DATES_H_

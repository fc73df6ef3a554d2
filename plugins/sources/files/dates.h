// Dates as publishers write them. Pure functions, any thread.
#ifndef WIREWATCH_SOURCES_FILES_DATES_H_
#define WIREWATCH_SOURCES_FILES_DATES_H_

#include <optional>
#include <string_view>

#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"
#include "wirewatch/v1/item_facts.pb.h"

namespace wirewatch::sources {

struct WrittenTime {
  absl::Time value;
  v1::TimePrecision precision = v1::TIME_PRECISION_UNSPECIFIED;
};

// Reads ISO 8601 (2026-06-16, 2026-06-16T07:10+01:00, 20260616T071000Z, 2026-06), RFC 5322 (Tue, 16 Jun 2026 07:10:00
// GMT), seconds or milliseconds since 1970, and dates with the month's name in English, German, French, Spanish,
// Italian or Portuguese (16 June 2026, June 16, 2026, 16 de junio de 2026). `zone` holds where none is written. Purely
// numeric dates with slashes are refused: they mean different days in different countries.
std::optional<WrittenTime> ParseWrittenTime(std::string_view text, absl::TimeZone zone);

void SetTimestamp(absl::Time time, google::protobuf::Timestamp& timestamp);

}  // namespace wirewatch::sources

#endif  // WIREWATCH_SOURCES_FILES_DATES_H_

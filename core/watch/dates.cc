#include "wirewatch/watch/dates.h"

#include <array>

#include "absl/strings/ascii.h"
#include "absl/time/civil_time.h"

namespace wirewatch::watch {
namespace {

// Takes `digits` digits from the front of `text`.
std::optional<int> TakeNumber(std::string_view& text, size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  for (size_t i = 0; i < digits; ++i) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(text[i]))) return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return value;
}

struct Field {
  char before;
  size_t digits;
  int low, high;
};
constexpr std::array<Field, 6> kFields = {
    {{0, 4, 1, 9999}, {'-', 2, 1, 12}, {'-', 2, 1, 31}, {'T', 2, 0, 23}, {':', 2, 0, 59}, {':', 2, 0, 59}}};

}  // namespace

std::optional<DateSpan> ParseDate(std::string_view text, absl::TimeZone timezone) {
  std::array<int, 6> value = {0, 1, 1, 0, 0, 0};
  size_t count = 0;
  for (; count < kFields.size() && !text.empty(); ++count) {
    const Field& field = kFields[count];
    if (field.before != 0) {
      if (text[0] != field.before) return std::nullopt;
      text.remove_prefix(1);
    }
    const std::optional<int> number = TakeNumber(text, field.digits);
    if (!number || *number < field.low || *number > field.high) return std::nullopt;
    value[count] = *number;
  }
  if (count == 0 || count == 4 || !text.empty()) return std::nullopt;  // an hour needs its minutes
  const absl::CivilSecond begin(value[0], value[1], value[2], value[3], value[4], value[5]);
  if (begin.day() != value[2]) return std::nullopt;  // the 30th of February
  absl::CivilSecond end = begin + 1;
  if (count == 1) end = absl::CivilSecond(absl::CivilYear(begin) + 1);
  if (count == 2) end = absl::CivilSecond(absl::CivilMonth(begin) + 1);
  if (count == 3) end = absl::CivilSecond(absl::CivilDay(begin) + 1);
  if (count == 5) end = absl::CivilSecond(absl::CivilMinute(begin) + 1);
  return DateSpan{absl::FromCivil(begin, timezone), absl::FromCivil(end, timezone)};
}

}  // namespace wirewatch::watch

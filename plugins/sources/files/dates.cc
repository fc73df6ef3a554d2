#include "dates.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "ascii.h"

namespace wirewatch::sources {
namespace {

struct Layout {
  const char* format;
  v1::TimePrecision precision;
};

// The order matters: the first that takes the whole text wins.
constexpr std::array<Layout, 20> kLayouts{{
    {"%Y-%m-%dT%H:%M:%E*S%Ez", v1::TIME_PRECISION_SECOND},
    {"%Y-%m-%d %H:%M:%E*S%Ez", v1::TIME_PRECISION_SECOND},
    {"%Y-%m-%d %H:%M:%E*S %Ez", v1::TIME_PRECISION_SECOND},
    {"%Y-%m-%dT%H:%M%Ez", v1::TIME_PRECISION_MINUTE},
    {"%Y-%m-%dT%H:%M:%E*S", v1::TIME_PRECISION_SECOND},
    {"%Y-%m-%d %H:%M:%E*S", v1::TIME_PRECISION_SECOND},
    {"%Y-%m-%dT%H:%M", v1::TIME_PRECISION_MINUTE},
    {"%Y-%m-%d %H:%M", v1::TIME_PRECISION_MINUTE},
    {"%Y-%m-%d", v1::TIME_PRECISION_DAY},
    {"%Y-%m-%d%Ez", v1::TIME_PRECISION_DAY},
    {"%Y/%m/%d", v1::TIME_PRECISION_DAY},
    {"%Y-%m", v1::TIME_PRECISION_MONTH},
    {"%a, %d %b %Y %H:%M:%S %Ez", v1::TIME_PRECISION_SECOND},
    {"%a, %d %b %Y %H:%M %Ez", v1::TIME_PRECISION_MINUTE},
    {"%d %b %Y %H:%M:%S %Ez", v1::TIME_PRECISION_SECOND},
    {"%a %b %d %H:%M:%S %Y", v1::TIME_PRECISION_SECOND},
    {"%b %d, %Y, %H:%M", v1::TIME_PRECISION_MINUTE},
    {"%d %b %Y, %H:%M", v1::TIME_PRECISION_MINUTE},
    {"%d.%m.%Y", v1::TIME_PRECISION_DAY},
    {"%d.%m.%Y %H:%M", v1::TIME_PRECISION_MINUTE},
}};

// First letters that tell the month apart in its language; longer ones first where one begins another.
struct MonthName {
  std::string_view begins;
  int month;
};
constexpr std::array<MonthName, 53> kMonths{{
    {"jan", 1},  {"jän", 1},  {"ene", 1},  {"gen", 1},  {"feb", 2},  {"fév", 2},  {"fev", 2},  {"mar", 3},  {"mär", 3},
    {"mrz", 3},  {"apr", 4},  {"avr", 4},  {"abr", 4},  {"may", 5},  {"mai", 5},  {"mag", 5},  {"juin", 6}, {"jun", 6},
    {"giu", 6},  {"juil", 7}, {"jul", 7},  {"lug", 7},  {"aug", 8},  {"aoû", 8},  {"aou", 8},  {"ago", 8},  {"sep", 9},
    {"set", 9},  {"oct", 10}, {"okt", 10}, {"ott", 10}, {"out", 10}, {"nov", 11}, {"dec", 12}, {"dez", 12}, {"déc", 12},
    {"dic", 12}, {"Jän", 1},  {"Fév", 2},  {"Mär", 3},  {"Aoû", 8},  {"Déc", 12}, {"FÉV", 2},  {"MÄR", 3},  {"AOÛ", 8},
    {"DÉC", 12}, {"fÉv", 2},  {"dÉc", 12}, {"JÄN", 1},  {"jÄn", 1},  {"mÄr", 3},  {"aoÛ", 8},  {"sett", 9},
}};

int MonthOf(std::string_view word) {
  const std::string lower = Lower(word);
  for (const MonthName& name : kMonths) {
    if (lower.starts_with(name.begins) || word.starts_with(name.begins)) return name.month;
  }
  return 0;
}

// A date whose month is a word: a day, a month and a year of four digits, whatever small words stand between.
std::optional<absl::CivilDay> ParseNamedMonth(std::string_view text) {
  int day = 0, month = 0, year = 0;
  int words = 0;
  for (std::string_view word : Words(text, " ,.\t\n")) {
    if (++words > 8) return std::nullopt;
    int number = 0;
    std::string_view digits = word;
    for (const std::string_view suffix : {"st", "nd", "rd", "th", "er", "º", "ª"}) {
      if (digits.size() > suffix.size() && IsDigit(digits.front()) && digits.ends_with(suffix)) {
        digits.remove_suffix(suffix.size());
      }
    }
    if (absl::SimpleAtoi(std::string(digits), &number)) {
      if (number >= 1000 && number <= 9999 && year == 0) {
        year = number;
      } else if (number >= 1 && number <= 31 && day == 0) {
        day = number;
      } else {
        return std::nullopt;
      }
    } else if (month == 0) {
      month = MonthOf(word);
    }
  }
  if (day == 0 || month == 0 || year == 0) return std::nullopt;
  const absl::CivilDay civil(year, month, day);
  if (civil.day() != day) return std::nullopt;  // 31 June
  return civil;
}

std::optional<WrittenTime> ParseEpoch(std::string_view text) {
  int64_t number = 0;
  if ((text.size() != 10 && text.size() != 13) || !absl::SimpleAtoi(std::string(text), &number) || number <= 0)
    return std::nullopt;
  return WrittenTime{text.size() == 10 ? absl::FromUnixSeconds(number) : absl::FromUnixMillis(number),
                     v1::TIME_PRECISION_SECOND};
}

// 20260616T071000Z, 20260616T071000+0200, 20260616: the basic form of ISO 8601, as NewsML and ninjs 1 may have it.
std::string Extended(std::string_view text) {
  const auto digits = [&](size_t from, size_t count) {
    return text.size() >= from + count &&
           std::all_of(text.begin() + from, text.begin() + from + count, [](char c) { return IsDigit(c); });
  };
  if (!digits(0, 8)) return std::string(text);
  std::string out =
      std::string(text.substr(0, 4)) + "-" + std::string(text.substr(4, 2)) + "-" + std::string(text.substr(6, 2));
  if (text.size() == 8) return out;
  if (text[8] != 'T' || !digits(9, 6)) return std::string(text);
  out += "T" + std::string(text.substr(9, 2)) + ":" + std::string(text.substr(11, 2)) + ":" +
         std::string(text.substr(13, 2));
  return out + std::string(text.substr(15));
}

// Names of the zone of Greenwich, which absl does not read, as an offset.
std::string WithOffset(std::string_view text) {
  for (const std::string_view name : {" GMT", " UTC", " UT", " Z"}) {
    if (text.ends_with(name)) return std::string(text.substr(0, text.size() - name.size())) + " +00:00";
  }
  return std::string(text);
}

}  // namespace

std::optional<WrittenTime> ParseWrittenTime(std::string_view text, absl::TimeZone zone) {
  text = Strip(text);
  if (text.size() < 6 || text.size() > 64) return std::nullopt;
  if (const auto epoch = ParseEpoch(text)) return epoch;
  const std::string regular = WithOffset(Extended(text));
  for (const Layout& layout : kLayouts) {
    absl::Time value;
    std::string error;
    if (absl::ParseTime(layout.format, regular, zone, &value, &error)) {
      if (value == absl::InfiniteFuture() || value == absl::InfinitePast()) return std::nullopt;
      return WrittenTime{value, layout.precision};
    }
  }
  if (const auto day = ParseNamedMonth(text)) return WrittenTime{absl::FromCivil(*day, zone), v1::TIME_PRECISION_DAY};
  return std::nullopt;
}

void SetTimestamp(absl::Time time, google::protobuf::Timestamp& timestamp) {
  const int64_t seconds = absl::ToUnixSeconds(time);
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(static_cast<int32_t>((time - absl::FromUnixSeconds(seconds)) / absl::Nanoseconds(1)));
}

}  // namespace wirewatch::sources

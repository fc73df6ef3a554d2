// How times of the week are written.
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "wirewatch/config/recipients.h"

namespace wirewatch::config {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr int kMinutesOfADay = 24 * 60;

using Parts = std::vector<std::string>;

std::optional<size_t> ParseDay(std::string_view text) {
  for (size_t day = 0; day < kDays.size(); ++day) {
    if (text == kDays[day]) return day;
  }
  return std::nullopt;
}

// `mon`, `mon-fri`, `sat,sun`, `fri-mon`.
std::optional<uint8_t> ParseDays(const std::string& text) {
  uint8_t days = 0;
  for (const std::string& part : Parts(absl::StrSplit(absl::AsciiStrToLower(text), ','))) {
    const Parts ends = absl::StrSplit(part, '-');
    if (ends.size() > 2) return std::nullopt;
    const std::optional<size_t> first = ParseDay(ends.front()), last = ParseDay(ends.back());
    if (!first || !last) return std::nullopt;
    for (size_t day = *first;; day = (day + 1) % kDays.size()) {
      days = static_cast<uint8_t>(days | 1u << day);
      if (day == *last) break;
    }
  }
  return days;
}

// `07:00` as minutes of the day; 24:00 is 1440.
std::optional<int> ParseMinute(const std::string& text) {
  const bool shaped = text.size() == 5 && text[2] == ':' && absl::ascii_isdigit(text[0]) &&
                      absl::ascii_isdigit(text[1]) && absl::ascii_isdigit(text[3]) && absl::ascii_isdigit(text[4]);
  if (!shaped) return std::nullopt;
  const int hours = (text[0] - '0') * 10 + text[1] - '0', minutes = (text[3] - '0') * 10 + text[4] - '0';
  const int minute = hours * 60 + minutes;
  if (minutes > 59 || minute > kMinutesOfADay) return std::nullopt;
  return minute;
}

// Days, where there are any, and the rest.
std::optional<std::pair<uint8_t, std::string>> SplitDays(std::string_view text) {
  const Parts words = absl::StrSplit(absl::string_view(text.data(), text.size()), ' ', absl::SkipEmpty());
  if (words.size() == 1) return std::pair(WeekTime().days, words[0]);
  if (words.size() != 2) return std::nullopt;
  const std::optional<uint8_t> days = ParseDays(words[0]);
  if (!days) return std::nullopt;
  return std::pair(*days, words[1]);
}

}  // namespace

std::optional<WeekTime> ParseWeekTime(std::string_view text) {
  const auto split = SplitDays(text);
  if (!split) return std::nullopt;
  const std::optional<int> minute = ParseMinute(split->second);
  if (!minute || *minute == kMinutesOfADay) return std::nullopt;
  return WeekTime{split->first, *minute};
}

std::optional<WeekInterval> ParseWeekInterval(std::string_view text) {
  const auto split = SplitDays(text);
  if (!split) return std::nullopt;
  const Parts ends = absl::StrSplit(split->second, '-');
  if (ends.size() != 2) return std::nullopt;
  const std::optional<int> begin = ParseMinute(ends[0]), end = ParseMinute(ends[1]);
  if (!begin || !end || *begin == kMinutesOfADay || *begin == *end) return std::nullopt;
  return WeekInterval{split->first, *begin, *end};
}

}  // namespace wirewatch::config

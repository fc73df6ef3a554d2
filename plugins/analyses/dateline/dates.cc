#include "dates.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

#include "letters.h"

namespace wirewatch::analyses {
namespace {

constexpr size_t kLongestDate = 40;

// Full names; abbreviations are their beginnings, at least so many letters long that the month can be told.
struct Month {
  int number;
  const char* names;  // lower case, separated by blanks
};
constexpr std::array<Month, 12> kMonths{{
    {1, "january januar jänner janvier enero gennaio janeiro январь января"},
    {2, "february februar feber février fevrier febrero febbraio fevereiro февраль февраля"},
    {3, "march märz maerz mrz mars marzo março марта март"},
    {4, "april avril abril aprile апрель апреля"},
    {5, "may mai mayo maggio maio май мая"},
    {6, "june juni juin junio giugno junho июнь июня"},
    {7, "july juli juillet julio luglio julho июль июля"},
    {8, "august août aout agosto август августа"},
    {9, "september septembre septiembre setiembre settembre setembro сентябрь сентября"},
    {10, "october oktober octobre octubre ottobre outubro октябрь октября"},
    {11, "november novembre noviembre novembro ноябрь ноября"},
    {12, "december dezember décembre decembre diciembre dicembre dezembro декабрь декабря"},
}};

// 0: none. `is_whole`: the name is not shortened.
int MonthOf(std::string_view written, bool& is_whole) {
  is_whole = false;
  const std::string word = LowerOf(written);
  if (CountLetters(word) < 3) return 0;
  int found = 0;
  for (const Month& month : kMonths) {
    std::string_view names = month.names;
    while (!names.empty()) {
      const size_t end = std::min(names.find(' '), names.size());
      const std::string_view name = names.substr(0, end);
      names.remove_prefix(std::min(end + 1, names.size()));
      is_whole = name == word;
      if (is_whole) return month.number;
      if (!name.starts_with(word) || CountLetters(word) > 5) continue;
      if (found != 0 && found != month.number) return 0;  // "jui" is June or July
      found = month.number;
    }
  }
  return found;
}

class DateScanner {
 public:
  explicit DateScanner(std::string_view text)
      : text_(text.substr(0, text::FloorBoundary(text, std::min(text.size(), kLongestDate)))) {}

  std::optional<WrittenDate> Scan() {
    WrittenDate date;
    if (TakeDay(date)) {
      SkipSpace();
      if (TakeWord("de") || TakeWord("di")) SkipSpace();
      if (!TakeMonth(date)) return std::nullopt;
    } else {
      if (!TakeMonth(date) || !TakeSpace() || !TakeDay(date)) return std::nullopt;
    }
    TakeYear(date);
    date.length = at_;
    return date;
  }

 private:
  void SkipSpace() {
    while (text_.substr(at_).starts_with(' ') || text_.substr(at_).starts_with("\u00A0")) {
      at_ += text_[at_] == ' ' ? 1 : 2;
    }
  }
  bool TakeSpace() {
    const size_t before = at_;
    SkipSpace();
    return at_ > before;
  }

  int TakeNumber(size_t most_digits) {
    const size_t digits = std::min(text_.find_first_not_of("0123456789", at_), text_.size()) - at_;
    if (digits == 0 || digits > most_digits) return -1;
    int number = 0;
    for (const size_t end = at_ + digits; at_ < end; ++at_) number = number * 10 + (text_[at_] - '0');
    return number;
  }

  // `23`, `1er`, `1º`, `3.`
  bool TakeDay(WrittenDate& date) {
    const size_t before = at_;
    date.day = TakeNumber(2);
    if (date.day < 1 || date.day > 31) {
      at_ = before;
      return false;
    }
    for (const std::string_view suffix : {"er", "º", "°", "st", "nd", "rd", "th"}) {
      if (TakeWord(suffix)) return true;
    }
    // The stop of an ordinal, not that of a sentence: a month must follow.
    if (at_ + 1 < text_.size() && text_[at_] == '.' && date.month == 0) ++at_;
    return true;
  }

  bool TakeWord(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    const size_t end = at_ + word.size();
    if (end < text_.size() && IsLetter(text::DecodeAt(text_, end).code_point)) return false;
    at_ = end;
    return true;
  }

  bool TakeMonth(WrittenDate& date) {
    size_t end = at_;
    while (end < text_.size()) {
      const text::Decoded next = text::DecodeAt(text_, end);
      if (!IsLetter(next.code_point)) break;
      end += next.length;
    }
    bool is_whole = false;
    date.month = MonthOf(text_.substr(at_, end - at_), is_whole);
    if (date.month == 0) return false;
    at_ = end;
    if (!is_whole && text_.substr(at_).starts_with('.')) ++at_;
    return true;
  }

  void TakeYear(WrittenDate& date) {
    const size_t before = at_;
    if (at_ < text_.size() && text_[at_] == ',') ++at_;
    SkipSpace();
    if (TakeWord("de")) SkipSpace();
    const int year = TakeNumber(4);
    const bool ends = at_ >= text_.size() || !IsLetter(text::DecodeAt(text_, at_).code_point);
    if (year >= 1900 && year < 2200 && ends) {
      date.year = year;
    } else {
      at_ = before;
    }
  }

  const std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

std::optional<WrittenDate> DateAt(std::string_view text) { return DateScanner(text).Scan(); }

std::optional<absl::CivilDay> DayNear(const WrittenDate& date, absl::CivilDay near) {
  std::optional<absl::CivilDay> nearest;
  for (absl::civil_year_t year = near.year() - 1; year <= near.year() + 1; ++year) {
    const absl::CivilDay day(date.year == 0 ? year : date.year, date.month, date.day);
    if (day.day() != date.day) continue;  // no such day in that month
    if (!nearest || std::abs(day - near) < std::abs(*nearest - near)) nearest = day;
  }
  return nearest;
}

}  // namespace wirewatch::analyses

#include "cursor.h"

#include "letters.h"
#include "place_words.h"

namespace wirewatch::analyses {
namespace {

constexpr uint32_t kLongestPlace = 60;
constexpr int kMostWords = 5;
constexpr int kLongestAbbreviation = 5;

// No-break, thin and zero-width blanks, as layout systems leave them.
constexpr std::string_view kBlanks[] = {" ", "\t", "\u00A0", "\u2009", "\u202F", "\u200B", "\uFEFF"};

bool IsJoiner(char32_t c) { return c == '-' || c == '\'' || c == 0x2019; }
bool IsMark(char32_t c) { return u_charType(static_cast<UChar32>(c)) == U_NON_SPACING_MARK; }

}  // namespace

void Cursor::SkipBlanks() {
  for (bool moved = true; moved;) {
    moved = false;
    for (const std::string_view blank : kBlanks) {
      if (!Rest().starts_with(blank)) continue;
      at_ += static_cast<uint32_t>(blank.size());
      moved = true;
    }
  }
}

bool Cursor::Take(char mark) {
  if (!Rest().starts_with(mark)) return false;
  ++at_;
  SkipBlanks();
  return true;
}

bool Cursor::Stop() {
  if (!Rest().starts_with('.')) return false;
  ++at_;
  return true;
}

bool Cursor::Dash(bool touching) {
  const uint32_t before = at_;
  SkipBlanks();
  const bool apart = touching || at_ > before || (before > 0 && text_[before - 1] == '.');
  for (const std::string_view dash : {"---", "--", "\u2014", "\u2013", "-", "_"}) {
    if (!Rest().starts_with(dash)) continue;
    const bool is_long = dash == "--" || dash == "\u2014";
    const bool is_short = dash == "-" || dash == "_";
    const uint32_t behind = at_ + static_cast<uint32_t>(dash.size());
    at_ = behind;
    SkipBlanks();
    const bool closed = is_short && !touching && at_ == behind && !Rest().empty();
    at_ = behind;
    if ((!apart && !is_long) || closed) break;
    return true;
  }
  at_ = before;
  return false;
}

Range Cursor::Place() {
  const uint32_t begin = at_;
  uint32_t end = at_;
  for (int words = 0; words < kMostWords; ++words) {
    const Range word = Word();
    if (word.empty()) break;
    if (IsUpper(text::DecodeAt(Words(word), 0).code_point)) {
      end = at_;
    } else if (words == 0 || !IsOneOf(kLinks, Words(word))) {
      break;
    }
    const uint32_t before_blank = at_;
    SkipBlanks();
    if (at_ == before_blank) break;
  }
  if (end - begin > kLongestPlace) end = begin;
  at_ = end;
  return {begin, end};
}

// Letters with hyphens, apostrophes and the stops of abbreviations between and behind them.
Range Cursor::Word() {
  const uint32_t begin = at_;
  while (at_ < end_) {
    const text::Decoded next = text::DecodeAt(text_, at_);
    const uint32_t behind = at_ + next.length;
    const bool letter_follows = behind < end_ && IsLetter(text::DecodeAt(text_, behind).code_point);
    const bool takes = IsLetter(next.code_point) || (at_ > begin && IsMark(next.code_point)) ||
                       (at_ > begin && IsJoiner(next.code_point) && letter_follows) ||
                       (next.code_point == '.' && StopBelongsToWord(begin));
    if (!takes) break;
    at_ = behind;
  }
  return {begin, at_};
}

// In N.J., ST. LOUIS and Calif. (AP), not in MOSCOW. June 23.
bool Cursor::StopBelongsToWord(uint32_t word_begin) const {
  const std::string_view word = Words({word_begin, at_});
  const size_t part_begin = word.rfind('.') == std::string_view::npos ? 0 : word.rfind('.') + 1;
  const std::string_view part = word.substr(part_begin);
  const int letters = CountLetters(part);
  if (letters == 0 || letters > kLongestAbbreviation) return false;
  const std::string_view rest = Rest().substr(1);
  if (!rest.empty() && IsLetter(text::DecodeAt(rest, 0).code_point)) return true;
  const std::string lower = LowerOf(part);
  return rest.starts_with(',') || rest.starts_with(" (") || part_begin > 0 || lower == "st" || lower == "ste" ||
         lower == "ft" || lower == "mt";
}

}  // namespace wirewatch::analyses

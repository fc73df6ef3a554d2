#include "scanner.h"

#include <algorithm>

#include "letters.h"
#include "place_words.h"

namespace wirewatch::analyses {
namespace {

constexpr size_t kWindow = 300;          // bytes of a paragraph that are read
constexpr size_t kShortParagraph = 120;  // headlines, bylines and dates that may stand before the text
constexpr int kParagraphs = 5;
constexpr size_t kLongestPlace = 60;
constexpr int kMostWords = 5;
constexpr int kMostRegions = 2;
constexpr size_t kLongestAgency = 40;

class Scanner {
 public:
  Scanner(std::string_view text, uint32_t begin, const Agencies& agencies)
      : text_(text),
        end_(text::FloorBoundary(text, std::min(text.size(), begin + kWindow))),
        at_(begin),
        agencies_(agencies) {
    found_.all.begin = at_;
  }

  std::optional<FoundDateline> Scan() {
    if (!(AgencyFirst() || PlaceFirst())) return std::nullopt;
    found_.all.end = at_;
    // Behind it the text must go on.
    SkipSpace();
    if (at_ >= text_.size() || text_[at_] == '\n') return std::nullopt;
    found_.body_begin = at_;
    found_.confidence = Confidence();
    return found_;
  }

 private:
  // `(dpa) - Text`, `(ANSA) - ROMA, 16 GIU - Text`
  bool AgencyFirst() {
    if (!TakeAgencies(false) || !Dash()) return false;
    const uint32_t behind = at_;
    SkipSpace();
    const bool place = Places() && AllCapitals(found_.first_place);
    if (place) {
      if (Comma()) Date();
      SkipStop();
      if (Dash()) return true;
    }
    found_.place = found_.first_place = found_.date = {};
    found_.written = {};
    at_ = behind;
    return true;
  }

  // `BELGRADE, June 23. /TASS/.`, `LONDON (Reuters) -`, `МОСКВА, 23 июн - РИА Новости.`, `TOLMEN -`
  bool PlaceFirst() {
    if (!Places()) return false;
    bool dated = false;
    for (int regions = 0; Comma();) {
      SkipSpace();
      if (Date()) {
        dated = true;
        break;
      }
      if (++regions > kMostRegions || !Place(nullptr)) return false;
    }
    if (!dated) dated = StopAndDate();
    SkipStop();
    const uint32_t before_agency = at_;
    SkipSpace();
    const bool capitals = AllCapitals(found_.first_place);
    if (TakeAgencies(true)) {
      if (slashed_) {
        const bool stop = SkipStop();
        return Dash() || stop;
      }
      if (bare_) return SkipStop() || Dash();
      // A word in parentheses that is no known agency must look like one.
      if (!found_.agencies[0].known && !capitals && !LooksLikeAgency(found_.agencies[0])) return false;
      SkipStop();
      return Dash();
    }
    at_ = before_agency;
    if (!Dash()) return false;
    if (dated && BareAgency()) return SkipStop() || Dash();
    if (dated) return capitals || found_.written.day > 0;
    return capitals && CountLetters(found_.first_place) >= 5 && !IsNoPlace();
  }

  float Confidence() const {
    const bool agency = !found_.agencies.empty();
    const bool known = agency && found_.agencies[0].known;
    const bool place = !found_.place.empty();
    if (known) return place ? 0.98F : 0.9F;
    if (agency) return place ? 0.85F : 0.6F;
    return found_.date.empty() ? 0.5F : 0.75F;
  }

  // ---- Pieces. Each takes what it finds, or nothing. ----

  void SkipSpace() {
    for (;;) {
      if (Rest().starts_with(' ')) {
        ++at_;
      } else if (Rest().starts_with("\u00A0")) {
        at_ += 2;
      } else {
        return;
      }
    }
  }

  bool Comma() {
    if (!Rest().starts_with(',')) return false;
    ++at_;
    SkipSpace();
    return true;
  }

  bool SkipStop() {
    if (!Rest().starts_with('.')) return false;
    ++at_;
    return true;
  }

  // A dash with blanks around it, `--`, `.-`; a long one may touch the words.
  bool Dash() {
    const uint32_t before = at_;
    SkipSpace();
    const bool spaced = at_ > before || (before > 0 && (text_[before - 1] == '.' || text_[before - 1] == ')'));
    for (const std::string_view dash : {"---", "--", "\u2014", "\u2013", "-", "_"}) {
      if (!Rest().starts_with(dash)) continue;
      const uint32_t behind = at_ + static_cast<uint32_t>(dash.size());
      const bool is_short = dash == "-" || dash == "_";
      const bool open = behind < text_.size() && text_[behind] != ' ' && text_[behind] != '\n' && is_short;
      if (!spaced || open) break;
      at_ = behind;
      return true;
    }
    at_ = before;
    return false;
  }

  // One or more places: `NEW YORK/LONDON`, `Saravno/Tarnice`.
  bool Places() {
    found_.place.begin = at_;
    if (!Place(&found_.first_place)) {
      found_.place = found_.first_place = {};
      return false;
    }
    while (Rest().starts_with('/') && at_ + 1 < text_.size()) {
      const uint32_t slash = at_++;
      if (Place(nullptr)) continue;
      at_ = slash;
      break;
    }
    found_.place.end = at_;
    return true;
  }

  // Words that begin with capitals: `San Juan`, `Rio de Janeiro`, `N.J.`, `Aix-en-Provence`, `L'Aquila`.
  bool Place(Range* place) {
    const uint32_t begin = at_;
    uint32_t end = at_;
    for (int words = 0; words < kMostWords; ++words) {
      const uint32_t word_begin = at_;
      if (!Word()) break;
      const std::string_view word = text_.substr(word_begin, at_ - word_begin);
      if (!IsUpper(text::DecodeAt(word, 0).code_point)) {
        if (words == 0 || !IsOneOf(kLinks, word)) break;
      } else {
        end = at_;
      }
      if (!Rest().starts_with(' ')) break;
      ++at_;
    }
    at_ = end;
    if (end == begin || end - begin > kLongestPlace) {
      at_ = begin;
      return false;
    }
    if (place != nullptr) *place = {begin, end};
    return true;
  }

  // Letters with hyphens, apostrophes and the stops of abbreviations between and behind them.
  bool Word() {
    const uint32_t begin = at_;
    uint32_t letters_since_stop = 0;
    while (at_ < end_) {
      const text::Decoded next = text::DecodeAt(text_, at_);
      const bool joins = next.code_point == '-' || next.code_point == '\'' || next.code_point == 0x2019;
      if (IsLetter(next.code_point) || u_charType(static_cast<UChar32>(next.code_point)) == U_NON_SPACING_MARK) {
        ++letters_since_stop;
      } else if (joins && at_ > begin && at_ + next.length < text_.size() &&
                 IsLetter(text::DecodeAt(text_, at_ + next.length).code_point)) {
        letters_since_stop = 0;
      } else if (next.code_point == '.' && at_ > begin && letters_since_stop <= 5 && IsAbbreviation()) {
        letters_since_stop = 0;
      } else {
        break;
      }
      at_ += next.length;
    }
    return at_ > begin;
  }

  // A stop inside a name: a letter follows (N.J.), or a comma or parenthesis (Calif. (AP)), or the next initial.
  bool IsAbbreviation() const {
    if (at_ + 1 >= text_.size()) return false;
    if (IsLetter(text::DecodeAt(text_, at_ + 1).code_point)) return true;
    const std::string_view rest = text_.substr(at_ + 1, 2);
    return rest.starts_with(',') || rest == " (" ||
           (at_ >= 2 && (text_[at_ - 1] | 0x20) == 't' && (text_[at_ - 2] | 0x20) == 's') ||
           (at_ >= 2 && text_[at_ - 2] == '.');
  }

  // `MOSCOW. June 23.`
  bool StopAndDate() {
    const uint32_t before = at_;
    if (SkipStop()) {
      SkipSpace();
      if (Date()) return true;
    }
    at_ = before;
    return false;
  }

  bool Date() {
    const std::optional<WrittenDate> date = DateAt(Rest());
    if (!date) return false;
    found_.written = *date;
    found_.date = {at_, at_ + static_cast<uint32_t>(date->length)};
    at_ = found_.date.end;
    // The stop belongs to the abbreviation of a month only if that comes last.
    if (text_[at_ - 1] == '.') --found_.date.end;
    return true;
  }

  // `(Reuters)`, `(AFP/Reuters)`, `/TASS/`; after a place also a bare known name.
  bool TakeAgencies(bool after_place) {
    slashed_ = bare_ = false;
    const bool open = Rest().starts_with('(');
    if (!open && !Rest().starts_with('/')) return after_place && BareAgency();
    const char close = open ? ')' : '/';
    const size_t length = Rest().substr(1, kLongestAgency).find(close);
    if (length == std::string_view::npos || length < 2) return false;
    const Range inside = {at_ + 1, at_ + 1 + static_cast<uint32_t>(length)};
    if (!TakeNames(inside, after_place)) return false;
    slashed_ = !open;
    at_ = inside.end + 1;
    return true;
  }

  bool TakeNames(Range inside, bool after_place) {
    std::vector<FoundAgency> names;
    uint32_t begin = inside.begin;
    while (begin < inside.end) {
      uint32_t end = begin;
      const bool whole = !agencies_.Find(text_.substr(begin, inside.end - begin)).empty();
      while (end < inside.end && (whole || (text_[end] != '/' && text_[end] != ',' && text_[end] != ';'))) ++end;
      FoundAgency agency = {{begin, end}, {}, true};
      while (agency.range.begin < end && text_[agency.range.begin] == ' ') ++agency.range.begin;
      const std::string_view written = text_.substr(agency.range.begin, end - agency.range.begin);
      agency.name = std::string(agencies_.Find(written));
      if (agency.name.empty()) {
        agency.known = false;
        agency.name = std::string(written);
        const bool looks = LooksLikeAgency(agency) || (after_place && IsOneName(written));
        // What follows a known agency is a desk: (dpa/lno).
        if (!looks || (!names.empty() && !names[0].known)) return false;
      }
      names.push_back(std::move(agency));
      begin = end + 1;
    }
    found_.agencies = std::move(names);
    return !found_.agencies.empty();
  }

  bool BareAgency() {
    const uint32_t before = at_;
    SkipSpace();
    const size_t length = agencies_.LengthAt(Rest());
    if (length == 0) {
      at_ = before;
      return false;
    }
    const Range range = {at_, at_ + static_cast<uint32_t>(length)};
    const std::string_view written = text_.substr(range.begin, length);
    // Short names are words as well (Beta, Petra): bare ones must be written in capitals, or have several words.
    if (!AllCapitals(range) && written.find(' ') == std::string_view::npos) {
      at_ = before;
      return false;
    }
    found_.agencies = {{range, std::string(agencies_.Find(written)), true}};
    at_ = range.end;
    bare_ = true;
    return true;
  }

  // ---- Questions ----

  std::string_view Rest() const { return at_ >= end_ ? std::string_view() : text_.substr(at_, end_ - at_); }

  // Two to six letters, all capitals or all small: KTA, dna.
  bool LooksLikeAgency(const FoundAgency& agency) const {
    int upper = 0, lower = 0;
    for (size_t at = agency.range.begin; at < agency.range.end;) {
      const text::Decoded next = text::DecodeAt(text_, at);
      if (!IsLetter(next.code_point)) return false;
      (IsUpper(next.code_point) ? upper : lower) += 1;
      at += next.length;
    }
    return upper + lower >= 2 && upper + lower <= 6 && (upper == 0 || lower == 0);
  }

  // One word with a capital: Meridian.
  static bool IsOneName(std::string_view written) {
    bool first = true;
    for (size_t at = 0; at < written.size(); first = false) {
      const text::Decoded next = text::DecodeAt(written, at);
      if (!IsLetter(next.code_point) || (first && !IsUpper(next.code_point))) return false;
      at += next.length;
    }
    return !first;
  }

  bool AllCapitals(Range range) const {
    for (size_t at = range.begin; at < range.end;) {
      const text::Decoded next = text::DecodeAt(text_, at);
      if (IsLower(next.code_point)) return false;
      at += next.length;
    }
    return !range.empty();
  }

  int CountLetters(Range range) const {
    int letters = 0;
    for (size_t at = range.begin; at < range.end;) {
      const text::Decoded next = text::DecodeAt(text_, at);
      letters += IsLetter(next.code_point) ? 1 : 0;
      at += next.length;
    }
    return letters;
  }

  bool IsNoPlace() const {
    const std::string lower = LowerOf(text_.substr(found_.place.begin, found_.place.end - found_.place.begin));
    std::string_view rest = lower;
    while (!rest.empty()) {
      const size_t end = std::min(rest.find(' '), rest.size());
      if (IsOneOf(kNoPlaces, rest.substr(0, end))) return true;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return false;
  }

  const std::string_view text_;
  const size_t end_;
  uint32_t at_;
  const Agencies& agencies_;
  bool slashed_ = false;
  bool bare_ = false;
  FoundDateline found_;
};

bool IsNote(std::string_view paragraph) { return paragraph.starts_with('(') && paragraph.ends_with(')'); }

}  // namespace

std::optional<FoundDateline> FindDateline(std::string_view text, const Agencies& agencies) {
  size_t begin = 0;
  for (int paragraph = 0; paragraph < kParagraphs && begin < text.size(); ++paragraph) {
    begin = std::min(text.find_first_not_of(" \t\n", begin), text.size());
    const size_t end = std::min(text.find('\n', begin), text.size());
    if (begin == end) break;
    const std::string_view whole = text.substr(0, end);
    if (auto found = Scanner(whole, static_cast<uint32_t>(begin), agencies).Scan()) return found;
    const std::string_view passed = text.substr(begin, end - begin);
    if (passed.size() > kShortParagraph && !IsNote(passed)) break;
    begin = end;
  }
  return std::nullopt;
}

}  // namespace wirewatch::analyses

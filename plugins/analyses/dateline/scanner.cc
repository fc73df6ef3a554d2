#include "scanner.h"

#include <algorithm>

#include "evidence.h"
#include "letters.h"
#include "place_words.h"

namespace wirewatch::analyses {
namespace {

constexpr size_t kWindow = 300;       // bytes of a paragraph that are read
constexpr size_t kLongestLine = 600;  // what is longer is no headline or note
constexpr int kParagraphs = 5;
constexpr int kMostRegions = 2;
constexpr int kLeastBarePlace = 3;    // letters of a place that nothing but a dash follows
constexpr int kMostAloneLetters = 4;  // of an unknown agency that signs alone

class Scanner {
 public:
  // Of `text` the line [begin, line_end), or its beginning.
  Scanner(std::string_view text, size_t begin, size_t line_end, const Story& story, const Agencies& agencies)
      : text_(text),
        begin_(static_cast<uint32_t>(begin)),
        line_end_(static_cast<uint32_t>(line_end)),
        story_(story),
        agencies_(agencies),
        cursor_(text, begin_, static_cast<uint32_t>(text::FloorBoundary(text, std::min(line_end, begin + kWindow)))) {}

  std::optional<FoundDateline> Scan() {
    for (const auto form :
         {&Scanner::AgencyFirst, &Scanner::BareAgencyFirst, &Scanner::DateFirst, &Scanner::PlaceFirst}) {
      found_ = {};
      region_ = has_stop_ = false;
      signature_ = {};
      support_.reset();
      cursor_.MoveTo(begin_);
      cursor_.SkipBlanks();
      found_.all.begin = cursor_.at();
      if ((this->*form)() && Finish()) return found_;
    }
    return std::nullopt;
  }

 private:
  // ---- The forms ----

  // `(dpa) - Text`, `(ANSA) - ROMA, 16 GIU - Text`, `/TASS/. Text`
  bool AgencyFirst() {
    if (!TakeSignature(cursor_, agencies_, signature_)) return false;
    const std::string_view written = cursor_.Words(signature_.agencies[0].range);
    const bool slashes = signature_.marks == Signature::Marks::kSlashes;
    if (!cursor_.Dash(IsKnown()) && !(slashes && IsKnown() && cursor_.Stop())) return false;
    if (PlaceBehindAgency()) return true;
    // (map) and (trend) are notes, MAP and Trend are agencies.
    if (IsKnown()) return AllCapitals(written) || agencies_.IsSpelled(written);
    return !slashes && CountsOf(written).upper == 0 && CountLetters(written) <= kMostAloneLetters;
  }

  bool PlaceBehindAgency() {
    const uint32_t before = cursor_.at();
    cursor_.SkipBlanks();
    if (Places()) {
      const bool dated = cursor_.Take(',') && Date();
      cursor_.Stop();
      if ((dated || (AllCapitals(FirstPlace()) && SupportNow() != Support::kNone)) && cursor_.Dash()) return true;
    }
    found_.place = found_.first_place = found_.date = {};
    cursor_.MoveTo(before);
    return false;
  }

  // `ТАСС, 23 июня. Text`
  bool BareAgencyFirst() {
    if (!TakeBareAgency(cursor_, agencies_, signature_) || !cursor_.Take(',') || !Date()) return false;
    const bool stop_taken = cursor_.at() > found_.date.end;  // of `янв.`
    return cursor_.Dash() || cursor_.Stop() || stop_taken;
  }

  // `June 3 (Reuters) - Text`
  bool DateFirst() {
    if (!Date()) return false;
    cursor_.SkipBlanks();
    return TakeSignature(cursor_, agencies_, signature_) && IsKnown() && EndBehindAgency();
  }

  // `BELGRADE, June 23. /TASS/.`, `LONDON (Reuters) -`, `МОСКВА, 23 июн - РИА Новости.`, `WASHINGTON —`
  bool PlaceFirst() {
    if (!Places() || !RegionsAndDate()) return false;
    has_stop_ = cursor_.Stop();
    const uint32_t before_agency = cursor_.at();
    // `Baku, June 23, AZERTAC.`
    if (IsDated()) cursor_.Take(',');
    cursor_.SkipBlanks();
    if (TakeSignature(cursor_, agencies_, signature_)) return IsAgencyHere() && EndBehindAgency();
    if (TakeBareAgency(cursor_, agencies_, signature_)) {
      return (IsDated() || AllCapitals(FirstPlace())) && (cursor_.Stop() || cursor_.Dash());
    }
    cursor_.MoveTo(before_agency);
    if (!cursor_.Dash()) return false;
    if (AgencyBehindDash()) return true;
    return IsPlaceAlone();
  }

  // ---- Their pieces ----

  // One or more places: `NEW YORK/LONDON`, `Saravno/Tarnice`.
  bool Places() {
    found_.first_place = found_.place = cursor_.Place();
    if (found_.place.empty()) return false;
    while (cursor_.Rest().starts_with('/')) {
      const uint32_t slash = cursor_.at();
      cursor_.MoveTo(slash + 1);
      if (const Range next = cursor_.Place(); !next.empty()) {
        found_.place.end = next.end;
        continue;
      }
      cursor_.MoveTo(slash);
      break;
    }
    return true;
  }

  // `Frankfurt (Oder) (dpa) -`, `Kiev (Ukraine), 3 mai (AFP) -`
  void RegionInParentheses() {
    const uint32_t before = cursor_.at();
    cursor_.SkipBlanks();
    if (cursor_.Take('(')) {
      const Range region = cursor_.Place();
      const bool closed = !region.empty() && agencies_.Find(cursor_.Words(region)).empty() && cursor_.Take(')');
      if (closed && (cursor_.Rest().starts_with('(') || cursor_.Rest().starts_with(','))) {
        region_ = true;
        return;
      }
    }
    cursor_.MoveTo(before);
  }

  bool RegionsAndDate() {
    RegionInParentheses();
    for (int regions = 0; cursor_.Take(',');) {
      if (Date()) return true;
      if (++regions > kMostRegions || cursor_.Place().empty()) return false;
      region_ = true;
    }
    // `MOSCOW. June 23.`
    const uint32_t before = cursor_.at();
    if (!cursor_.Take('.') || !Date()) cursor_.MoveTo(before);
    return true;
  }

  bool Date() {
    const std::optional<WrittenDate> date = DateAt(cursor_.Rest());
    if (!date) return false;
    found_.written = *date;
    found_.date = {cursor_.at(), cursor_.at() + static_cast<uint32_t>(date->length)};
    cursor_.MoveTo(found_.date.end);
    if (cursor_.Words(found_.date).ends_with('.')) --found_.date.end;
    return true;
  }

  bool EndBehindAgency() {
    if (signature_.marks == Signature::Marks::kSlashes) {
      const bool stop = cursor_.Stop();
      return cursor_.Dash(IsKnown()) || stop;
    }
    const uint32_t before = cursor_.at();
    cursor_.Stop();
    if (cursor_.Dash(IsKnown())) return true;
    cursor_.MoveTo(before);
    if (!IsKnown()) return false;
    if (cursor_.Take(':')) return true;
    // `La Habana, 3 jun (Prensa Latina) Text`, `Bern. (sda) Text`
    return (IsDated() || has_stop_) && (cursor_.Stop() || BlankAndCapital());
  }

  bool BlankAndCapital() {
    const uint32_t before = cursor_.at();
    cursor_.SkipBlanks();
    const std::string_view rest = cursor_.Rest();
    const bool capital = cursor_.at() > before && !rest.empty() && IsUpper(text::DecodeAt(rest, 0).code_point);
    cursor_.MoveTo(before);
    return capital;
  }

  // `МОСКВА, 23 июн - РИА Новости, Мария Иванова. Text`, `Roma, 3 giu. - (Adnkronos) - Text`
  bool AgencyBehindDash() {
    const uint32_t before = cursor_.at();
    cursor_.SkipBlanks();
    if (TakeSignature(cursor_, agencies_, signature_)) {
      if (IsKnown() && cursor_.Dash(true)) return true;
    } else if (IsDated() && TakeBareAgency(cursor_, agencies_, signature_)) {
      if (cursor_.Take(',')) cursor_.Place();
      if (cursor_.Stop() || cursor_.Dash()) return true;
    }
    signature_ = {};
    cursor_.MoveTo(before);
    return false;
  }

  bool Finish() {
    found_.all.end = cursor_.at();
    found_.agencies = signature_.agencies;
    const bool is_signed = !found_.agencies.empty();
    cursor_.SkipBlanks();
    size_t begin = cursor_.at();
    if (begin >= line_end_) {
      // A line of its own.
      if (!IsKnown() || (found_.place.empty() && !IsDated())) return false;
      begin = std::min(text_.find_first_not_of(" \t\r\n", line_end_), text_.size());
      if (begin == text_.size()) return false;
    } else {
      const bool goes_on = begin == found_.all.end && IsLower(text::DecodeAt(text_, begin).code_point);  // (AFP)-based
      if (goes_on || (!is_signed && !BeginsSentence(text_.substr(begin, line_end_ - begin)))) return false;
    }
    found_.body_begin = static_cast<uint32_t>(begin);
    found_.confidence = Confidence();
    return true;
  }

  // ---- Questions ----

  std::string_view FirstPlace() const { return cursor_.Words(found_.first_place); }
  bool IsDated() const { return !found_.date.empty(); }
  bool IsKnown() const { return !signature_.agencies.empty() && signature_.agencies[0].known; }
  Support SupportNow() {
    if (!support_) support_ = SupportOf(FirstPlace(), region_, story_, text_.substr(cursor_.at()));
    return *support_;
  }

  bool IsNamedAsSource(std::string_view agency) const {
    return std::any_of(story_.sources.begin(), story_.sources.end(),
                       [&agency](std::string_view source) { return LowerOf(source) == LowerOf(agency); });
  }

  // An unknown name in parentheses may be a party, a share, a department or a note: Merz (CDU), Trump (right).
  bool IsAgencyHere() {
    if (IsKnown()) return true;
    if (HasNoPlaceWord(FirstPlace())) return false;
    const std::string_view written = cursor_.Words(signature_.agencies[0].range);
    if (IsDated() || region_ || IsNamedAsSource(written)) return true;
    if (!IsAcronym(written) || Shortens(written, FirstPlace())) return false;
    const Support support = SupportNow();
    const bool capital_acronym = CountsOf(written).lower == 0;
    return support == Support::kLocated ||
           (support != Support::kNone && (AllCapitals(FirstPlace()) || !capital_acronym));
  }

  bool IsPlaceAlone() {
    if (HasNoPlaceWord(FirstPlace())) return false;
    const bool capitals = AllCapitals(FirstPlace());
    if (IsDated() && capitals) return true;
    return (IsDated() || (capitals && CountLetters(FirstPlace()) >= kLeastBarePlace)) && SupportNow() != Support::kNone;
  }

  float Confidence() {
    const bool place = !found_.place.empty();
    if (IsKnown()) return place && IsDated() ? 0.98F : place ? 0.95F : IsDated() ? 0.93F : 0.85F;
    const bool supported = place && SupportNow() != Support::kNone;
    if (!found_.agencies.empty()) {
      if (!place) return 0.5F;
      return IsDated() ? (supported ? 0.92F : 0.85F) : supported ? 0.8F : 0.6F;
    }
    if (IsDated()) return supported ? 0.8F : 0.65F;
    return SupportNow() >= Support::kKnownCity ? 0.7F : 0.55F;
  }

  const std::string_view text_;
  const uint32_t begin_, line_end_;
  const Story& story_;
  const Agencies& agencies_;
  Cursor cursor_;
  FoundDateline found_;
  Signature signature_;
  bool region_ = false;
  bool has_stop_ = false;  // before the agency
  std::optional<Support> support_;
};

}  // namespace

std::optional<FoundDateline> FindDateline(std::string_view text, const Story& story, const Agencies& agencies) {
  size_t begin = 0;
  for (int paragraph = 0; paragraph < kParagraphs; ++paragraph) {
    begin = std::min(text.find_first_not_of(" \t\r\n", begin), text.size());
    const std::string_view line =
        text.substr(begin, text::FloorBoundary(text, std::min(text.size(), begin + kLongestLine)) - begin);
    const size_t end = begin + std::min(line.find_first_of("\r\n"), line.size());
    if (begin == end) break;
    if (auto found = Scanner(text, begin, end, story, agencies).Scan()) return found;
    if (!MayStandBefore(text.substr(begin, end - begin), story)) break;
    begin = end;
  }
  return std::nullopt;
}

}  // namespace wirewatch::analyses

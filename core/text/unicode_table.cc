#include "wirewatch/text/unicode_table.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/ucpmap.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>
#include <unicode/uset.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>

#include "wirewatch/text/utf8.h"

namespace wirewatch::text {
namespace {

constexpr uint32_t kCodePoints = 0x110000;

// ICU fails here only when its data is missing: nothing can work then.
void Require(UErrorCode status) {
  if (U_FAILURE(status)) std::abort();
}

WordBreak WordBreakOf(uint32_t icu) {
  switch (icu) {
    case U_WB_ALETTER:
      return WordBreak::kLetter;
    case U_WB_HEBREW_LETTER:
      return WordBreak::kHebrew;
    case U_WB_NUMERIC:
      return WordBreak::kNumeric;
    case U_WB_KATAKANA:
      return WordBreak::kKatakana;
    case U_WB_EXTENDNUMLET:
      return WordBreak::kExtendNumLet;
    case U_WB_MIDLETTER:
      return WordBreak::kMidLetter;
    case U_WB_MIDNUM:
      return WordBreak::kMidNum;
    case U_WB_MIDNUMLET:
      return WordBreak::kMidNumLet;
    case U_WB_SINGLE_QUOTE:
      return WordBreak::kSingleQuote;
    case U_WB_DOUBLE_QUOTE:
      return WordBreak::kDoubleQuote;
    case U_WB_EXTEND:
    case U_WB_FORMAT:
    case U_WB_ZWJ:
      return WordBreak::kExtend;
    default:
      return WordBreak::kOther;
  }
}

SentenceBreak SentenceBreakOf(uint32_t icu) {
  switch (icu) {
    case U_SB_EXTEND:
    case U_SB_FORMAT:
      return SentenceBreak::kExtend;
    case U_SB_SEP:
    case U_SB_CR:
    case U_SB_LF:
      return SentenceBreak::kSep;
    case U_SB_SP:
      return SentenceBreak::kSpace;
    case U_SB_LOWER:
      return SentenceBreak::kLower;
    case U_SB_UPPER:
      return SentenceBreak::kUpper;
    case U_SB_OLETTER:
      return SentenceBreak::kLetter;
    case U_SB_NUMERIC:
      return SentenceBreak::kNumeric;
    case U_SB_ATERM:
      return SentenceBreak::kATerm;
    case U_SB_SCONTINUE:
      return SentenceBreak::kContinue;
    case U_SB_STERM:
      return SentenceBreak::kSTerm;
    case U_SB_CLOSE:
      return SentenceBreak::kClose;
    default:
      return SentenceBreak::kOther;
  }
}

// Calls visit(first, last, value) for each range of code points with one value of the property.
void ForEachRange(UProperty property, const std::function<void(uint32_t, uint32_t, uint32_t)>& visit) {
  UErrorCode status = U_ZERO_ERROR;
  const UCPMap* map = u_getIntPropertyMap(property, &status);
  Require(status);
  uint32_t value = 0;
  for (UChar32 first = 0, last = 0;; first = last + 1) {
    last = ucpmap_getRange(map, first, UCPMAP_RANGE_NORMAL, 0, nullptr, nullptr, &value);
    if (last < 0) return;
    visit(static_cast<uint32_t>(first), static_cast<uint32_t>(last), value);
  }
}

void ForEachInSet(const USet* set, const std::function<void(uint32_t, uint32_t)>& visit) {
  const int32_t items = uset_getItemCount(set);
  for (int32_t i = 0; i < items; ++i) {
    UChar32 first = 0;
    UChar32 last = 0;
    UErrorCode status = U_ZERO_ERROR;
    if (uset_getItem(set, i, &first, &last, nullptr, 0, &status) != 0) continue;  // strings
    visit(static_cast<uint32_t>(first), static_cast<uint32_t>(last));
  }
}

void ForEachWith(UProperty property, const std::function<void(uint32_t, uint32_t)>& visit) {
  UErrorCode status = U_ZERO_ERROR;
  const USet* set = u_getBinaryPropertySet(property, &status);
  Require(status);
  ForEachInSet(set, visit);
}

bool IsPerGraphemeScript(uint32_t script) {
  switch (script) {
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_THAI:
    case USCRIPT_LAO:
    case USCRIPT_KHMER:
    case USCRIPT_MYANMAR:
      return true;
    default:
      return false;
  }
}

bool IsLetterMarkOrNumber(uint32_t code_point) {
  return (U_GET_GC_MASK(static_cast<UChar32>(code_point)) & (U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK)) != 0;
}

// Accents and vowel marks that folding drops. Marks of other scripts (Indic vowel signs, voicing marks of Kana) are
// part of the spelling and stay.
bool IsDroppedMark(char32_t c) {
  return (c >= 0x0300 && c <= 0x036F) || (c >= 0x1AB0 && c <= 0x1AFF) || (c >= 0x1DC0 && c <= 0x1DFF) ||
         (c >= 0x20D0 && c <= 0x20FF) || (c >= 0xFE20 && c <= 0xFE2F) || (c >= 0x0483 && c <= 0x0487) ||
         (c >= 0x0591 && c <= 0x05C7 && u_charType(static_cast<UChar32>(c)) == U_NON_SPACING_MARK) ||
         (c >= 0x0610 && c <= 0x061A) || c == 0x0640 || (c >= 0x064B && c <= 0x065F) || c == 0x0670 ||
         (c >= 0x06D6 && c <= 0x06ED && u_charType(static_cast<UChar32>(c)) == U_NON_SPACING_MARK) ||
         (c >= 0x08CA && c <= 0x08FF && u_charType(static_cast<UChar32>(c)) == U_NON_SPACING_MARK) ||
         (c >= 0x1F3FB && c <= 0x1F3FF);  // skin tones
}

// Letters that no normalization form takes apart, and signs that are alike.
const std::map<char32_t, std::u16string>& SpecialFolds() {
  static const auto& folds = *new std::map<char32_t, std::u16string>{
      {0x0142, u"l"},      {0x0111, u"d"},      {0x00F8, u"o"},      {0x00DF, u"ss"},     {0x00E6, u"ae"},
      {0x0131, u"i"},      {0x0153, u"oe"},     {0x0127, u"h"},      {0x0167, u"t"},                        // Latin
      {0x2018, u"'"},      {0x2019, u"'"},      {0x201B, u"'"},      {0x02BC, u"'"},      {0x05F3, u"'"},   // quotes
      {0x201C, u"\""},     {0x201D, u"\""},     {0x201E, u"\""},     {0x201F, u"\""},     {0x05F4, u"\""},  //
      {0x2010, u"-"},                                                                                       // hyphen
      {0x0671, u"\u0627"}, {0x0649, u"\u064A"}, {0x06CC, u"\u064A"}, {0x0629, u"\u0647"},  // alef, ya, ta marbuta
      {0x06A9, u"\u0643"},                                                                 // Persian kaf
  };
  return folds;
}

// Letters of their own in Cyrillic although they decompose: what their mark tells apart are other words.
bool StaysComposed(char32_t c) { return c == 0x0439 || c == 0x045E || c == 0x0457; }

class Folder {
 public:
  Folder() {
    UErrorCode status = U_ZERO_ERROR;
    casefold_ = icu::Normalizer2::getNFKCCasefoldInstance(status);
    decompose_ = icu::Normalizer2::getNFKDInstance(status);
    Require(status);
  }

  std::string Fold(char32_t code_point) const {
    UErrorCode status = U_ZERO_ERROR;
    const icu::UnicodeString folded =
        casefold_->normalize(icu::UnicodeString(static_cast<UChar32>(code_point)), status);
    Require(status);
    std::string out;
    ForEachCodePoint(folded, [&](char32_t c) {
      if (StaysComposed(c) || (c >= 0xAC00 && c <= 0xD7A3)) {
        AppendUtf8(c, &out);
        return;
      }
      UErrorCode decomposed_status = U_ZERO_ERROR;
      const auto decomposed = decompose_->normalize(icu::UnicodeString(static_cast<UChar32>(c)), decomposed_status);
      Require(decomposed_status);
      ForEachCodePoint(decomposed, [&out](char32_t part) { AppendPlain(part, &out); });
    });
    return out;
  }

 private:
  template <class Visit>
  static void ForEachCodePoint(const icu::UnicodeString& text, const Visit& visit) {
    for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) visit(static_cast<char32_t>(text.char32At(i)));
  }

  static void AppendPlain(char32_t c, std::string* out) {
    if (IsDroppedMark(c)) return;
    const auto special = SpecialFolds().find(c);
    if (special == SpecialFolds().end()) {
      AppendUtf8(c, out);
    } else {
      for (const char16_t unit : special->second) AppendUtf8(unit, out);
    }
  }

  const icu::Normalizer2* casefold_ = nullptr;
  const icu::Normalizer2* decompose_ = nullptr;
};

}  // namespace

const UnicodeTable& UnicodeTable::Get() {
  static const UnicodeTable* const table = new UnicodeTable();
  return *table;
}

UnicodeTable::UnicodeTable() {
  std::vector<uint32_t> flat(kCodePoints, 0);
  BuildProperties(flat);
  BuildPlainProperties(flat);
  BuildFolds(flat);
  BuildShortCuts(flat);
  Compress(flat);
  for (uint32_t c = 0; c < lower_.size(); ++c) lower_[c] = static_cast<uint16_t>(LowerCaseBeyond(c));
}

char32_t UnicodeTable::LowerCaseBeyond(char32_t code_point) {
  return static_cast<char32_t>(u_tolower(static_cast<UChar32>(code_point)));
}

void UnicodeTable::BuildProperties(std::vector<uint32_t>& flat) {
  const auto set = [&flat](uint32_t first, uint32_t last, uint32_t bits) {
    for (uint32_t c = first; c <= last; ++c) flat[c] |= bits;
  };
  ForEachRange(UCHAR_WORD_BREAK, [&](uint32_t first, uint32_t last, uint32_t value) {
    set(first, last, static_cast<uint32_t>(WordBreakOf(value)));
    if (value == U_WB_REGIONAL_INDICATOR) set(first, last, CodePoint::kRegionalIndicator);
  });
  for (const uint32_t colon : {0x3AU, 0xFE55U, 0xFF1AU}) flat[colon] &= ~0xFU;
  // The narrow no-break space parts thousands ("1 244"); before French marks of punctuation it must not join words.
  flat[0x202F] = (flat[0x202F] & ~0xFU) | static_cast<uint32_t>(WordBreak::kMidNum);
  ForEachRange(UCHAR_SENTENCE_BREAK, [&](uint32_t first, uint32_t last, uint32_t value) {
    set(first, last, static_cast<uint32_t>(SentenceBreakOf(value)) << 4);
  });
  flat[0x2026] = (flat[0x2026] & ~0xF0U) | static_cast<uint32_t>(SentenceBreak::kATerm)
                                               << 4;  // "…" as three full stops
  ForEachRange(UCHAR_GRAPHEME_CLUSTER_BREAK, [&](uint32_t first, uint32_t last, uint32_t value) {
    if (value == U_GCB_EXTEND || value == U_GCB_SPACING_MARK || value == U_GCB_ZWJ) {
      set(first, last, CodePoint::kGraphemeExtend);
    }
  });
  ForEachRange(UCHAR_SCRIPT, [&](uint32_t first, uint32_t last, uint32_t script) {
    if (script == USCRIPT_ARABIC) set(first, last, CodePoint::kArabic);
    if (!IsPerGraphemeScript(script)) return;
    for (uint32_t c = first; c <= last; ++c) {
      if (IsLetterMarkOrNumber(c) && (flat[c] & 0xF) != static_cast<uint32_t>(WordBreak::kNumeric)) {
        flat[c] |= CodePoint::kPerGrapheme;
      }
    }
  });
  for (uint32_t& bits : flat) {  // the prolonged sound mark and other signs of Kana have no script of their own
    if ((bits & 0xF) == static_cast<uint32_t>(WordBreak::kKatakana)) bits |= CodePoint::kPerGrapheme;
  }
  const std::pair<UProperty, uint32_t> binary[] = {{UCHAR_EXTENDED_PICTOGRAPHIC, CodePoint::kPictographic},
                                                   {UCHAR_EMOJI_PRESENTATION, CodePoint::kEmojiPresentation},
                                                   {UCHAR_EMOJI_MODIFIER, CodePoint::kEmojiModifier},
                                                   {UCHAR_WHITE_SPACE, CodePoint::kWhiteSpace},
                                                   {UCHAR_DEFAULT_IGNORABLE_CODE_POINT, CodePoint::kIgnorable}};
  for (const auto& [property, bit] : binary) {
    ForEachWith(property, [&set, bits = bit](uint32_t first, uint32_t last) { set(first, last, bits); });
  }
}

void UnicodeTable::BuildPlainProperties(std::vector<uint32_t>& flat) {
  const auto set = [&flat](uint32_t first, uint32_t last, uint32_t bits) {
    for (uint32_t c = first; c <= last; ++c) flat[c] |= bits;
  };
  ForEachRange(UCHAR_WORD_BREAK, [&](uint32_t first, uint32_t last, uint32_t value) {
    set(first, last, static_cast<uint32_t>(WordBreakOf(value)) << CodePoint::kPlainShift);
  });
  const auto word_break = [&flat](uint32_t c, WordBreak value) {
    flat[c] &= ~(0xFU << CodePoint::kPlainShift);
    flat[c] |= static_cast<uint32_t>(value) << CodePoint::kPlainShift;
  };
  // CLDR takes the colon out, and so may what the ICU at hand says.
  for (const uint32_t colon : {0x3AU, 0xFE55U, 0xFF1AU}) word_break(colon, WordBreak::kMidLetter);
  for (uint32_t tone = 0x1F3FB; tone <= 0x1F3FF; ++tone) word_break(tone, WordBreak::kOther);
  ForEachRange(UCHAR_LINE_BREAK, [&](uint32_t first, uint32_t last, uint32_t value) {
    if (value == U_LB_COMPLEX_CONTEXT) set(first, last, CodePoint::kComplexContext);
  });
  ForEachRange(UCHAR_SCRIPT, [&](uint32_t first, uint32_t last, uint32_t script) {
    if (script == USCRIPT_HAN || script == USCRIPT_HIRAGANA) set(first, last, CodePoint::kSingle);
  });
  const auto is = [](uint32_t c, UProperty property) { return u_hasBinaryProperty(static_cast<UChar32>(c), property); };
  ForEachWith(UCHAR_EMOJI, [&](uint32_t first, uint32_t last) {
    for (uint32_t c = std::max(first, 0x80U); c <= last; ++c) {
      if (!is(c, UCHAR_REGIONAL_INDICATOR) && !is(c, UCHAR_EMOJI_MODIFIER)) flat[c] |= CodePoint::kEmojiBase;
    }
  });
  ForEachWith(UCHAR_EXTENDED_PICTOGRAPHIC,
              [&](uint32_t first, uint32_t last) { set(first, last, CodePoint::kEmojiBase); });
  ForEachWith(UCHAR_EMOJI_MODIFIER_BASE,
              [&](uint32_t first, uint32_t last) { set(first, last, CodePoint::kEmojiModifierBase); });
}

void UnicodeTable::BuildFolds(std::vector<uint32_t>& flat) {
  std::vector<bool> candidate(kCodePoints, false);
  const auto add = [&candidate](uint32_t first, uint32_t last) {
    std::fill(candidate.begin() + first, candidate.begin() + last + 1, true);
  };
  ForEachWith(UCHAR_CHANGES_WHEN_NFKC_CASEFOLDED, add);
  ForEachRange(UCHAR_NFD_QUICK_CHECK, [&add](uint32_t first, uint32_t last, uint32_t value) {
    if (value == UNORM_NO) add(first, last);
  });
  for (const auto& [c, fold] : SpecialFolds()) candidate[c] = true;
  for (uint32_t c = 0x0300; c < 0x20000; ++c) candidate[c] = candidate[c] || IsDroppedMark(c);
  std::fill(candidate.begin() + 0xAC00, candidate.begin() + 0xD7A4, false);  // Hangul syllables stay

  const Folder folder;
  for (uint32_t c = 0; c < kCodePoints; ++c) {
    if (!candidate[c]) continue;
    const std::string fold = folder.Fold(c);
    std::string self;
    AppendUtf8(c, &self);
    if (fold == self) continue;
    flat[c] |= CodePoint::kFolds;
    folds_.push_back({c, static_cast<uint32_t>(fold_text_.size()), static_cast<uint32_t>(fold.size())});
    fold_text_ += fold;
  }
  first_fold_of_.resize((kCodePoints >> kShift) + 1);
  size_t entry = 0;
  for (uint32_t block = 0; block < first_fold_of_.size(); ++block) {
    while (entry < folds_.size() && folds_[entry].code_point < block << kShift) ++entry;
    first_fold_of_[block] = static_cast<uint32_t>(entry);
  }
}

void UnicodeTable::Compress(const std::vector<uint32_t>& flat) {
  constexpr uint32_t kBlock = 1U << kShift;
  std::map<std::vector<uint32_t>, uint16_t> known;
  block_of_.reserve(kCodePoints >> kShift);
  for (uint32_t first = 0; first < kCodePoints; first += kBlock) {
    std::vector<uint32_t> block(flat.begin() + first, flat.begin() + first + kBlock);
    const auto [it, is_new] = known.try_emplace(std::move(block), static_cast<uint16_t>(known.size()));
    if (is_new) properties_.insert(properties_.end(), it->first.begin(), it->first.end());
    block_of_.push_back(it->second);
  }
}

std::string_view UnicodeTable::Fold(char32_t code_point) const {
  const uint32_t block = code_point >> kShift;
  const auto first = folds_.begin() + first_fold_of_[block];
  const auto last = folds_.begin() + first_fold_of_[block + 1];
  const auto it = std::lower_bound(first, last, code_point,
                                   [](const FoldEntry& entry, char32_t c) { return entry.code_point < c; });
  if (it == last || it->code_point != code_point) return {};
  return std::string_view(fold_text_).substr(it->offset, it->length);
}

}  // namespace wirewatch::text

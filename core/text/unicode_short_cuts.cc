// Which characters tokenizers may take short cuts for: a part of UnicodeTable.
#include <unicode/uchar.h>

#include "wirewatch/text/unicode_table.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::text {
namespace {

bool IsConjoiningJamo(char32_t c) {
  return (c >= 0x1100 && c <= 0x11FF) || (c >= 0xA960 && c <= 0xA97F) || (c >= 0xD7B0 && c <= 0xD7FF);
}

}  // namespace

// Needs all that was built before.
void UnicodeTable::BuildShortCuts(std::vector<uint32_t>& flat) {
  constexpr uint32_t kNotPlain = CodePoint::kPerGrapheme | CodePoint::kGraphemeExtend | CodePoint::kComplexContext |
                                 CodePoint::kSingle | CodePoint::kEmojiBase | CodePoint::kPictographic;
  const auto is_letter = [&flat](char32_t c) {
    const bool arabic = (c >= 0x0600 && c <= 0x06FF) || (flat[c] & CodePoint::kArabic) != 0;
    return (flat[c] & 0xF) == static_cast<uint32_t>(WordBreak::kLetter) && !arabic && !IsConjoiningJamo(c) &&
           (flat[c] & CodePoint::kPerGrapheme) == 0;
  };
  for (uint32_t c = 0x80; c < flat.size(); ++c) {
    const auto mask = U_GET_GC_MASK(static_cast<UChar32>(c));
    if ((flat[c] & (0xFU | 0xFU << CodePoint::kPlainShift | kNotPlain)) == 0 &&
        (mask & (U_GC_P_MASK | U_GC_Z_MASK)) != 0 && c != 0xA7 && c != 0x2010 && c != 0x2011 && c != 0x2030) {
      flat[c] |= CodePoint::kPartsWords;
    }
    if (!is_letter(c)) continue;
    char32_t last = c;
    size_t count = 1;
    bool letters = true;
    if ((flat[c] & CodePoint::kFolds) != 0) {
      const std::string_view fold = Fold(c);
      count = 0;
      for (size_t at = 0; at < fold.size(); at += DecodeAt(fold, at).length, ++count) {
        last = DecodeAt(fold, at).code_point;
        letters = letters && is_letter(last);
      }
    }
    if (!letters || count == 0) continue;
    flat[c] |= CodePoint::kLoneLetter;
    if (c < short_fold_.size() && count == 1 && last < 0x800) short_fold_[c] = static_cast<uint16_t>(last);
  }
}

}  // namespace wirewatch::text

// Letters and their case, by Unicode. Pure functions, any thread.
#ifndef WIREWATCH_ANALYSES_DATELINE_LETTERS_H_
#define WIREWATCH_ANALYSES_DATELINE_LETTERS_H_

#include <unicode/uchar.h>

#include <string>
#include <string_view>

#include "wirewatch/text/utf8.h"

namespace wirewatch::analyses {

inline bool IsLetter(char32_t c) { return u_isalpha(static_cast<UChar32>(c)) != 0; }
inline bool IsUpper(char32_t c) { return u_isupper(static_cast<UChar32>(c)) != 0; }
inline bool IsLower(char32_t c) { return u_islower(static_cast<UChar32>(c)) != 0; }

inline std::string LowerOf(std::string_view text) {
  std::string lower;
  for (size_t at = 0; at < text.size();) {
    const text::Decoded next = text::DecodeAt(text, at);
    text::AppendUtf8(static_cast<char32_t>(u_tolower(static_cast<UChar32>(next.code_point))), &lower);
    at += next.length;
  }
  return lower;
}

struct LetterCounts {
  int upper = 0, lower = 0, other = 0;  // other: no letters
};

inline LetterCounts CountsOf(std::string_view text) {
  LetterCounts counts;
  for (size_t at = 0; at < text.size();) {
    const text::Decoded next = text::DecodeAt(text, at);
    ++(IsUpper(next.code_point) ? counts.upper : IsLetter(next.code_point) ? counts.lower : counts.other);
    at += next.length;
  }
  return counts;
}

inline int CountLetters(std::string_view text) { return CountsOf(text).upper + CountsOf(text).lower; }
inline bool AllCapitals(std::string_view text) { return CountsOf(text).lower == 0 && CountsOf(text).upper > 0; }

}  // namespace wirewatch::analyses

#endif  // WIREWATCH_ANALYSES_DATELINE_LETTERS_H_

// UTF-8: decoding, validation and repair. Pure functions, any thread.
#ifndef WIREWATCH_TEXT_UTF8_H_
#define WIREWATCH_TEXT_UTF8_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace wirewatch::text {

// One code point and how many bytes it took. Ill-formed input decodes as U+FFFD for each maximal subpart of an
// ill-formed sequence (Unicode 15, section 3.9, "U+FFFD Substitution of Maximal Subparts").
struct Decoded {
  char32_t code_point;
  uint32_t length;   // bytes, at least 1
  bool well_formed;  // false: code_point is the replacement of ill-formed bytes
};

inline constexpr char32_t kReplacementCharacter = 0xFFFD;

Decoded DecodeMultibyte(const char* bytes, size_t size);

// `size` > 0.
inline Decoded Decode(const char* bytes, size_t size) {
  const auto first = static_cast<unsigned char>(*bytes);
  if (first < 0x80) return {first, 1, true};
  const auto continues = [bytes](size_t i) { return (static_cast<unsigned char>(bytes[i]) & 0xC0U) == 0x80U; };
  const auto bits = [bytes](size_t i) { return static_cast<char32_t>(static_cast<unsigned char>(bytes[i]) & 0x3FU); };
  // Of two bytes, or of three but for the first bytes after which not all second bytes are allowed.
  if (first >= 0xC2 && first <= 0xDF && size >= 2 && continues(1)) return {(first & 0x1FU) << 6 | bits(1), 2, true};
  if (first > 0xE0 && first <= 0xEF && first != 0xED && size >= 3 && continues(1) && continues(2)) {
    return {(first & 0xFU) << 12 | bits(1) << 6 | bits(2), 3, true};
  }
  return DecodeMultibyte(bytes, size);
}

// The code point that begins at `offset` < text.size().
inline Decoded DecodeAt(std::string_view text, size_t offset) {
  return Decode(text.data() + offset, text.size() - offset);
}

// The code point that ends before `offset` > 0. Ill-formed bytes are taken one at a time.
Decoded DecodeBefore(std::string_view text, size_t offset);

// Appends a code point; surrogates and values beyond U+10FFFF become U+FFFD.
void AppendUtf8(char32_t code_point, std::string* out);

bool IsValidUtf8(std::string_view text);

// `text` with each maximal subpart of an ill-formed sequence replaced by U+FFFD; `replaced`, if given, is set to their
// number.
std::string RepairUtf8(std::string_view text, size_t* replaced = nullptr);

// Where a byte offset is, as people count: from 1, columns in code points. An offset past the end is the end's.
struct LineColumn {
  uint32_t line;
  uint32_t column;
};
LineColumn LineColumnOf(std::string_view text, size_t offset);

// Largest offset <= `offset` on a character boundary of valid UTF-8.
size_t FloorBoundary(std::string_view text, size_t offset);

}  // namespace wirewatch::text

#endif  // WIREWATCH_TEXT_UTF8_H_

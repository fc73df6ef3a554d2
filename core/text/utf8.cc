#include "wirewatch/text/utf8.h"

#include <algorithm>
#include <cstring>

namespace wirewatch::text {
namespace {

// Bounds of the second byte (Unicode 15, table 3-7): they exclude overlong forms, surrogates and values over U+10FFFF.
struct SecondByte {
  unsigned char low;
  unsigned char high;
};

SecondByte SecondByteOf(unsigned char first) {
  switch (first) {
    case 0xE0:
      return {0xA0, 0xBF};
    case 0xED:
      return {0x80, 0x9F};
    case 0xF0:
      return {0x90, 0xBF};
    case 0xF4:
      return {0x80, 0x8F};
    default:
      return {0x80, 0xBF};
  }
}

uint32_t LengthOf(unsigned char first) {
  if (first >= 0xC2 && first <= 0xDF) return 2;
  if (first >= 0xE0 && first <= 0xEF) return 3;
  if (first >= 0xF0 && first <= 0xF4) return 4;
  return 0;
}

// Bytes from the start that are ASCII, eight at a time.
size_t AsciiPrefix(std::string_view text) {
  size_t at = 0;
  while (at + 8 <= text.size()) {
    uint64_t eight;
    std::memcpy(&eight, text.data() + at, 8);
    if ((eight & 0x8080808080808080ULL) != 0) break;
    at += 8;
  }
  while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80) ++at;
  return at;
}

}  // namespace

Decoded DecodeMultibyte(const char* bytes, size_t size) {
  const auto* byte = reinterpret_cast<const unsigned char*>(bytes);
  const uint32_t length = LengthOf(byte[0]);
  if (length == 0) return {kReplacementCharacter, 1, false};
  const SecondByte second = SecondByteOf(byte[0]);
  if (size < 2 || byte[1] < second.low || byte[1] > second.high) return {kReplacementCharacter, 1, false};
  char32_t code_point = byte[0] & (0xFFU >> (length + 1));
  code_point = code_point << 6 | (byte[1] & 0x3FU);
  for (uint32_t i = 2; i < length; ++i) {
    if (i >= size || (byte[i] & 0xC0U) != 0x80U) return {kReplacementCharacter, i, false};
    code_point = code_point << 6 | (byte[i] & 0x3FU);
  }
  return {code_point, length, true};
}

Decoded DecodeBefore(std::string_view text, size_t offset) {
  for (size_t back = 1; back <= 4 && back <= offset; ++back) {
    const auto byte = static_cast<unsigned char>(text[offset - back]);
    if ((byte & 0xC0U) == 0x80U) continue;
    const Decoded decoded = Decode(text.data() + (offset - back), back);
    if (decoded.well_formed && decoded.length == back) return decoded;
    break;
  }
  return {kReplacementCharacter, 1, false};
}

void AppendUtf8(char32_t code_point, std::string* out) {
  if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF)) code_point = kReplacementCharacter;
  const auto put = [out](char32_t byte) { out->push_back(static_cast<char>(static_cast<unsigned char>(byte))); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0 | code_point >> 6);
    put(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    put(0xE0 | code_point >> 12);
    put(0x80 | (code_point >> 6 & 0x3F));
    put(0x80 | (code_point & 0x3F));
  } else {
    put(0xF0 | code_point >> 18);
    put(0x80 | (code_point >> 12 & 0x3F));
    put(0x80 | (code_point >> 6 & 0x3F));
    put(0x80 | (code_point & 0x3F));
  }
}

bool IsValidUtf8(std::string_view text) {
  for (;;) {
    text.remove_prefix(AsciiPrefix(text));
    if (text.empty()) return true;
    const Decoded decoded = DecodeAt(text, 0);
    if (!decoded.well_formed) return false;
    text.remove_prefix(decoded.length);
  }
}

std::string RepairUtf8(std::string_view text, size_t* replaced) {
  std::string repaired;
  repaired.reserve(text.size());
  size_t count = 0;
  while (!text.empty()) {
    const Decoded decoded = DecodeAt(text, 0);
    if (decoded.well_formed) {
      repaired.append(text.substr(0, decoded.length));
    } else {
      AppendUtf8(kReplacementCharacter, &repaired);
      ++count;
    }
    text.remove_prefix(decoded.length);
  }
  if (replaced != nullptr) *replaced = count;
  return repaired;
}

size_t FloorBoundary(std::string_view text, size_t offset) {
  if (offset >= text.size()) return text.size();
  while (offset > 0 && (static_cast<unsigned char>(text[offset]) & 0xC0U) == 0x80U) --offset;
  return offset;
}

LineColumn LineColumnOf(std::string_view text, size_t offset) {
  const std::string_view before = text.substr(0, offset);
  LineColumn place{1 + static_cast<uint32_t>(std::count(before.begin(), before.end(), '\n')), 1};
  const size_t line = before.rfind('\n') + 1;  // 0 for the first
  for (size_t at = line; at < before.size(); at += DecodeAt(before, at).length) ++place.column;
  return place;
}

}  // namespace wirewatch::text

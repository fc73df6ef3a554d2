#include "wirewatch/text/printable.h"

#include <unicode/uchar.h>

#include "wirewatch/text/utf8.h"

namespace wirewatch::text {
namespace {

constexpr char32_t kZeroWidthJoiner = 0x200D;  // part of emoji

}  // namespace

std::string Printable(std::string_view text) {
  std::string printable;
  printable.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const Decoded next = DecodeAt(text, at);
    const auto code_point = static_cast<UChar32>(next.code_point);
    const int8_t type = u_charType(code_point);
    if (code_point == '\n' || code_point == '\t' || type == U_LINE_SEPARATOR || type == U_PARAGRAPH_SEPARATOR) {
      printable += ' ';
    } else if (type == U_CONTROL_CHAR) {
      AppendUtf8(kReplacementCharacter, &printable);
    } else if (type != U_FORMAT_CHAR || next.code_point == kZeroWidthJoiner) {
      printable += text.substr(at, next.length);
    }
    at += next.length;
  }
  return printable;
}

int ColumnsOf(char32_t code_point) {
  const auto c = static_cast<UChar32>(code_point);
  const int8_t type = u_charType(c);
  if (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_FORMAT_CHAR) return 0;
  const int width = u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);
  return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

int ColumnsOf(std::string_view text) {
  int columns = 0;
  for (size_t at = 0; at < text.size();) {
    const Decoded next = DecodeAt(text, at);
    columns += ColumnsOf(next.code_point);
    at += next.length;
  }
  return columns;
}

}  // namespace wirewatch::text

#include "wirewatch/text/fold.h"

#include <unicode/bytestream.h>
#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <cstdint>

#include "wirewatch/text/unicode_table.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::text {
namespace {

bool IsAscii(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) return false;
  }
  return true;
}

bool IsConjoiningJamo(char32_t c) {
  return (c >= 0x1100 && c <= 0x11FF) || (c >= 0xA960 && c <= 0xA97F) || (c >= 0xD7B0 && c <= 0xD7FF);
}

bool EndsWith(const std::string& text, size_t from, std::string_view suffix) {
  return text.size() - from >= suffix.size() && std::string_view(text).ends_with(suffix);
}

// A breve or diaeresis written as a character of its own after a Cyrillic letter makes the letter that stays composed.
void ComposeCyrillic(char32_t mark, size_t from, std::string* out) {
  const auto replace = [out](std::string_view with) { out->replace(out->size() - 2, 2, with); };
  if (mark == 0x0306 && EndsWith(*out, from, "и")) replace("й");
  if (mark == 0x0306 && EndsWith(*out, from, "у")) replace("ў");
  if (mark == 0x0308 && EndsWith(*out, from, "і")) replace("ї");
}

std::string Compose(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  std::string composed;
  icu::StringByteSink<std::string> sink(&composed);
  icu::Normalizer2::getNFCInstance(status)->normalizeUTF8(
      0, icu::StringPiece(text.data(), static_cast<int32_t>(text.size())), sink, nullptr, status);
  return U_SUCCESS(status) ? composed : std::string(text);
}

void AppendFoldedMultibyte(std::string_view text, bool may_compose, std::string* out) {
  const UnicodeTable& table = UnicodeTable::Get();
  const size_t from = out->size();
  for (size_t at = 0; at < text.size();) {
    const Decoded decoded = DecodeAt(text, at);
    const char32_t c = decoded.code_point;
    if (may_compose && IsConjoiningJamo(c)) {
      out->resize(from);
      AppendFoldedMultibyte(Compose(text), false, out);
      return;
    }
    if (!decoded.well_formed) {
      AppendUtf8(c, out);
    } else if (!table[c].folds()) {
      out->append(text.substr(at, decoded.length));
    } else if (const std::string_view fold = table.Fold(c); !fold.empty()) {
      out->append(fold);
    } else if (c == 0x0306 || c == 0x0308) {
      ComposeCyrillic(c, from, out);
    }
    at += decoded.length;
  }
}

}  // namespace

void AppendFolded(std::string_view text, std::string* out) {
  if (!IsAscii(text)) return AppendFoldedMultibyte(text, true, out);
  for (const char c : text) out->push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c);
}

std::string Fold(std::string_view text) {
  std::string folded;
  AppendFolded(text, &folded);
  return folded;
}

void AppendCaseKept(std::string_view text, std::string* out) {
  if (IsAscii(text)) {
    out->append(text);
    return;
  }
  UErrorCode status = U_ZERO_ERROR;
  std::string normal;
  icu::StringByteSink<std::string> sink(&normal);
  icu::Normalizer2::getNFKCInstance(status)->normalizeUTF8(
      0, icu::StringPiece(text.data(), static_cast<int32_t>(text.size())), sink, nullptr, status);
  if (U_FAILURE(status)) normal = std::string(text);
  // Fold each character by itself and give capitals back to what a capital became.
  for (size_t at = 0; at < normal.size();) {
    const Decoded decoded = DecodeAt(normal, at);
    std::string fold;
    AppendFoldedMultibyte(std::string_view(normal).substr(at, decoded.length), false, &fold);
    if (u_isupper(static_cast<UChar32>(decoded.code_point)) != 0) {
      icu::UnicodeString upper = icu::UnicodeString::fromUTF8(fold).toUpper(icu::Locale::getRoot());
      fold.clear();
      upper.toUTF8String(fold);
    }
    out->append(fold);
    at += decoded.length;
  }
}

std::string FoldKeepingCase(std::string_view text) {
  std::string folded;
  AppendCaseKept(text, &folded);
  return folded;
}

void AppendLowerCase(std::string_view text, std::string* out) {
  if (IsAscii(text)) return AppendFolded(text, out);
  const size_t from = out->size();
  UErrorCode status = U_ZERO_ERROR;
  icu::StringByteSink<std::string> sink(out);
  icu::Normalizer2::getNFKCCasefoldInstance(status)->normalizeUTF8(
      0, icu::StringPiece(text.data(), static_cast<int32_t>(text.size())), sink, nullptr, status);
  if (U_SUCCESS(status)) return;
  out->resize(from);
  AppendFolded(text, out);
}

std::string LowerCase(std::string_view text) {
  std::string lower;
  AppendLowerCase(text, &lower);
  return lower;
}

}  // namespace wirewatch::text

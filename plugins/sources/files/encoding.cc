#include "encoding.h"

#include <uchardet/uchardet.h>
#include <unicode/ucnv.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ascii.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::sources {
namespace {

constexpr size_t kSniffedBytes = 256 << 10;
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

struct Mark {
  std::string_view bytes;
  const char* encoding;
};
// UTF-32LE before UTF-16LE, whose mark it begins with.
constexpr std::array<Mark, 6> kMarks{{{"\xEF\xBB\xBF", "UTF-8"},
                                      {std::string_view("\xFF\xFE\0\0", 4), "UTF-32LE"},
                                      {std::string_view("\0\0\xFE\xFF", 4), "UTF-32BE"},
                                      {"\xFF\xFE", "UTF-16LE"},
                                      {"\xFE\xFF", "UTF-16BE"},
                                      {"\x84\x31\x95\x33", "GB18030"}}};

// Labels that mean another encoding than they say (WHATWG Encoding, section 4.2).
constexpr std::array<std::pair<std::string_view, const char*>, 16> kLabels{{{"iso-8859-1", "windows-1252"},
                                                                            {"iso8859-1", "windows-1252"},
                                                                            {"latin1", "windows-1252"},
                                                                            {"l1", "windows-1252"},
                                                                            {"ascii", "windows-1252"},
                                                                            {"us-ascii", "windows-1252"},
                                                                            {"iso-8859-9", "windows-1254"},
                                                                            {"iso-8859-11", "windows-874"},
                                                                            {"tis-620", "windows-874"},
                                                                            {"gb2312", "GB18030"},
                                                                            {"gbk", "GB18030"},
                                                                            {"utf8", "UTF-8"},
                                                                            {"unicode", "UTF-16LE"},
                                                                            {"shift_jis", "windows-31j"},
                                                                            {"ks_c_5601-1987", "windows-949"},
                                                                            {"euc-kr", "windows-949"}}};

std::string Canonical(std::string_view label) {
  const std::string lower = Lower(Strip(label));
  for (const auto& [from, to] : kLabels) {
    if (lower == from) return to;
  }
  return lower == "utf-8" ? "UTF-8" : lower;
}

using Converter = std::unique_ptr<UConverter, decltype(&ucnv_close)>;

Converter OpenConverter(const std::string& name) {
  UErrorCode error = U_ZERO_ERROR;
  Converter converter(ucnv_open(name.c_str(), &error), &ucnv_close);
  if (U_FAILURE(error)) converter.reset();
  return converter;
}

size_t CountOf(std::string_view text, std::string_view part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

// Converts by ICU; the encoding's own U+FFFD count as replaced, which they nearly always are.
bool Convert(std::string_view bytes, const std::string& encoding, DecodedText& decoded) {
  if (encoding == "UTF-8") {
    decoded.text = text::RepairUtf8(bytes, &decoded.replaced);
    decoded.encoding = encoding;
    return true;
  }
  const Converter from = OpenConverter(encoding);
  const Converter to = OpenConverter("UTF-8");
  if (from == nullptr || to == nullptr) return false;
  const char* source = bytes.data();
  const char* const source_end = bytes.data() + bytes.size();
  std::array<UChar, 4096> pivot;
  UChar* pivot_source = pivot.data();
  UChar* pivot_target = pivot.data();
  std::array<char, 16384> chunk;
  decoded.text.clear();
  for (bool first = true;; first = false) {
    char* target = chunk.data();
    UErrorCode error = U_ZERO_ERROR;
    ucnv_convertEx(to.get(), from.get(), &target, chunk.data() + chunk.size(), &source, source_end, pivot.data(),
                   &pivot_source, &pivot_target, pivot.data() + pivot.size(), first, true, &error);
    decoded.text.append(chunk.data(), static_cast<size_t>(target - chunk.data()));
    if (error == U_BUFFER_OVERFLOW_ERROR) continue;
    if (U_FAILURE(error)) return false;
    break;
  }
  decoded.text = text::RepairUtf8(decoded.text);
  decoded.replaced = CountOf(decoded.text, kReplacement);
  decoded.encoding = encoding;
  return true;
}

bool IsOneByte(const std::string& encoding) {
  const Converter converter = OpenConverter(encoding);
  return converter != nullptr && ucnv_getMaxCharSize(converter.get()) == 1;
}

bool HasHighBytes(std::string_view bytes) {
  return std::any_of(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

// Text in Latin letters as UTF-16 has a zero in nearly every other byte.
const char* GuessUtf16(std::string_view bytes) {
  const std::string_view head = bytes.substr(0, 4096);
  size_t even = 0, odd = 0;
  for (size_t i = 0; i < head.size(); ++i) (i % 2 == 0 ? even : odd) += head[i] == '\0';
  const size_t enough = head.size() / 5 + 1;
  if (odd >= enough && even * 8 < odd) return "UTF-16LE";
  if (even >= enough && odd * 8 < even) return "UTF-16BE";
  return nullptr;
}

std::string GuessByStatistics(std::string_view bytes) {
  const std::unique_ptr<uchardet, decltype(&uchardet_delete)> detector(uchardet_new(), &uchardet_delete);
  const std::string_view head = bytes.substr(0, kSniffedBytes);
  if (uchardet_handle_data(detector.get(), head.data(), head.size()) != 0) return "";
  uchardet_data_end(detector.get());
  return Canonical(uchardet_get_charset(detector.get()));
}

DecodedText DecodeByGuess(std::string_view bytes) {
  DecodedText decoded;
  if (const char* utf16 = GuessUtf16(bytes); utf16 != nullptr && Convert(bytes, utf16, decoded)) return decoded;
  const std::string guessed = GuessByStatistics(bytes);
  if (!guessed.empty() && guessed != "UTF-8" && Convert(bytes, guessed, decoded)) return decoded;
  // Ill-formed UTF-8 with some good multi-byte characters is UTF-8 that was damaged.
  Convert(bytes, "UTF-8", decoded);
  const size_t good = static_cast<size_t>(std::count_if(decoded.text.begin(), decoded.text.end(),
                                                        [](char c) { return static_cast<unsigned char>(c) >= 0xC0; })) -
                      decoded.replaced;
  if (good <= decoded.replaced) Convert(bytes, "windows-1252", decoded);
  return decoded;
}

// The quoted or bare word behind `key=` in `text`.
std::string_view ValueBehind(std::string_view text, std::string_view key) {
  for (size_t at = 0; at + key.size() < text.size(); ++at) {
    if (Lower(text.substr(at, key.size())) != key) continue;
    std::string_view rest = Strip(text.substr(at + key.size()));
    if (!rest.starts_with('=')) continue;
    rest = Strip(rest.substr(1));
    if (rest.starts_with('"') || rest.starts_with('\'')) rest.remove_prefix(1);
    return rest.substr(0, rest.find_first_of("\"'; />?\t\r\n"));
  }
  return {};
}

}  // namespace

DecodedText DecodeText(std::string_view bytes, std::string_view declared, std::string_view forced) {
  DecodedText decoded;
  for (const Mark& mark : kMarks) {
    if (bytes.starts_with(mark.bytes) && Convert(bytes.substr(mark.bytes.size()), mark.encoding, decoded)) {
      return decoded;
    }
  }
  if (!forced.empty() && Convert(bytes, Canonical(forced), decoded)) return decoded;
  const bool has_high = HasHighBytes(bytes);
  const bool is_utf8 = text::IsValidUtf8(bytes) && GuessUtf16(bytes) == nullptr;
  const std::string label = Canonical(declared);
  // A page that says UTF-16 in ASCII letters is not UTF-16.
  if (!label.empty() && !label.starts_with("utf") && !(is_utf8 && (!has_high || IsOneByte(label))) &&
      Convert(bytes, label, decoded)) {
    return decoded;
  }
  if (!label.empty() && !label.starts_with("utf") && is_utf8 && !has_high && !IsOneByte(label) &&
      Convert(bytes, label, decoded)) {
    return decoded;  // ISO-2022-JP, HZ: ASCII bytes that mean other characters
  }
  if (is_utf8) {
    decoded.text = std::string(bytes);
    decoded.encoding = "UTF-8";
    return decoded;
  }
  return DecodeByGuess(bytes);
}

std::string_view DeclaredEncoding(std::string_view bytes) {
  const std::string_view head = bytes.substr(0, 4096);
  if (head.starts_with("<?xml")) {
    const std::string_view named = ValueBehind(head.substr(0, head.find("?>")), "encoding");
    if (!named.empty()) return named;
  }
  for (size_t at = head.find('<'); at != std::string_view::npos; at = head.find('<', at + 1)) {
    if (Lower(head.substr(at, 5)) != "<meta") continue;
    const std::string_view tag = head.substr(at, head.find('>', at) - at);
    if (const std::string_view named = ValueBehind(tag, "charset"); !named.empty()) return named;
  }
  return {};
}

absl::Status CheckEncodingName(const std::string& name) {
  if (OpenConverter(Canonical(name)) != nullptr) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("no encoding is known by the name \"", name, "\""));
}

std::string CleanText(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (text[i] == '\r') {
      if (i + 1 >= text.size() || text[i + 1] != '\n') clean += '\n';
    } else if (text[i] == '\f' || text[i] == '\v') {
      clean += '\n';
    } else if (byte < 0x20 && text[i] != '\t' && text[i] != '\n') {
      continue;
    } else if (text.substr(i).starts_with("\xEF\xBB\xBF")) {
      i += 2;
    } else if (text.substr(i).starts_with("\xC2\x85")) {  // NEL
      clean += '\n';
      ++i;
    } else if (text.substr(i).starts_with("\xE2\x80\xA8") || text.substr(i).starts_with("\xE2\x80\xA9")) {
      clean += '\n';  // line and paragraph separator
      i += 2;
    } else if (byte != 0x7F) {
      clean += text[i];
    }
  }
  return clean;
}

}  // namespace wirewatch::sources

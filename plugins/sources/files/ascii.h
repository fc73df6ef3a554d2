// Cutting text at ASCII characters, with std::string_view: Debian's absl has a string_view of its own. Pure functions.
#ifndef WIREWATCH_SOURCES_FILES_ASCII_H_
#define WIREWATCH_SOURCES_FILES_ASCII_H_

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace wirewatch::sources {

inline constexpr std::string_view kAsciiSpace = " \t\n\r\f\v";

// Without ASCII white space at both ends.
inline std::string_view Strip(std::string_view text) {
  const size_t first = text.find_first_not_of(kAsciiSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kAsciiSpace) - first + 1);
}

// The pieces between any of `separators`, without empty ones.
inline std::vector<std::string_view> Words(std::string_view text, std::string_view separators = kAsciiSpace) {
  std::vector<std::string_view> words;
  for (size_t at = 0; (at = text.find_first_not_of(separators, at)) != std::string_view::npos;) {
    const size_t end = std::min(text.find_first_of(separators, at), text.size());
    words.push_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

// ASCII letters in lower case.
inline std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

inline bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace wirewatch::sources

#endif  // WIREWATCH_SOURCES_FILES_ASCII_H_

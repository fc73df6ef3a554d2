// Encoding: from the bytes of a file to UTF-8. Pure functions, any thread.
#ifndef WIREWATCH_SOURCES_FILES_ENCODING_H_
#define WIREWATCH_SOURCES_FILES_ENCODING_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace wirewatch::sources {

struct DecodedText {
  std::string text;      // valid UTF-8 without byte order mark
  std::string encoding;  // the name of the one that was taken, e.g. "UTF-8", "windows-1251"
  size_t replaced = 0;   // characters that could not be read and stand as U+FFFD
};

// Tries in this order: a byte order mark; `forced` if not empty; `declared` by the file itself; well-formed UTF-8;
// UTF-16 without a mark; what the statistics of the bytes say (uchardet); windows-1252. A declared one-byte encoding
// gives way to well-formed UTF-8, and declared UTF-8 that is mostly ill-formed to the statistics: declarations lie, and
// text in another encoding is next to never well-formed UTF-8. Labels mean what browsers take them to mean (WHATWG
// Encoding: ISO-8859-1 is read as windows-1252, GB2312 as GB18030).
DecodedText DecodeText(std::string_view bytes, std::string_view declared = "", std::string_view forced = "");

// The encoding that an HTML page or XML file names in its first 4096 bytes; empty if none.
std::string_view DeclaredEncoding(std::string_view bytes);

// InvalidArgument when no converter is known by that name.
absl::Status CheckEncodingName(const std::string& name);

// Removes control characters other than tab and line feed, and byte order marks inside; every kind of line
// end becomes '\n'.
std::string CleanText(std::string_view text);

}  // namespace wirewatch::sources

#endif  // WIREWATCH_SOURCES_FILES_ENCODING_H_

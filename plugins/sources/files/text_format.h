// Plain text to Items. Pure functions, any thread.
#ifndef WIREWATCH_SOURCES_FILES_TEXT_FORMAT_H_
#define WIREWATCH_SOURCES_FILES_TEXT_FORMAT_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "options.h"
#include "wirewatch/v1/item.pb.h"

namespace wirewatch::sources {

// Takes the fields' patterns out of `text` (valid UTF-8), then the headline, then the body. The first paragraph is the
// headline when it is one line, short, without a full stop at its end, and more follows. InvalidArgument when nothing
// is left.
absl::Status FillFromText(std::string_view text, const std::vector<TextField>& fields, absl::TimeZone zone,
                          v1::Item& item);

// Names that a pattern's groups may have.
const std::vector<std::string>& TextFieldNames();

// Sets one field from its text; false when the text is no value of that field, e.g. not a date.
bool SetField(std::string_view name, std::string_view value, absl::TimeZone zone, std::string_view method,
              v1::Item& item);

// Paragraphs parted by one empty line each, without white space at the ends of lines. Where a text has no empty line at
// all, its lines are its paragraphs.
std::string NormaliseParagraphs(std::string_view text);

// One line: runs of white space are one space.
std::string OneLine(std::string_view text);

}  // namespace wirewatch::sources

#endif  // WIREWATCH_SOURCES_FILES_TEXT_FORMAT_H_

// A news page to an Item. Pure functions, any thread.
#ifndef WIREWATCH_SOURCES_FILES_HTML_FORMAT_H_
#define WIREWATCH_SOURCES_FILES_HTML_FORMAT_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "wirewatch/v1/item.pb.h"

namespace wirewatch::sources {

// Reads what the page says of itself (schema.org NewsArticle as JSON-LD, Open Graph, meta names, <link rel=canonical>,
// <time>) and the paragraphs of its <article>, else of <main>, else of its body without navigation, comments and the
// like. `html` is valid UTF-8. InvalidArgument when it has no text.
absl::Status FillFromHtml(std::string_view html, absl::TimeZone zone, v1::Item& item);

// The text of a fragment, as in ninjs bodies: block elements become paragraphs parted by an empty line.
std::string TextOfHtml(std::string_view fragment);

}  // namespace wirewatch::sources

#endif  // WIREWATCH_SOURCES_FILES_HTML_FORMAT_H_

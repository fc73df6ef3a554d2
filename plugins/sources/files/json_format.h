// JSON to Items: one story an object, with the fields of ninjs (versions 1 to 3) or plain ones (title, text, date …).
// Pure functions, any thread.
#ifndef WIREWATCH_SOURCES_FILES_JSON_FORMAT_H_
#define WIREWATCH_SOURCES_FILES_JSON_FORMAT_H_

#include <boost/json/fwd.hpp>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "wirewatch/v1/item.pb.h"

namespace wirewatch::sources {

// InvalidArgument with what is wrong and at which byte; nesting is limited to 32.
absl::StatusOr<boost::json::value> ParseJson(std::string_view text);

// The stories of a document: itself, the elements of an array, or those of its "items".
std::vector<const boost::json::value*> StoriesIn(const boost::json::value& document);

// InvalidArgument when it is no object or has neither headline nor text.
absl::Status FillFromJson(const boost::json::value& story, absl::TimeZone zone, v1::Item& item);

// Facts of a schema.org NewsArticle in JSON-LD; anything else changes nothing.
void FillFromLinkedData(std::string_view json, v1::Item& item);

}  // namespace wirewatch::sources

#endif  // WIREWATCH_SOURCES_FILES_JSON_FORMAT_H_

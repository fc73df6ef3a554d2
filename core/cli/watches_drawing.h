// Watches of a host as they are shown. Pure; what a terminal might take for more than text is made harmless.
#ifndef WIREWATCH_CLI_WATCHES_DRAWING_H_
#define WIREWATCH_CLI_WATCHES_DRAWING_H_

#include <string>
#include <string_view>

#include "wirewatch/v1/watch_service.pb.h"

namespace wirewatch::cli {

// "critical"
std::string SeverityName(v1::Severity severity);

// One line: id, revision, severity, where from, and the query as far as there is room.
std::string DrawWatchLine(const v1::WatchRecord& record, int columns);
// Everything, several lines.
std::string DrawWatch(const v1::GetWatchResponse& watch);
// What a revision changed; `before` nullptr: the first that is known.
std::string DrawRevision(const v1::WatchRecord& record, const v1::WatchRecord* before);
std::string DrawRevision(const v1::ListRecord& record, const v1::ListRecord* before);

// The words that went and those that came, in place: `a [-b-] {+c+} d`. Blanks are not compared.
std::string WordDiff(std::string_view before, std::string_view after);

}  // namespace wirewatch::cli

#endif  // WIREWATCH_CLI_WATCHES_DRAWING_H_

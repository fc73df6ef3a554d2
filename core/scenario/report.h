// Reports of results: for people, for machines, and for CI servers. Pure.
#ifndef WIREWATCH_SCENARIO_REPORT_H_
#define WIREWATCH_SCENARIO_REPORT_H_

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "wirewatch/scenario/result.h"

namespace wirewatch::scenario {

struct Totals {
  size_t passed = 0, failed = 0, skipped = 0;
};
Totals Count(std::span<const FileResult> files);

// Case by case: what was expected where in the file, what came, and the difference.
std::string TextReport(std::span<const FileResult> files, bool colours);
std::string JsonReport(std::span<const FileResult> files);
// JUnit's XML, as GitLab and Jenkins read it.
std::string JunitReport(std::span<const FileResult> files);

// In an attribute or between tags; characters that XML 1.0 cannot hold become U+FFFD.
std::string EscapeXml(std::string_view text);

}  // namespace wirewatch::scenario

#endif  // WIREWATCH_SCENARIO_REPORT_H_

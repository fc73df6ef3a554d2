// The difference of two texts by lines, in the unified format that `diff -u` prints. Pure.
#ifndef WIREWATCH_SCENARIO_LINE_DIFF_H_
#define WIREWATCH_SCENARIO_LINE_DIFF_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace wirewatch::scenario {

// "" when they are equal. `context`: unchanged lines shown around a change.
std::string UnifiedDiff(std::string_view before, std::string_view after, std::string_view before_name,
                        std::string_view after_name, size_t context = 3);

}  // namespace wirewatch::scenario

#endif  // WIREWATCH_SCENARIO_LINE_DIFF_H_

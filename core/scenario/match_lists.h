// Which element of a list that came answers to which that was expected. Pure.
#ifndef WIREWATCH_SCENARIO_MATCH_LISTS_H_
#define WIREWATCH_SCENARIO_MATCH_LISTS_H_

#include <cstddef>
#include <functional>
#include <vector>

namespace wirewatch::scenario {

struct Pairing {
  static constexpr size_t kNone = static_cast<size_t>(-1);
  struct Step {
    size_t wanted;  // kNone: it came and was not expected
    size_t found;   // kNone: nothing like it came
  };
  // In the order of what came; what is missing stands where it was expected.
  std::vector<Step> steps;
};

// `differences(i, j)`: in how much element j that came is not what element i asks for; 0: it is. Elements are paired
// in order (or in any), as many as answer; one that none answers is paired with the nearest of those left over, so that
// the difference can be told. `whole`: as many came as were expected, or it is wrong anyway.
Pairing Pair(size_t wanted, size_t found, bool whole, bool any_order,
             const std::function<size_t(size_t wanted, size_t found)>& differences);

}  // namespace wirewatch::scenario

#endif  // WIREWATCH_SCENARIO_MATCH_LISTS_H_

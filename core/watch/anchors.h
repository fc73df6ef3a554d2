// Anchors: patterns of which at least one stands in every Item that satisfies a plan. By them the Engine finds the few
// watches that an Item may satisfy. Pure functions; any thread.
#ifndef WIREWATCH_WATCH_ANCHORS_H_
#define WIREWATCH_WATCH_ANCHORS_H_

#include <optional>
#include <vector>

#include "wirewatch/watch/plan.h"

namespace wirewatch::watch {

struct Anchors {
  std::vector<PatternId> patterns;  // ascending, each once
  double cost = 0;                  // how much work they are expected to make: looking them up, and verifying
};

// The cheapest anchors of a plan. nullopt: it has none, as plans of negations and Item fields alone have none.
std::optional<Anchors> AnchorsOf(const Plan& plan, const PatternTable& patterns);

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_ANCHORS_H_

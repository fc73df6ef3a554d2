// Comparing what was expected with what came out. Partial: a table holds when the keys that it names do; a list holds
// when its elements come in this order, others between them. `exact` asks for no more than what is named. Pure.
//
//   text      a, { contains: a }, { matches: RE2 }, { not: a }
//   number    3, { at_least: 3 }, { at_most: 3 }, { not: 3 }; likewise times and durations
//   list      [a, b], { exact: [a, b] }, { some: [a, b] }, { any_order: [a, b] }, { all: a }, { none: a }, { count: 2 }
//   table     { key: … }, { exact: { key: … } }, or the value of its main field alone
//   anything  ~ (nothing): it is not set, or is empty
#ifndef WIREWATCH_SCENARIO_MATCH_H_
#define WIREWATCH_SCENARIO_MATCH_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "wirewatch/scenario/shape.h"
#include "wirewatch/scenario/value.h"
#include "wirewatch/sdk/node.h"

namespace wirewatch::scenario {

// One thing that was expected and is not so.
struct Mismatch {
  SourceLocation at;     // of the expectation
  std::string path;      // e.g. "alerts[0].severity"
  std::string expected;  // as a person would say it
  std::string found;
};

// A line of the difference: `-` is expected and not there, `+` is there and not expected, ` ` is both.
struct DifferenceLine {
  char mark = ' ';
  int depth = 0;
  std::string text;
};

struct Comparison {
  std::vector<Mismatch> mismatches;
  std::vector<DifferenceLine> lines;
  bool ok() const { return mismatches.empty(); }
};

// `field` says how the pattern is to be read, `value` is nullptr for what is not set. The pattern has passed
// CheckPattern(). `start`: what times such as `+30s` count from.
Comparison Match(const Node& pattern, const Value* value, const Shape::Field& field, absl::Time start);

}  // namespace wirewatch::scenario

#endif  // WIREWATCH_SCENARIO_MATCH_H_

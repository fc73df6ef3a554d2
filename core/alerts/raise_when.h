// RaiseWhen: a condition over what is known of an Alert as a whole, such as `origins>=3 AND (items>=5 OR
// severity>=high)`: which hit Alerts are worth raising. Evaluated again whenever the Alert changes. A value; const
// functions may be called by any thread.
#ifndef WIREWATCH_ALERTS_RAISE_WHEN_H_
#define WIREWATCH_ALERTS_RAISE_WHEN_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wirewatch/v1/alert.pb.h"

namespace wirewatch::alerts {

class RaiseWhen {
 public:
  // What is wrong with a condition as it is written.
  struct Error {
    size_t column = 0;  // counts from 1, in bytes
    std::string message;
    std::string hint;  // may be empty
  };

  // Holds always.
  RaiseWhen() = default;
  // `text`: comparisons of `origins`, `items`, `signals` (numbers) and `severity` (info, low, medium, high, critical)
  // with >= > = != <= <, joined by AND, OR, NOT and parentheses, as tightly as in the watch language. False, and
  // `error`, when it cannot be read. At most 64 comparisons.
  static bool Parse(std::string_view text, RaiseWhen& parsed, Error& error);

  bool Holds(const v1::Alert& alert) const;
  bool always() const { return steps_.empty(); }

 private:
  friend class RaiseWhenParser;
  enum class Fact : uint8_t { kOrigins, kItems, kSignals, kSeverity };
  enum class Operation : uint8_t { kAtLeast, kMore, kEqual, kUnequal, kAtMost, kLess, kAnd, kOr, kNot };
  // In the order of evaluation on a stack (postfix).
  struct Step {
    Operation operation;
    Fact fact = Fact::kOrigins;
    uint64_t value = 0;
  };
  std::vector<Step> steps_;
};

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_ALERTS_RAISE_WHEN_H_

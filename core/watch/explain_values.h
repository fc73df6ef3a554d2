// What an explanation says about the values of a field. Pure functions over an Evaluator; one thread.
#ifndef WIREWATCH_WATCH_EXPLAIN_VALUES_H_
#define WIREWATCH_WATCH_EXPLAIN_VALUES_H_

#include <string>
#include <string_view>

#include "wirewatch/watch/evaluator.h"

namespace wirewatch::watch {

// `topic is "Sports", "Chess"`: the values that satisfy a clause over a fact or annotation, or all there are when none
// does. "" when there is nothing to say.
std::string ValuesText(const Plan& plan, Evaluator& evaluator);

// In quotation marks, cut where it is long.
std::string Quoted(std::string_view text);

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_EXPLAIN_VALUES_H_

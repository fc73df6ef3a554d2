// Explain: why an Item satisfies a plan, or why not. Pure functions over an Evaluator; one thread.
#ifndef WIREWATCH_WATCH_EXPLAIN_H_
#define WIREWATCH_WATCH_EXPLAIN_H_

#include <cstdint>
#include <vector>

#include "google/protobuf/repeated_ptr_field.h"
#include "wirewatch/v1/watch.pb.h"
#include "wirewatch/watch/evaluator.h"

namespace wirewatch::watch {

inline constexpr int kMaxSpans = 64;
// Clauses shown of one watch; further operands are left out and counted in the detail of theirs.
inline constexpr int kMaxClauses = 256;

// The clause tree and a sentence: what matched where, or the first clause that did not.
void Explain(const Plan& plan, Evaluator& evaluator, v1::Explanation& explanation);

// Adds places as spans, in text order, each once, at most kMaxSpans; returns how many there are.
uint32_t AddSpans(const View& view, List<Place> places, google::protobuf::RepeatedPtrField<v1::Span>& spans);

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_EXPLAIN_H_

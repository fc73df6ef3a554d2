// Windows: where in an Item's text a clause looks. Pure functions; any thread.
#ifndef WIREWATCH_WATCH_WINDOW_H_
#define WIREWATCH_WATCH_WINDOW_H_

#include <cstdint>

#include "wirewatch/text/text_index.h"
#include "wirewatch/v1/span.pb.h"
#include "wirewatch/watch/pooled.h"

namespace wirewatch::watch {

// Positions [begin, end) of one part.
struct Window {
  uint32_t part = 0;
  uint32_t begin = 0, end = 0;
  // Windows of different stretches are apart, however few words are between them: nothing reaches from one to the
  // other. 0 in texts out of which nothing was cut.
  uint32_t stretch = 0;
};
// Where to look; windows of one part do not overlap.
using Scope = List<Window>;

// What lies in both, with the stretches of either.
Scope Intersect(const Scope& a, const Scope& b);

// The positions of a span whose plain tokens begin in it; empty (begin == end) when its text is not indexed.
Window WindowOf(const text::TextIndex& text, const v1::Span& span);

// Sorts windows and joins those that overlap or touch.
void Unite(Scope& scope);

// `from` without `what`; both united.
Scope Without(const Scope& from, const Scope& what);

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_WINDOW_H_

// Inside the host a Span is an offset; whoever gets an Item outside it should not have to count bytes. Any thread.
#ifndef WIREWATCH_ALERTS_SPAN_TEXTS_H_
#define WIREWATCH_ALERTS_SPAN_TEXTS_H_

#include "wirewatch/v1/item.pb.h"

namespace wirewatch::alerts {

// Sets Span.text of every span of the Item. Annotations of all kinds are found by their descriptors: those of future
// releases as well.
void FillSpanTexts(v1::Item& item);

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_ALERTS_SPAN_TEXTS_H_

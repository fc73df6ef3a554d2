// Evidence: what an Alert keeps of a Signal and its Item. References and offsets only; the texts are filled in by
// RenderEvent() when an event is read. Stateless; any thread.
#ifndef WIREWATCH_ALERTS_EVIDENCE_H_
#define WIREWATCH_ALERTS_EVIDENCE_H_

#include <string>

#include "absl/time/time.h"
#include "wirewatch/v1/alert.pb.h"
#include "wirewatch/v1/item.pb.h"
#include "wirewatch/v1/signal.pb.h"

namespace wirewatch::alerts {

// Spans that evidence keeps; the rest is counted.
inline constexpr int kEvidenceSpans = 16;
// A larger explanation keeps its sentence, its statistics and the top of its clause tree.
inline constexpr size_t kExplanationBytes = 16 * 1024;

// `item` may be nullptr (Signals raised by a timer).
v1::Evidence MakeEvidence(const v1::Signal& signal, const v1::Item* item, absl::Time late_before);

// Whom the Item comes from: the agency that it names (info_sources, then the dateline), else the outlet, else the
// domain or feed. Copies of one wire story so have one origin. May be empty.
std::string OriginOf(const v1::Item& item);

// The publisher's latest word on when it was published, as late as its precision allows, lies before `time`. An Item
// without a trustworthy date is not late.
bool PublishedBefore(const v1::Item& item, absl::Time time);

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_ALERTS_EVIDENCE_H_

// Route: what becomes of an event for one recipient. Decide() is a pure function of the event, the recipient's rules
// and the memory that the journal before it has come to; Note() folds the event into that memory once it is dealt with.
//
// In this order, the first that applies:
//   - an Alert that stands under an embargo is theirs alone who may know of it
//   - what a silence hides is not told; when the silence ends it is held (without a digest the end itself is told)
//   - a correction (AlertEvent.correction) is told at once to whoever was told of the Alert, else it joins what is held
//     of it, else it is nobody's; an event that brings news besides (new Signals, a higher severity) is news as well
//   - closed, acknowledged, dismissed, assigned, noted: to whoever was told of the Alert at once
//   - an Alert that the route does not match, and the end of a condition that the recipient has not heard of, are not
//     theirs
//   - news is told at once, unless it is held: because a graver Alert that they were told of is open in the same watch
//     and story (inhibition), because it is late, because of quiet hours at AlertEvent.at, or because of the cap.
//     Critical news is never held, and counts for no cap.
//   - without a digest nothing is held
#ifndef WIREWATCH_ALERTS_ROUTE_H_
#define WIREWATCH_ALERTS_ROUTE_H_

#include "wirewatch/alerts/recipient.h"
#include "wirewatch/alerts/route_memory.h"
#include "wirewatch/v1/alert.pb.h"
#include "wirewatch/v1/digest.pb.h"

namespace wirewatch::alerts {

struct Verdict {
  enum class Fate {
    kTell,      // at once
    kHold,      // for the digest
    kHoldAll,   // what the silence that has ended hid, for the digest
    kPassOver,  // it is not theirs
  };
  Fate fate = Fate::kPassOver;
  // kHold: why; unspecified where it joins what waits already.
  v1::HeldReason reason = v1::HELD_REASON_UNSPECIFIED;
  // kTell: it counts for the cap.
  bool counts = false;
};

Verdict Decide(const v1::AlertEvent& event, const RecipientRules& rules, const RouteMemory& memory);

// Afterwards, once, in the journal's order.
void Note(const v1::AlertEvent& event, const Verdict& verdict, const RecipientRules& rules, RouteMemory& memory);

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_ALERTS_ROUTE_H_

// Rows of the suppressions journal. Stateless; any thread.
#ifndef WIREWATCH_ALERTS_SUPPRESSIONS_H_
#define WIREWATCH_ALERTS_SUPPRESSIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "wirewatch/alerts/recipient.h"
#include "wirewatch/alerts/route.h"
#include "wirewatch/store/store.h"
#include "wirewatch/v1/alert.pb.h"
#include "wirewatch/v1/suppression.pb.h"

namespace wirewatch::alerts {

// Found by Item, Alert or subscription, the first of these that it names, and by the Item's `addresses`. There is one
// for each Item, version, address, watch, Alert, subscription, reason and event.
store::Suppression ToStore(const v1::Suppression& suppression, const std::vector<std::string>& addresses = {});

// A channel begins after `sequence`. Found by the name of its subscription.
store::Suppression SubscribedAt(const std::string& pipeline, const std::string& subscription, uint64_t sequence,
                                absl::Time at);

// Why a recipient is not told of the event now; unspecified: they are, or it is no news of Signals, or what stopped it
// is in the event itself (a silence).
v1::StopReason StopOf(const v1::AlertEvent& event, const Verdict& verdict, const RecipientRules& rules);

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_ALERTS_SUPPRESSIONS_H_

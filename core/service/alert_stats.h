// What became of the Alerts of each watch. Any thread.
#ifndef WIREWATCH_SERVICE_ALERT_STATS_H_
#define WIREWATCH_SERVICE_ALERT_STATS_H_

#include <functional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "wirewatch/service/visible_alerts.h"
#include "wirewatch/store/store.h"
#include "wirewatch/v1/alert_service.pb.h"

namespace wirewatch::service {

// Of the Alerts raised at `since` or later, by pipeline, then watch. Reads the journal from there to its end. A
// dismissal is the last word on an Alert: one that was acknowledged and then dismissed as irrelevant was not useful.
// Cancelled; other errors are the store's.
absl::Status MeasureWatches(store::Store& store, VisibleAlerts& visible, absl::Time since,
                            const std::function<bool()>& cancelled,
                            google::protobuf::RepeatedPtrField<v1::WatchPrecision>& watches);

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_ALERT_STATS_H_

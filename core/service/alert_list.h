// Alerts as they stand, out of the journal: AlertService's List and Get. Any thread.
#ifndef WIREWATCH_SERVICE_ALERT_LIST_H_
#define WIREWATCH_SERVICE_ALERT_LIST_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "wirewatch/service/evidence_items.h"
#include "wirewatch/service/visible_alerts.h"
#include "wirewatch/store/store.h"
#include "wirewatch/v1/alert_service.pb.h"

namespace wirewatch::service {

// Pages are of the Alerts as they stood when the first was asked for, and end early where the answer would grow large
// or take long. InvalidArgument for the filter and the token; Cancelled; other errors are the store's.
absl::Status ListAlerts(store::Store& store, const EvidenceItems& evidence, VisibleAlerts& visible,
                        const v1::ListAlertsRequest& request, const std::function<bool()>& cancelled,
                        v1::ListAlertsResponse& response);

// `id` may be the beginning of one, at least 4 characters. NotFound; InvalidArgument, naming some, when several begin
// so. Of an Alert's events the last 1000 are there.
absl::Status GetAlert(store::Store& store, VisibleAlerts& visible, const std::string& id,
                      v1::GetAlertResponse& response);

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_ALERT_LIST_H_

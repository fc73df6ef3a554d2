// The hand-over report: what the next shift has to know, out of journal, state and what runs. Any thread.
#ifndef WIREWATCH_SERVICE_ALERT_HANDOVER_H_
#define WIREWATCH_SERVICE_ALERT_HANDOVER_H_

#include <functional>

#include "absl/status/statusor.h"
#include "wirewatch/pipeline/host.h"
#include "wirewatch/service/visible_alerts.h"
#include "wirewatch/v1/alert_service.pb.h"

namespace wirewatch::service {

// InvalidArgument without a beginning, or with one to come; ResourceExhausted when there is more than an answer can
// hold; Cancelled; other errors are the store's. Evidence is left out of the Alerts.
absl::StatusOr<v1::HandoverResponse> HandOver(pipeline::Host& host, VisibleAlerts& visible,
                                              const v1::HandoverRequest& request,
                                              const std::function<bool()>& cancelled);

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_ALERT_HANDOVER_H_

// Why an Item did, or did not, become an Alert that somebody got: its way, stage by stage, up to the first stop. Any
// thread; takes its time.
#ifndef WIREWATCH_SERVICE_ALERT_EXPLAIN_H_
#define WIREWATCH_SERVICE_ALERT_EXPLAIN_H_

#include <functional>

#include "absl/status/statusor.h"
#include "wirewatch/pipeline/host.h"
#include "wirewatch/service/visible_alerts.h"
#include "wirewatch/v1/alert_service.pb.h"

namespace wirewatch::service {

// InvalidArgument without Item; NotFound for a watch that the caller may not know of; Cancelled; other errors
// are the store's. An address is looked for among the latest 20,000 positions of each pipeline.
absl::StatusOr<v1::ExplainResponse> Explain(pipeline::Host& host, VisibleAlerts& visible,
                                            const v1::ExplainRequest& request, const std::function<bool()>& cancelled);

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_ALERT_EXPLAIN_H_

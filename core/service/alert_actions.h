// What operators ask AlertService to do, as calls into the pipelines' streams. Any thread; each returns when what it
// did is durable.
//
// Alerts are named by their ids or by beginnings of these, at least 4 characters: NotFound, and InvalidArgument naming
// some when several begin so. Other errors are those of pipeline::Host::Operate().
#ifndef WIREWATCH_SERVICE_ALERT_ACTIONS_H_
#define WIREWATCH_SERVICE_ALERT_ACTIONS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "wirewatch/pipeline/host.h"
#include "wirewatch/service/visible_alerts.h"
#include "wirewatch/v1/alert_service.pb.h"

namespace wirewatch::service {

// Who acts, what they may see, and how long they wait.
struct Operator {
  std::string name;
  VisibleAlerts& visible;
  absl::Duration patience = absl::Seconds(20);
};

using ActionDone = absl::StatusOr<v1::AlertActionResponse>;
ActionDone Act(pipeline::Host& host, const Operator& who, const v1::AcknowledgeRequest& request);
ActionDone Act(pipeline::Host& host, const Operator& who, const v1::DismissRequest& request);
ActionDone Act(pipeline::Host& host, const Operator& who, const v1::AssignRequest& request);
ActionDone Act(pipeline::Host& host, const Operator& who, const v1::NoteRequest& request);
ActionDone Act(pipeline::Host& host, const Operator& who, const v1::ResolveRequest& request);
ActionDone Act(pipeline::Host& host, const Operator& who, const v1::TestAlertRequest& request);

// In the pipelines that the matcher names, or all. What was made in some before another failed stays, and the error
// says so. A silence lasts a year at most.
absl::StatusOr<v1::SilenceResponse> Act(pipeline::Host& host, const Operator& who, const v1::SilenceRequest& request);
absl::StatusOr<v1::EndSilenceResponse> Act(pipeline::Host& host, const Operator& who,
                                           const v1::EndSilenceRequest& request);
// As committed, by end.
absl::StatusOr<v1::ListSilencesResponse> ListSilences(pipeline::Host& host, VisibleAlerts& visible,
                                                      const v1::ListSilencesRequest& request);

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_ALERT_ACTIONS_H_

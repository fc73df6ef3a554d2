// AlertService on a Host: see proto/wirewatch/v1/alert_service.proto. Any thread.
#ifndef WIREWATCH_SERVICE_ALERT_SERVICE_H_
#define WIREWATCH_SERVICE_ALERT_SERVICE_H_

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "wirewatch/pipeline/host.h"
#include "wirewatch/service/access.h"
#include "wirewatch/service/visible_alerts.h"
#include "wirewatch/v1/alert_service.grpc.pb.h"

namespace wirewatch::service {

class Subscribers;

class AlertService final : public v1::AlertService::WithRawCallbackMethod_Subscribe<v1::AlertService::Service> {
 public:
  // How long an operator's call may wait for its place and its commit, unless the caller's deadline is earlier.
  static constexpr absl::Duration kPatience = absl::Seconds(20);

  // Both outlive it. The server that it is registered with is gone before it.
  AlertService(pipeline::Host& host, Access& access);
  ~AlertService() override;
  // Every stream ends with Unavailable, unless its client does not read: the server has to cancel that.
  void EndStreams();

 private:
  using Context = grpc::ServerContext;

  grpc::ServerWriteReactor<grpc::ByteBuffer>* Subscribe(grpc::CallbackServerContext* context,
                                                        const grpc::ByteBuffer* request) override;
  grpc::Status Advance(Context* context, const v1::AdvanceRequest* request, v1::AdvanceResponse* response) override;
  grpc::Status List(Context* context, const v1::ListAlertsRequest* request, v1::ListAlertsResponse* response) override;
  grpc::Status Get(Context* context, const v1::GetAlertRequest* request, v1::GetAlertResponse* response) override;
  grpc::Status Acknowledge(Context* context, const v1::AcknowledgeRequest* request,
                           v1::AlertActionResponse* response) override;
  grpc::Status Dismiss(Context* context, const v1::DismissRequest* request, v1::AlertActionResponse* response) override;
  grpc::Status Assign(Context* context, const v1::AssignRequest* request, v1::AlertActionResponse* response) override;
  grpc::Status Note(Context* context, const v1::NoteRequest* request, v1::AlertActionResponse* response) override;
  grpc::Status Resolve(Context* context, const v1::ResolveRequest* request, v1::AlertActionResponse* response) override;
  grpc::Status Test(Context* context, const v1::TestAlertRequest* request, v1::AlertActionResponse* response) override;
  grpc::Status Silence(Context* context, const v1::SilenceRequest* request, v1::SilenceResponse* response) override;
  grpc::Status ListSilences(Context* context, const v1::ListSilencesRequest* request,
                            v1::ListSilencesResponse* response) override;
  grpc::Status EndSilence(Context* context, const v1::EndSilenceRequest* request,
                          v1::EndSilenceResponse* response) override;
  grpc::Status Stats(Context* context, const v1::AlertStatsRequest* request, v1::AlertStatsResponse* response) override;
  grpc::Status Handover(Context* context, const v1::HandoverRequest* request, v1::HandoverResponse* response) override;

  grpc::Status Explain(Context* context, const v1::ExplainRequest* request, v1::ExplainResponse* response) override;

  // An operator's call: admitted, carried out, written into the audit log.
  template <class Request, class Response>
  grpc::Status Operate(Context& context, const char* method, const std::string& target, const Request& request,
                       Response& response);
  absl::Status FillStats(Context& context, const Caller& caller, VisibleAlerts& visible,
                         const v1::AlertStatsRequest& request, v1::AlertStatsResponse& response);

  pipeline::Host& host_;
  Access& access_;
  const std::unique_ptr<Subscribers> subscribers_;
};

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_ALERT_SERVICE_H_

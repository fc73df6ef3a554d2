// AlertService on a Host: see proto/wirewatch/v1/alert_service.proto. Any thread.
#ifndef WIREWATCH_SERVICE_ALERT_SERVICE_H_
#define WIREWATCH_SERVICE_ALERT_SERVICE_H_

#include <memory>

#include "wirewatch/pipeline/host.h"
#include "wirewatch/v1/alert_service.grpc.pb.h"

namespace wirewatch::service {

class Subscribers;

class AlertService final : public v1::AlertService::WithRawCallbackMethod_Subscribe<v1::AlertService::Service> {
 public:
  // `host` outlives it. The server that it is registered with is gone before it.
  explicit AlertService(pipeline::Host& host);
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
  grpc::Status Stats(Context* context, const v1::AlertStatsRequest* request, v1::AlertStatsResponse* response) override;

  pipeline::Host& host_;
  const std::unique_ptr<Subscribers> subscribers_;
};

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_ALERT_SERVICE_H_

// HostService on a Host: see proto/wirewatch/v1/host_service.proto. Any thread.
#ifndef WIREWATCH_SERVICE_HOST_SERVICE_H_
#define WIREWATCH_SERVICE_HOST_SERVICE_H_

#include <atomic>

#include "wirewatch/pipeline/host.h"
#include "wirewatch/service/access.h"
#include "wirewatch/v1/host_service.grpc.pb.h"

namespace wirewatch::service {

class HostService final : public v1::HostService::Service {
 public:
  // Each takes a thread of the server.
  static constexpr int kMostTaps = 16;

  // Both outlive it.
  HostService(pipeline::Host& host, Access& access) : host_(host), access_(access) {}
  // Ends taps, soon.
  void EndTaps() { ending_ = true; }

 private:
  using Context = grpc::ServerContext;

  grpc::Status GetHost(Context* context, const v1::GetHostRequest* request, v1::GetHostResponse* response) override;
  grpc::Status ListPipelines(Context* context, const v1::ListPipelinesRequest* request,
                             v1::ListPipelinesResponse* response) override;
  grpc::Status Reload(Context* context, const v1::ReloadRequest* request, v1::ReloadResponse* response) override;
  grpc::Status Tap(Context* context, const v1::TapRequest* request,
                   grpc::ServerWriter<v1::TapResponse>* writer) override;
  grpc::Status ListQuarantine(Context* context, const v1::ListQuarantineRequest* request,
                              v1::ListQuarantineResponse* response) override;
  grpc::Status GetQuarantined(Context* context, const v1::GetQuarantinedRequest* request,
                              v1::GetQuarantinedResponse* response) override;
  grpc::Status RetryQuarantined(Context* context, const v1::RetryQuarantinedRequest* request,
                                v1::RetryQuarantinedResponse* response) override;
  grpc::Status DropQuarantined(Context* context, const v1::DropQuarantinedRequest* request,
                               v1::DropQuarantinedResponse* response) override;

  absl::StatusOr<pipeline::TapOptions> TapOptionsOf(const v1::TapRequest& request) const;
  grpc::Status Tapped(Context& context, const Caller& caller, const v1::TapRequest& request,
                      grpc::ServerWriter<v1::TapResponse>& writer);
  grpc::Status Copy(Context& context, const Caller& caller, pipeline::TapReader& reader,
                    grpc::ServerWriter<v1::TapResponse>& writer);

  pipeline::Host& host_;
  Access& access_;
  std::atomic<int> taps_{0};
  std::atomic<bool> ending_{false};
};

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_HOST_SERVICE_H_

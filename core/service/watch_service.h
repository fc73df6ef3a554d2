// WatchService on a Host: see proto/wirewatch/v1/watch_service.proto. What a caller from the network changes bears the
// name of its token, whatever it says. Any thread.
#ifndef WIREWATCH_SERVICE_WATCH_SERVICE_H_
#define WIREWATCH_SERVICE_WATCH_SERVICE_H_

#include <string_view>

#include "wirewatch/pipeline/host.h"
#include "wirewatch/service/access.h"
#include "wirewatch/v1/watch_service.grpc.pb.h"

namespace wirewatch::service {

class WatchService final : public v1::WatchService::Service {
 public:
  // How long a change may wait for its place and its commit, unless the caller's deadline is earlier.
  static constexpr absl::Duration kPatience = absl::Seconds(20);

  // Both outlive it.
  WatchService(pipeline::Host& host, Access& access) : host_(host), access_(access) {}

 private:
  using Context = grpc::ServerContext;

  grpc::Status List(Context* context, const v1::ListWatchesRequest* request,
                    v1::ListWatchesResponse* response) override;
  grpc::Status Get(Context* context, const v1::GetWatchRequest* request, v1::GetWatchResponse* response) override;
  grpc::Status Add(Context* context, const v1::AddWatchRequest* request, v1::EditWatchResponse* response) override;
  grpc::Status Change(Context* context, const v1::ChangeWatchRequest* request,
                      v1::EditWatchResponse* response) override;
  grpc::Status Remove(Context* context, const v1::RemoveWatchRequest* request,
                      v1::EditWatchResponse* response) override;
  grpc::Status Apply(Context* context, const v1::ApplyWatchesRequest* request,
                     v1::ApplyWatchesResponse* response) override;
  grpc::Status Revisions(Context* context, const v1::ListRevisionsRequest* request,
                         v1::ListRevisionsResponse* response) override;
  grpc::Status Test(Context* context, const v1::TestWatchRequest* request, v1::TestWatchResponse* response) override;
  grpc::Status Top(Context* context, const v1::TopWatchesRequest* request, v1::TopWatchesResponse* response) override;

  // Calls `answer(const VisibleWatches&, found)` for a caller who is admitted to `method`.
  template <class Request, class Answer>
  grpc::Status Answered(const Context& context, std::string_view method, const Request& request, Answer answer);
  template <class Request>
  grpc::Status EditOne(const Context& context, std::string_view method, const Request& request, v1::WatchEdit edit,
                       v1::EditWatchResponse& response);
  grpc::Status AppliedOne(const Context& context, const v1::ApplyWatchesRequest& apply,
                          v1::EditWatchResponse& response);

  pipeline::Host& host_;
  Access& access_;
};

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_WATCH_SERVICE_H_

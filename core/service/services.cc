#include "wirewatch/service/services.h"

#include <grpc/support/log.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wirewatch/sdk/log.h"
#include "wirewatch/service/rate_limit.h"

namespace wirewatch::service {
namespace {

constexpr int kLargestRequest = 64 << 20;  // bytes: of many watches

// gRPC's own lines join the host's, in its format.
// Strangers can cause some, e.g. by handshakes that fail: of each place's lines few are written.
void LogOfGrpc(gpr_log_func_args* line) {
  static auto& limit = *new RateLimit(1, 20);
  const std::string place = absl::StrCat(line->file, ":", line->line);
  if (limit.Take(place, absl::Now()) > absl::ZeroDuration()) return;
  line->severity == GPR_LOG_SEVERITY_ERROR ? Log("grpc").Warning(line->message, {{"place", place}})
                                           : Log("grpc").Debug(line->message, {{"place", place}});
}

// Its library adds it to every server.
class NoReflection final : public grpc::ServerBuilderOption {
 public:
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    std::erase_if(*plugins, [](const auto& plugin) { return plugin->name() == "proto_reflection"; });
  }
};

}  // namespace

Services::Services(pipeline::Host& host, Access& access)
    : host_(host, access), watches_(host, access), alerts_(host, access), ingest_(host, access) {
  static const bool prepared = [] {
    gpr_set_log_function(LogOfGrpc);
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    return true;
  }();
  (void)prepared;
}

void Services::SetUp(grpc::ServerBuilder& builder) {
  builder.RegisterService(&host_);
  builder.RegisterService(&watches_);
  builder.RegisterService(&alerts_);
  builder.RegisterService(&ingest_);
  builder.SetMaxReceiveMessageSize(kLargestRequest);
  builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, 2);
  // Streams with nothing to say are kept alive by their clients' pings, which a server takes for an attack unless told
  // otherwise.
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 5'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
}

void Services::TakeAwayReflection(grpc::ServerBuilder& builder) { builder.SetOption(std::make_unique<NoReflection>()); }

}  // namespace wirewatch::service

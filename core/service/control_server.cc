#include "wirewatch/service/control_server.h"

#include <grpc/support/log.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/server_posix.h>

#include <chrono>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/sdk/log.h"
#include "wirewatch/service/alert_service.h"
#include "wirewatch/service/control_socket.h"
#include "wirewatch/service/host_service.h"
#include "wirewatch/service/watch_service.h"

namespace wirewatch::service {
namespace {

constexpr int kLargestRequest = 64 << 20;  // bytes: of many watches
constexpr auto kGrace = std::chrono::seconds(1);

// gRPC's own lines join the host's, in its format.
void LogOfGrpc(gpr_log_func_args* line) {
  const std::string place = absl::StrCat(line->file, ":", line->line);
  line->severity == GPR_LOG_SEVERITY_ERROR ? Log("grpc").Warning(line->message, {{"place", place}})
                                           : Log("grpc").Debug(line->message, {{"place", place}});
}

class Server final : public ControlServer {
 public:
  explicit Server(pipeline::Host& host) : service_(host), watches_(host), alerts_(host) {}
  ~Server() override {
    socket_.reset();
    service_.EndTaps();
    alerts_.EndStreams();
    if (server_ != nullptr) server_->Shutdown(std::chrono::system_clock::now() + kGrace);
  }

  absl::Status Listen(const std::filesystem::path& path) {
    absl::StatusOr<std::unique_ptr<ControlSocket>> socket = ControlSocket::Listen(path);
    if (!socket.ok()) return socket.status();
    socket_ = *std::move(socket);
    grpc::ServerBuilder builder;
    builder.RegisterService(&service_);
    builder.RegisterService(&watches_);
    builder.RegisterService(&alerts_);
    builder.SetMaxReceiveMessageSize(kLargestRequest);
    builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
    builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, 2);
    // Taps with nothing to say are kept alive by their clients' pings, which a server takes for an attack unless told
    // otherwise.
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 5'000);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    server_ = builder.BuildAndStart();
    if (server_ == nullptr) return absl::InternalError("gRPC does not start");
    socket_->Start([this](int descriptor) { grpc::AddInsecureChannelFromFd(server_.get(), descriptor); });
    return absl::OkStatus();
  }

 private:
  HostService service_;
  WatchService watches_;
  AlertService alerts_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<ControlSocket> socket_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ControlServer>> ControlServer::Start(pipeline::Host& host,
                                                                    const std::filesystem::path& path) {
  static const bool prepared = [] {
    gpr_set_log_function(LogOfGrpc);
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    return true;
  }();
  (void)prepared;
  auto server = std::make_unique<Server>(host);
  if (absl::Status listening = server->Listen(path); !listening.ok()) return listening;
  return server;
}

}  // namespace wirewatch::service

#include "wirewatch/service/control_server.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/server_posix.h>

#include <chrono>
#include <utility>

#include "wirewatch/service/control_socket.h"

namespace wirewatch::service {
namespace {

class Server final : public ControlServer {
 public:
  explicit Server(Services& services) : services_(services) {}
  ~Server() override {
    socket_.reset();
    services_.EndStreams();
    if (server_ != nullptr) server_->Shutdown(std::chrono::system_clock::now() + kShutdownGrace);
  }

  absl::Status Listen(const std::filesystem::path& path) {
    absl::StatusOr<std::unique_ptr<ControlSocket>> socket = ControlSocket::Listen(path);
    if (!socket.ok()) return socket.status();
    socket_ = *std::move(socket);
    grpc::ServerBuilder builder;
    services_.SetUp(builder);
    server_ = builder.BuildAndStart();
    if (server_ == nullptr) return absl::InternalError("gRPC does not start");
    socket_->Start([this](int descriptor) { grpc::AddInsecureChannelFromFd(server_.get(), descriptor); });
    return absl::OkStatus();
  }

 private:
  Services& services_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<ControlSocket> socket_;
};

class ServerOfItsOwn final : public ControlServer {
 public:
  explicit ServerOfItsOwn(pipeline::Host& host) : services_(host, access_), server_(services_) {}
  absl::Status Listen(const std::filesystem::path& path) { return server_.Listen(path); }

 private:
  Access access_;
  Services services_;
  Server server_;
};

template <class Started>
absl::StatusOr<std::unique_ptr<ControlServer>> Listening(std::unique_ptr<Started> server,
                                                         const std::filesystem::path& path) {
  if (absl::Status listening = server->Listen(path); !listening.ok()) return listening;
  return server;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ControlServer>> ControlServer::Start(Services& services,
                                                                    const std::filesystem::path& path) {
  return Listening(std::make_unique<Server>(services), path);
}

absl::StatusOr<std::unique_ptr<ControlServer>> ControlServer::Start(pipeline::Host& host,
                                                                    const std::filesystem::path& path) {
  return Listening(std::make_unique<ServerOfItsOwn>(host), path);
}

}  // namespace wirewatch::service

#include "wirewatch/service/inner_server.h"

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <utility>

namespace wirewatch::service {

absl::StatusOr<std::unique_ptr<InnerServer>> InnerServer::Start(Services& services) {
  grpc::ServerBuilder builder;
  services.SetUp(builder);
  Services::TakeAwayReflection(builder);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return absl::InternalError("gRPC does not start");
  return std::unique_ptr<InnerServer>(new InnerServer(services, std::move(server)));
}

InnerServer::InnerServer(Services& services, std::unique_ptr<grpc::Server> server)
    : services_(services), server_(std::move(server)) {}

InnerServer::~InnerServer() {
  services_.EndStreams();
  server_->Shutdown(std::chrono::system_clock::now() + kShutdownGrace);
}

std::shared_ptr<grpc::Channel> InnerServer::Connect() {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  return server_->InProcessChannel(arguments);
}

}  // namespace wirewatch::service

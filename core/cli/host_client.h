// HostClient: a connection to the host that a command means, over the socket beside its store or over the network. One
// thread.
#ifndef WIREWATCH_CLI_HOST_CLIENT_H_
#define WIREWATCH_CLI_HOST_CLIENT_H_

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/status.h"
#include "wirewatch/cli/server_choice.h"
#include "wirewatch/v1/alert_service.grpc.pb.h"
#include "wirewatch/v1/host_service.grpc.pb.h"
#include "wirewatch/v1/watch_service.grpc.pb.h"

namespace wirewatch::cli {

// Which host: what --store, --pipeline and --server say.
struct HostChoice {
  std::filesystem::path store;  // empty: any of those below StoreFolder() that answer
  std::string pipeline;         // a name, or a file that holds the name; empty: any
  ServerChoice server = {};     // on the network, when this or the environment names one
};

class HostClient {
 public:
  // The host on the network that is named; or that with that store; else the only one that answers and runs that
  // pipeline. Whether one on the network answers is told by the first call. NotFound when there is none;
  // FailedPrecondition, with their stores, when there are several; InvalidArgument when a pipeline's file has no name,
  // or what is given for the network cannot be used.
  static absl::StatusOr<HostClient> Find(const HostChoice& choice);

  // Of one of the host's services, for calls that stream.
  template <class Stub>
  Stub& stub() {
    if constexpr (std::is_same_v<Stub, v1::HostService::Stub>) return *host_;
    if constexpr (std::is_same_v<Stub, v1::WatchService::Stub>) return *watches_;
    if constexpr (std::is_same_v<Stub, v1::AlertService::Stub>) return *alerts_;
  }
  // The pipeline's name; empty when the choice had none.
  const std::string& pipeline() const { return pipeline_; }

  // One call with a deadline; its answer, or what the host said.
  template <class Stub, class Request, class Response>
  absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                const Request& request, absl::Duration patience = absl::Seconds(30)) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + patience));
    AddActor(context);
    Response response;
    const grpc::Status status = (stub<Stub>().*method)(&context, request, &response);
    if (!status.ok()) return FromGrpc(status);
    return response;
  }
  // Tells the host who acts, as `wirewatch-actor`: the user who runs the command. Call() does.
  static void AddActor(grpc::ClientContext& context);
  // Unavailable says that the host has gone.
  static absl::Status FromGrpc(const grpc::Status& status);

 private:
  HostClient(const std::shared_ptr<grpc::Channel>& channel, std::string pipeline);
  static HostClient OverSocket(int connection, std::string pipeline);

  std::unique_ptr<v1::HostService::Stub> host_;
  std::unique_ptr<v1::WatchService::Stub> watches_;
  std::unique_ptr<v1::AlertService::Stub> alerts_;
  std::string pipeline_;
};

// Who runs the command, by the name that the system knows.
std::string UserName();

// The name that a choice's pipeline has: itself, or what stands in the file. InvalidArgument when that has none.
absl::StatusOr<std::string> PipelineName(const std::string& name_or_file);

// Says on standard error what is wrong; the exit status that fits.
int Complain(const absl::Status& status);

// A line of JSON on standard output.
void PrintJson(const google::protobuf::Message& message);

}  // namespace wirewatch::cli

#endif  // WIREWATCH_CLI_HOST_CLIENT_H_

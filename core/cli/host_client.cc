#include "wirewatch/cli/host_client.h"

#include <grpcpp/create_channel_posix.h>
#include <grpcpp/grpcpp.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/util/json_util.h"
#include "wirewatch/cli/commands.h"
#include "wirewatch/cli/store_path.h"
#include "wirewatch/config/pipeline_file.h"
#include "wirewatch/service/control_socket.h"

namespace wirewatch::cli {
namespace {

// A host that hangs must not keep the others from being found.
constexpr absl::Duration kLook = absl::Seconds(3);

std::vector<std::filesystem::path> SocketsIn(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> sockets;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".sock") sockets.push_back(entry.path());
  }
  std::sort(sockets.begin(), sockets.end());
  return sockets;
}

bool Runs(HostClient& client, const std::string& pipeline) {
  const auto listed = client.Call(&v1::HostService::Stub::ListPipelines, v1::ListPipelinesRequest(), kLook);
  if (!listed.ok()) return false;
  return std::any_of(listed->pipelines().begin(), listed->pipelines().end(),
                     [&](const v1::PipelineStatus& status) { return status.name() == pipeline; });
}

std::string StoreOf(const std::filesystem::path& socket) { return (socket.parent_path() / socket.stem()).string(); }

absl::Status NoneRuns(const std::string& pipeline) {
  return absl::NotFoundError(absl::StrCat(
      "no host ", pipeline.empty() ? "answers" : absl::StrCat("that runs ", pipeline, " answers"), " below ",
      StoreFolder().string(), "; start one with `wirewatch run`, or name its store with --store"));
}

}  // namespace

absl::StatusOr<std::string> PipelineName(const std::string& name_or_file) {
  const std::filesystem::path path = name_or_file;
  std::error_code error;
  const bool is_file = path.extension() == ".yaml" || path.extension() == ".yml" ||
                       (path.has_parent_path() && std::filesystem::is_regular_file(path, error));
  if (!is_file) return name_or_file;
  Diagnostics diagnostics;
  const std::optional<config::Pipeline> file = config::LoadPipeline(path, config::ProcessEnvironment(), diagnostics);
  // What else is wrong with the file is no business of this command.
  if (file && !file->name.empty()) return file->name;
  return absl::InvalidArgumentError(diagnostics.ToString());
}

namespace {

grpc::ChannelArguments Arguments() {
  grpc::ChannelArguments arguments;
  // Items of any size, and all the errors of a reload.
  arguments.SetMaxReceiveMessageSize(-1);
  arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, 1 << 20);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 20'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  return arguments;
}

}  // namespace

HostClient::HostClient(const std::shared_ptr<grpc::Channel>& channel, std::string pipeline)
    : pipeline_(std::move(pipeline)) {
  host_ = v1::HostService::NewStub(channel);
  watches_ = v1::WatchService::NewStub(channel);
  alerts_ = v1::AlertService::NewStub(channel);
}

HostClient HostClient::OverSocket(int connection, std::string pipeline) {
  return {grpc::CreateCustomInsecureChannelFromFd("wirewatch", connection, Arguments()), std::move(pipeline)};
}

absl::StatusOr<HostClient> HostClient::Find(const HostChoice& choice) {
  const absl::StatusOr<std::string> pipeline = PipelineName(choice.pipeline);
  if (!pipeline.ok()) return pipeline.status();
  const ServerChoice server = ServerFromEnvironment(choice.server, !choice.store.empty());
  if (!server.address.empty()) {
    const auto channel = ConnectToServer(server, Arguments());
    if (!channel.ok()) return channel.status();
    return HostClient(*channel, *pipeline);
  }
  if (!choice.store.empty()) {
    const absl::StatusOr<int> connection = service::ConnectToControlSocket(service::ControlSocketPath(choice.store));
    if (connection.ok()) return OverSocket(*connection, *pipeline);
    if (!absl::IsNotFound(connection.status()) && !absl::IsUnavailable(connection.status())) return connection.status();
    return absl::NotFoundError(absl::StrCat("no host has the store ", choice.store.string(),
                                            " at the moment: ", connection.status().message()));
  }
  std::vector<std::pair<std::filesystem::path, HostClient>> found;
  absl::Status refused;
  for (const std::filesystem::path& socket : SocketsIn(StoreFolder())) {
    const absl::StatusOr<int> connection = service::ConnectToControlSocket(socket);
    if (absl::IsPermissionDenied(connection.status())) refused = connection.status();
    if (!connection.ok()) continue;
    HostClient client = OverSocket(*connection, *pipeline);
    if (pipeline->empty() || Runs(client, *pipeline)) found.emplace_back(socket, std::move(client));
  }
  if (found.empty()) return refused.ok() ? NoneRuns(*pipeline) : refused;
  if (found.size() == 1) return std::move(found.front().second);
  return absl::FailedPreconditionError(absl::StrCat("several hosts answer; name one with --store:\n",
                                                    absl::StrJoin(found, "\n", [](std::string* out, const auto& one) {
                                                      absl::StrAppend(out, "  --store ", StoreOf(one.first));
                                                    })));
}

absl::Status HostClient::FromGrpc(const grpc::Status& status) {
  std::string message = status.error_message();
  // A host may say by itself that something cannot be done at the moment.
  static constexpr const char* kTransport[] = {"ocket closed", "ransport closed", "onnection",
                                               "roken pipe",   "GOAWAY",          "keepalive"};
  const bool transport = std::any_of(std::begin(kTransport), std::end(kTransport), [&message](const char* words) {
    return message.find(words) != std::string::npos;
  });
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE && transport) {
    message = absl::StrCat("the host has gone (", message, ")");
  }
  if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) message = "the host does not answer in time";
  if (status.error_code() == grpc::StatusCode::UNAUTHENTICATED) {
    absl::StrAppend(&message, "; --token-file, or WIREWATCH_TOKEN_FILE, names the file that holds it");
  }
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), message);
}

void HostClient::AddActor(grpc::ClientContext& context) { context.AddMetadata("wirewatch-actor", UserName()); }

std::string UserName() {
  const passwd* const user = getpwuid(getuid());
  return user != nullptr ? std::string(user->pw_name) : absl::StrCat("user ", getuid());
}

int Complain(const absl::Status& status) {
  std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return absl::IsInvalidArgument(status) ? kConfiguration : kFailed;
}

void PrintJson(const google::protobuf::Message& message) {
  std::string line;
  if (!google::protobuf::util::MessageToJsonString(message, &line).ok()) line = "null";
  std::fprintf(stdout, "%s\n", line.c_str());
  std::fflush(stdout);
}

}  // namespace wirewatch::cli

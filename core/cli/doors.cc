#include "wirewatch/cli/doors.h"

#include <cstdio>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/sdk/build_id.h"
#include "wirewatch/sdk/log.h"
#include "wirewatch/service/control_socket.h"
#include "wirewatch/service/json_gateway.h"
#include "wirewatch/service/listen_address.h"
#include "wirewatch/service/token_file.h"

namespace wirewatch::cli {
namespace {

// To people; otherwise the log has it.
void Say(const RunArguments& arguments, const std::string& text) {
  if (arguments.log_format == LogFormat::kText) std::fprintf(stderr, "%s\n", text.c_str());
}

// Services over HTTP are without TLS: beyond loopback they are served on demand only, as gRPC is.
bool ServesJson(const RunArguments& arguments) {
  if (arguments.http.empty()) return false;
  const absl::StatusOr<service::ListenAddress> at = service::ParseListenAddress(arguments.http);
  return at.ok() && (at->loopback || arguments.grpc.insecure);
}

absl::Status CheckFeeds(const RunArguments& arguments) {
  if (arguments.feeds.empty() || ServesJson(arguments)) return absl::OkStatus();
  if (arguments.http.empty()) return absl::InvalidArgumentError("--feeds is of no use without --http");
  return absl::InvalidArgumentError(
      absl::StrCat("feeds are served without TLS, and ", arguments.http,
                   " is not on loopback: listen there behind a web server, or allow it with --insecure-listen"));
}

absl::Status OpenHttp(const pipeline::Host& host, const RunArguments& arguments, Doors& doors) {
  if (absl::Status possible = CheckFeeds(arguments); !possible.ok()) return possible;
  if (arguments.http.empty()) return absl::OkStatus();
  std::unique_ptr<service::JsonGateway> gateway;
  if (ServesJson(arguments)) {
    auto inner = service::InnerServer::Start(*doors.services);
    if (!inner.ok()) return inner.status();
    doors.inner = *std::move(inner);
    gateway = std::make_unique<service::JsonGateway>(doors.inner->Connect());
  }
  std::unique_ptr<const service::FeedFiles> feeds;
  if (!arguments.feeds.empty()) feeds = std::make_unique<service::FeedFiles>(arguments.feeds, *doors.access);
  auto http = service::HttpEndpoint::Start(host, arguments.http, {}, std::move(gateway), std::move(feeds));
  if (!http.ok()) return http.status();
  doors.http = *std::move(http);
  // Port 0 is for those who read here which one it became.
  Say(arguments, absl::StrCat("metrics and health at http://", doors.http->address(),
                              doors.inner != nullptr ? ", JSON below /v1/" : "",
                              arguments.feeds.empty() ? "" : ", feeds below /feeds/"));
  return absl::OkStatus();
}

service::NetworkOptions NetworkOptionsOf(const GrpcArguments& arguments) {
  service::NetworkOptions options;
  options.address = arguments.address;
  options.certificate = arguments.certificate;
  options.key = arguments.key;
  options.client_ca = arguments.client_ca;
  options.insecure = arguments.insecure;
  return options;
}

service::AccessOptions AccessOptionsOf(const pipeline::Host& host, const GrpcArguments& arguments) {
  const std::filesystem::path& store = host.store_file();
  service::AccessOptions options;
  options.tokens = arguments.tokens.empty() ? service::TokenFilePath(store) : arguments.tokens;
  options.audit = store.string() + ".audit.jsonl";
  options.refusals = store.string() + ".refused.jsonl";
  options.limits.requests_per_s = arguments.requests_per_s;
  options.limits.request_burst = 2 * arguments.requests_per_s;
  options.limits.streams_of_one = arguments.streams;
  for (const std::string& scope : arguments.certificate_scopes) {
    options.certificate_scopes.push_back(*service::ScopeOf(scope));
  }
  return options;
}

absl::Status OpenAccess(pipeline::Host& host, const RunArguments& arguments, Doors& doors) {
  const GrpcArguments& grpc = arguments.grpc;
  service::AccessOptions options = AccessOptionsOf(host, grpc);
  if (!grpc.address.empty()) {
    if (absl::Status prepared = service::PrepareAccess(NetworkOptionsOf(grpc), options); !prepared.ok()) {
      return prepared;
    }
  } else if (!grpc.certificate.empty() || !grpc.key.empty() || !grpc.client_ca.empty() ||
             (grpc.insecure && arguments.http.empty())) {
    return absl::InvalidArgumentError("--tls-cert and its fellows are of no use without --grpc");
  } else if (ServesJson(arguments)) {
    // On loopback, whoever reaches it may do everything until there are tokens.
    options.open = true;
  } else if (grpc.tokens.empty()) {
    options.tokens.clear();
  }
  auto access = service::Access::Open(options);
  if (!access.ok()) return access.status();
  doors.access = *std::move(access);
  doors.services = std::make_unique<service::Services>(host, *doors.access);
  return absl::OkStatus();
}

absl::Status OpenNetwork(const RunArguments& arguments, Doors& doors) {
  if (arguments.grpc.address.empty()) return absl::OkStatus();
  auto network = service::NetworkServer::Start(*doors.services, *doors.access, NetworkOptionsOf(arguments.grpc));
  if (!network.ok()) return network.status();
  doors.network = *std::move(network);
  Say(arguments, absl::StrCat("gRPC at ", doors.network->address(), arguments.grpc.certificate.empty() ? "" : ", TLS"));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Doors> OpenDoors(pipeline::Host& host, const RunArguments& arguments) {
  Doors doors;
  absl::Status opened = OpenAccess(host, arguments, doors);
  if (opened.ok()) opened = OpenHttp(host, arguments, doors);
  if (opened.ok()) opened = OpenNetwork(arguments, doors);
  if (!opened.ok()) return opened;
  // A run on the command line has a store, and so a place for the socket.
  const std::filesystem::path socket = service::ControlSocketPath(host.store_file());
  auto control = service::ControlServer::Start(*doors.services, socket);
  if (control.ok()) {
    doors.control = *std::move(control);
  } else {
    Log("host").Warning("Commands cannot reach this host: there is no remote control.",
                        {{"socket", socket.string()}, {"error", std::string(control.status().message())}});
  }
  std::string pipelines;
  for (const pipeline::Progress& progress : host.Snapshot()) {
    absl::StrAppend(&pipelines, pipelines.empty() ? "" : ", ", progress.pipeline);
  }
  Log("host").Info("The host runs.", {{"version", kVersion},
                                      {"pipelines", pipelines},
                                      {"store", host.store_file().string()},
                                      {"socket", doors.control ? socket.string() : ""},
                                      {"http", doors.http ? doors.http->address() : ""},
                                      {"grpc", doors.network ? doors.network->address() : ""}});
  return doors;
}

}  // namespace wirewatch::cli

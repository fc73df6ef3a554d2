#include "wirewatch/service/network_server.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/auth_metadata_processor.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <algorithm>
#include <chrono>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/sdk/log.h"
#include "wirewatch/service/certificate_files.h"
#include "wirewatch/service/credentials.h"
#include "wirewatch/service/listen_address.h"

namespace wirewatch::service {
namespace {

constexpr char kReflectionPath[] = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
constexpr char kReflectionMethod[] = "ServerReflection/ServerReflectionInfo";

int Milliseconds(absl::Duration time) { return static_cast<int>(absl::ToInt64Milliseconds(time)); }

bool HasTls(const NetworkOptions& options) { return !options.certificate.empty(); }

// Server reflection tells no secret, but each of its streams holds a thread: only who has a token may open one. Its
// code is gRPC's own, so that it is asked here and not in the method.
class ReflectionGate final : public grpc::AuthMetadataProcessor {
 public:
  explicit ReflectionGate(Access& access) : access_(access) {}
  bool IsBlocking() const override { return false; }
  grpc::Status Process(const InputMetadata& metadata, grpc::AuthContext* context, OutputMetadata*,
                       OutputMetadata*) override {
    Credentials credentials;
    credentials.certificate = CertificateName(context);
    credentials.peer = "unknown";  // gRPC does not tell
    bool reflection = false;
    for (const auto& [key, value] : metadata) {
      const std::string text(value.data(), value.size());
      if (key == ":path") reflection = text == kReflectionPath;
      if (key == "authorization") credentials.authorization.push_back(text);
    }
    if (!reflection) return grpc::Status::OK;
    absl::StatusOr<Admission> admission = access_.Admit(credentials, kReflectionMethod);
    return admission.ok() ? admission->Done(grpc::Status::OK) : ToGrpc(admission.status());
  }

 private:
  Access& access_;
};

std::shared_ptr<grpc::ServerCredentials> CredentialsFor(const NetworkOptions& options, Access& access) {
  if (!HasTls(options)) return grpc::InsecureServerCredentials();
  const auto every_s = static_cast<unsigned>(std::max<int64_t>(1, absl::ToInt64Seconds(options.look_for_certificates)));
  grpc::experimental::TlsServerCredentialsOptions tls(
      std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
          options.key.string(), options.certificate.string(), options.client_ca.string(), every_s));
  tls.watch_identity_key_cert_pairs();
  if (!options.client_ca.empty()) {
    tls.watch_root_certs();
    tls.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  }
  std::shared_ptr<grpc::ServerCredentials> credentials = grpc::experimental::TlsServerCredentials(tls);
  credentials->SetAuthMetadataProcessor(std::make_shared<ReflectionGate>(access));
  return credentials;
}

void Bound(grpc::ServerBuilder& builder, const NetworkLimits& limits) {
  grpc::ResourceQuota quota("network");
  quota.Resize(limits.memory_bytes);
  quota.SetMaxThreads(limits.threads);
  builder.SetResourceQuota(quota);
  builder.SetMaxReceiveMessageSize(limits.request_bytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, limits.streams_of_connection);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, Milliseconds(limits.handshake));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, Milliseconds(limits.idle));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, Milliseconds(limits.keepalive));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Milliseconds(limits.keepalive_answer));
  // A second host must fail, not share the port.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

class Server final : public NetworkServer {
 public:
  explicit Server(Services& services) : services_(services) {}
  ~Server() override {
    services_.EndStreams();
    if (server_ != nullptr) server_->Shutdown(std::chrono::system_clock::now() + kShutdownGrace);
  }

  absl::Status Listen(const NetworkOptions& options, Access& access, ListenAddress at) {
    grpc::ServerBuilder builder;
    services_.SetUp(builder);
    // Without TLS nothing can stand before it.
    if (!HasTls(options) && !at.loopback) Services::TakeAwayReflection(builder);
    Bound(builder, options.limits);
    int port = 0;
    builder.AddListeningPort(at.ToString(), CredentialsFor(options, access), &port);
    server_ = builder.BuildAndStart();
    if (server_ == nullptr || port == 0) {
      return absl::UnavailableError(absl::StrCat("nobody can be served at ", options.address,
                                                 ": the address is in use, or not one of this machine"));
    }
    at.port = static_cast<uint16_t>(port);
    address_ = at.ToString();
    return absl::OkStatus();
  }
  std::string address() const override { return address_; }

 private:
  Services& services_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
};

absl::Status CheckCertificates(const NetworkOptions& options) {
  if (options.certificate.empty() != options.key.empty()) {
    return absl::InvalidArgumentError("TLS takes a certificate and its key: give --tls-cert and --tls-key");
  }
  if (!HasTls(options)) {
    return options.client_ca.empty() ? absl::OkStatus()
                                     : absl::InvalidArgumentError("--client-ca is of no use without --tls-cert");
  }
  if (absl::Status checked = CheckKeyPair(options.certificate, options.key); !checked.ok()) return checked;
  return options.client_ca.empty() ? absl::OkStatus() : CheckAuthorities(options.client_ca);
}

}  // namespace

absl::Status PrepareAccess(const NetworkOptions& options, AccessOptions& access) {
  const absl::StatusOr<ListenAddress> at = ParseListenAddress(options.address);
  if (!at.ok()) return at.status();
  if (absl::Status checked = CheckCertificates(options); !checked.ok()) return checked;
  if (!access.certificate_scopes.empty() && options.client_ca.empty()) {
    return absl::InvalidArgumentError("--client-scope is of no use without --client-ca");
  }
  std::error_code error;
  const bool admits = std::filesystem::exists(access.tokens, error) || !access.certificate_scopes.empty();
  access.open = (at->loopback || options.insecure) && options.client_ca.empty();
  if (at->loopback || options.insecure) {
    if (!HasTls(options) && !at->loopback) {
      Log("access").Warning("Anybody on the way can read what clients send and get, their tokens included.",
                            {{"address", options.address}});
    }
    if (!admits) {
      Log("access").Warning("Whoever reaches this address may do everything, until there are tokens.",
                            {{"address", options.address}, {"tokens", access.tokens.string()}});
    }
    return absl::OkStatus();
  }
  if (!HasTls(options)) {
    return absl::InvalidArgumentError(absl::StrCat(
        options.address, " can be reached from other machines, and without TLS anybody on the way could read what is ",
        "sent: give --tls-cert and --tls-key, or listen on 127.0.0.1 behind a proxy that has TLS "
        "(--insecure-listen does it all the same)"));
  }
  if (!admits) {
    return absl::InvalidArgumentError(absl::StrCat(
        options.address, " can be reached from other machines, and there are no tokens in ", access.tokens.string(),
        ": make one with `wirewatch token create`, or give --client-ca with --client-scope "
        "(--insecure-listen admits everybody)"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<NetworkServer>> NetworkServer::Start(Services& services, Access& access,
                                                                    const NetworkOptions& options) {
  const absl::StatusOr<ListenAddress> at = ParseListenAddress(options.address);
  if (!at.ok()) return at.status();
  auto server = std::make_unique<Server>(services);
  if (absl::Status listening = server->Listen(options, access, *at); !listening.ok()) return listening;
  return server;
}

}  // namespace wirewatch::service

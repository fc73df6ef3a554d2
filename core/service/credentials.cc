#include "wirewatch/service/credentials.h"

#include <arpa/inet.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace wirewatch::service {
namespace {

// gRPC makes a peer's name from its transport, never from what it sends: "ipv4:192.0.2.7:51234",
// "ipv6:%5B2001:db8::1%5D:51234", or "fd:12" for a connection that the control socket has handed over.
constexpr std::string_view kHandedOver = "fd:";
constexpr std::string_view kInProcess = "unknown";  // has no transport with an address

constexpr size_t kKindLength = 5;

bool IsNetwork(std::string_view peer) { return peer.starts_with("ipv4:") || peer.starts_with("ipv6:"); }

std::string AddressOf(const std::string& peer) {
  std::string address = absl::StrReplaceAll(peer, {{"%5B", "["}, {"%5D", "]"}, {"%25", "%"}});
  return IsNetwork(peer) ? address.substr(kKindLength) : address;
}

}  // namespace

std::string CertificateName(const grpc::AuthContext* context) {
  if (context == nullptr || !context->IsPeerAuthenticated()) return "";
  const std::vector<grpc::string_ref> identity = context->GetPeerIdentity();
  return identity.empty() ? "" : std::string(identity.front().data(), identity.front().size());
}

Credentials CredentialsOf(const grpc::ServerContextBase& context) {
  Credentials credentials;
  const std::string peer = context.peer();
  const bool in_process = peer == kInProcess;
  credentials.local = std::string_view(peer).starts_with(kHandedOver);
  credentials.peer = credentials.local ? "socket" : AddressOf(peer);
  for (const auto& [key, value] : context.client_metadata()) {
    const std::string text(value.data(), value.size());
    if (key == kActorMetadata) credentials.actor = text;
    if (key == kPeerMetadata && in_process) credentials.peer = text;
    if (key == "authorization") credentials.authorization.push_back(text);
  }
  credentials.certificate = CertificateName(context.auth_context().get());
  return credentials;
}

std::string NetworkOf(std::string_view peer) {
  const size_t colon = peer.rfind(':');
  std::string host(peer.substr(0, colon));
  if (host.size() < 2 || host.front() != '[' || host.back() != ']') return host;
  host = host.substr(1, host.size() - 2);
  in6_addr address{};
  char text[INET6_ADDRSTRLEN];
  if (inet_pton(AF_INET6, host.substr(0, host.find('%')).c_str(), &address) != 1) return host;
  std::fill(address.s6_addr + 8, address.s6_addr + 16, uint8_t{0});
  return absl::StrCat(inet_ntop(AF_INET6, &address, text, sizeof text), "/64");
}

}  // namespace wirewatch::service

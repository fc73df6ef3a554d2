// What a gRPC client shows of itself. Pure.
#ifndef WIREWATCH_SERVICE_CREDENTIALS_H_
#define WIREWATCH_SERVICE_CREDENTIALS_H_

#include <string>
#include <string_view>

#include "grpcpp/security/auth_context.h"
#include "grpcpp/server_context.h"
#include "wirewatch/service/caller.h"

namespace wirewatch::service {

// Metadata with which a client on the control socket says who it is.
inline constexpr char kActorMetadata[] = "wirewatch-actor";

// Metadata with which another part of this process says where its own client is, "192.0.2.7:51234". From elsewhere it
// is not believed.
inline constexpr char kPeerMetadata[] = "wirewatch-peer";

Credentials CredentialsOf(const grpc::ServerContextBase& context);
// The name in a client certificate that was verified: its first subject alternative name, else its common name. Empty
// when there is none.
std::string CertificateName(const grpc::AuthContext* context);

// "192.0.2.7" of "192.0.2.7:51234", and the first 64 bits, "2001:db8:0:1::/64", of an IPv6 address: whom a limit is for
// who does not say who they are.
std::string NetworkOf(std::string_view peer);

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_CREDENTIALS_H_

// NetworkServer: a host's services over gRPC on a TCP address, beside the control socket, with TLS and the standard
// health service. Clients are not trusted: Access decides whom it admits, and what a connection may hold is bounded.
//
// Start() and the destructor belong to one thread.
#ifndef WIREWATCH_SERVICE_NETWORK_SERVER_H_
#define WIREWATCH_SERVICE_NETWORK_SERVER_H_

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "wirewatch/service/services.h"

namespace wirewatch::service {

struct NetworkLimits {
  int request_bytes = 24 << 20;
  int streams_of_connection = 128;
  int threads = 64;                 // for calls that answer once
  size_t memory_bytes = 256 << 20;  // of gRPC, over all connections
  absl::Duration handshake = absl::Seconds(10);
  absl::Duration idle = absl::Minutes(10);  // a connection without a call is closed
  // A peer that has said nothing for so long is asked, and is dead when it does not answer.
  absl::Duration keepalive = absl::Seconds(30), keepalive_answer = absl::Seconds(10);
};

struct NetworkOptions {
  std::string address;                     // see ParseListenAddress()
  std::filesystem::path certificate, key;  // PEM; both or neither, which is no TLS
  std::filesystem::path client_ca;         // clients without a certificate that it has signed cannot connect
  bool insecure = false;                   // listens beyond loopback without TLS and tokens, too
  // How soon certificates that were renewed are used. At least 1 s.
  absl::Duration look_for_certificates = absl::Seconds(10);
  NetworkLimits limits;
};

// That the files are right and that nobody is let in by mistake: beyond loopback there must be TLS, and tokens or
// certificates that admit. `access`: what it will be opened with; `open` is set. InvalidArgument says how to mend it.
absl::Status PrepareAccess(const NetworkOptions& options, AccessOptions& access);

class NetworkServer {
 public:
  // After PrepareAccess(). Both outlive it. Unavailable when it cannot be listened there.
  static absl::StatusOr<std::unique_ptr<NetworkServer>> Start(Services& services, Access& access,
                                                              const NetworkOptions& options);
  // Ends what is going on within about a second.
  virtual ~NetworkServer() = default;

  // As bound, e.g. "127.0.0.1:7643".
  virtual std::string address() const = 0;
};

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_NETWORK_SERVER_H_

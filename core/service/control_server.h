// ControlServer: a host's services over gRPC on the Unix socket beside its store, for `wirewatch reload`, `top`, `tap`,
// `quarantine`, `watches` and `alerts`, with server reflection and the standard health service.
//
// Start() and the destructor belong to one thread.
#ifndef WIREWATCH_SERVICE_CONTROL_SERVER_H_
#define WIREWATCH_SERVICE_CONTROL_SERVER_H_

#include <filesystem>
#include <memory>

#include "absl/status/statusor.h"
#include "grpcpp/channel.h"
#include "wirewatch/pipeline/host.h"
#include "wirewatch/service/services.h"

namespace wirewatch::service {

class ControlServer {
 public:
  // `path`: see ControlSocketPath(). `services` outlives it. Errors are those of ControlSocket::Listen(); a host can do
  // its work without being steered.
  static absl::StatusOr<std::unique_ptr<ControlServer>> Start(Services& services, const std::filesystem::path& path);
  // With services of its own, of a host that has no other server.
  static absl::StatusOr<std::unique_ptr<ControlServer>> Start(pipeline::Host& host, const std::filesystem::path& path);
  // Ends what is going on within about a second; a reload is waited for. Removes the socket.
  virtual ~ControlServer() = default;
};

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_CONTROL_SERVER_H_

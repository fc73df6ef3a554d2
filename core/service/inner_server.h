// InnerServer: a host's services for the host's own process: what the JSON gateway calls. It listens nowhere. Whoever
// calls is a client on the network to Access, and at the address that the gateway says.
//
// Start() and the destructor belong to one thread.
#ifndef WIREWATCH_SERVICE_INNER_SERVER_H_
#define WIREWATCH_SERVICE_INNER_SERVER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "wirewatch/service/services.h"

namespace grpc {
class Channel;
class Server;
}  // namespace grpc

namespace wirewatch::service {

class InnerServer {
 public:
  // `services` outlives it.
  static absl::StatusOr<std::unique_ptr<InnerServer>> Start(Services& services);
  // Ends what is going on within about a second.
  ~InnerServer();
  InnerServer(const InnerServer&) = delete;
  InnerServer& operator=(const InnerServer&) = delete;

  std::shared_ptr<grpc::Channel> Connect();

 private:
  InnerServer(Services& services, std::unique_ptr<grpc::Server> server);

  Services& services_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_INNER_SERVER_H_

// Statuses as they leave the host. Stateless; any thread.
#ifndef WIREWATCH_SERVICE_GRPC_STATUS_H_
#define WIREWATCH_SERVICE_GRPC_STATUS_H_

#include "absl/status/status.h"
#include "grpcpp/support/status.h"

namespace wirewatch::service {

// A status travels in a header, whose size clients bound: what is longer is cut.
grpc::Status ToGrpc(const absl::Status& status);

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_GRPC_STATUS_H_

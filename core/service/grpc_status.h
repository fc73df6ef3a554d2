// Statuses as they leave the host. Stateless; any thread.
#ifndef WIREWATCH_SERVICE_GRPC_STATUS_H_
#define WIREWATCH_SERVICE_GRPC_STATUS_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "grpcpp/support/status.h"

namespace wirewatch::service {

// A status travels in a header, whose size clients bound: what is longer is cut.
// Payloads, named by their types' URLs, become the details of a google.rpc.Status.
grpc::Status ToGrpc(const absl::Status& status);

// Says when to try again, as google.rpc.RetryInfo.
void SetRetryInfo(absl::Status& status, absl::Duration wait);

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_GRPC_STATUS_H_

// Statuses as they leave the host. Stateless; any thread.
#ifndef WIREWATCH_SERVICE_GRPC_STATUS_H_
#define WIREWATCH_SERVICE_GRPC_STATUS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "grpcpp/support/status.h"

namespace wirewatch::service {

// A status travels in a header, whose size clients bound: what is longer is cut.
// Payloads, named by their types' URLs, become the details of a google.rpc.Status.
grpc::Status ToGrpc(const absl::Status& status);

// Says what went wrong for a program, as google.rpc.ErrorInfo of the domain "wirewatch"; `reason` in capitals.
void SetErrorInfo(absl::Status& status, const std::string& reason,
                  const std::vector<std::pair<std::string, std::string>>& metadata);

// InvalidArgument that names the field of the request that is wrong, as google.rpc.BadRequest.
absl::Status BadRequest(const std::string& field, const std::string& what);

// Says when to try again, as google.rpc.RetryInfo.
void SetRetryInfo(absl::Status& status, absl::Duration wait);

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_GRPC_STATUS_H_

// Requests of HTTP as messages, and messages as protobuf's JSON. Nothing here trusts the text. Stateless.
#ifndef WIREWATCH_SERVICE_JSON_MESSAGE_H_
#define WIREWATCH_SERVICE_JSON_MESSAGE_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "grpcpp/support/status.h"
#include "wirewatch/service/json_routes.h"

namespace wirewatch::service {

// The request of a method, out of path, query string (without the question mark) and body. InvalidArgument says which
// field, parameter or place of the body is wrong.
absl::StatusOr<std::unique_ptr<google::protobuf::Message>> ReadJsonRequest(const MatchedRoute& matched,
                                                                           std::string_view query,
                                                                           std::string_view body);
// Sets `filter.watch_ids` and the like to a value as it stands in a query string. Repeated fields get one more.
// Messages of a name and a value, such as Label, are `name=value`; times and durations as in JSON.
absl::Status SetJsonField(google::protobuf::Message& message, std::string_view path, const std::string& value);

// With all fields by their names in the proto, enums by name; unset ones left out.
std::string WriteJson(const google::protobuf::Message& message);

// How HTTP says what a gRPC status code says. Source: google.rpc.Code.
int HttpStatusOf(grpc::StatusCode code);
// {"error": {"code": 404, "status": "NOT_FOUND", "message": "…", "details": […]}}
std::string JsonError(const grpc::Status& status);

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_JSON_MESSAGE_H_

#include "wirewatch/service/grpc_status.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::service {
namespace {

constexpr size_t kLongestMessage = 128 << 10;

}  // namespace

grpc::Status ToGrpc(const absl::Status& status) {
  std::string message = text::RepairUtf8(std::string(status.message()));
  if (message.size() > kLongestMessage) {
    message.resize(text::FloorBoundary(message, kLongestMessage));
    absl::StrAppend(&message, "\n… and more");
  }
  return {static_cast<grpc::StatusCode>(status.code()), message};
}

}  // namespace wirewatch::service

#include "wirewatch/service/grpc_status.h"

#include <string>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/any.pb.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/wire_format_lite.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::service {
namespace {

constexpr size_t kLongestMessage = 128 << 10;
constexpr char kErrorInfo[] = "type.googleapis.com/google.rpc.ErrorInfo";
constexpr char kBadRequest[] = "type.googleapis.com/google.rpc.BadRequest";
constexpr char kRetryInfo[] = "type.googleapis.com/google.rpc.RetryInfo";

using google::protobuf::internal::WireFormatLite;

// Writes the fields of a message whose .proto Debian does not package: google.rpc.Status and details.
class FieldWriter {
 public:
  void Int32(int field, int32_t value) { WireFormatLite::WriteInt32(field, value, &coded_); }
  void Bytes(int field, const std::string& value) { WireFormatLite::WriteBytes(field, value, &coded_); }
  std::string Take() {
    coded_.Trim();
    return std::move(bytes_);
  }

 private:
  std::string bytes_;
  google::protobuf::io::StringOutputStream stream_{&bytes_};
  google::protobuf::io::CodedOutputStream coded_{&stream_};
};

std::string DetailsOf(const absl::Status& status, const std::string& message) {
  FieldWriter details;
  bool any = false;
  details.Int32(1, static_cast<int32_t>(status.code()));
  details.Bytes(2, message);
  status.ForEachPayload([&](absl::string_view type, const absl::Cord& payload) {
    google::protobuf::Any detail;
    detail.set_type_url(std::string(type));
    detail.set_value(std::string(payload));
    details.Bytes(3, detail.SerializeAsString());
    any = true;
  });
  return any ? details.Take() : "";
}

}  // namespace

grpc::Status ToGrpc(const absl::Status& status) {
  std::string message = text::RepairUtf8(std::string(status.message()));
  if (message.size() > kLongestMessage) {
    message.resize(text::FloorBoundary(message, kLongestMessage));
    absl::StrAppend(&message, "\n… and more");
  }
  return {static_cast<grpc::StatusCode>(status.code()), message, DetailsOf(status, message)};
}

void SetErrorInfo(absl::Status& status, const std::string& reason,
                  const std::vector<std::pair<std::string, std::string>>& metadata) {
  FieldWriter info;
  info.Bytes(1, reason);
  info.Bytes(2, "wirewatch");
  for (const auto& [key, value] : metadata) {
    FieldWriter entry;
    entry.Bytes(1, key);
    entry.Bytes(2, value);
    info.Bytes(3, entry.Take());
  }
  status.SetPayload(kErrorInfo, absl::Cord(info.Take()));
}

absl::Status BadRequest(const std::string& field, const std::string& what) {
  FieldWriter violation;
  violation.Bytes(1, field);
  violation.Bytes(2, what);
  FieldWriter request;
  request.Bytes(1, violation.Take());
  absl::Status status = absl::InvalidArgumentError(absl::StrCat(field, ": ", what));
  status.SetPayload(kBadRequest, absl::Cord(request.Take()));
  return status;
}

void SetRetryInfo(absl::Status& status, absl::Duration wait) {
  google::protobuf::Duration delay;
  const absl::Duration whole = absl::Ceil(wait, absl::Milliseconds(1));
  delay.set_seconds(absl::ToInt64Seconds(whole));
  delay.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(whole % absl::Seconds(1))));
  FieldWriter info;
  info.Bytes(1, delay.SerializeAsString());
  status.SetPayload(kRetryInfo, absl::Cord(info.Take()));
}

}  // namespace wirewatch::service

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
constexpr char kRetryInfo[] = "type.googleapis.com/google.rpc.RetryInfo";

using google::protobuf::internal::WireFormatLite;

// Writes the fields of a message whose .proto Debian does not package: google.rpc.Status and RetryInfo.
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

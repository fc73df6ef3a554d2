#include "wirewatch/sdk/alert_channel.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/cord.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace wirewatch {
namespace {

constexpr char kRetryAfter[] = "wirewatch/retry-after";  // milliseconds, in digits
constexpr absl::Duration kLongestWait = absl::Hours(1);
constexpr size_t kKeyBytes = 16;
constexpr std::string_view kUnspecified = "UNSPECIFIED";

// What stands behind the prefix that an enum's names share, in lower case. `name` is empty for a value without one.
std::string Word(const std::string& name, const std::string& unspecified) {
  return absl::AsciiStrToLower((name.empty() ? unspecified : name).substr(unspecified.size() - kUnspecified.size()));
}

}  // namespace

absl::Status AlertChannel::Open(uint64_t) { return absl::OkStatus(); }
absl::Status AlertChannel::DeliverDigest(const v1::Digest&) {
  return absl::UnimplementedError("the channel has no form for digests");
}
absl::Status AlertChannel::Flush() { return absl::OkStatus(); }
void AlertChannel::Gap(uint64_t, uint64_t) {}
absl::StatusOr<std::string> AlertChannel::Preview(const v1::AlertEvent&) {
  return absl::UnimplementedError("the channel sends the event as protobuf JSON");
}

absl::StatusOr<std::string> AlertChannel::PreviewDigest(const v1::Digest&) {
  return absl::UnimplementedError("the channel has no form for digests: it gets the last event of each Alert in them");
}

std::string IdempotencyKey(const v1::AlertEvent& event, std::string_view channel) {
  const std::string names = absl::StrCat(event.journal_id(), "\n", event.sequence(), "\n", std::string(channel));
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_Digest(names.data(), names.size(), digest.data(), &size, EVP_sha256(), nullptr);
  return absl::BytesToHexString(std::string(reinterpret_cast<const char*>(digest.data()), kKeyBytes));
}

std::string EventTypeWord(v1::AlertEventType type) {
  return Word(v1::AlertEventType_Name(type), v1::AlertEventType_Name(v1::ALERT_EVENT_TYPE_UNSPECIFIED));
}

std::string SeverityWord(v1::Severity severity) {
  return Word(v1::Severity_Name(severity), v1::Severity_Name(v1::SEVERITY_UNSPECIFIED));
}

absl::Status RetryAfter(absl::Status status, absl::Duration wait) {
  if (status.ok() || wait <= absl::ZeroDuration()) return status;
  const int64_t milliseconds = absl::ToInt64Milliseconds(std::min(wait, kLongestWait));
  status.SetPayload(kRetryAfter, absl::Cord(absl::StrCat(milliseconds)));
  return status;
}

absl::Duration RetryAfterOf(const absl::Status& status) {
  int64_t milliseconds = 0;
  const auto payload = status.GetPayload(kRetryAfter);
  if (!payload || !absl::SimpleAtoi(std::string(*payload), &milliseconds)) return absl::ZeroDuration();
  return std::clamp(absl::Milliseconds(milliseconds), absl::ZeroDuration(), kLongestWait);
}

}  // namespace wirewatch

#include "wirewatch/sdk/plugin.h"

#include <algorithm>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "wirewatch/sdk/alert_channel.h"
#include "wirewatch/sdk/analysis.h"
#include "wirewatch/sdk/source.h"

namespace wirewatch {
namespace {

constexpr char kRetryAfter[] = "wirewatch/retry-after";  // milliseconds, in digits
constexpr absl::Duration kLongestWait = absl::Hours(1);

}  // namespace

void OptionErrors::Error(std::string_view field, std::string message, std::string hint) {
  const Node::Entry* entry = node_.is_table() ? node_.Find(field) : nullptr;
  diagnostics_.Error(entry != nullptr ? entry->value.at() : node_.at(), std::move(message), std::move(hint));
}

absl::Status Analysis::Analyze(const Document&, Findings&) const {
  return absl::UnimplementedError("the analysis overrides neither Analyze() nor AnalyzeBatch()");
}

void Analysis::AnalyzeBatch(std::span<const Document* const> documents, std::span<Findings> findings,
                            std::span<absl::Status> statuses) const {
  for (size_t i = 0; i < documents.size(); ++i) statuses[i] = Analyze(*documents[i], findings[i]);
}

absl::Status StatefulAnalysis::Restore(uint32_t, State&) { return absl::OkStatus(); }
absl::Status StatefulAnalysis::OnTimer(absl::Time, Findings&, State&) { return absl::OkStatus(); }

void Source::Committed(std::string_view) {}

absl::Status AlertChannel::Open(uint64_t) { return absl::OkStatus(); }
absl::Status AlertChannel::DeliverDigest(const v1::Digest&) {
  return absl::UnimplementedError("the channel has no form for digests");
}
absl::Status AlertChannel::Flush() { return absl::OkStatus(); }
void AlertChannel::Gap(uint64_t, uint64_t) {}

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

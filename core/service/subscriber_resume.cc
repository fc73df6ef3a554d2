// Where a Subscriber begins.
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "wirewatch/alerts/times.h"
#include "wirewatch/service/grpc_status.h"
#include "wirewatch/service/subscriber.h"
#include "wirewatch/service/subscribers.h"

namespace wirewatch::service {
namespace {

constexpr size_t kLongestClient = 256;

absl::Duration ToDuration(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}

absl::Status NotKept(const std::string& what, const store::JournalRange& journal, const std::string& journal_id) {
  absl::Status status = absl::OutOfRangeError(what);
  SetErrorInfo(status, "SEQUENCE_OUT_OF_RANGE",
               {{"oldest_sequence", absl::StrCat(journal.begin)},
                {"newest_sequence", absl::StrCat(journal.end)},
                {"journal_id", journal_id}});
  return status;
}

}  // namespace

absl::StatusOr<Subscriber::Wish> Subscriber::Check(v1::SubscribeRequest request, EvidenceItems& evidence) {
  Wish wish;
  absl::StatusOr<AlertFilter> filter = AlertFilter::Compile(request.filter(), AlertFilter::Use::kEvents);
  if (!filter.ok()) return filter.status();
  if (request.client().size() > kLongestClient) {
    return BadRequest("client", absl::StrCat("is longer than ", kLongestClient, " bytes"));
  }
  if (request.has_subscription_name()) {
    absl::Status valid = NamedSubscription::CheckName(request.subscription_name());
    if (!valid.ok()) return valid;
  }
  if (request.has_heartbeat()) {
    wish.heartbeat = ToDuration(request.heartbeat());
    if (wish.heartbeat < kLeastHeartbeat || wish.heartbeat > kMostHeartbeat) {
      return BadRequest("heartbeat", "write a duration of 1s to 1h (3600s), or leave it out for 30s");
    }
  }
  if (filter->has_query()) {
    absl::StatusOr<std::shared_ptr<const SharedQuery>> query = evidence.Share(filter->query());
    if (!query.ok()) return query.status();
    wish.query = *std::move(query);
  }
  wish.filter = *std::move(filter);
  wish.request = std::move(request);
  wish.request.clear_filter();
  return wish;
}

absl::StatusOr<uint64_t> Subscriber::FirstPosition(const store::JournalRange& journal) {
  switch (wish_.request.resume_case()) {
    case v1::SubscribeRequest::kAfterSequence:
      return PositionAfter(wish_.request.after_sequence(), journal);
    case v1::SubscribeRequest::kAfterTime:
      return PositionAt(alerts::GetTime(wish_.request.after_time()), journal);
    case v1::SubscribeRequest::kSubscriptionName:
      return named_->Take(number_, [weak = weak_from_this()] {
        const std::shared_ptr<Subscriber> fenced = weak.lock();
        if (fenced == nullptr) return;
        fenced->End({grpc::StatusCode::ABORTED, "another consumer has taken this subscription over"});
      });
    case v1::SubscribeRequest::RESUME_NOT_SET:
      return journal.end;
  }
  return journal.end;
}

absl::StatusOr<uint64_t> Subscriber::PositionAfter(uint64_t sequence, const store::JournalRange& journal) {
  const std::string journal_id = all_.store().JournalId();
  if (!wish_.request.journal_id().empty() && wish_.request.journal_id() != journal_id) {
    absl::Status status = absl::FailedPreconditionError(
        absl::StrCat("the sequence number is from journal ", wish_.request.journal_id(), ", this one is ", journal_id,
                     ": a backup was restored, or this is another host; begin anew with List"));
    SetErrorInfo(status, "JOURNAL_CHANGED", {{"journal_id", journal_id}});
    return status;
  }
  if (sequence > journal.end) {
    return NotKept(absl::StrCat("the journal ends at ", journal.end, ": ", sequence, " is not there yet"), journal,
                   journal_id);
  }
  if (sequence == 0) return journal.begin - 1;
  if (sequence + 1 < journal.begin) {
    return NotKept(absl::StrCat("events right after ", sequence, " are no longer kept; the oldest is ", journal.begin,
                                ": begin with after_sequence 0, or anew with List"),
                   journal, journal_id);
  }
  return sequence;
}

absl::StatusOr<uint64_t> Subscriber::PositionAt(absl::Time time, const store::JournalRange& journal) {
  absl::StatusOr<uint64_t> position = all_.store().JournalPositionAt(time);
  if (!position.ok()) return position;
  // Some that retention has removed may have been later: told as a gap.
  const bool may_lack = journal.begin > 1 && *position + 1 <= journal.begin && time < absl::Now();
  if (!may_lack) return position;
  gap_end_ = journal.begin - 1;
  return 0;
}

}  // namespace wirewatch::service

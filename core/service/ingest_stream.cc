#include "wirewatch/service/ingest_stream.h"

#include <grpcpp/support/proto_buffer_reader.h>

#include <utility>

#include "absl/time/clock.h"
#include "wirewatch/service/grpc_status.h"

namespace wirewatch::service {
namespace {

// How soon a token that was revoked pushes nothing more.
constexpr absl::Duration kCheck = absl::Seconds(1);

bool Parse(const grpc::ByteBuffer& bytes, v1::IngestRequest& request) {
  grpc::ByteBuffer copy = bytes;
  grpc::ProtoBufferReader reader(&copy);
  return reader.status().ok() && request.ParseFromZeroCopyStream(&reader);
}

}  // namespace

IngestStream::IngestStream(pipeline::Host& host, Access& access, Admission admission, std::function<void()> done)
    : access_(access), done_(std::move(done)), target_(host), checked_(absl::Now()), admission_(std::move(admission)) {}

void IngestStream::Begin() {
  const std::lock_guard lock(mutex_);
  GoOn();
}

// ---- Reading ----

void IngestStream::OnReadDone(bool ok) {
  grpc::ByteBuffer message;
  {
    const std::lock_guard lock(mutex_);
    if (finished_) return;
    message.Swap(&read_);
    if (ok) ++unanswered_;
  }
  // Until it is pushed nothing more is read, so that records stay in order.
  if (!ok) return Close(grpc::Status::OK);
  const absl::Status taken = Take(message);
  if (taken.ok()) return;
  {
    const std::lock_guard lock(mutex_);
    --unanswered_;
  }
  Close(ToGrpc(taken));
}

absl::Status IngestStream::Take(const grpc::ByteBuffer& message) {
  v1::IngestRequest request;
  if (!Parse(message, request)) return absl::InvalidArgumentError("a message cannot be parsed");
  if (absl::Status valid = CheckCaller(); !valid.ok()) return valid;
  const absl::StatusOr<std::shared_ptr<pipeline::PushLane>> lane = target_.Find(request);
  if (!lane.ok()) return lane.status();
  if (const absl::Status right = Check(request); !right.ok()) {
    {
      const std::lock_guard lock(mutex_);
      reading_ = false;
    }
    OnAnswer(request.client_ref(), Rejection(right));
    return absl::OkStatus();
  }
  {
    const std::lock_guard lock(mutex_);
    reading_ = false;
    lane_ = *lane;
  }
  (*lane)->Push({std::move(*request.mutable_item()), std::move(*request.mutable_raw()), request.client_ref(),
                 shared_from_this()});
  std::unique_lock lock(mutex_);
  const bool ended = finished_;
  lock.unlock();
  // End() may have looked for it just before.
  if (ended) (*lane)->Withdraw(*this);
  return absl::OkStatus();
}

absl::Status IngestStream::CheckCaller() {
  const absl::Time now = absl::Now();
  if (now < checked_ + kCheck) return absl::OkStatus();
  checked_ = now;
  std::optional<Caller> caller;
  {
    const std::lock_guard lock(mutex_);
    if (admission_) caller = admission_->caller();
  }
  return caller && access_.StillValid(*caller) ? absl::OkStatus() : Access::Expired();
}

// ---- What the host says ----

void IngestStream::OnRoom() {
  const std::lock_guard lock(mutex_);
  lane_ = nullptr;
  GoOn();
}

void IngestStream::OnAnswer(uint64_t ref, absl::StatusOr<v1::IngestResponse> answer) {
  const std::lock_guard lock(mutex_);
  if (answer.ok()) {
    answer->set_client_ref(ref);
    answers_.push_back(*std::move(answer));
  } else {
    --unanswered_;
    lane_ = nullptr;
    if (!closed_ || closed_->ok()) closed_ = ToGrpc(answer.status());
  }
  GoOn();
}

// ---- Writing, and the end ----

void IngestStream::OnWriteDone(bool ok) {
  const std::lock_guard lock(mutex_);
  writing_ = false;
  answers_.pop_front();
  --unanswered_;
  if (!ok) return EndNow(grpc::Status::CANCELLED);
  GoOn();
}

void IngestStream::Close(const grpc::Status& status) {
  const std::lock_guard lock(mutex_);
  if (!closed_) closed_ = status;
  GoOn();
}

void IngestStream::End(const grpc::Status& status) {
  std::shared_ptr<pipeline::PushLane> lane;
  {
    const std::lock_guard lock(mutex_);
    EndNow(status);
    lane = std::move(lane_);
  }
  if (lane != nullptr) lane->Withdraw(*this);
}

void IngestStream::GoOn() {
  if (finished_) return;
  if (closed_ && unanswered_ == 0) return EndNow(*closed_);
  if (!writing_ && !answers_.empty()) {
    const grpc::Slice slice(answers_.front().SerializeAsString());
    written_ = grpc::ByteBuffer(&slice, 1);
    grpc::WriteOptions options;
    // Together with the next one. Not the first: with it go the headers, and gRPC waits for their way.
    if (answers_.size() > 1 && wrote_) options.set_buffer_hint();
    writing_ = wrote_ = true;
    StartWrite(&written_, options);
  }
  if (!reading_ && !closed_ && lane_ == nullptr && unanswered_ < kMostUnanswered) {
    reading_ = true;
    StartRead(&read_);
  }
}

void IngestStream::EndNow(const grpc::Status& status) {
  if (std::exchange(finished_, true)) return;
  closed_ = status;
  Finish(status);
}

void IngestStream::OnDone() {
  {
    const std::lock_guard lock(mutex_);
    admission_->Done(*closed_);
    admission_.reset();
  }
  const std::function<void()> done = done_;
  done();
}

}  // namespace wirewatch::service

#include "wirewatch/service/ingest_batch.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "wirewatch/service/grpc_status.h"
#include "wirewatch/service/ingest_record.h"

namespace wirewatch::service {
namespace {

constexpr std::chrono::milliseconds kAskAgain{100};

// What the call has pushed, and what became of it; ref is the place in the call.
class Pushed final : public pipeline::Pusher {
 public:
  explicit Pushed(int count) : answers_(static_cast<size_t>(count)), left_(answers_.size()) {}

  void OnRoom() override {
    const std::lock_guard lock(mutex_);
    waits_for_room_ = false;
    changed_.notify_all();
  }
  void OnAnswer(uint64_t ref, absl::StatusOr<v1::IngestResponse> answer) override {
    const std::lock_guard lock(mutex_);
    if (answer.ok()) {
      answers_[ref] = *std::move(answer);
      --left_;
    } else if (failed_.ok()) {
      failed_ = answer.status();
    }
    changed_.notify_all();
  }

  // ---- The caller ----

  void Push(pipeline::PushLane& lane, pipeline::PushLane::Record record) {
    {
      const std::lock_guard lock(mutex_);
      waits_for_room_ = true;
    }
    lane.Push(std::move(record));
  }
  // Until there is room, or everything is answered; or until something failed, which is returned.
  absl::Status Wait(bool for_room, absl::Time until, const std::function<bool()>& given_up) {
    std::unique_lock lock(mutex_);
    while (failed_.ok() && (for_room ? waits_for_room_ : left_ > 0)) {
      if (absl::Now() >= until) return absl::DeadlineExceededError("");
      changed_.wait_for(lock, kAskAgain);
      lock.unlock();
      const bool over = given_up();
      lock.lock();
      if (over) return absl::CancelledError("the call was given up");
    }
    return failed_;
  }
  size_t left() {
    const std::lock_guard lock(mutex_);
    return left_;
  }
  void MoveTo(v1::IngestBatchResponse& response) {
    const std::lock_guard lock(mutex_);
    for (v1::IngestResponse& answer : answers_) *response.add_results() = std::move(answer);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<v1::IngestResponse> answers_;
  size_t left_;
  bool waits_for_room_ = false;
  absl::Status failed_;
};

absl::Status CheckSize(const v1::IngestBatchRequest& request) {
  if (request.items_size() > kMostInBatch) {
    return BadRequest("items", absl::StrCat(request.items_size(), " Items; a call has at most ", kMostInBatch));
  }
  if (const uint64_t size = request.ByteSizeLong(); size > kLargestBatch) {
    return BadRequest("items", absl::StrCat(size, " bytes; a call has at most ", kLargestBatch));
  }
  return absl::OkStatus();
}

// Why it takes so long; `full`: what there was no room in.
absl::Status TooLate(const pipeline::Host& host, const std::string& full, size_t left, int of) {
  std::string why = host.Status().not_ready_reason;
  if (why.empty()) why = full.empty() ? "the pipeline is busy" : full;
  const std::string what = absl::StrCat(left, " of ", of, " were not durable in time: ", why,
                                        "; push all again, what is there already is not doubled");
  absl::Status status = full.empty() ? absl::UnavailableError(what) : absl::ResourceExhaustedError(what);
  SetRetryInfo(status, absl::Seconds(1));
  return status;
}

}  // namespace

absl::Status PushBatch(pipeline::Host& host, v1::IngestBatchRequest request, absl::Duration patience,
                       const std::function<bool()>& given_up, v1::IngestBatchResponse& response) {
  if (absl::Status right = CheckSize(request); !right.ok()) return right;
  IngestTarget target(host);
  std::vector<std::shared_ptr<pipeline::PushLane>> lanes;
  for (const v1::IngestRequest& one : request.items()) {
    const absl::StatusOr<std::shared_ptr<pipeline::PushLane>> lane = target.Find(one);
    if (!lane.ok()) return lane.status();
    lanes.push_back(*lane);
  }
  const absl::Time until = absl::Now() + patience;
  const auto pushed = std::make_shared<Pushed>(request.items_size());
  for (int i = 0; i < request.items_size(); ++i) {
    v1::IngestRequest& one = *request.mutable_items(i);
    pipeline::PushLane& lane = *lanes[static_cast<size_t>(i)];
    const auto ref = static_cast<uint64_t>(i);
    if (const absl::Status right = Check(one); !right.ok()) {
      pushed->OnAnswer(ref, Rejection(right));
      continue;
    }
    pushed->Push(lane, {std::move(*one.mutable_item()), std::move(*one.mutable_raw()), ref, pushed});
    const absl::Status room = pushed->Wait(true, until, given_up);
    if (room.ok()) continue;
    const std::string full = lane.WhatIsFull();
    lane.Withdraw(*pushed);
    return absl::IsDeadlineExceeded(room) ? TooLate(host, full, pushed->left(), request.items_size()) : room;
  }
  absl::Status done = pushed->Wait(false, until, given_up);
  if (absl::IsDeadlineExceeded(done)) return TooLate(host, "", pushed->left(), request.items_size());
  if (!done.ok()) return done;
  pushed->MoveTo(response);
  for (int i = 0; i < response.results_size(); ++i) {
    response.mutable_results(i)->set_client_ref(request.items(i).client_ref());
  }
  return absl::OkStatus();
}

}  // namespace wirewatch::service

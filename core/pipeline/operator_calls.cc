#include "wirewatch/pipeline/operator_calls.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace wirewatch::pipeline {

absl::StatusOr<v1::OperatorAnswer> OperatorCalls::Operate(const v1::OperatorCall& call, const Waiting& waiting) {
  const auto placed = std::make_shared<PlacedCall>(call);
  {
    const std::lock_guard lock(mutex_);
    if (!closed_.ok()) return closed_;
    if (waiting_.size() >= kWaiting) {
      return absl::ResourceExhaustedError(absl::StrCat(kWaiting, " calls wait already: ", waiting.reason()));
    }
    waiting_.push_back(placed);
    any_ = true;
  }
  waiting.queued();
  std::unique_lock lock(mutex_);
  if (changed_.wait_for(lock, absl::ToChronoNanoseconds(waiting.patience), [&placed] { return placed->done; })) {
    if (!placed->closed.ok()) return placed->closed;
    return std::move(placed->answer);
  }
  std::erase(waiting_, placed);
  std::erase(in_stream_, placed);
  any_ = !waiting_.empty();
  const bool taken = placed->taken;
  lock.unlock();
  return absl::UnavailableError(
      taken ? absl::StrCat("the call is in the stream but was not durable in time: ", waiting.reason(),
                           "; look at the Alert or the silence to see whether it took effect")
            : absl::StrCat("the call was not taken in time, and has no effect: ", waiting.reason()));
}

PlacedCalls OperatorCalls::Take(uint64_t batch) {
  PlacedCalls group;
  const std::lock_guard lock(mutex_);
  while (!waiting_.empty() && group.size() < kGroup) {
    const std::shared_ptr<PlacedCall>& call = waiting_.front();
    call->taken = true;
    call->batch = batch + 1;
    group.push_back(call);
    in_stream_.push_back(call);
    waiting_.pop_front();
  }
  any_ = !waiting_.empty();
  return group;
}

void OperatorCalls::Committed(uint64_t number, const std::vector<store::JournalEntry>& entries) {
  {
    const std::lock_guard lock(mutex_);
    for (const auto& call : in_stream_) {
      if (call->batch > number) continue;
      call->done = true;
      if (!call->answer.ok() || !call->event) continue;
      // What an earlier commit made durable was answered then.
      const uint64_t index = *call->event - entries_;
      if (index < entries.size()) call->answer->set_sequence(entries[index].sequence);
    }
    std::erase_if(in_stream_, [](const auto& call) { return call->done; });
    entries_ += entries.size();
  }
  changed_.notify_all();
}

void OperatorCalls::Close(const absl::Status& status) {
  {
    const std::lock_guard lock(mutex_);
    if (!closed_.ok()) return;
    closed_ = status;
    for (const auto& call : in_stream_) {
      call->closed = absl::UnavailableError(
          absl::StrCat("whether the call took effect is not known: ", std::string(status.message())));
      call->done = true;
    }
    for (const auto& call : waiting_) {
      call->closed = status;
      call->done = true;
    }
    waiting_.clear();
    in_stream_.clear();
    any_ = false;
  }
  changed_.notify_all();
}

}  // namespace wirewatch::pipeline

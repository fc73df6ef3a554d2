#include "wirewatch/pipeline/watch_calls.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace wirewatch::pipeline {
namespace {

// Counts, and says of each edit that was not done why not.
void Complete(v1::ApplyWatchesResponse& response) {
  for (v1::WatchEditResult& result : *response.mutable_results()) {
    if (!result.has_failure() && result.revision() == 0) {
      result.mutable_failure()->set_code(static_cast<int>(absl::StatusCode::kAborted));
      result.mutable_failure()->set_message("not done, because another edit of the call failed");
    }
    result.has_failure() ? response.set_failed(response.failed() + 1) : response.set_done(response.done() + 1);
  }
}

}  // namespace

std::vector<std::string> WatchCalls::Steps() const {
  std::vector<std::string> steps;
  for (const auto& held : held_) steps.push_back(held->step());
  return steps;
}

WatchHolder* WatchCalls::Find(const std::string& step) const {
  const auto found =
      std::find_if(held_.begin(), held_.end(), [&step](const auto& held) { return held->step() == step; });
  return found == held_.end() ? nullptr : &(*found)->holder();
}

absl::StatusOr<v1::ApplyWatchesResponse> WatchCalls::Apply(const std::string& step,
                                                           const v1::ApplyWatchesRequest& request,
                                                           const Waiting& waiting) {
  const auto held = std::find_if(held_.begin(), held_.end(), [&step](const auto& one) { return one->step() == step; });
  if (held == held_.end()) return absl::NotFoundError(absl::StrCat("\"", step, "\" holds no watches"));
  if (request.edits_size() > kMostEdits) {
    return absl::InvalidArgumentError(absl::StrCat(request.edits_size(), " edits; a call has at most ", kMostEdits));
  }
  v1::ApplyWatchesResponse response;
  for (int i = 0; i < request.edits_size(); ++i) response.add_results();
  (*held)->holder().Check(request, response);
  const auto failed = std::count_if(response.results().begin(), response.results().end(),
                                    [](const auto& result) { return result.has_failure(); });
  if (failed < request.edits_size() && (failed == 0 || !request.all_or_nothing())) {
    const auto call = Put(**held, request, std::move(response));
    if (!call.ok()) return call.status();
    waiting.queued();
    absl::StatusOr<v1::ApplyWatchesResponse> answer = Wait(*call, waiting.patience, waiting.reason);
    if (!answer.ok()) return answer.status();
    response = *std::move(answer);
  }
  Complete(response);
  return response;
}

absl::StatusOr<std::shared_ptr<WatchCalls::Call>> WatchCalls::Put(HeldWatches& step,
                                                                  const v1::ApplyWatchesRequest& request,
                                                                  v1::ApplyWatchesResponse response) {
  auto call = std::make_shared<Call>();
  call->step = &step;
  call->request = request;
  call->response = std::move(response);
  const std::lock_guard lock(mutex_);
  if (!closed_.ok()) return closed_;
  waiting_.push_back(call);
  any_ = true;
  return call;
}

absl::StatusOr<v1::ApplyWatchesResponse> WatchCalls::Wait(const std::shared_ptr<Call>& call, absl::Duration patience,
                                                          const std::function<std::string()>& reason) {
  std::unique_lock lock(mutex_);
  if (changed_.wait_for(lock, absl::ToChronoNanoseconds(patience), [&call] { return call->done; })) {
    if (!call->status.ok()) return call->status;
    return std::move(call->response);
  }
  call->given_up = true;
  std::erase(waiting_, call);
  std::erase(in_stream_, call);
  any_ = !waiting_.empty();
  const bool taken = call->taken > 0;
  lock.unlock();
  return absl::UnavailableError(
      taken ? absl::StrCat("the change is in the stream but was not durable in time: ", reason(),
                           "; look at the watches to see whether it took effect")
            : absl::StrCat("the change was not taken in time, and has no effect: ", reason()));
}

std::vector<WatchCalls::Part> WatchCalls::Take() {
  std::vector<Part> group;
  int edits = 0;
  const std::lock_guard lock(mutex_);
  while (!waiting_.empty() && edits < kGroup) {
    Call& call = *waiting_.front();
    const int left = call.request.edits_size() - call.taken;
    const bool whole = call.request.all_or_nothing();
    if (whole && edits > 0 && edits + left > kGroup) break;
    const int count = whole ? left : std::min(left, kGroup - edits);
    group.push_back({waiting_.front(), call.taken, count});
    call.taken += count;
    edits += count;
    if (count < left) break;
    in_stream_.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  any_ = !waiting_.empty();
  return group;
}

void WatchCalls::Placed(const std::vector<Part>& group, uint64_t number) {
  {
    const std::lock_guard lock(mutex_);
    for (const Part& part : group) {
      part.call->batch = number;
      part.call->placed = part.call->taken == part.call->request.edits_size();
      FinishIfDurable(*part.call);
    }
    std::erase_if(in_stream_, [](const auto& call) { return call->done; });
  }
  changed_.notify_all();
}

void WatchCalls::FinishIfDurable(Call& call) { call.done = call.placed && call.batch <= committed_; }

void WatchCalls::Committed(uint64_t number) {
  for (const auto& held : held_) held->Committed(number);
  {
    const std::lock_guard lock(mutex_);
    committed_ = std::max(committed_, number);
    if (in_stream_.empty()) return;
    for (const auto& call : in_stream_) FinishIfDurable(*call);
    std::erase_if(in_stream_, [](const auto& call) { return call->done; });
  }
  changed_.notify_all();
}

void WatchCalls::Close(const absl::Status& status) {
  {
    const std::lock_guard lock(mutex_);
    if (!closed_.ok()) return;
    closed_ = status;
    for (const auto& call : in_stream_) {
      call->status = absl::UnavailableError(
          absl::StrCat("whether the change took effect is not known: ", std::string(status.message())));
      call->done = true;
    }
    for (const auto& call : waiting_) {
      call->status = call->taken == 0
                         ? status
                         : absl::UnavailableError(absl::StrCat("a part of the change may have taken effect: ",
                                                               std::string(status.message())));
      call->done = true;
    }
    waiting_.clear();
    in_stream_.clear();
    any_ = false;
  }
  changed_.notify_all();
}

}  // namespace wirewatch::pipeline

// WatchCalls: the steps of a pipeline that hold watches, and those who change these, waiting until their edits have a
// place in the stream and are durable there. The sequencer takes all edits that wait at once, up to a bound, so that a
// thousand callers cost one commit; what one caller brings beyond the bound follows, with Items in between.
#ifndef WIREWATCH_PIPELINE_WATCH_CALLS_H_
#define WIREWATCH_PIPELINE_WATCH_CALLS_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "wirewatch/pipeline/held_watches.h"
#include "wirewatch/v1/watch_service.pb.h"

namespace wirewatch::pipeline {

class WatchCalls {
 public:
  // Edits of one group, which have one place in the stream. Of a caller who wants all or nothing they stay together.
  static constexpr int kGroup = 256;

  class Call {
   private:
    friend class WatchCalls;
    HeldWatches* step = nullptr;
    v1::ApplyWatchesRequest request;
    // The sequencer's while it is taken, the caller's when it is done.
    v1::ApplyWatchesResponse response;
    int taken = 0;       // edits that have been given out
    uint64_t batch = 0;  // they are durable once those below are
    bool placed = false, done = false, given_up = false;
    absl::Status status;
  };
  // What one call has in a group.
  struct Part {
    std::shared_ptr<Call> call;
    int first = 0, count = 0;

    HeldWatches& step() const { return *call->step; }
    WatchEdits edits() const { return {&call->request, first, count, &call->response}; }
  };

  // ---- At the start, by one thread ----

  void Add(std::unique_ptr<HeldWatches> held) { held_.push_back(std::move(held)); }
  const std::vector<std::unique_ptr<HeldWatches>>& held() const { return held_; }

  // ---- Callers, any thread ----

  struct Waiting {
    absl::Duration patience;
    std::function<void()> queued;         // called when the edits wait for their place
    std::function<std::string()> reason;  // why they have to
  };
  std::vector<std::string> Steps() const;
  WatchHolder* Find(const std::string& step) const;
  // See Pipeline::ApplyWatches().
  absl::StatusOr<v1::ApplyWatchesResponse> Apply(const std::string& step, const v1::ApplyWatchesRequest& request,
                                                 const Waiting& waiting);

  // ---- The sequencer ----

  bool any() const { return any_.load(std::memory_order_relaxed); }
  std::vector<Part> Take();
  // They are durable once the batches below `number` are.
  void Placed(const std::vector<Part>& group, uint64_t number);

  // Batches below `number` are committed. Any thread.
  void Committed(uint64_t number);
  // Answers everybody who waits, and who comes, with an error.
  void Close(const absl::Status& status);

 private:
  static constexpr int kMostEdits = 100'000;

  // `response` has a result for each edit. Aborted after Close().
  absl::StatusOr<std::shared_ptr<Call>> Put(HeldWatches& step, const v1::ApplyWatchesRequest& request,
                                            v1::ApplyWatchesResponse response);
  // Until the edits are durable. After `patience`, Unavailable with what `reason` says; what has no place in the stream
  // by then never gets one.
  absl::StatusOr<v1::ApplyWatchesResponse> Wait(const std::shared_ptr<Call>& call, absl::Duration patience,
                                                const std::function<std::string()>& reason);
  void FinishIfDurable(Call& call);

  std::vector<std::unique_ptr<HeldWatches>> held_;

  std::atomic<bool> any_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Call>> waiting_;     // with edits that are not taken
  std::vector<std::shared_ptr<Call>> in_stream_;  // all taken, not durable
  uint64_t committed_ = 0;
  absl::Status closed_;
};

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_WATCH_CALLS_H_

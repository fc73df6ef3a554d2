// OperatorCalls: what operators do to a pipeline's Alerts, on its way through the stream: a call waits, gets a place
// with others, is carried out by the last stage and answered when that is durable.
#ifndef WIREWATCH_PIPELINE_OPERATOR_CALLS_H_
#define WIREWATCH_PIPELINE_OPERATOR_CALLS_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "wirewatch/store/store.h"
#include "wirewatch/v1/operator_call.pb.h"

namespace wirewatch::pipeline {

// One call. Its request is read by the last stage, which puts the answer in; whoever waits reads it when it is durable.
struct PlacedCall {
  explicit PlacedCall(v1::OperatorCall asked) : call(std::move(asked)) {}

  const v1::OperatorCall call;
  absl::StatusOr<v1::OperatorAnswer> answer = absl::UnknownError("not carried out");
  // Its own event among all that the pipeline has journaled since its start, counted from 0.
  std::optional<uint64_t> event;

 private:
  friend class OperatorCalls;
  uint64_t batch = 0;  // it is durable once those below are
  bool taken = false, done = false;
  absl::Status closed;  // the answer when nobody will know it; the last stage may still be writing the other
};
using PlacedCalls = std::vector<std::shared_ptr<PlacedCall>>;

class OperatorCalls {
 public:
  static constexpr size_t kWaiting = 10'000;
  static constexpr size_t kGroup = 64;  // that have one place in the stream

  // ---- Callers, any thread ----

  struct Waiting {
    absl::Duration patience;
    std::function<void()> queued;         // called when the call waits for its place
    std::function<std::string()> reason;  // why it has to
  };
  // Until it is durable. After the patience, Unavailable with what `reason` says; what has no place by then never gets
  // one. ResourceExhausted when kWaiting wait already. Aborted after Close() with that.
  absl::StatusOr<v1::OperatorAnswer> Operate(const v1::OperatorCall& call, const Waiting& waiting);

  // ---- The sequencer ----

  bool any() const { return any_.load(std::memory_order_relaxed); }
  // Those that get one place, of the batch with this number.
  PlacedCalls Take(uint64_t batch);

  // ---- The committer's thread ----

  // Batches below `number` are committed, and with them these entries, the pipeline's next ones.
  void Committed(uint64_t number, const std::vector<store::JournalEntry>& entries);
  // Answers everybody who waits, and who comes, with an error. Any thread.
  void Close(const absl::Status& status);

 private:
  std::atomic<bool> any_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<PlacedCall>> waiting_;
  std::vector<std::shared_ptr<PlacedCall>> in_stream_;
  uint64_t entries_ = 0;  // committed since the start
  absl::Status closed_;
};

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_OPERATOR_CALLS_H_

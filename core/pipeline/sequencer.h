// Sequencer: the one thread of a pipeline that reads its sources and orders everything that can change an outcome.
// Live, sources interleave as they come, and idle time makes ticks. With `once`, sources take turns in the order of the
// file, 64 records each, however slow they are, and the turn is kept with the cursors.
#ifndef WIREWATCH_PIPELINE_SEQUENCER_H_
#define WIREWATCH_PIPELINE_SEQUENCER_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "wirewatch/pipeline/batch.h"
#include "wirewatch/pipeline/byte_budget.h"
#include "wirewatch/pipeline/committer.h"
#include "wirewatch/pipeline/definition.h"
#include "wirewatch/pipeline/intake.h"
#include "wirewatch/pipeline/operator_calls.h"
#include "wirewatch/pipeline/patient_store.h"
#include "wirewatch/pipeline/progress.h"
#include "wirewatch/pipeline/schedule.h"
#include "wirewatch/pipeline/wakeup.h"
#include "wirewatch/pipeline/watch_calls.h"

namespace wirewatch::pipeline {

// Name under which the turn is kept among the cursors; no source can have it.
inline constexpr char kTurnCursor[] = "$turn";
// Where Items come from that come back from the quarantine.
inline constexpr char kRetrySource[] = "$retry";

class Sequencer {
 public:
  struct Parts {
    std::string pipeline;
    bool once;
    config::Limits limits;
    Clock& clock;
    PatientStore& store;
    InFlight& in_flight;
    ByteBudget& budget;
    Committer& committer;
    BatchPool& pool;
    Schedule& schedule;
    std::function<void(Batch&)> submit;
    std::function<absl::Time()> next_due;  // of timers and Alerts, in the pipeline's time
    WatchCalls& watches;
    OperatorCalls& operators;
  };
  Sequencer(Parts parts, std::vector<StepOf<Source>> sources);

  // Opens the sources where they were. Once, before Run().
  absl::Status Open();
  // Until the sources have ended (`once`), Stop(), or an error. When it returns, every batch is through the executor,
  // or the deadline of the stop has passed: DeadlineExceeded. OK also after Stop().
  absl::Status Run();
  // On the same thread, after the last commit: tells sources what is durable and asks for their summaries.
  void Close();

  // Any thread.
  void Stop(absl::Time deadline = absl::InfiniteFuture());
  // Reads nothing more, and waits until what was read is through the executor, up to `patience`; kUnavailable when it
  // is not, or the run has ended meanwhile. Undone by Resume(). One thread at a time.
  absl::Status Pause(absl::Duration patience);
  void Resume();
  // The quarantine may hold Items that are to come back.
  void LookForRetries();
  void Fail(absl::Status status);
  void Wake() { wakeup_.Notify(); }
  // It is held still, or about to be, by Pause().
  bool pausing() const { return pause_; }
  // What a commit made durable, from the committer's thread.
  void Committed(const CommittedEpoch& epoch);
  std::vector<SourceProgress> Sources() const;
  uint64_t position() const { return position_.load(std::memory_order_relaxed); }
  bool stopping() const { return stopping_.load(); }

 private:
  static constexpr size_t kTurn = 64;  // records
  // Sleeping no longer than this, whatever was asked for, keeps pace with a clock that is not the wall's.
  static constexpr absl::Duration kLongestSleep = absl::Milliseconds(100);

  absl::Status WaitForLast();
  bool OnceTurn();
  void ReadRetries();
  // Gives edits of watches that wait a place in the stream.
  void TakeEdits();
  // Gives operators' calls that wait a place in the stream.
  void TakeCalls();
  // What steps have written to their State at the start, when no Item need ever come that it could go with.
  void SealBeginning();
  void HoldStill();
  // A source that dies at the same place again and again is not read there.
  absl::Status CheckLane(const SourceLane& lane, bool& suspect);
  bool InTrouble() const { return parts_.committer.in_trouble() || parts_.store.in_trouble(); }
  void LiveRound();
  void Tick();
  // Reads one batch; false when there is nothing now, or an error was met.
  bool ReadBatch(SourceLane& lane, size_t records, size_t& read);
  absl::StatusOr<Source::Progress> ReadInto(SourceLane& lane);
  void ReadFailed(SourceLane& lane, const absl::Status& status);
  Batch* TakeBatch();
  bool Admit(Batch& batch, uint64_t bytes);
  void Submit(Batch& batch);
  void TellSources();

  Parts parts_;
  std::vector<std::unique_ptr<SourceLane>> lanes_;
  KnownItems known_;
  std::unique_ptr<Intake> intake_;
  Wakeup wakeup_;
  InFlight::Record* record_ = nullptr;
  uint64_t next_number_ = 0;
  uint64_t edited_below_ = 0;  // the batches with edits of watches
  size_t turn_lane_ = 0;
  size_t turn_records_ = 0;
  SourceLane retry_lane_;
  std::set<uint64_t> retried_;  // quarantine entries taken since the start
  std::atomic<uint64_t> position_{0};
  std::atomic<bool> stopping_{false};
  std::atomic<bool> look_for_retries_{true};
  std::atomic<bool> pause_{false};
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  absl::Time deadline_ = absl::InfiniteFuture();
  bool still_ = false;
  bool ended_ = false;
  absl::Status failed_;
  std::map<std::string, std::string> committed_cursors_;
};

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_SEQUENCER_H_

// The host's side of one analysis step: calls the plugin, catches what it throws, merges what it found, decides what
// becomes of Items that it fails on, and counts.
#ifndef WIREWATCH_PIPELINE_STEP_H_
#define WIREWATCH_PIPELINE_STEP_H_

#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "wirewatch/pipeline/batch.h"
#include "wirewatch/pipeline/counters.h"
#include "wirewatch/pipeline/definition.h"
#include "wirewatch/pipeline/merge.h"
#include "wirewatch/pipeline/state_overlay.h"
#include "wirewatch/pipeline/taps.h"
#include "wirewatch/sdk/analysis.h"

namespace wirewatch::pipeline {

// What one worker keeps from batch to batch.
struct WorkerMemory {
  std::vector<ScratchSlot> scratch;  // by step
  std::vector<Findings> findings;
  std::vector<absl::Status> statuses;
  std::vector<Slot*> slots;
  std::vector<const Document*> documents;
  InFlight::Record* record = nullptr;  // what this worker is at
};

class Step {
 public:
  Step(const std::string& pipeline, size_t index, const std::string& id, const std::string& plugin,
       const std::string& version, std::vector<std::string> provides, Condition when, config::OnError on_error,
       const config::Limits& limits);

  // Before the first batch: Items that leave the step can be looked at there.
  void SetTap(TapPoint& tap) { tap_ = &tap; }

  StepProgress Progress() const;

 protected:
  // Takes over what a call about an Item has come to. `exception`: the plugin threw.
  void Take(Batch& batch, Slot& slot, Findings& findings, absl::Status status, bool exception, uint64_t first_place);
  // Does with the Item what `on_error` says.
  void Fail(Batch& batch, Slot& slot, const absl::Status& status, std::string reason);
  // The step must not have the Item again: fails without a call.
  bool IsCondemned(Batch& batch, Slot& slot);
  void OfferToTap(const Batch& batch) const;
  // Counts a failure and says it in the log, not too often.
  void Failed(uint64_t position, const absl::Status& status);
  // Completes the Signals and moves them to `to`; beyond the cap they are cut and counted.
  void TakeSignals(Findings& findings, uint64_t position, absl::Time arrival, uint64_t first_place,
                   const v1::Item* item, std::vector<v1::Signal*>& to);

  const size_t index_;
  const Producer producer_;
  const Condition when_;
  const config::OnError on_error_;
  const uint64_t cap_;
  TapPoint* tap_ = nullptr;
  StepCounters counters_;
  v1::PluginKind kind_ = v1::PLUGIN_KIND_STATELESS_ANALYSIS;
};

// Run() may be called by many threads at once, each with its own batch and memory.
class StatelessStep final : public Step {
 public:
  StatelessStep(const std::string& pipeline, size_t index, StepOf<Analysis> definition, const config::Limits& limits);
  void Run(Batch& batch, WorkerMemory& memory);
  // nullptr: it holds no watches.
  WatchHolder* watches() const { return dynamic_cast<WatchHolder*>(analysis_.get()); }

 private:
  // The Items that a call is about.
  struct Called {
    std::span<Slot* const> slots;
    std::span<const Document* const> documents;
  };
  // Those that the step is to see; lists that are shorter than the batch's are the memory's.
  Called Select(Batch& batch, WorkerMemory& memory);
  void CallEach(Batch& batch, const Called& called, WorkerMemory& memory, std::vector<char>& threw);

  const std::unique_ptr<Analysis> analysis_;
};

// Run() is called by one thread at a time, batches in order.
class StatefulStep final : public Step {
 public:
  StatefulStep(const std::string& pipeline, size_t index, StepOf<StatefulAnalysis> definition,
               const config::Limits& limits, PatientStore& store, const InFlight& in_flight);
  // Gives the step its state back; once, before the first batch. `arrival`: the pipeline's time.
  absl::Status Restore(absl::Time arrival);
  void Run(Batch& batch, WorkerMemory& memory);
  // Batches below `number` are committed. Any thread.
  void Committed(uint64_t number) { state_.Committed(number); }
  // Any thread.
  absl::Time NextTimer() const { return absl::FromUnixMicros(next_timer_us_.load(std::memory_order_relaxed)); }

 private:
  // Calls at one position; a plugin whose timers never get ahead is held up for the next Item.
  static constexpr int kTimersAtOnce = 100'000;

  uint64_t RunTimers(Batch& batch, Slot& slot, InFlight::Record& record);
  absl::Status CallTimer(absl::Time due, InFlight::Record& record);
  void OnItem(Batch& batch, Slot& slot, uint64_t place, InFlight::Record& record);
  void AskNextTimer();

  const std::unique_ptr<StatefulAnalysis> analysis_;
  StateOverlay state_;
  PatientStore& store_;
  const InFlight& in_flight_;
  ScratchSlot scratch_;
  Findings findings_;
  absl::Time now_ = absl::InfinitePast();
  absl::Time next_timer_ = absl::InfiniteFuture();
  std::atomic<int64_t> next_timer_us_{absl::ToUnixMicros(absl::InfiniteFuture())};
};

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_STEP_H_

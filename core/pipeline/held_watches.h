// HeldWatches: the host's side of a step that holds watches (WatchHolder): its State, which is sealed into whatever
// batch comes next, and its place in the stream. Used by the sequencer's thread unless said otherwise.
#ifndef WIREWATCH_PIPELINE_HELD_WATCHES_H_
#define WIREWATCH_PIPELINE_HELD_WATCHES_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "wirewatch/pipeline/batch.h"
#include "wirewatch/pipeline/patient_store.h"
#include "wirewatch/pipeline/state_overlay.h"
#include "wirewatch/sdk/analysis.h"

namespace wirewatch::pipeline {

class HeldWatches {
 public:
  // `holder` and `store` outlive it. `provided`: annotations of the steps before.
  HeldWatches(WatchHolder& holder, std::string step, uint32_t state_version, std::vector<std::string> provided,
              PatientStore& store);

  const std::string& step() const { return step_; }
  // Any thread, for what any thread may call.
  WatchHolder& holder() const { return holder_; }

  // Once, before the first batch.
  absl::Status Restore(WatchHolder::Moment moment);
  // Whether the State was written. After an error nothing of it is in the State, and the step must not go on.
  absl::StatusOr<bool> Apply(std::span<const WatchEdits> edits, WatchHolder::Moment moment);
  // There is State that no batch has.
  bool unsealed() const { return state_.unsealed(); }
  void Seal(Batch& batch);

  // Batches below `number` are committed. Any thread.
  void Committed(uint64_t number) { state_.Committed(number); }
  // Everything up to `position` has left the step. By one thread at a time.
  void Passed(uint64_t position) { holder_.Passed(position); }

 private:
  WatchHolder& holder_;
  const std::string step_;
  const std::vector<std::string> provided_;
  PatientStore& store_;
  StateOverlay state_;
};

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_HELD_WATCHES_H_

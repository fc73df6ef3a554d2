// The Sequencer as far as operators call: pauses, retries of quarantined Items, edits of watches, what is done to
// Alerts.
#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wirewatch/pipeline/sequencer.h"

namespace wirewatch::pipeline {

absl::Status Sequencer::Pause(absl::Duration patience) {
  pause_ = true;
  wakeup_.Notify();
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, absl::ToChronoNanoseconds(patience), [this] { return still_ || ended_; });
  if (still_) return absl::OkStatus();
  if (ended_) return absl::UnavailableError(absl::StrCat("\"", parts_.pipeline, "\" has come to its end meanwhile"));
  return absl::UnavailableError(
      absl::StrCat("\"", parts_.pipeline, "\" could not be brought to rest within ", absl::FormatDuration(patience)));
}

void Sequencer::Resume() {
  pause_ = false;
  wakeup_.Notify();
}

void Sequencer::HoldStill() {
  while (!parts_.pool.AllFree() && pause_ && !stopping()) wakeup_.Wait(kLongestSleep);
  if (!pause_ || stopping()) return;
  const auto set_still = [this](bool still) {
    const std::lock_guard lock(mutex_);
    still_ = still;
    changed_.notify_all();
  };
  set_still(true);
  while (pause_ && !stopping()) {
    wakeup_.Wait(kLongestSleep);
    TellSources();
  }
  set_still(false);
}

void Sequencer::LookForRetries() {
  look_for_retries_ = true;
  wakeup_.Notify();
}

void Sequencer::ReadRetries() {
  uint64_t after = 0;
  while (!stopping()) {
    const auto entries = parts_.store.ReadRetries(after, parts_.limits.batch_items);
    if (!entries.ok()) return Fail(entries.status());
    if (entries->empty()) return;
    Batch* batch = TakeBatch();
    if (batch == nullptr) return;
    intake_->Begin(*batch, retry_lane_, entries->size());
    for (const store::QuarantineEntry& entry : *entries) {
      after = entry.id;
      if (retried_.insert(entry.id).second) intake_->AddAgain(entry);
    }
    if (intake_->records() == 0 || !Admit(*batch, intake_->reservation())) {
      parts_.pool.GiveBack(batch);
    } else {
      Submit(*batch);
    }
  }
}

void Sequencer::SealBeginning() {
  const bool any = std::any_of(parts_.watches.held().begin(), parts_.watches.held().end(),
                               [](const auto& held) { return held->unsealed(); });
  // With `once` it goes with the first Items: a start takes no place in a stream that is to be the same every time.
  if (!any || parts_.once) return;
  Batch* batch = TakeBatch();
  if (batch == nullptr) return;
  intake_->AddTick(*batch, intake_->AtOnce());
  Submit(*batch);
}

void Sequencer::TakeEdits() {
  if (!parts_.watches.any()) return;
  Batch* batch = TakeBatch();
  if (batch == nullptr) return;
  const std::vector<WatchCalls::Part> group = parts_.watches.Take();
  const WatchHolder::Moment moment{intake_->position() + 1, intake_->AtOnce()};
  bool written = false;
  for (const auto& held : parts_.watches.held()) {
    std::vector<WatchEdits> edits;
    for (const WatchCalls::Part& part : group) {
      if (&part.step() == held.get()) edits.push_back(part.edits());
    }
    if (edits.empty()) continue;
    const absl::StatusOr<bool> applied = held->Apply(edits, moment);
    if (!applied.ok()) {
      parts_.pool.GiveBack(batch);
      return Fail(applied.status());
    }
    written = written || *applied;
  }
  if (written) edited_below_ = batch->number + 1;
  // Who has changed nothing may have been told so for the sake of edits before, which are to be durable as well.
  parts_.watches.Placed(group, edited_below_);
  if (written) {
    intake_->AddTick(*batch, moment.at);
    batch->early = true;
    Submit(*batch);
  } else {
    parts_.pool.GiveBack(batch);
  }
  // What is left of them must not wait for the next Item.
  if (parts_.watches.any()) wakeup_.Notify();
}

void Sequencer::TakeCalls() {
  if (!parts_.operators.any()) return;
  Batch* batch = TakeBatch();
  if (batch == nullptr) return;
  batch->calls = parts_.operators.Take(batch->number);
  if (batch->calls.empty()) return parts_.pool.GiveBack(batch);
  intake_->AddTick(*batch, intake_->AtOnce());
  batch->early = true;
  Submit(*batch);
  if (parts_.operators.any()) wakeup_.Notify();
}

}  // namespace wirewatch::pipeline

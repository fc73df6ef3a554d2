#include "wirewatch/pipeline/step.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/sdk/log.h"

namespace wirewatch::pipeline {
namespace {

uint64_t Nanoseconds() {
  return static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
          .count());
}

// Runs `call`; what it throws becomes a status.
template <class Call>
absl::Status Guarded(bool& exception, Call call) {
  try {
    return call();
  } catch (const std::exception& thrown) {
    exception = true;
    return absl::InternalError(absl::StrCat("the plugin threw: ", thrown.what()));
  } catch (...) {
    exception = true;
    return absl::InternalError("the plugin threw something that is no std::exception");
  }
}

}  // namespace

Step::Step(const std::string& pipeline, size_t index, const std::string& id, const std::string& plugin,
           const std::string& version, Condition when, config::OnError on_error, const config::Limits& limits)
    : index_(index),
      producer_{pipeline, id, plugin, version, absl::StrCat(id, "/", plugin, "@", version)},
      when_(std::move(when)),
      on_error_(on_error),
      cap_(limits.annotations_per_step) {}

void Step::Failed(uint64_t position, const absl::Status& status) {
  Add(counters_.failed);
  counters_.trouble.Set(std::string(status.message()));
  const uint64_t count = Read(counters_.failed);
  // Powers of two: a step that fails on everything must not fill the log.
  if ((count & (count - 1)) != 0) return;
  Log(absl::StrCat(producer_.pipeline, "/", producer_.step))
      .Warning("the step failed on an Item", {{"plugin", producer_.plugin},
                                              {"position", absl::StrCat(position)},
                                              {"error", std::string(status.message())},
                                              {"failures", absl::StrCat(count)}});
}

void Step::TakeSignals(Findings& findings, uint64_t position, absl::Time arrival, uint64_t first_place,
                       const v1::Item* item, std::vector<v1::Signal*>& to) {
  uint64_t taken = 0;
  for (v1::Signal* signal : findings.signals()) {
    if (taken == cap_) break;
    CompleteSignal(producer_, position, arrival, first_place + taken++, item, *signal);
    to.push_back(signal);
  }
  Add(counters_.signals, taken);
  Add(counters_.signals_cut, findings.signals().size() - taken);
}

void Step::Take(Batch& batch, Slot& slot, Findings& findings, absl::Status status, bool exception,
                uint64_t first_place) {
  if (status.ok()) status = CheckSignals(findings);
  // Kept as it was before the step: Merge() changes nothing when it fails.
  if (status.ok()) {
    absl::StatusOr<uint64_t> cut = Merge(findings, producer_, cap_, slot, batch.DocumentOf(slot));
    if (cut.ok()) Add(counters_.annotations_cut, *cut);
    status = cut.status();
  }
  if (status.ok()) {
    TakeSignals(findings, slot.position, slot.arrival, first_place, slot.item, slot.signals);
    for (const auto& [name, count] : findings.counts()) counters_.named.Add(name, count);
    if (!findings.drop_reason()) return;
    Add(counters_.dropped);
    counters_.named.Add(absl::StrCat("dropped_", *findings.drop_reason()), 1);
    batch.Lose(slot, Slot::Fate::kDropped);
    return;
  }
  Failed(slot.position, status);
  if (on_error_ == config::OnError::kStop && batch.stop.ok()) {
    batch.stop =
        absl::Status(status.code(), absl::StrCat("step \"", producer_.step, "\" failed on the Item at position ",
                                                 slot.position, " and its on_error is stop: ", status.message()));
  }
  if (on_error_ != config::OnError::kQuarantine) return;
  Add(counters_.quarantined);
  batch.quarantine.push_back({.pipeline = producer_.pipeline,
                              .position = slot.position,
                              .step = producer_.step,
                              .plugin = producer_.plugin,
                              .plugin_version = producer_.version,
                              .reason = exception ? "exception" : "error",
                              .error = status,
                              .at = slot.arrival,
                              .origin = slot.item->provenance().origin(),
                              .item = slot.item->SerializeAsString(),
                              .raw = slot.raw});
  batch.Lose(slot, Slot::Fate::kQuarantined);
}

StepProgress Step::Progress() const {
  StepProgress progress;
  progress.id = producer_.step;
  progress.plugin = producer_.plugin;
  progress.plugin_version = producer_.version;
  progress.kind = kind_;
  progress.items_in = Read(counters_.items_in);
  progress.dropped = Read(counters_.dropped);
  progress.quarantined = Read(counters_.quarantined);
  progress.items_out = progress.items_in - std::min(progress.items_in, progress.dropped + progress.quarantined);
  progress.skipped = Read(counters_.skipped);
  progress.failed = Read(counters_.failed);
  progress.signals = Read(counters_.signals);
  progress.annotations_cut = Read(counters_.annotations_cut);
  progress.signals_cut = Read(counters_.signals_cut);
  progress.timers = Read(counters_.timers);
  progress.trouble = counters_.trouble.Get();
  progress.latency = counters_.latency.Summary();
  progress.counters = counters_.named.Snapshot();
  return progress;
}

StatelessStep::StatelessStep(const std::string& pipeline, size_t index, StepOf<Analysis> definition,
                             const config::Limits& limits)
    : Step(pipeline, index, definition.id, definition.plugin, definition.version, std::move(definition.when),
           definition.on_error, limits),
      analysis_(std::move(definition.instance)) {}

void StatelessStep::Run(Batch& batch, WorkerMemory& memory) {
  const uint64_t begin = Nanoseconds();
  const std::vector<Slot*>* slots = &batch.live();
  const std::vector<const Document*>* documents = &batch.documents();
  if (!when_.empty()) {
    memory.slots.clear();
    memory.documents.clear();
    for (size_t i = 0; i < batch.live().size(); ++i) {
      if (!when_.Matches(*batch.documents()[i])) continue;
      memory.slots.push_back(batch.live()[i]);
      memory.documents.push_back(batch.documents()[i]);
    }
    Add(counters_.skipped, batch.live().size() - memory.slots.size());
    slots = &memory.slots;
    documents = &memory.documents;
  }
  const size_t count = slots->size();
  if (count == 0) return;
  while (memory.findings.size() < count) memory.findings.emplace_back();
  if (memory.statuses.size() < count) memory.statuses.resize(count);
  ScratchSlot& scratch = memory.scratch[index_];
  for (size_t i = 0; i < count; ++i) memory.findings[i].Reset(&batch.arena(), &scratch);
  bool exception = false;
  const absl::Status called = Guarded(exception, [&] {
    analysis_->AnalyzeBatch(*documents, std::span(memory.findings.data(), count),
                            std::span(memory.statuses.data(), count));
    return absl::OkStatus();
  });
  std::vector<char> threw;
  if (!called.ok()) {
    // Which Item it was is not known: each goes by itself.
    threw.resize(count);
    for (size_t i = 0; i < count; ++i) {
      bool one = false;
      memory.findings[i].Reset(&batch.arena(), &scratch);
      memory.statuses[i] = absl::OkStatus();
      absl::Status status = Guarded(one, [&] {
        analysis_->AnalyzeBatch(std::span(&(*documents)[i], 1), std::span(&memory.findings[i], 1),
                                std::span(&memory.statuses[i], 1));
        return memory.statuses[i];
      });
      memory.statuses[i] = std::move(status);
      threw[i] = one;
    }
  }
  for (size_t i = 0; i < count; ++i) {
    if (memory.statuses[i].ok() && memory.findings[i].empty()) continue;
    Take(batch, *(*slots)[i], memory.findings[i], std::exchange(memory.statuses[i], absl::OkStatus()),
         !threw.empty() && threw[i] != 0, 0);
  }
  Add(counters_.items_in, count);
  batch.DropLost();
  counters_.latency.Record((Nanoseconds() - begin) / count, count);
}

StatefulStep::StatefulStep(const std::string& pipeline, size_t index, StepOf<StatefulAnalysis> definition,
                           const config::Limits& limits, PatientStore& store)
    : Step(pipeline, index, definition.id, definition.plugin, definition.version, std::move(definition.when),
           definition.on_error, limits),
      analysis_(std::move(definition.instance)),
      state_(store, definition.id, std::max(definition.state_version, 1u)),
      store_(store) {
  kind_ = v1::PLUGIN_KIND_STATEFUL_ANALYSIS;
}

absl::Status StatefulStep::Restore(absl::Time arrival) {
  now_ = arrival;
  absl::StatusOr<uint32_t> version = store_.StateVersion(producer_.step);
  if (!version.ok()) return version.status();
  bool exception = false;
  absl::Status restored = Guarded(exception, [&] { return analysis_->Restore(*version, state_); });
  if (!restored.ok()) {
    return absl::Status(restored.code(),
                        absl::StrCat("step \"", producer_.step, "\" cannot take up its state (version ", *version,
                                     "): ", restored.message()));
  }
  AskNextTimer();
  return absl::OkStatus();
}

void StatefulStep::AskNextTimer() {
  bool exception = false;
  const absl::Status asked = Guarded(exception, [&] {
    next_timer_ = analysis_->NextTimer();
    return absl::OkStatus();
  });
  if (!asked.ok()) next_timer_ = absl::InfiniteFuture();
  next_timer_us_.store(absl::ToUnixMicros(next_timer_), std::memory_order_relaxed);
}

uint64_t StatefulStep::RunTimers(Batch& batch, Slot& slot) {
  uint64_t place = 0;
  for (int calls = 0; calls < kTimersAtOnce && next_timer_ <= slot.arrival; ++calls) {
    const absl::Time due = next_timer_;
    now_ = std::max(now_, due);
    findings_.Reset(&batch.arena(), &scratch_);
    state_.BeginCall();
    bool exception = false;
    absl::Status status = Guarded(exception, [&] { return analysis_->OnTimer(due, findings_, state_); });
    if (status.ok()) status = CheckSignals(findings_);
    Add(counters_.timers);
    if (status.ok()) {
      Slot::TimerSignals raised{now_, {}};
      TakeSignals(findings_, slot.position, now_, place, nullptr, raised.signals);
      place += raised.signals.size();
      if (!raised.signals.empty()) slot.timers.push_back(std::move(raised));
      for (const auto& [name, count] : findings_.counts()) counters_.named.Add(name, count);
    } else {
      state_.UndoCall();
      Failed(slot.position, status);
      if (on_error_ == config::OnError::kStop && batch.stop.ok()) batch.stop = status;
    }
    AskNextTimer();
    if (next_timer_ <= due) break;  // it does not get ahead: again at the next position
  }
  return place;
}

void StatefulStep::OnItem(Batch& batch, Slot& slot, uint64_t place) {
  const uint64_t begin = Nanoseconds();
  const Document& document = batch.DocumentOf(slot);
  if (!when_.Matches(document)) {
    Add(counters_.skipped);
    return;
  }
  findings_.Reset(&batch.arena(), &scratch_);
  state_.BeginCall();
  bool exception = false;
  absl::Status status = Guarded(exception, [&] { return analysis_->Analyze(document, findings_, state_); });
  const uint64_t failed = Read(counters_.failed);
  if (!status.ok() || !findings_.empty()) Take(batch, slot, findings_, std::move(status), exception, place);
  // Take() may have refused what was found; one thread at a time runs this step, so nobody else counts.
  if (Read(counters_.failed) != failed) state_.UndoCall();
  Add(counters_.items_in);
  counters_.latency.Record(Nanoseconds() - begin, 1);
  AskNextTimer();
}

void StatefulStep::Run(Batch& batch) {
  for (Slot& slot : batch.slots()) {
    const uint64_t place = RunTimers(batch, slot);
    now_ = std::max(now_, slot.arrival);
    if (slot.fate == Slot::Fate::kLive) OnItem(batch, slot, place);
  }
  batch.DropLost();
  store::SealedState sealed = state_.Seal(batch.number);
  if (!sealed.writes.empty()) batch.state.push_back(std::move(sealed));
}

}  // namespace wirewatch::pipeline

#include "wirewatch/pipeline/step.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/pipeline/guarded.h"
#include "wirewatch/sdk/log.h"

namespace wirewatch::pipeline {
namespace {

uint64_t Nanoseconds() {
  return static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
          .count());
}

}  // namespace

Step::Step(const std::string& pipeline, size_t index, const std::string& id, const std::string& plugin,
           const std::string& version, std::vector<std::string> provides, Condition when, config::OnError on_error,
           const config::Limits& limits)
    : index_(index),
      producer_{pipeline, id, plugin, version, absl::StrCat(id, "/", plugin, "@", version), std::move(provides)},
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
    NoteProduced(producer_, *slot.item);
    TakeSignals(findings, slot.position, slot.arrival, first_place, slot.item, slot.signals);
    for (const auto& [name, count] : findings.counts()) counters_.named.Add(name, count);
    if (!findings.drop_reason()) return;
    Add(counters_.dropped);
    counters_.named.Add(absl::StrCat("dropped_", *findings.drop_reason()), 1);
    slot.dropped_by = producer_.step;
    slot.drop_reason = *findings.drop_reason();
    batch.Lose(slot, Slot::Fate::kDropped);
    return;
  }
  Fail(batch, slot, status, exception ? "exception" : "error");
}

void Step::Fail(Batch& batch, Slot& slot, const absl::Status& status, std::string reason) {
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
                              .reason = std::move(reason),
                              .error = status,
                              .at = slot.arrival,
                              .origin = slot.item->provenance().origin(),
                              .item = slot.item->SerializeAsString(),
                              .raw = slot.raw});
  batch.Lose(slot, Slot::Fate::kQuarantined);
}

bool Step::IsCondemned(Batch& batch, Slot& slot) {
  if (!slot.verdict || slot.verdict->step != producer_.step) return false;
  Add(counters_.items_in);
  Fail(batch, slot, absl::InternalError(slot.verdict->text), slot.verdict->reason);
  return true;
}

void Step::OfferToTap(const Batch& batch) const {
  if (tap_ == nullptr || !tap_->open()) return;
  for (const Document* document : batch.documents()) tap_->Offer(*document);
}

StepProgress Step::Progress() const {
  StepProgress progress;
  progress.id = producer_.step;
  progress.plugin = producer_.plugin;
  progress.plugin_version = producer_.version;
  progress.when = when_.text();
  progress.provides = producer_.provides;
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
    : Step(pipeline, index, definition.id, definition.plugin, definition.version, std::move(definition.provides),
           std::move(definition.when), definition.on_error, limits),
      analysis_(std::move(definition.instance)) {}

StatelessStep::Called StatelessStep::Select(Batch& batch, WorkerMemory& memory) {
  if (when_.empty() && !batch.alone()) return {batch.live(), batch.documents()};
  memory.slots.clear();
  memory.documents.clear();
  for (size_t i = 0; i < batch.live().size(); ++i) {
    if (!when_.empty() && !when_.Matches(*batch.documents()[i])) {
      Add(counters_.skipped);
      continue;
    }
    if (batch.alone() && IsCondemned(batch, *batch.live()[i])) continue;
    memory.slots.push_back(batch.live()[i]);
    memory.documents.push_back(batch.documents()[i]);
  }
  return {memory.slots, memory.documents};
}

// One Item at a time: for suspects, and when a call about several has thrown.
void StatelessStep::CallEach(Batch& batch, const Called& called, WorkerMemory& memory, std::vector<char>& threw) {
  ScratchSlot& scratch = memory.scratch[index_];
  const size_t count = called.documents.size();
  threw.resize(count);
  for (size_t i = 0; i < count; ++i) {
    const auto place = static_cast<int>(called.slots[i] - batch.slots().data());
    const InFlight::Call noted(*memory.record, producer_.step, place, 1, batch.alone());
    bool one = false;
    memory.findings[i].Reset(&batch.arena(), &scratch);
    memory.statuses[i] = absl::OkStatus();
    absl::Status status = Guarded(one, [&] {
      analysis_->AnalyzeBatch(called.documents.subspan(i, 1), std::span(&memory.findings[i], 1),
                              std::span(&memory.statuses[i], 1));
      return memory.statuses[i];
    });
    memory.statuses[i] = std::move(status);
    threw[i] = one;
  }
}

void StatelessStep::Run(Batch& batch, WorkerMemory& memory) {
  const uint64_t begin = Nanoseconds();
  const Called called = Select(batch, memory);
  const size_t count = called.slots.size();
  if (count > 0) {
    while (memory.findings.size() < count) memory.findings.emplace_back();
    if (memory.statuses.size() < count) memory.statuses.resize(count);
    for (size_t i = 0; i < count; ++i) memory.findings[i].Reset(&batch.arena(), &memory.scratch[index_]);
    std::vector<char> threw;
    bool exception = batch.alone();
    if (!exception) {
      const InFlight::Call noted(*memory.record, producer_.step, InFlight::kAll, static_cast<uint32_t>(count), false);
      const absl::Status returned = Guarded(exception, [&] {
        analysis_->AnalyzeBatch(called.documents, std::span(memory.findings.data(), count),
                                std::span(memory.statuses.data(), count));
        return absl::OkStatus();
      });
      exception = !returned.ok();
    }
    // Which Item it was is not known: each goes by itself.
    if (exception) CallEach(batch, called, memory, threw);
    for (size_t i = 0; i < count; ++i) {
      if (memory.statuses[i].ok() && memory.findings[i].empty()) {
        NoteProduced(producer_, *called.slots[i]->item);
        continue;
      }
      Take(batch, *called.slots[i], memory.findings[i], std::exchange(memory.statuses[i], absl::OkStatus()),
           !threw.empty() && threw[i] != 0, 0);
    }
    Add(counters_.items_in, count);
    counters_.latency.Record((Nanoseconds() - begin) / count, count);
  }
  batch.DropLost();
  OfferToTap(batch);
}

StatefulStep::StatefulStep(const std::string& pipeline, size_t index, StepOf<StatefulAnalysis> definition,
                           const config::Limits& limits, PatientStore& store, const InFlight& in_flight)
    : Step(pipeline, index, definition.id, definition.plugin, definition.version, std::move(definition.provides),
           std::move(definition.when), definition.on_error, limits),
      analysis_(std::move(definition.instance)),
      state_(store, definition.id, std::max(definition.state_version, 1u)),
      store_(store),
      in_flight_(in_flight) {
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

absl::Status StatefulStep::CallTimer(absl::Time due, InFlight::Record& record) {
  // A place of its own behind the Items'.
  constexpr int kTimer = InFlight::kItems - 1;
  record.keys[kTimer] = KeyOf("timer", producer_.step, absl::StrCat(absl::ToUnixMicros(due)));
  const std::optional<InFlight::Suspect> suspect = in_flight_.Find(producer_.pipeline, record.keys[kTimer]);
  if (suspect && suspect->verdict) return absl::InternalError(suspect->verdict->text);
  const InFlight::Call noted(record, producer_.step, kTimer, 1, suspect.has_value());
  bool exception = false;
  return Guarded(exception, [&] { return analysis_->OnTimer(due, findings_, state_); });
}

uint64_t StatefulStep::RunTimers(Batch& batch, Slot& slot, InFlight::Record& record) {
  uint64_t place = 0;
  for (int calls = 0; calls < kTimersAtOnce && next_timer_ <= slot.arrival; ++calls) {
    const absl::Time due = next_timer_;
    now_ = std::max(now_, due);
    findings_.Reset(&batch.arena(), &scratch_);
    state_.BeginCall();
    absl::Status status = CallTimer(due, record);
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

void StatefulStep::OnItem(Batch& batch, Slot& slot, uint64_t place, InFlight::Record& record) {
  const uint64_t begin = Nanoseconds();
  const Document& document = batch.DocumentOf(slot);
  if (!when_.Matches(document)) {
    Add(counters_.skipped);
    return;
  }
  if (batch.alone() && IsCondemned(batch, slot)) return;
  findings_.Reset(&batch.arena(), &scratch_);
  state_.BeginCall();
  bool exception = false;
  absl::Status status;
  {
    const auto index = static_cast<int>(&slot - batch.slots().data());
    const InFlight::Call noted(record, producer_.step, index, 1, batch.alone());
    status = Guarded(exception, [&] { return analysis_->Analyze(document, findings_, state_); });
  }
  const uint64_t failed = Read(counters_.failed);
  if (status.ok() && findings_.empty()) {
    NoteProduced(producer_, *slot.item);
  } else {
    Take(batch, slot, findings_, std::move(status), exception, place);
  }
  // Take() may have refused what was found; one thread at a time runs this step, so nobody else counts.
  if (Read(counters_.failed) != failed) state_.UndoCall();
  Add(counters_.items_in);
  counters_.latency.Record(Nanoseconds() - begin, 1);
  AskNextTimer();
}

void StatefulStep::Run(Batch& batch, WorkerMemory& memory) {
  for (Slot& slot : batch.slots()) {
    const uint64_t place = RunTimers(batch, slot, *memory.record);
    now_ = std::max(now_, slot.arrival);
    if (slot.fate == Slot::Fate::kLive) OnItem(batch, slot, place, *memory.record);
  }
  batch.DropLost();
  OfferToTap(batch);
  store::SealedState sealed = state_.Seal(batch.number);
  if (!sealed.writes.empty()) batch.state.push_back(std::move(sealed));
}

}  // namespace wirewatch::pipeline

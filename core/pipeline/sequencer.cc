#include "wirewatch/pipeline/sequencer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "wirewatch/pipeline/guarded.h"
#include "wirewatch/pipeline/last_stage.h"
#include "wirewatch/sdk/log.h"

namespace wirewatch::pipeline {
namespace {

constexpr absl::Duration kReadBudget = absl::Milliseconds(100);

}  // namespace

Sequencer::Sequencer(Parts parts, std::vector<StepOf<Source>> sources)
    : parts_(std::move(parts)), known_(parts_.store) {
  retry_lane_.definition.id = retry_lane_.definition.plugin = kRetrySource;
  for (StepOf<Source>& source : sources) {
    lanes_.push_back(std::make_unique<SourceLane>());
    lanes_.back()->definition = std::move(source);
  }
}

absl::Status Sequencer::Open() {
  if (absl::Status status = known_.Open(); !status.ok()) return status;
  absl::StatusOr<store::PipelinePosition> last = parts_.store.LastPosition();
  if (!last.ok()) return last.status();
  intake_ = std::make_unique<Intake>(Intake::Options{.pipeline = parts_.pipeline,
                                                     .once = parts_.once,
                                                     .batch_bytes = parts_.limits.batch_bytes.bytes,
                                                     .reserve = parts_.limits.reserve,
                                                     .largest_item = parts_.budget.limit() / 4,
                                                     .started = parts_.clock.Now(),
                                                     .trace_ids = parts_.limits.trace_ids},
                                     parts_.clock, known_, parts_.in_flight, *last);
  position_ = last->position;
  for (const auto& lane : lanes_) {
    absl::StatusOr<std::optional<std::string>> cursor = parts_.store.Cursor(lane->definition.id);
    if (!cursor.ok()) return cursor.status();
    lane->cursor = cursor->value_or("");
    const absl::Status opened = Guarded([&] { return lane->definition.instance->Open(lane->cursor); });
    if (!opened.ok()) {
      return absl::Status(opened.code(),
                          absl::StrCat("source \"", lane->definition.id, "\" cannot be opened: ", opened.message()));
    }
  }
  absl::StatusOr<std::optional<std::string>> turn = parts_.store.Cursor(kTurnCursor);
  if (!turn.ok()) return turn.status();
  if (!*turn) return absl::OkStatus();
  const std::pair<std::string, std::string> at = absl::StrSplit(**turn, absl::MaxSplits(':', 1));
  if (!absl::SimpleAtoi(at.second, &turn_records_)) turn_records_ = 0;
  for (size_t i = 0; i < lanes_.size(); ++i) {
    if (lanes_[i]->definition.id == at.first) turn_lane_ = i;
  }
  return absl::OkStatus();
}

absl::Status Sequencer::Run() {
  record_ = &parts_.in_flight.Claim(parts_.pipeline, parts_.limits.call_timeout);
  bool ended = false;
  SealBeginning();
  while (!stopping() && !ended) {
    TellSources();
    if (pause_) {
      HoldStill();
    } else if (InTrouble()) {
      wakeup_.Wait(kLongestSleep);
    } else if (look_for_retries_.exchange(false)) {
      ReadRetries();
    } else if (parts_.watches.any() || parts_.operators.any()) {
      TakeEdits();
      TakeCalls();
      // Not the next of them: Items, so that a stream of edits does not keep them out.
      if (parts_.once)
        ended = !OnceTurn();
      else
        LiveRound();
    } else if (parts_.once) {
      ended = !OnceTurn();
    } else {
      LiveRound();
    }
  }
  if (ended && !stopping()) {
    if (Batch* batch = TakeBatch(); batch != nullptr) {
      batch->last_position = intake_->position();
      batch->last_arrival = intake_->arrival();
      batch->finish = true;
      Submit(*batch);
    }
  }
  parts_.in_flight.Release(*record_);
  return WaitForLast();
}

absl::Status Sequencer::WaitForLast() {
  absl::Time deadline = absl::InfiniteFuture();
  while (!parts_.pool.AllFree() && absl::Now() < deadline) {
    wakeup_.Wait(kLongestSleep);
    const std::lock_guard lock(mutex_);
    deadline = deadline_;
  }
  const std::lock_guard lock(mutex_);
  ended_ = true;
  changed_.notify_all();
  if (failed_.ok() && !parts_.pool.AllFree()) {
    return absl::DeadlineExceededError("a step is still at work on Items; they will be read again at the next start");
  }
  return failed_;
}

bool Sequencer::OnceTurn() {
  const bool all_ended = std::all_of(lanes_.begin(), lanes_.end(), [](const auto& lane) { return lane->ended.load(); });
  if (all_ended) return false;
  SourceLane& lane = *lanes_[turn_lane_];
  size_t read = 0;
  const bool found = !lane.ended && ReadBatch(lane, kTurn - std::min(turn_records_, kTurn - 1), read);
  if (lane.ended && read == 0) {
    turn_lane_ = (turn_lane_ + 1) % lanes_.size();
    turn_records_ = 0;
  } else if (!found) {
    wakeup_.Wait(std::min(lane.next_read - absl::Now(), kLongestSleep), {lane.definition.instance->wait_fd()});
  }
  return true;
}

void Sequencer::LiveRound() {
  bool found = false;
  std::vector<int> descriptors;
  absl::Duration sleep = kLongestSleep;
  for (const auto& lane : lanes_) {
    if (stopping()) return;
    if (lane->ended) continue;
    const int descriptor = lane->definition.instance->wait_fd();
    const bool backing_off = lane->backoff > absl::ZeroDuration();
    size_t read = 0;
    if (absl::Now() >= lane->next_read || (descriptor >= 0 && !backing_off)) {
      found = ReadBatch(*lane, parts_.limits.batch_items, read) || found;
    }
    sleep = std::min(sleep, lane->next_read - absl::Now());
    if (!backing_off) descriptors.push_back(descriptor);
  }
  Tick();
  if (!found) wakeup_.Wait(sleep, descriptors);
}

void Sequencer::Tick() {
  const absl::Time now = parts_.clock.Now();
  if (parts_.next_due() > now || !parts_.pool.AllFree()) return;
  Batch* batch = TakeBatch();
  if (batch == nullptr) return;
  intake_->AddTick(*batch, now);
  Submit(*batch);
}

absl::Status Sequencer::CheckLane(const SourceLane& lane, bool& suspect) {
  record_->keys[0] = KeyOf("read", lane.definition.id, lane.cursor);
  const std::optional<InFlight::Suspect> known = parts_.in_flight.Find(parts_.pipeline, record_->keys[0]);
  suspect = known.has_value();
  if (!known || !known->verdict) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(known->verdict->text, "; it stands before the same record again and again"));
}

absl::StatusOr<Source::Progress> Sequencer::ReadInto(SourceLane& lane) {
  bool suspect = false;
  if (absl::Status ready = CheckLane(lane, suspect); !ready.ok()) return ready;
  const InFlight::Call noted(*record_, lane.definition.id, 0, 1, suspect);
  const absl::Time until = absl::Now() + kReadBudget;
  while (true) {
    absl::StatusOr<Source::Progress> progress = Guarded(
        [&]() -> absl::StatusOr<Source::Progress> { return lane.definition.instance->Read(*intake_, kReadBudget); });
    if (!progress.ok() || progress->kind != Source::Progress::Kind::kMore) return progress;
    if (intake_->full() || stopping() || absl::Now() >= until) return progress;
  }
}

bool Sequencer::ReadBatch(SourceLane& lane, size_t records, size_t& read) {
  Batch* batch = TakeBatch();
  if (batch == nullptr) return false;
  const size_t most = std::min<size_t>(records, parts_.limits.batch_items);
  intake_->Begin(*batch, lane, parts_.schedule.Cut(most));
  const absl::StatusOr<Source::Progress> progress = ReadInto(lane);
  read = intake_->records();
  std::string cursor = lane.definition.instance->Cursor();
  if (!intake_->status().ok()) Fail(intake_->status());
  const bool useless = read == 0 && cursor == lane.cursor;
  if (useless || !intake_->status().ok() || !Admit(*batch, intake_->reservation())) {
    parts_.pool.GiveBack(batch);
  } else {
    if (parts_.once) {
      turn_records_ += read;
      if (turn_records_ >= kTurn) {
        turn_lane_ = (turn_lane_ + 1) % lanes_.size();
        turn_records_ = 0;
      }
      batch->cursors.emplace_back(kTurnCursor, absl::StrCat(lanes_[turn_lane_]->definition.id, ":", turn_records_));
    }
    lane.cursor = cursor;
    batch->cursors.emplace_back(lane.definition.id, std::move(cursor));
    Submit(*batch);
  }
  if (!progress.ok()) {
    ReadFailed(lane, progress.status());
    return false;
  }
  lane.backoff = absl::ZeroDuration();
  lane.trouble.Set("");
  lane.next_read = absl::Now();
  if (progress->kind == Source::Progress::Kind::kIdle) lane.next_read += progress->retry_after;
  if (progress->kind == Source::Progress::Kind::kEnd) lane.ended = true;
  return progress->kind == Source::Progress::Kind::kMore;
}

void Sequencer::ReadFailed(SourceLane& lane, const absl::Status& status) {
  Add(lane.read_errors);
  const std::string message = absl::StrCat("source \"", lane.definition.id, "\" cannot be read: ", status.message());
  if (!absl::IsUnavailable(status) && !absl::IsResourceExhausted(status)) {
    Fail(absl::Status(status.code(), message));
    return;
  }
  lane.trouble.Set(message);
  lane.backoff = std::clamp(lane.backoff * 2, absl::Seconds(1), absl::Minutes(1));
  lane.next_read = absl::Now() + lane.backoff;
  Log(parts_.pipeline)
      .Warning("a source cannot be read and is tried again", {{"source", lane.definition.id},
                                                              {"error", std::string(status.message())},
                                                              {"again_in", absl::FormatDuration(lane.backoff)}});
}

Batch* Sequencer::TakeBatch() {
  while (!stopping()) {
    // A commit gives bytes back: whoever waits for them must not wait for the next beat.
    if (parts_.budget.full()) parts_.committer.Hurry();
    Batch* batch = parts_.budget.full() ? nullptr : parts_.pool.TryTake();
    if (batch != nullptr) {
      batch->number = next_number_;
      return batch;
    }
    wakeup_.Wait(kLongestSleep);
    TellSources();
  }
  return nullptr;
}

bool Sequencer::Admit(Batch& batch, uint64_t bytes) {
  const auto grown = static_cast<uint64_t>(static_cast<double>(bytes) * parts_.pool.growth());
  while (!parts_.budget.TryReserve(grown)) {
    if (stopping()) return false;
    parts_.committer.Hurry();
    wakeup_.Wait(kLongestSleep);
    TellSources();
  }
  batch.admitted = bytes;
  batch.reserved = grown;
  return true;
}

void Sequencer::Submit(Batch& batch) {
  ++next_number_;
  batch.sequenced = absl::Now();
  for (const auto& held : parts_.watches.held()) held->Seal(batch);
  position_.store(intake_->position(), std::memory_order_relaxed);
  batch.Seal();
  const bool alone = batch.alone();
  while (alone && parts_.pool.InUse() > 1 && !stopping()) wakeup_.Wait(kLongestSleep);
  parts_.submit(batch);
  while (alone && !parts_.pool.AllFree() && !stopping()) wakeup_.Wait(kLongestSleep);
}

void Sequencer::Committed(const CommittedEpoch& epoch) {
  const bool unarchived = std::any_of(epoch.writes->state.begin(), epoch.writes->state.end(),
                                      [](const auto& sealed) { return sealed.step == kUnarchivedStep; });
  known_.Committed(epoch.last_batch, unarchived);
  parts_.watches.Committed(epoch.last_batch + 1);
  parts_.operators.Committed(epoch.last_batch + 1, epoch.writes->journal);
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [source, cursor] : epoch.writes->cursors) committed_cursors_.insert_or_assign(source, cursor);
  }
  wakeup_.Notify();
}

void Sequencer::TellSources() {
  std::map<std::string, std::string> cursors;
  {
    const std::lock_guard lock(mutex_);
    cursors.swap(committed_cursors_);
  }
  if (cursors.empty()) return;
  for (const auto& lane : lanes_) {
    const auto cursor = cursors.find(lane->definition.id);
    if (cursor == cursors.end()) continue;
    const absl::Status told = Guarded([&] {
      lane->definition.instance->Committed(cursor->second);
      return absl::OkStatus();
    });
    if (!told.ok()) ReadFailed(*lane, told);
    lane->summary.Set(lane->definition.instance->Summary());
  }
}

void Sequencer::Close() {
  TellSources();
  for (const auto& lane : lanes_) lane->summary.Set(lane->definition.instance->Summary());
}

void Sequencer::Stop(absl::Time deadline) {
  {
    const std::lock_guard lock(mutex_);
    deadline_ = std::min(deadline_, deadline);
  }
  stopping_ = true;
  wakeup_.Notify();
}

void Sequencer::Fail(absl::Status status) {
  {
    const std::lock_guard lock(mutex_);
    if (failed_.ok()) failed_ = std::move(status);
  }
  Stop();
}

std::vector<SourceProgress> Sequencer::Sources() const {
  std::vector<SourceProgress> sources;
  for (const auto& lane : lanes_) sources.push_back(ProgressOf(*lane));
  return sources;
}

}  // namespace wirewatch::pipeline

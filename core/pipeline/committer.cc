#include "wirewatch/pipeline/committer.h"

#include <algorithm>
#include <chrono>

#include "absl/strings/str_cat.h"
#include "wirewatch/pipeline/schedule.h"
#include "wirewatch/sdk/log.h"

namespace wirewatch::pipeline {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::seconds kFirstRetention{10}, kNextRetention{60};
constexpr std::chrono::milliseconds kNextSlice{50};

// So many are not held back for the next beat: a commit stays short, whatever the rate.
constexpr uint64_t kMostBytes = uint64_t{4} << 20;

std::chrono::nanoseconds Chrono(absl::Duration duration) { return absl::ToChronoNanoseconds(duration); }

template <class T>
void Append(std::vector<T>& to, std::vector<T>& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

}  // namespace

Committer::Committer(store::Store& store, Options options)
    : store_(store),
      options_(options),
      commit_every_(options.commit_every),
      retain_at_(SteadyClock::now() + kFirstRetention) {
  thread_ = std::thread([this] { Run(); });
}

Committer::~Committer() { Stop(); }

void Committer::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Committer::AddPipeline(const std::string& pipeline, CommitListener listener) {
  const std::lock_guard lock(mutex_);
  pipelines_[pipeline].listener = std::move(listener);
}

void Committer::RemovePipeline(const std::string& pipeline) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !committing_; });
  pipelines_.erase(pipeline);
}

void Committer::Add(const std::string& pipeline, EpochPart part) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = pipelines_.find(pipeline);
    if (found == pipelines_.end()) return;
    Pending& pending = found->second;
    if (!pending.writes) {
      pending.writes.emplace().pipeline = pipeline;
      pending.sequenced = part.sequenced;
    }
    pending.last_batch = part.batch;
    pending.reserved += part.reserved;
    pending.writes->last_position = part.writes.last_position;
    pending.writes->last_arrival = part.writes.last_arrival;
    Append(pending.writes->items, part.writes.items);
    Append(pending.writes->journal, part.writes.journal);
    Append(pending.writes->quarantine, part.writes.quarantine);
    Append(pending.writes->retried, part.writes.retried);
    Append(pending.writes->suppressions, part.writes.suppressions);
    Append(pending.suspects, part.suspects);
    for (store::SealedState& sealed : part.writes.state) {
      pending.state_versions[sealed.step] = sealed.version;
      auto& keys = pending.state[sealed.step];
      for (store::StateWrite& write : sealed.writes)
        keys.insert_or_assign(std::move(write.key), std::move(write.value));
    }
    for (auto& [source, cursor] : part.writes.cursors) pending.cursors.insert_or_assign(source, std::move(cursor));
    hurry_ = hurry_ || part.early || pending.reserved >= kMostBytes;
  }
  changed_.notify_all();
}

void Committer::Hurry() {
  {
    const std::lock_guard lock(mutex_);
    if (hurry_) return;
    hurry_ = true;
  }
  changed_.notify_all();
}

absl::Status Committer::Flush(absl::Duration patience) {
  std::unique_lock lock(mutex_);
  hurry_ = flushing_ = true;
  changed_.notify_all();
  const bool done =
      changed_.wait_for(lock, Chrono(patience), [this] { return !failed_.ok() || (!committing_ && !AnyPending()); });
  if (!failed_.ok()) return failed_;
  if (done) return absl::OkStatus();
  return absl::DeadlineExceededError(absl::StrCat("not everything could be committed within ",
                                                  absl::FormatDuration(patience), ": ", trouble_.Get(),
                                                  "; what was not will be read again at the next start"));
}

void Committer::SetCommitEvery(absl::Duration every) {
  {
    const std::lock_guard lock(mutex_);
    commit_every_ = every;
  }
  changed_.notify_all();
}

CommitProgress Committer::Snapshot() const {
  std::unique_lock lock(mutex_);
  CommitProgress progress = removed_;
  lock.unlock();
  progress.commits = Read(commits_);
  progress.failures = Read(failures_);
  progress.duration = duration_.Summary();
  progress.trouble = trouble();
  return progress;
}

bool Committer::AnyPending() const {
  return std::any_of(pipelines_.begin(), pipelines_.end(),
                     [](const auto& entry) { return entry.second.writes.has_value(); });
}

void Committer::Run() {
  Schedule schedule(options_.schedule_seed);
  auto last = SteadyClock::now() - Chrono(options_.commit_every);
  std::unique_lock lock(mutex_);
  while (true) {
    Retain(lock);
    const auto ready = [this] {
      return stopping_ || (AnyPending() && failed_.ok() && (flushing_ || !options_.only_when_flushed));
    };
    if (retention_.empty()) {
      changed_.wait(lock, [&] { return ready() || !retention_.empty(); });
    } else {
      changed_.wait_until(lock, retain_at_, ready);
    }
    if (!ready()) continue;
    // Together with what else comes meanwhile: waits for the next beat, or less when somebody is in a hurry.
    const auto begun = SteadyClock::now();
    const auto slow = last + Chrono(commit_every_);
    const auto fast = std::max(begun, last + Chrono(options_.gap));
    changed_.wait_until(lock, slow, [&] { return stopping_ || hurry_ || schedule.Coin(); });
    changed_.wait_until(lock, fast, [&] { return stopping_; });
    if (stopping_) return;
    std::vector<store::EpochWrites> writes;
    std::vector<Epoch> epochs = TakeAll(writes);
    hurry_ = false;
    committing_ = true;
    lock.unlock();
    const absl::Status done = CommitPatiently(writes);
    last = SteadyClock::now();
    for (size_t i = 0; i < epochs.size(); ++i) {
      CommitListener listener;
      {
        const std::lock_guard relock(mutex_);
        listener = pipelines_[epochs[i].pipeline].listener;
      }
      epochs[i].told.writes = &writes[i];
      if (done.ok() && listener.committed) listener.committed(epochs[i].told);
      if (!done.ok() && listener.failed) listener.failed(done);
    }
    const bool news = std::any_of(writes.begin(), writes.end(),
                                  [](const store::EpochWrites& epoch) { return !epoch.journal.empty(); });
    if (done.ok() && news && options_.journal_news != nullptr) options_.journal_news->Tell();
    lock.lock();
    for (const store::EpochWrites& epoch : writes) stream_time_ = std::max(stream_time_, epoch.last_arrival);
    committing_ = false;
    if (!done.ok()) failed_ = done;
    changed_.notify_all();
  }
}

void Committer::Retain(std::unique_lock<std::mutex>& lock) {
  if (stopping_ || retention_.empty() || SteadyClock::now() < retain_at_) return;
  retain_at_ = SteadyClock::now() + kNextRetention;
  if (stream_time_ == absl::InfinitePast() || in_trouble_) return;
  const std::vector<store::RetentionRule> rules = retention_;
  const absl::Time now = stream_time_;
  committing_ = true;
  lock.unlock();
  const absl::StatusOr<store::RetentionProgress> removed = store_.Retain(rules, now);
  if (!removed.ok()) {
    Log("store").Error("What is past its retention could not be removed; it is tried again.",
                       {{"error", std::string(removed.status().message())}});
  }
  lock.lock();
  committing_ = false;
  changed_.notify_all();
  if (!removed.ok()) return;
  removed_.items_removed += removed->items;
  removed_.events_removed += removed->events;
  removed_.quarantine_exported += removed->quarantined;
  removed_.suppressions_removed += removed->suppressions;
  if (removed->more) retain_at_ = SteadyClock::now() + kNextSlice;
}

void Committer::SetRetention(std::vector<store::RetentionRule> rules) {
  {
    const std::lock_guard lock(mutex_);
    retention_ = std::move(rules);
  }
  changed_.notify_all();
}

std::vector<Committer::Epoch> Committer::TakeAll(std::vector<store::EpochWrites>& writes) {
  std::vector<Epoch> epochs;
  for (auto& [name, pending] : pipelines_) {
    if (!pending.writes) continue;
    store::EpochWrites& epoch = writes.emplace_back(*std::move(pending.writes));
    for (auto& [step, keys] : pending.state) {
      store::SealedState& sealed = epoch.state.emplace_back();
      sealed.step = step;
      sealed.version = pending.state_versions[step];
      for (auto& [key, value] : keys) sealed.writes.push_back({key, std::move(value)});
    }
    for (auto& [source, cursor] : pending.cursors) epoch.cursors.emplace_back(source, std::move(cursor));
    epochs.push_back(
        {name, {pending.last_batch, pending.reserved, nullptr, pending.sequenced, std::move(pending.suspects)}});
    CommitListener listener = std::move(pending.listener);
    pending = {};
    pending.listener = std::move(listener);
  }
  return epochs;
}

absl::Status Committer::NumberJournal(std::vector<store::EpochWrites>& writes) {
  if (!journal_end_) {
    absl::StatusOr<store::JournalRange> range = store_.Journal();
    if (!range.ok()) return range.status();
    journal_end_ = range->end;
  }
  uint64_t sequence = *journal_end_;
  for (store::EpochWrites& epoch : writes) {
    for (store::JournalEntry& entry : epoch.journal) entry.sequence = ++sequence;
  }
  return absl::OkStatus();
}

absl::Status Committer::CommitPatiently(std::vector<store::EpochWrites>& writes) {
  absl::Duration pause = absl::Milliseconds(100);
  while (true) {
    const auto begun = SteadyClock::now();
    absl::Status done = NumberJournal(writes);
    if (done.ok()) done = store_.Commit(writes);
    if (done.ok()) {
      for (const store::EpochWrites& epoch : writes) *journal_end_ += epoch.journal.size();
      if (in_trouble_) Log("store").Warning("the store commits again");
      in_trouble_ = false;
      trouble_.Set("");
      wirewatch::pipeline::Add(commits_);
      duration_.Record(static_cast<uint64_t>(std::chrono::nanoseconds(SteadyClock::now() - begun).count()), 1);
      return done;
    }
    const bool may_pass = store::IsTrouble(done);
    Log("store").Error(may_pass ? "a commit failed and is tried again" : "a commit failed for good",
                       {{"error", std::string(done.message())}});
    trouble_.Set(absl::StrCat("the store cannot commit: ", std::string(done.message())));
    in_trouble_ = true;
    wirewatch::pipeline::Add(failures_);
    if (!may_pass) return done;
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, Chrono(pause), [this] { return stopping_; })) return done;
    pause = std::min(pause * 2, options_.max_backoff);
  }
}

}  // namespace wirewatch::pipeline

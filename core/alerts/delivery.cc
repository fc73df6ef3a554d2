#include "wirewatch/alerts/delivery.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "wirewatch/sdk/log.h"

namespace wirewatch::alerts {
namespace {

constexpr size_t kPage = 128;  // entries read at once

bool MayPass(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) || absl::IsResourceExhausted(status);
}

// A channel is a plugin: what it throws is an error of the event at hand.
absl::Status Guarded(const std::function<absl::Status()>& call) {
  try {
    return call();
  } catch (const std::exception& thrown) {
    return absl::InternalError(absl::StrCat("the channel threw: ", thrown.what()));
  } catch (...) {
    return absl::InternalError("the channel threw something that is no std::exception");
  }
}

}  // namespace

// One channel and its thread.
class Delivery::Worker {
 public:
  Worker(store::Store& store, std::unique_ptr<AlertChannel> channel, ChannelOptions options)
      : store_(store),
        lookup_(ArchiveOf(store)),
        channel_(std::move(channel)),
        options_(std::move(options)),
        name_(absl::StrCat(options_.pipeline, "/", options_.id)),
        log_(name_) {}
  ~Worker() { Join(); }

  absl::Status Prepare();
  void Start();
  void Notify();
  // Ends when everything committed is delivered, or at `deadline`.
  void Drain(absl::Time deadline);
  void Stop();
  void Join() {
    if (thread_.joinable()) thread_.join();
  }
  bool drained() const;
  ChannelStats Stats() const;
  const std::string& name() const { return name_; }

 private:
  void Run();
  // From the store; false when it had to stop before that.
  bool TakePosition();
  bool OpenChannel();
  // Delivers what there is; false when it had to stop before the end.
  bool DeliverPages();
  bool DeliverPage(const std::vector<store::JournalEntry>& page);
  bool DeliverEntry(const store::JournalEntry& entry);
  absl::Status TryOnce(const store::JournalEntry& entry, std::optional<v1::AlertEvent>& event);
  void TellGap();
  void Bury(uint64_t sequence, uint32_t attempts, const absl::Status& error);
  // Flushes the channel and advances the subscription. On failure what was delivered since comes again.
  bool Advance();
  absl::Duration Backoff(uint32_t attempt);

  // True when the thread is to go on after so long; false when it is to stop.
  bool Pause(absl::Duration time);
  enum class Wake { kNews, kAdvance, kEnd };
  Wake WaitForNews();
  bool stopping() const;
  // Waits on `changed_` until the condition holds or the time has come.
  template <class Condition>
  void Await(std::unique_lock<std::mutex>& lock, absl::Time until, Condition condition) {
    // Slices keep it right when the wall clock is set.
    while (!condition() && absl::Now() < until) {
      const absl::Duration slice = std::clamp(until - absl::Now(), absl::ZeroDuration(), absl::Seconds(10));
      changed_.wait_for(lock, absl::ToChronoNanoseconds(slice), condition);
    }
  }
  void SetTrouble(const absl::Status& status);
  template <class Change>
  void ChangeStats(Change change) {
    const std::lock_guard lock(mutex_);
    change(stats_);
  }

  store::Store& store_;
  const ItemLookup lookup_;
  const std::unique_ptr<AlertChannel> channel_;
  const ChannelOptions options_;
  const std::string name_;
  const Log log_;

  // Of the thread alone.
  uint64_t advanced_ = 0;  // durable position
  uint64_t done_ = 0;      // delivered, buried or not for this channel
  std::vector<store::DeadLetter> dead_;
  absl::Time last_advance_ = absl::InfinitePast();
  absl::BitGen random_;

  // Guards what follows. Of the standard library: ThreadSanitizer cannot see into Debian's build of absl::Mutex.
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool news_ = true;
  bool stop_ = false;
  absl::Time deadline_ = absl::InfiniteFuture();
  bool draining_ = false;
  bool drained_ = false;
  ChannelStats stats_;
  std::thread thread_;
};

// ---- Control ----

absl::Status Delivery::Worker::Prepare() {
  absl::StatusOr<std::optional<uint64_t>> position = store_.SubscriptionPosition(name_);
  if (!position.ok() || position->has_value()) return position.status();
  absl::StatusOr<store::JournalRange> journal = store_.Journal();
  if (!journal.ok()) return journal.status();
  // Made durable at once, so that what comes before the first delivery is not lost by a crash.
  return store_.Advance(name_, journal->end);
}

void Delivery::Worker::Start() {
  ChangeStats([&](ChannelStats& stats) {
    stats.pipeline = options_.pipeline;
    stats.id = options_.id;
  });
  thread_ = std::thread([this] { Run(); });
}

void Delivery::Worker::Notify() {
  {
    const std::lock_guard lock(mutex_);
    news_ = true;
  }
  changed_.notify_all();
}

void Delivery::Worker::Drain(absl::Time deadline) {
  {
    const std::lock_guard lock(mutex_);
    draining_ = true;
    deadline_ = deadline;
  }
  changed_.notify_all();
}

void Delivery::Worker::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
}

bool Delivery::Worker::drained() const {
  const std::lock_guard lock(mutex_);
  return drained_;
}

ChannelStats Delivery::Worker::Stats() const {
  const std::lock_guard lock(mutex_);
  return stats_;
}

bool Delivery::Worker::stopping() const {
  const std::lock_guard lock(mutex_);
  return stop_ || absl::Now() >= deadline_;
}

bool Delivery::Worker::Pause(absl::Duration time) {
  const absl::Time until = absl::Now() + time;
  std::unique_lock lock(mutex_);
  // A drain may begin while it waits, and its deadline may come first.
  const bool was_draining = draining_;
  Await(lock, std::min(until, deadline_), [&] { return stop_ || draining_ != was_draining; });
  return !stop_ && absl::Now() < deadline_;
}

Delivery::Worker::Wake Delivery::Worker::WaitForNews() {
  const bool held_back = done_ > advanced_;
  const absl::Time advance_at = held_back ? last_advance_ + options_.advance_every : absl::InfiniteFuture();
  std::unique_lock lock(mutex_);
  Await(lock, std::min(deadline_, advance_at), [this] { return news_ || stop_ || draining_; });
  if (stop_) return Wake::kEnd;
  if (news_) {
    news_ = false;
    return Wake::kNews;
  }
  if (held_back) return Wake::kAdvance;
  drained_ = draining_;
  return draining_ ? Wake::kEnd : Wake::kNews;
}

void Delivery::Worker::SetTrouble(const absl::Status& status) {
  ChangeStats([&](ChannelStats& stats) { stats.trouble = status.ok() ? "" : std::string(status.message()); });
}

// ---- The thread ----

void Delivery::Worker::Run() {
  if (!TakePosition() || !OpenChannel()) return;
  for (uint32_t failures = 0;;) {
    const Wake wake = WaitForNews();
    if (wake == Wake::kEnd) break;
    if (wake == Wake::kNews ? DeliverPages() : Advance()) {
      failures = 0;
      continue;
    }
    // Whatever failed is tried again, from the durable position.
    if (stopping() || !Pause(Backoff(++failures))) break;
    Notify();
  }
  if (done_ > advanced_) Advance();
}

bool Delivery::Worker::TakePosition() {
  for (uint32_t attempt = 1;; ++attempt) {
    const absl::StatusOr<std::optional<uint64_t>> position = store_.SubscriptionPosition(name_);
    SetTrouble(position.status());
    if (position.ok()) {
      advanced_ = done_ = position->value_or(0);
      ChangeStats([this](ChannelStats& stats) { stats.position = advanced_; });
      return true;
    }
    if (!Pause(Backoff(attempt))) return false;
  }
}

bool Delivery::Worker::OpenChannel() {
  for (uint32_t attempt = 1;; ++attempt) {
    const absl::Status opened = Guarded([this] { return channel_->Open(advanced_); });
    SetTrouble(opened);
    if (opened.ok()) return true;
    log_.Error("The channel cannot be opened; it is tried again.", {{"error", std::string(opened.message())}});
    ChangeStats([](ChannelStats& stats) { ++stats.retries; });
    if (!Pause(Backoff(attempt))) return false;
  }
}

bool Delivery::Worker::DeliverPages() {
  for (;;) {
    TellGap();
    absl::StatusOr<std::vector<store::JournalEntry>> page = store_.ReadJournal(done_, kPage);
    if (!page.ok()) {
      SetTrouble(page.status());
      log_.Error("The journal cannot be read; it is tried again.", {{"error", std::string(page.status().message())}});
      return false;
    }
    if (page->empty()) return true;
    if (!DeliverPage(*page)) return false;
  }
}

bool Delivery::Worker::DeliverPage(const std::vector<store::JournalEntry>& page) {
  for (const store::JournalEntry& entry : page) {
    if (stopping()) return false;
    if (entry.pipeline == options_.pipeline && !DeliverEntry(entry)) return false;
    done_ = entry.sequence;
    if (absl::Now() >= last_advance_ + options_.advance_every && !Advance()) return false;
  }
  return true;
}

bool Delivery::Worker::DeliverEntry(const store::JournalEntry& entry) {
  std::optional<v1::AlertEvent> event;
  for (uint32_t attempt = 1;; ++attempt) {
    const absl::Status taken = TryOnce(entry, event);
    SetTrouble(taken);
    if (taken.ok()) {
      ChangeStats([](ChannelStats& stats) { ++stats.delivered; });
      return true;
    }
    if (!MayPass(taken) || attempt >= options_.attempts) {
      Bury(entry.sequence, attempt, taken);
      return true;
    }
    log_.Warning("An event was not taken; it is tried again.", {{"sequence", absl::StrCat(entry.sequence)},
                                                                {"attempt", absl::StrCat(attempt)},
                                                                {"error", std::string(taken.message())}});
    ChangeStats([](ChannelStats& stats) { ++stats.retries; });
    if (!Pause(Backoff(attempt))) return false;
  }
}

absl::Status Delivery::Worker::TryOnce(const store::JournalEntry& entry, std::optional<v1::AlertEvent>& event) {
  if (!event) {
    absl::StatusOr<v1::AlertEvent> rendered = RenderEntry(entry, store_.JournalId(), lookup_, options_.render);
    if (!rendered.ok()) return rendered.status();
    event = *std::move(rendered);
  }
  return Guarded([&] { return channel_->Deliver(*event); });
}

void Delivery::Worker::TellGap() {
  absl::StatusOr<store::JournalRange> journal = store_.Journal();
  if (!journal.ok() || journal->begin <= done_ + 1) return;
  const uint64_t from = done_ + 1;
  const uint64_t to = journal->begin - 1;
  log_.Error("Events were removed by retention before the channel took them.",
             {{"from", absl::StrCat(from)}, {"to", absl::StrCat(to)}});
  const absl::Status told = Guarded([&] {
    channel_->Gap(from, to);
    return absl::OkStatus();
  });
  if (!told.ok()) SetTrouble(told);
  ChangeStats([&](ChannelStats& stats) { stats.missed += to - from + 1; });
  done_ = to;
}

void Delivery::Worker::Bury(uint64_t sequence, uint32_t attempts, const absl::Status& error) {
  log_.Error("An event became a dead letter.", {{"sequence", absl::StrCat(sequence)},
                                                {"attempts", absl::StrCat(attempts)},
                                                {"error", std::string(error.message())}});
  dead_.push_back(
      {.subscription = name_, .sequence = sequence, .attempts = attempts, .error = error, .at = absl::Now()});
  ChangeStats([](ChannelStats& stats) { ++stats.dead_letters; });
}

bool Delivery::Worker::Advance() {
  absl::Status advanced = Guarded([this] { return channel_->Flush(); });
  if (advanced.ok()) advanced = store_.Advance(name_, done_, dead_);
  if (!advanced.ok()) {
    SetTrouble(advanced);
    log_.Warning("What was delivered is not safe yet and comes again.", {{"error", std::string(advanced.message())}});
    ChangeStats([this](ChannelStats& stats) {
      ++stats.retries;
      stats.dead_letters -= dead_.size();
    });
    dead_.clear();
    done_ = advanced_;
    return false;
  }
  dead_.clear();
  advanced_ = done_;
  last_advance_ = absl::Now();
  ChangeStats([this](ChannelStats& stats) { stats.position = advanced_; });
  return true;
}

absl::Duration Delivery::Worker::Backoff(uint32_t attempt) {
  const absl::Duration pause = std::min(
      options_.max_backoff, options_.first_backoff * static_cast<double>(uint64_t{1} << std::min(attempt - 1, 30u)));
  return pause * absl::Uniform(random_, 0.8, 1.2);
}

// ---- All channels ----

Delivery::Delivery(store::Store& store) : store_(store) {}

Delivery::~Delivery() { Stop(); }

void Delivery::Add(std::unique_ptr<AlertChannel> channel, ChannelOptions options) {
  workers_.push_back(std::make_unique<Worker>(store_, std::move(channel), std::move(options)));
}

absl::Status Delivery::Prepare() {
  for (const auto& worker : workers_) {
    if (absl::Status prepared = worker->Prepare(); !prepared.ok()) return prepared;
  }
  return absl::OkStatus();
}

void Delivery::Start() {
  for (const auto& worker : workers_) worker->Start();
}

void Delivery::Notify() {
  for (const auto& worker : workers_) worker->Notify();
}

absl::Status Delivery::FlushAndStop(absl::Duration patience) {
  const absl::Time deadline = absl::Now() + patience;
  for (const auto& worker : workers_) {
    worker->Notify();
    worker->Drain(deadline);
  }
  std::vector<std::string> left;
  for (const auto& worker : workers_) {
    worker->Join();
    const ChannelStats stats = worker->Stats();
    if (!worker->drained()) left.push_back(absl::StrCat(worker->name(), " (", stats.trouble, ")"));
  }
  if (left.empty()) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("not everything was delivered in ", absl::FormatDuration(patience), " by ",
                                             absl::StrJoin(left, ", "),
                                             "; the rest stays in the journal for the next run"));
}

void Delivery::Stop() {
  for (const auto& worker : workers_) worker->Stop();
  for (const auto& worker : workers_) worker->Join();
}

std::vector<ChannelStats> Delivery::Stats() const {
  std::vector<ChannelStats> stats;
  for (const auto& worker : workers_) stats.push_back(worker->Stats());
  return stats;
}

}  // namespace wirewatch::alerts

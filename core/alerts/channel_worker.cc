#include "wirewatch/alerts/channel_worker.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/alerts/guarded_call.h"
#include "wirewatch/alerts/suppressions.h"
#include "wirewatch/alerts/times.h"

namespace wirewatch::alerts {
namespace {

constexpr size_t kPage = 128;        // entries read at once
constexpr size_t kMostStops = 1024;  // held in memory until they are written

bool MayPass(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) || absl::IsResourceExhausted(status);
}

}  // namespace

// ---- Control ----

ChannelWorker::ChannelWorker(store::Store& store, std::unique_ptr<AlertChannel> channel, ChannelOptions options)
    : store_(store),
      lookup_(ArchiveOf(store)),
      channel_(std::move(channel)),
      options_(std::move(options)),
      name_(options_.recipient ? absl::StrCat(options_.pipeline, "/", options_.recipient->id, "/", options_.id)
                               : absl::StrCat(options_.pipeline, "/", options_.id)),
      log_(name_) {
  if (const RecipientRules* of = rules(); of != nullptr) channel_->SetRecipient({of->id, of->language, of->time_zone});
}

absl::Status ChannelWorker::Prepare() {
  absl::StatusOr<std::optional<uint64_t>> position = store_.SubscriptionPosition(name_);
  if (!position.ok()) return position.status();
  if (position->has_value()) return PrepareDigests(**position);
  absl::StatusOr<store::JournalRange> journal = store_.Journal();
  if (!journal.ok()) return journal.status();
  // Made durable at once, so that what comes before the first delivery is not lost by a crash.
  const store::Suppression beginning = SubscribedAt(options_.pipeline, name_, journal->end, absl::Now());
  const absl::Status begun = store_.Advance(name_, journal->end, {}, {}, std::span(&beginning, 1));
  return begun.ok() ? PrepareDigests(journal->end) : begun;
}

void ChannelWorker::Start() {
  ChangeStats([&](ChannelStats& stats) {
    stats.pipeline = options_.pipeline;
    stats.id = options_.id;
    if (rules() == nullptr) return;
    stats.recipient = rules()->id;
    stats.rules = std::make_shared<const RecipientRules>(*rules());
  });
  thread_ = std::thread([this] { Run(); });
}

bool ChannelWorker::drained() const {
  const std::lock_guard lock(mutex_);
  return drained_;
}

ChannelStats ChannelWorker::Stats() const {
  const std::lock_guard lock(mutex_);
  return stats_;
}

bool ChannelWorker::stopping() const {
  const std::lock_guard lock(mutex_);
  return stop_ || absl::Now() >= deadline_;
}

bool ChannelWorker::Pause(absl::Duration time) {
  const absl::Time until = absl::Now() + time;
  std::unique_lock lock(mutex_);
  // A drain may begin while it waits, and its deadline may come first.
  const bool was_draining = draining_;
  Await(lock, std::min(until, deadline_), [&] { return stop_ || draining_ != was_draining; });
  return !stop_ && absl::Now() < deadline_;
}

ChannelWorker::Wake ChannelWorker::WaitForNews() {
  const bool held_back = done_ > advanced_;
  const absl::Time advance_at = held_back ? last_advance_ + options_.advance_every : absl::InfiniteFuture();
  const absl::Time digest_at = NextDigestWork();
  // A digest that is on its way is delivered before the end, if it can be.
  const bool owes_digest = memory_.pending() != nullptr;
  std::unique_lock lock(mutex_);
  Await(lock, std::min({deadline_, advance_at, digest_at}),
        [&] { return news_ || stop_ || (draining_ && (held_back || !owes_digest)); });
  if (stop_) return Wake::kEnd;
  if (news_) {
    news_ = false;
    return Wake::kNews;
  }
  if (held_back) return Wake::kAdvance;
  if (absl::Now() >= digest_at) return Wake::kDigest;
  drained_ = draining_ && !owes_digest;
  return draining_ ? Wake::kEnd : Wake::kNews;
}

void ChannelWorker::SetTrouble(const absl::Status& status) {
  ChangeStats([&](ChannelStats& stats) { stats.trouble = status.ok() ? "" : std::string(status.message()); });
}

// ---- The thread ----

void ChannelWorker::Run() {
  if (!TakePosition() || !OpenChannel()) return;
  for (uint32_t failures = 0;;) {
    const Wake wake = WaitForNews();
    if (wake == Wake::kEnd) break;
    if ((wake != Wake::kNews || DeliverPages()) && (wake != Wake::kAdvance || Advance()) &&
        TendDigest(absl::InfiniteFuture())) {
      failures = 0;
      continue;
    }
    // Whatever failed is tried again, from the durable position.
    LookForWaiting();
    if (stopping() || !Pause(Backoff(++failures))) break;
    Notify();
  }
  if (done_ > advanced_) Advance();
  TellHeld();
}

bool ChannelWorker::TakePosition() {
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

bool ChannelWorker::OpenChannel() {
  for (uint32_t attempt = 1;; ++attempt) {
    const absl::Status opened = GuardedCall([this] { return channel_->Open(advanced_); });
    SetTrouble(opened);
    if (opened.ok()) return true;
    log_.Error("The channel cannot be opened; it is tried again.", {{"error", std::string(opened.message())}});
    ChangeStats([](ChannelStats& stats) { ++stats.retries; });
    LookForWaiting();
    if (!Pause(Backoff(attempt))) return false;
  }
}

bool ChannelWorker::DeliverPages() {
  if (!RestoreMemory() || !NotePassed()) return false;
  for (;;) {
    TellGap();
    absl::StatusOr<std::vector<store::JournalEntry>> page = store_.ReadJournal(done_, kPage);
    if (!page.ok()) {
      SetTrouble(page.status());
      log_.Error("The journal cannot be read; it is tried again.", {{"error", std::string(page.status().message())}});
      return false;
    }
    if (page->empty()) {
      ChangeStats([](ChannelStats& stats) { stats.waiting_since = absl::InfiniteFuture(); });
      return true;
    }
    if (!DeliverPage(*page)) return false;
  }
}

bool ChannelWorker::DeliverPage(const std::vector<store::JournalEntry>& page) {
  for (const store::JournalEntry& entry : page) {
    if (stopping()) return false;
    if (entry.pipeline == options_.pipeline && !TakeEntry(entry)) return false;
    done_ = entry.sequence;
    const bool due = absl::Now() >= last_advance_ + options_.advance_every || stops_.size() >= kMostStops;
    if (due && !Advance()) return false;
  }
  return true;
}

bool ChannelWorker::TakeEntry(const store::JournalEntry& entry) {
  v1::AlertEvent event;
  if (!event.ParseFromString(entry.event)) {
    Bury(entry.sequence, 1, absl::InternalError("the journal's entry cannot be parsed"));
    return true;
  }
  event.set_journal_id(store_.JournalId());
  event.set_sequence(entry.sequence);
  if (rules() == nullptr) {
    const bool silenced = event.silenced_by_size() > 0 && event.correction() == v1::CORRECTION_KIND_UNSPECIFIED;
    return silenced || !MayKnow({}, event.alert()) || DeliverEvent(event, entry.at);
  }
  // What is older than a time at which a digest is due goes into that one, and that one goes first.
  if (!TendDigest(entry.at)) return false;
  const Verdict verdict = Decide(event, *rules(), memory_);
  std::string graver = verdict.reason == v1::HELD_REASON_INHIBITED ? memory_.GraverOpen(event.alert()) : std::string();
  if (verdict.fate == Verdict::Fate::kTell && !DeliverEvent(event, entry.at)) return false;
  Note(event, verdict, *rules(), memory_);
  CountVerdict(verdict);
  RecordStop(event, verdict, std::move(graver));
  return true;
}

bool ChannelWorker::DeliverEvent(const v1::AlertEvent& event, absl::Time written) {
  ChangeStats([&](ChannelStats& stats) { stats.waiting_since = written; });
  std::optional<v1::AlertEvent> rendered;
  for (uint32_t attempt = 1;; ++attempt) {
    bool store_in_trouble = false;
    const absl::Status taken = TryOnce(event, rendered, store_in_trouble);
    SetTrouble(taken);
    if (taken.ok()) {
      ChangeStats([](ChannelStats& stats) { ++stats.delivered; });
      return true;
    }
    // Trouble of the store says nothing about the event.
    if (!store_in_trouble && GiveUp(taken, attempt)) {
      Bury(event.sequence(), attempt, taken);
      return true;
    }
    log_.Warning("An event was not taken; it is tried again.", {{"sequence", absl::StrCat(event.sequence())},
                                                                {"attempt", absl::StrCat(attempt)},
                                                                {"error", std::string(taken.message())}});
    ChangeStats([](ChannelStats& stats) { ++stats.retries; });
    if (!Pause(std::max(Backoff(attempt), RetryAfterOf(taken)))) return false;
  }
}

absl::Status ChannelWorker::TryOnce(const v1::AlertEvent& event, std::optional<v1::AlertEvent>& rendered,
                                    bool& store_in_trouble) {
  if (!rendered) {
    v1::AlertEvent shown = event;
    const RenderOptions& render = rules() != nullptr ? rules()->render : options_.render;
    absl::Status done = RenderAlert(*shown.mutable_alert(), lookup_, render);
    store_in_trouble = store::IsTrouble(done);
    if (!done.ok()) return done;
    rendered = std::move(shown);
  }
  return GuardedCall([&] { return channel_->Deliver(*rendered); });
}

bool ChannelWorker::GiveUp(const absl::Status& error, uint32_t attempts) const {
  return !MayPass(error) || attempts >= options_.attempts;
}

void ChannelWorker::TellGap() {
  absl::StatusOr<store::JournalRange> journal = store_.Journal();
  if (!journal.ok() || journal->begin <= done_ + 1) return;
  const uint64_t from = done_ + 1;
  const uint64_t to = journal->begin - 1;
  log_.Error("Events were removed by retention before the channel took them.",
             {{"from", absl::StrCat(from)}, {"to", absl::StrCat(to)}});
  const absl::Status told = GuardedCall([&] {
    channel_->Gap(from, to);
    return absl::OkStatus();
  });
  if (!told.ok()) SetTrouble(told);
  ChangeStats([&](ChannelStats& stats) { stats.missed += to - from + 1; });
  done_ = to;
}

void ChannelWorker::LookForWaiting() {
  const absl::StatusOr<std::vector<store::JournalEntry>> page = store_.ReadJournal(done_, kPage);
  if (!page.ok()) return;
  for (const store::JournalEntry& entry : *page) {
    if (entry.pipeline != options_.pipeline) continue;
    return ChangeStats([&](ChannelStats& stats) { stats.waiting_since = entry.at; });
  }
}

void ChannelWorker::Bury(uint64_t sequence, uint32_t attempts, const absl::Status& error) {
  log_.Error("An event became a dead letter.", {{"sequence", absl::StrCat(sequence)},
                                                {"attempts", absl::StrCat(attempts)},
                                                {"error", std::string(error.message())}});
  dead_.push_back(
      {.subscription = name_, .sequence = sequence, .attempts = attempts, .error = error, .at = absl::Now()});
}

bool ChannelWorker::Advance() {
  absl::Status advanced = GuardedCall([this] { return channel_->Flush(); });
  if (advanced.ok()) advanced = store_.Advance(name_, done_, dead_, memory_.TakeChanges(), stops_);
  if (!advanced.ok()) {
    SetTrouble(advanced);
    log_.Warning("What was delivered is not safe yet and comes again.", {{"error", std::string(advanced.message())}});
    ChangeStats([](ChannelStats& stats) { ++stats.retries; });
    dead_.clear();
    stops_.clear();
    done_ = advanced_;
    restored_ = false;
    return false;
  }
  advanced_ = done_;
  last_advance_ = absl::Now();
  ChangeStats([this](ChannelStats& stats) {
    stats.position = advanced_;
    stats.dead_letters += dead_.size();
  });
  dead_.clear();
  stops_.clear();
  return true;
}

absl::Duration ChannelWorker::Backoff(uint32_t attempt) {
  const absl::Duration pause = std::min(
      options_.max_backoff, options_.first_backoff * static_cast<double>(uint64_t{1} << std::min(attempt - 1, 30u)));
  return pause * absl::Uniform(random_, 0.8, 1.2);
}

}  // namespace wirewatch::alerts

// What a ChannelWorker does for a recipient beyond delivering events: it remembers, and it delivers digests.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/alerts/channel_worker.h"
#include "wirewatch/alerts/digest.h"
#include "wirewatch/alerts/guarded_call.h"
#include "wirewatch/alerts/rehearsal.h"
#include "wirewatch/alerts/suppressions.h"
#include "wirewatch/alerts/times.h"
#include "wirewatch/alerts/week.h"

namespace wirewatch::alerts {
namespace {

// A digest that the host could not cut at its time is made up for no later than this.
constexpr absl::Duration kMadeUpFor = absl::Hours(24);

}  // namespace

absl::Status ChannelWorker::PrepareDigests(uint64_t position) {
  if (rules() == nullptr || !rules()->has_digest()) return absl::OkStatus();
  absl::StatusOr<std::vector<store::StateWrite>> state = store_.SubscriptionState(name_);
  if (!state.ok()) return state.status();
  RouteMemory memory;
  if (absl::Status restored = memory.Restore(*state); !restored.ok() || memory.mark() != nullptr) return restored;
  const absl::StatusOr<store::PipelinePosition> last = store_.LastPosition(options_.pipeline);
  if (!last.ok()) return last.status();
  // A stream that has yet to begin has no time.
  const bool later = options_.rehearse && last->position == 0;
  if (!later) memory.BeginDigests(options_.rehearse ? last->arrival : options_.clock->Now(), last->position);
  const std::vector<store::StateWrite> beginning = memory.TakeChanges();
  absl::Status begun = store_.Advance(name_, position, {}, beginning);
  // During a reload the channel may still be delivering for the pipeline that is leaving.
  for (int again = 0; absl::IsFailedPrecondition(begun) && again < 10; ++again) {
    const absl::StatusOr<std::optional<uint64_t>> now = store_.SubscriptionPosition(name_);
    if (!now.ok()) return now.status();
    position = now->value_or(position);
    begun = store_.Advance(name_, position, {}, beginning);
  }
  if (!begun.ok()) return begun;
  const absl::StatusOr<std::optional<uint64_t>> taken = store_.SubscriptionPosition(DigestName());
  if (!taken.ok() || taken->has_value()) return taken.status();
  return store_.Advance(DigestName(), position);
}

bool ChannelWorker::RestoreMemory() {
  if (rules() == nullptr || restored_) return true;
  // Of an advance that failed it is not known whether it has become durable: memory and position are read together.
  const absl::StatusOr<std::optional<uint64_t>> position = store_.SubscriptionPosition(name_);
  const absl::StatusOr<std::vector<store::StateWrite>> state = store_.SubscriptionState(name_);
  absl::Status restored = position.ok() ? state.status() : position.status();
  if (restored.ok()) restored = memory_.Restore(*state);
  if (!restored.ok()) {
    SetTrouble(restored);
    log_.Error("What the subscription remembers cannot be read; it is tried again.",
               {{"error", std::string(restored.message())}});
    return false;
  }
  restored_ = true;
  advanced_ = done_ = position->value_or(0);
  leftovers_ = !rules()->has_digest() && memory_.mark() != nullptr && memory_.holding() > 0;
  ChangeStats([this](ChannelStats& stats) { stats.holding = memory_.holding(); });
  return true;
}

bool ChannelWorker::NotePassed() {
  if (rules() == nullptr || !options_.rehearse) return true;
  const absl::StatusOr<store::PipelinePosition> last = store_.LastPosition(options_.pipeline);
  if (!last.ok()) SetTrouble(last.status());
  if (last.ok()) passed_ = last->arrival;
  return last.ok();
}

bool ChannelWorker::BeginRehearsal() {
  if (!options_.rehearse || !rules()->has_digest() || memory_.mark() != nullptr) return true;
  const absl::StatusOr<std::optional<absl::Time>> first = FirstArrival(options_.pipeline, store_);
  if (!first.ok()) SetTrouble(first.status());
  if (first.ok() && first->has_value()) memory_.BeginDigests(**first, 0);
  return first.ok();
}

absl::Time ChannelWorker::DueDigest(absl::Time until) const {
  if (memory_.mark() == nullptr) return absl::InfinitePast();
  const absl::Time cut = GetTime(memory_.mark()->time());
  const absl::Time now = options_.clock->Now();
  // Where digests were taken out of the file, what is held goes out once more.
  if (leftovers_) return now;
  if (options_.rehearse) {
    // Each of them in turn: nobody was away.
    const absl::Time passed = until == absl::InfiniteFuture() ? passed_ : until;
    const absl::Time due = FirstAfter(rules()->digest, std::max(cut, passed - kRehearsedFor), rules()->time_zone);
    return due <= passed ? due : absl::InfinitePast();
  }
  const absl::Time due = LastUntil(rules()->digest, std::min(now, until), rules()->time_zone);
  return due <= cut || due < now - kMadeUpFor ? absl::InfinitePast() : due;
}

absl::StatusOr<uint64_t> ChannelWorker::PositionAt(absl::Time due) {
  const absl::StatusOr<store::PipelinePosition> last = store_.LastPosition(options_.pipeline);
  if (!last.ok()) return last.status();
  if (!options_.rehearse) return last->position;
  return PositionBefore(options_.pipeline, due, memory_.mark()->position(), last->position, store_);
}

bool ChannelWorker::Cut(absl::Time due) {
  const absl::StatusOr<uint64_t> position = PositionAt(due);
  absl::Status read = position.status();
  uint64_t checked = 0;
  if (read.ok()) {
    const auto count = store_.CountItems(options_.pipeline, memory_.mark()->position(), *position);
    read = count.status();
    if (count.ok()) checked = *count;
  }
  if (!read.ok()) {
    SetTrouble(read);
    return false;
  }
  memory_.Cut(due, done_, *position, checked);
  leftovers_ = false;
  digest_attempts_ = 0;
  digest_retry_at_ = absl::InfinitePast();
  told_singly_.clear();
  return Advance();
}

bool ChannelWorker::TendDigest(absl::Time until) {
  if (rules() == nullptr) return true;
  for (;;) {
    if (!RestoreMemory() || !BeginRehearsal()) return false;
    const absl::Time due = DueDigest(until);
    if (due != absl::InfinitePast() && !Cut(due)) return false;
    if (!TendPending()) return false;
    if (!options_.rehearse || due == absl::InfinitePast()) return true;
  }
}

bool ChannelWorker::TendPending() {
  if (memory_.pending() == nullptr || absl::Now() < digest_retry_at_) return true;
  bool store_in_trouble = false;
  ++digest_attempts_;
  const absl::Status taken = TryDigest(*memory_.pending(), store_in_trouble);
  SetTrouble(taken);
  return SettleDigest(taken, store_in_trouble);
}

bool ChannelWorker::SettleDigest(const absl::Status& taken, bool store_in_trouble) {
  const uint64_t cut = memory_.pending()->cut_sequence();
  const std::string error(taken.message());
  if (taken.ok()) {
    RecordDigest(*memory_.pending());
    memory_.DigestTaken();
    if (!Advance()) return false;
    ChangeStats([this](ChannelStats& stats) {
      ++stats.digests;
      stats.holding = memory_.holding();
    });
    const absl::Status advanced = store_.Advance(DigestName(), cut);
    if (!advanced.ok()) SetTrouble(advanced);  // it only shows how far digests have come; the next one advances it
    return true;
  }
  if (!store_in_trouble && GiveUp(taken, digest_attempts_)) {
    log_.Error("A digest could not be delivered; what it holds goes into the next one.",
               {{"attempts", absl::StrCat(digest_attempts_)}, {"error", error}});
    const store::DeadLetter letter{
        .subscription = DigestName(), .sequence = cut, .attempts = digest_attempts_, .error = taken, .at = absl::Now()};
    const absl::Status buried = store_.Advance(DigestName(), cut, std::span(&letter, 1));
    if (!buried.ok()) return false;
    memory_.DigestGivenUp();
    ChangeStats([](ChannelStats& stats) { ++stats.dead_letters; });
    return Advance();
  }
  log_.Warning("A digest was not taken; it is tried again.",
               {{"attempt", absl::StrCat(digest_attempts_)}, {"error", error}});
  ChangeStats([](ChannelStats& stats) { ++stats.retries; });
  digest_retry_at_ = absl::Now() + std::max(Backoff(digest_attempts_), RetryAfterOf(taken));
  return true;
}

absl::Status ChannelWorker::TryDigest(const v1::PendingDigest& pending, bool& store_in_trouble) {
  const absl::StatusOr<v1::Digest> digest =
      MakeDigest(pending, *rules(), {options_.pipeline, options_.id}, store_, ShownUpTo(pending));
  store_in_trouble = store::IsTrouble(digest.status());
  if (!digest.ok()) return digest.status();
  const absl::Status taken = GuardedCall([&] { return channel_->DeliverDigest(*digest); });
  return absl::IsUnimplemented(taken) ? DeliverOneByOne(*digest, ShownUpTo(pending), store_in_trouble) : taken;
}

uint64_t ChannelWorker::ShownUpTo(const v1::PendingDigest& pending) const {
  return options_.rehearse ? pending.cut_sequence() : store::Store::kNewest;
}

absl::Status ChannelWorker::DeliverOneByOne(const v1::Digest& digest, uint64_t shown_up_to, bool& store_in_trouble) {
  for (const v1::DigestSection& section : digest.sections()) {
    for (const v1::DigestLine& line : section.lines()) {
      if (told_singly_.contains(line.alert_id())) continue;
      const absl::StatusOr<std::vector<store::JournalEntry>> entries =
          store_.ReadAlertEvents(line.alert_id(), 1, shown_up_to);
      store_in_trouble = store::IsTrouble(entries.status());
      if (!entries.ok()) return entries.status();
      if (entries->empty()) continue;
      const absl::StatusOr<v1::AlertEvent> event =
          RenderEntry(entries->back(), store_.JournalId(), lookup_, rules()->render);
      store_in_trouble = store::IsTrouble(event.status());
      if (!event.ok()) return event.status();
      absl::Status taken = GuardedCall([&] { return channel_->Deliver(*event); });
      if (!taken.ok()) return taken;
      told_singly_.insert(line.alert_id());
    }
  }
  return absl::OkStatus();
}

absl::Time ChannelWorker::NextDigestWork() const {
  if (rules() == nullptr || memory_.mark() == nullptr) return absl::InfiniteFuture();
  if (memory_.pending() != nullptr) return digest_retry_at_;
  if (options_.rehearse) return absl::InfiniteFuture();
  const absl::Time now = options_.clock->Now();
  const absl::Time after = std::max(GetTime(memory_.mark()->time()), now - kMadeUpFor);
  const absl::Time due = FirstAfter(rules()->digest, after, rules()->time_zone);
  return absl::Now() + std::max(due - now, absl::ZeroDuration());
}

void ChannelWorker::CountVerdict(const Verdict& verdict) {
  ChangeStats([&](ChannelStats& stats) {
    stats.held += verdict.fate == Verdict::Fate::kHold ? 1 : 0;
    stats.capped += verdict.reason == v1::HELD_REASON_CAPPED ? 1 : 0;
    stats.inhibited += verdict.reason == v1::HELD_REASON_INHIBITED ? 1 : 0;
    stats.holding = memory_.holding();
  });
}

void ChannelWorker::RecordStop(const v1::AlertEvent& event, const Verdict& verdict, std::string graver) {
  // What does not exist for them is no loss of theirs.
  if (!MayKnow(rules()->render, event.alert())) return;
  v1::StopReason reason = StopOf(event, verdict, *rules());
  if (reason == v1::STOP_REASON_UNSPECIFIED) return;
  if (verdict.fate == Verdict::Fate::kHold) {
    const v1::RoutedAlert* const alert = memory_.Find(event.alert_id());
    if (alert == nullptr || !alert->has_held()) reason = v1::STOP_REASON_OMITTED;
  }
  v1::Suppression stop;
  stop.set_reason(reason);
  stop.set_alert_id(event.alert_id());
  stop.set_subscription(name_);
  stop.set_sequence(event.sequence());
  stop.set_position(event.position());
  stop.set_other_alert_id(std::move(graver));
  *stop.mutable_at() = event.at();
  stops_.push_back(ToStore(stop));
  stops_.back().pipeline = options_.pipeline;
}

void ChannelWorker::RecordDigest(const v1::PendingDigest& digest) {
  v1::Suppression told;
  told.set_subscription(name_);
  told.set_sequence(digest.cut_sequence());
  *told.mutable_digest() = digest.time();
  SetTime(told.mutable_at(), absl::Now());
  stops_.push_back(ToStore(told));
  stops_.back().pipeline = options_.pipeline;
}

void ChannelWorker::TellHeld() const {
  if (rules() == nullptr || memory_.holding() == 0) return;
  const absl::Time now = options_.rehearse ? passed_ : options_.clock->Now();
  const absl::Time next = FirstAfter(rules()->digest, now, rules()->time_zone);
  log_.Info("Alerts are held for the next digest.",
            {{"alerts", absl::StrCat(memory_.holding())}, {"digest", absl::FormatTime(next, rules()->time_zone)}});
}

}  // namespace wirewatch::alerts

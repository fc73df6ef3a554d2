#include "wirewatch/service/named_subscription.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "wirewatch/sdk/log.h"
#include "wirewatch/service/grpc_status.h"

namespace wirewatch::service {

absl::Status NamedSubscription::CheckName(const std::string& name) {
  const bool printable = std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (!name.empty() && name.size() <= kLongestName && printable) return absl::OkStatus();
  return BadRequest("subscription_name",
                    absl::StrCat("write 1 to ", kLongestName, " printable characters of ASCII without spaces"));
}

absl::StatusOr<uint64_t> NamedSubscription::Take(uint64_t consumer, std::function<void()> fence) {
  const std::lock_guard storing(store_mutex_);
  std::function<void()> fence_before;
  {
    const std::lock_guard lock(mutex_);
    consumer_ = consumer;
    fence_before = std::exchange(fence_, std::move(fence));
  }
  // From here on the one before is sent nothing more.
  if (fence_before) fence_before();
  if (absl::Status written = WriteTurn(); !written.ok()) return written;
  if (absl::Status loaded = Load(); !loaded.ok()) return loaded;
  const std::lock_guard lock(mutex_);
  return position_;
}

absl::Status NamedSubscription::Load() {
  absl::StatusOr<std::optional<uint64_t>> position = store_.SubscriptionPosition(key_);
  if (!position.ok()) return position.status();
  if (!position->has_value()) {
    const absl::StatusOr<store::JournalRange> journal = store_.Journal();
    if (!journal.ok()) return journal.status();
    // Made durable at once, so that what comes before the first Advance() is not lost.
    if (absl::Status made = store_.Advance(key_, journal->end); !made.ok()) return made;
    *position = journal->end;
  }
  absl::StatusOr<std::vector<store::Turn>> turns = store_.Turns(key_);
  if (!turns.ok()) return turns.status();
  const std::lock_guard lock(mutex_);
  position_ = **position;
  turns_ = *std::move(turns);
  turn_ = {.number = turns_.empty() ? 1 : turns_.back().number + 1};
  written_ = 0;
  buried_ = false;
  return absl::OkStatus();
}

absl::Status NamedSubscription::WriteTurn() {
  std::unique_lock lock(mutex_);
  const store::Turn turn = turn_;
  if (turn.sent <= position_ || turn.sent == written_) return absl::OkStatus();
  lock.unlock();
  if (absl::Status written = store_.RecordTurn(key_, turn); !written.ok()) return written;
  lock.lock();
  written_ = turn.sent;
  return absl::OkStatus();
}

absl::StatusOr<NamedSubscription::First> NamedSubscription::Begin(uint64_t consumer, uint64_t sequence) {
  const std::lock_guard storing(store_mutex_);
  std::unique_lock lock(mutex_);
  if (consumer_ != consumer) return First::kSend;  // NoteSent() will stop it
  const auto attempts = static_cast<uint32_t>(std::count_if(
      turns_.begin(), turns_.end(), [sequence](const store::Turn& turn) { return turn.sent >= sequence; }));
  if (attempts >= kAttempts && !buried_) {
    buried_ = true;
    lock.unlock();
    if (absl::Status buried = Bury(sequence, attempts); !buried.ok()) return buried;
    return First::kPass;
  }
  const store::Turn turn{turn_.number, sequence};
  lock.unlock();
  if (absl::Status written = store_.RecordTurn(key_, turn); !written.ok()) return written;
  lock.lock();
  written_ = sequence;
  return First::kSend;
}

absl::Status NamedSubscription::Bury(uint64_t sequence, uint32_t attempts) {
  const store::DeadLetter letter{
      .subscription = key_,
      .sequence = sequence,
      .attempts = attempts,
      .error = absl::DeadlineExceededError(absl::StrCat("sent ", attempts, " times and never advanced")),
      .at = absl::Now()};
  absl::Status advanced = store_.Advance(key_, sequence, std::span(&letter, 1));
  if (!advanced.ok()) {
    const std::lock_guard lock(mutex_);
    buried_ = false;
    return advanced;
  }
  Log(key_).Error("An event became a dead letter.",
                  {{"sequence", absl::StrCat(sequence)}, {"attempts", absl::StrCat(attempts)}});
  Passed(sequence);
  return advanced;
}

void NamedSubscription::Passed(uint64_t sequence) {
  const std::lock_guard lock(mutex_);
  position_ = sequence;
  std::erase_if(turns_, [sequence](const store::Turn& turn) { return turn.sent <= sequence; });
  // The store has forgotten it likewise.
  if (written_ <= sequence) written_ = 0;
}

uint32_t NamedSubscription::NoteSent(uint64_t consumer, uint64_t sequence) {
  const std::lock_guard lock(mutex_);
  if (consumer_ != consumer) return 0;
  turn_.sent = sequence;
  return 1 + static_cast<uint32_t>(std::count_if(
                 turns_.begin(), turns_.end(), [sequence](const store::Turn& turn) { return turn.sent >= sequence; }));
}

void NamedSubscription::Leave(uint64_t consumer) {
  const std::lock_guard storing(store_mutex_);
  {
    const std::lock_guard lock(mutex_);
    if (consumer_ != consumer) return;
    consumer_ = 0;
    fence_ = nullptr;
  }
  if (absl::Status written = WriteTurn(); !written.ok()) {
    Log(key_).Warning("That events were sent is not written down; they may be sent once more than counted.",
                      {{"error", std::string(written.message())}});
  }
}

absl::Status NamedSubscription::Advance(uint64_t sequence) {
  const std::lock_guard storing(store_mutex_);
  const absl::StatusOr<std::optional<uint64_t>> position = store_.SubscriptionPosition(key_);
  if (!position.ok()) return position.status();
  if (!position->has_value()) {
    return absl::NotFoundError(
        absl::StrCat("there is no subscription \"", key_.substr(Key("").size()), "\": Subscribe makes one"));
  }
  if (sequence < **position) {
    return BadRequest("sequence",
                      absl::StrCat("the subscription is at ", **position, " and cannot go back to ", sequence));
  }
  absl::Status advanced = store_.Advance(key_, sequence);
  if (advanced.ok()) Passed(sequence);
  return advanced;
}

std::shared_ptr<NamedSubscription> NamedSubscriptions::Find(const std::string& name) {
  const std::lock_guard lock(mutex_);
  std::erase_if(subscriptions_, [](const auto& entry) { return entry.second.expired(); });
  std::weak_ptr<NamedSubscription>& known = subscriptions_[name];
  if (std::shared_ptr<NamedSubscription> subscription = known.lock()) return subscription;
  auto made = std::make_shared<NamedSubscription>(store_, name);
  known = made;
  return made;
}

}  // namespace wirewatch::service

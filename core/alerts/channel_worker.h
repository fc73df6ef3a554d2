// ChannelWorker: one channel of a Delivery and its thread, which reads the journal from the channel's durable position,
// delivers in order and advances.
//
// Prepare(), Start(), Join() and the destructor belong to one thread; everything else may be called by any.
#ifndef WIREWATCH_ALERTS_CHANNEL_WORKER_H_
#define WIREWATCH_ALERTS_CHANNEL_WORKER_H_

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/random/random.h"
#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "wirewatch/alerts/delivery.h"
#include "wirewatch/alerts/recipient.h"
#include "wirewatch/alerts/render.h"
#include "wirewatch/alerts/route.h"
#include "wirewatch/alerts/route_memory.h"
#include "wirewatch/sdk/alert_channel.h"
#include "wirewatch/sdk/log.h"
#include "wirewatch/store/store.h"

namespace wirewatch::alerts {

class ChannelWorker {
 public:
  ChannelWorker(store::Store& store, std::unique_ptr<AlertChannel> channel, ChannelOptions options);
  ~ChannelWorker() { Join(); }

  // As Delivery::Prepare() and Delivery::Start().
  absl::Status Prepare();
  void Start();
  void Notify() { Set(news_); }
  // Ends when everything committed is delivered, or at `deadline`.
  void Drain(absl::Time deadline) { Set(draining_, deadline); }
  void Stop() { Set(stop_); }
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
  // Tells, holds or passes over one event.
  bool TakeEntry(const store::JournalEntry& entry);
  bool DeliverEvent(const v1::AlertEvent& event, absl::Time written);
  absl::Status TryOnce(const v1::AlertEvent& event, std::optional<v1::AlertEvent>& rendered, bool& store_in_trouble);
  void TellGap();
  // For people, while nothing is delivered.
  void LookForWaiting();
  void Bury(uint64_t sequence, uint32_t attempts, const absl::Status& error);
  // Flushes the channel and advances the subscription. On failure what was delivered since comes again.
  bool Advance();
  absl::Duration Backoff(uint32_t attempt);
  bool GiveUp(const absl::Status& error, uint32_t attempts) const;

  // ---- Recipients (channel_worker_digest.cc); all of them do nothing for a channel that is nobody's ----

  const RecipientRules* rules() const { return options_.recipient ? &*options_.recipient : nullptr; }
  std::string DigestName() const { return name_ + "#digest"; }
  // Where the subscription stands in a store that may not know it yet.
  absl::Status PrepareDigests(uint64_t position);
  // From the store, as it was when the position was advanced.
  bool RestoreMemory();
  // In a rehearsal: how far the stream has come, before the journal is read.
  bool NotePassed();
  // Its digests begin with the first Item of the stream.
  bool BeginRehearsal();
  // The time of the digest that is due, of times up to `until`; InfinitePast: none is.
  absl::Time DueDigest(absl::Time until) const;
  // Cuts the digest of that time. It is durable before it is sent.
  bool Cut(absl::Time due);
  // Where the stream stood at the time of a digest that is due.
  absl::StatusOr<uint64_t> PositionAt(absl::Time due);
  // Cuts what is due, and tries to deliver what is cut if it is time for that. A digest that is not taken stops
  // nothing.
  bool TendDigest(absl::Time until);
  bool TendPending();
  // Up to where the journal counts for a digest that is sent now.
  uint64_t ShownUpTo(const v1::PendingDigest& pending) const;
  bool SettleDigest(const absl::Status& taken, bool store_in_trouble);
  absl::Status TryDigest(const v1::PendingDigest& pending, bool& store_in_trouble);
  absl::Status DeliverOneByOne(const v1::Digest& digest, uint64_t shown_up_to, bool& store_in_trouble);
  // When TendDigest() has something to do next.
  absl::Time NextDigestWork() const;
  void CountVerdict(const Verdict& verdict);
  // For the suppressions journal, with the next advance: why the event is not told, and that a digest was taken.
  void RecordStop(const v1::AlertEvent& event, const Verdict& verdict, std::string graver);
  void RecordDigest(const v1::PendingDigest& digest);
  // For people, at the end: something waits in the store.
  void TellHeld() const;

  // True when the thread is to go on after so long; false when it is to stop.
  bool Pause(absl::Duration time);
  enum class Wake { kNews, kAdvance, kDigest, kEnd };
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
  void Set(bool& flag, absl::Time deadline = absl::InfiniteFuture()) {
    {
      const std::lock_guard lock(mutex_);
      flag = true;
      deadline_ = std::min(deadline_, deadline);
    }
    changed_.notify_all();
  }
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

  // Likewise, of a recipient's channel.
  RouteMemory memory_;  // as of done_
  bool restored_ = false;
  absl::Time passed_ = absl::InfinitePast();  // see NotePassed()
  bool leftovers_ = false;                    // something is held, and the recipient has no digest any more
  uint32_t digest_attempts_ = 0;
  absl::Time digest_retry_at_ = absl::InfinitePast();
  std::set<std::string> told_singly_;      // Alerts of the digest at hand that were delivered one by one
  std::vector<store::Suppression> stops_;  // since the last advance; bounded by advancing

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

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_ALERTS_CHANNEL_WORKER_H_

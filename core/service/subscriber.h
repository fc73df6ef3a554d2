// Subscriber: one Subscribe call. It looks for the next event that its filter lets through in the feed, and behind it
// in the store; one message is on its way at a time, and nothing is queued: who does not read costs a message.
//
// At any time at most one thread is at work for it, whoever that is: the feed's when events come, gRPC's when a message
// has gone, a worker where the store or the archive must be read. They hand it on by `busy_`.
#ifndef WIREWATCH_SERVICE_SUBSCRIBER_H_
#define WIREWATCH_SERVICE_SUBSCRIBER_H_

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "wirewatch/service/access.h"
#include "wirewatch/service/alert_filter.h"
#include "wirewatch/service/evidence_items.h"
#include "wirewatch/service/journal_feed.h"
#include "wirewatch/service/named_subscription.h"
#include "wirewatch/service/visible_alerts.h"
#include "wirewatch/v1/alert_service.pb.h"

namespace wirewatch::service {

class Subscribers;

class Subscriber final : public grpc::ServerWriteReactor<grpc::ByteBuffer>,
                         public std::enable_shared_from_this<Subscriber> {
 public:
  static constexpr absl::Duration kHeartbeat = absl::Seconds(30);
  static constexpr absl::Duration kLeastHeartbeat = absl::Seconds(1), kMostHeartbeat = absl::Hours(1);

  // What is asked for, checked. InvalidArgument with google.rpc.BadRequest.
  struct Wish {
    v1::SubscribeRequest request;
    std::optional<AlertFilter> filter;
    std::shared_ptr<const SharedQuery> query;  // nullptr: none
    absl::Duration heartbeat = kHeartbeat;
  };
  static absl::StatusOr<Wish> Check(v1::SubscribeRequest request, EvidenceItems& evidence);

  // `all` outlives it. It lives until the call is done.
  static grpc::ServerWriteReactor<grpc::ByteBuffer>* Start(Subscribers& all, uint64_t number, Wish wish,
                                                           Admission admission);

  // Events may have come.
  void Wake();
  // Every now and then: heartbeats, what the store refused is tried again, and whether the caller may still follow.
  void Tick(absl::Time now);
  // The call ends with this status, after the message that is on its way.
  void End(const grpc::Status& status);
  v1::SubscriberStats Stats() const;

  void OnWriteDone(bool ok) override;
  void OnCancel() override { End(grpc::Status::CANCELLED); }
  void OnDone() override;

 private:
  enum class Found {
    kMessage,  // message_ is to be sent
    kWorker,   // a worker has to go on
    kNothing,  // until events come
    kTrouble,  // of the store; to be tried again
  };
  enum class Let { kYes, kNo, kWorker, kTrouble };

  Subscriber(Subscribers& all, uint64_t number, Wish wish, Admission admission);

  void Open();
  absl::StatusOr<uint64_t> FirstPosition(const store::JournalRange& journal);
  absl::StatusOr<uint64_t> PositionAfter(uint64_t sequence, const store::JournalRange& journal);
  absl::StatusOr<uint64_t> PositionAt(absl::Time time, const store::JournalRange& journal);

  // True: the calling thread is the one at work now.
  bool Claim();
  // Sends what it finds, and hands the work on.
  void Work(bool on_worker);
  Found Find(bool on_worker);
  // Where nothing more can be had without waiting. True when there is a message all the same.
  bool FindHeartbeat(bool at_end);
  // The store is; heartbeats go on.
  Found InTrouble();
  // The event as the caller may see it; nullptr: not at all.
  std::shared_ptr<const ServedEvent> Shown(std::shared_ptr<const ServedEvent> event);
  Found Take(const std::shared_ptr<const ServedEvent>& event, bool on_worker);
  // The next event behind the ring, out of page_; nullptr: a worker has to read it. `on_worker` is spent on a read.
  absl::StatusOr<std::shared_ptr<const ServedEvent>> InPage(bool& on_worker);
  Let Lets(const ServedEvent& event, bool on_worker);
  // For named subscriptions, before the turn's first event.
  Let BeginTurn(uint64_t sequence, bool on_worker);
  bool MoreFollows() const;
  void SetGap(uint64_t from, uint64_t to);
  void SetHeartbeat(bool live);
  void Send();
  void FinishNow(std::unique_lock<std::mutex>& lock);

  Subscribers& all_;
  const uint64_t number_;
  const Wish wish_;
  Admission admission_;
  VisibleAlerts visible_;
  const std::shared_ptr<NamedSubscription> named_;  // nullptr: without a name
  const absl::Time since_ = absl::Now();

  // Of the thread at work; page_ may be dropped while a message is on its way.
  uint64_t replay_end_ = 0;
  uint64_t gap_end_ = 0;  // beyond the position: a gap up to it is to be told first
  bool live_told_ = false;
  bool turn_begun_ = false;
  std::shared_ptr<const JournalFeed::Page> page_;
  grpc::ByteBuffer message_;
  bool message_is_event_ = false;
  bool more_follows_ = false;
  // Likewise, read by others.
  std::atomic<uint64_t> position_{0};  // everything up to it was sent or is not for it
  std::atomic<uint64_t> sent_{0};      // events
  std::atomic<bool> live_{false};

  mutable std::mutex mutex_;  // guards what follows
  bool busy_ = true;          // a thread is at work, or a message on its way
  bool again_ = false;        // something happened meanwhile
  bool heartbeat_due_ = false;
  bool in_trouble_ = false;
  bool writing_ = false;  // a message is on its way
  bool issuing_ = false;  // and gRPC may not have it yet
  uint64_t writes_ = 0;   // messages sent
  absl::Time written_;    // when the last message began its way
  absl::Time checked_;    // when the caller was last asked for
  std::optional<grpc::Status> end_;
  bool finished_ = false;
  std::shared_ptr<Subscriber> self_;  // until the call is done
};

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_SUBSCRIBER_H_

#include "wirewatch/service/subscriber.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "wirewatch/alerts/times.h"
#include "wirewatch/service/grpc_status.h"
#include "wirewatch/service/subscribers.h"

namespace wirewatch::service {
namespace {

// So many messages go to the client at once: what gRPC needs for more it does not give back.
constexpr uint64_t kTogether = 16;
// A page is not kept for one that has been stuck for so long.
constexpr absl::Duration kStuck = absl::Seconds(1);
// How soon a token that was revoked ends what goes on.
constexpr absl::Duration kCheck = absl::Seconds(1);

grpc::ByteBuffer Serialised(const v1::SubscribeResponse& response) {
  const grpc::Slice slice(response.SerializeAsString());
  return grpc::ByteBuffer(&slice, 1);
}

}  // namespace

// ---- Beginning ----

Subscriber::Subscriber(Subscribers& all, uint64_t number, Wish wish, Admission admission)
    : all_(all),
      number_(number),
      wish_(std::move(wish)),
      admission_(std::move(admission)),
      visible_(all.host(), admission_.caller().visibility),
      named_(wish_.request.has_subscription_name()
                 ? all.names().Find(NamedSubscription::NameFor(admission_.caller(), wish_.request.subscription_name()))
                 : nullptr),
      written_(since_),
      checked_(since_) {}

grpc::ServerWriteReactor<grpc::ByteBuffer>* Subscriber::Start(Subscribers& all, uint64_t number, Wish wish,
                                                              Admission admission) {
  const std::shared_ptr<Subscriber> made(new Subscriber(all, number, std::move(wish), std::move(admission)));
  made->self_ = made;
  all.Add(number, made);
  all.Post([made] { made->Open(); });
  return made.get();
}

void Subscriber::Open() {
  const absl::StatusOr<store::JournalRange> journal = all_.store().Journal();
  const absl::StatusOr<uint64_t> position =
      journal.ok() ? FirstPosition(*journal) : absl::StatusOr<uint64_t>(journal.status());
  if (!position.ok()) {
    End(ToGrpc(position.status()));
  } else {
    position_ = *position;
    replay_end_ = journal->end;
  }
  Work(true);
}

// ---- The baton ----

bool Subscriber::Claim() {
  const std::lock_guard lock(mutex_);
  if (end_) return false;
  again_ = again_ || busy_;
  return !std::exchange(busy_, true);
}

void Subscriber::Wake() {
  if (Claim()) Work(false);
}

void Subscriber::Tick(absl::Time now) {
  bool check = false;
  {
    const std::lock_guard lock(mutex_);
    check = now >= checked_ + kCheck;
    if (check) checked_ = now;
  }
  if (check && !all_.access().StillValid(admission_.caller())) return End(ToGrpc(Access::Expired()));
  {
    const std::lock_guard lock(mutex_);
    if (writing_ && now > written_ + kStuck) page_.reset();
    if (!std::exchange(in_trouble_, false) && now < written_ + wish_.heartbeat) return;
    heartbeat_due_ = now >= written_ + wish_.heartbeat;
    if (busy_) return;
  }
  Wake();
}

void Subscriber::Work(bool on_worker) {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      if (end_) return FinishNow(lock);
    }
    const Found found = Find(on_worker);
    if (found == Found::kMessage) return Send();
    if (found == Found::kWorker) return all_.Post([self = shared_from_this()] { self->Work(true); });
    std::unique_lock lock(mutex_);
    in_trouble_ = found == Found::kTrouble;
    if (end_ || in_trouble_ || !again_) {
      busy_ = again_ = false;
      if (end_) FinishNow(lock);
      return;
    }
    again_ = false;
  }
}

void Subscriber::Send() {
  const std::shared_ptr<Subscriber> self = shared_from_this();
  std::unique_lock lock(mutex_);
  if (end_) return FinishNow(lock);
  writing_ = issuing_ = true;
  heartbeat_due_ = false;
  written_ = absl::Now();
  const uint64_t write = ++writes_;
  lock.unlock();
  grpc::WriteOptions options;
  // Together with the next ones. Not the first: with it go the headers, and gRPC waits for their way.
  if (more_follows_ && write % kTogether != 1) options.set_buffer_hint();
  StartWrite(&message_, options);
  lock.lock();
  // The next message may be at this point already, on another thread.
  if (!writing_ || writes_ != write) return;
  issuing_ = false;
  if (end_) FinishNow(lock);
}

void Subscriber::OnWriteDone(bool ok) {
  {
    std::unique_lock lock(mutex_);
    writing_ = issuing_ = false;
    if (!ok && !end_) end_ = grpc::Status::CANCELLED;
    if (end_) return FinishNow(lock);
  }
  sent_ += message_is_event_ ? 1 : 0;
  message_.Clear();
  Work(false);
}

void Subscriber::End(const grpc::Status& status) {
  std::unique_lock lock(mutex_);
  if (end_) return;
  end_ = status;
  // Else whoever is at work finishes.
  if (!busy_ || (writing_ && !issuing_)) FinishNow(lock);
}

void Subscriber::FinishNow(std::unique_lock<std::mutex>& lock) {
  if (std::exchange(finished_, true)) return;
  const grpc::Status status = *end_;
  const std::shared_ptr<Subscriber> self = shared_from_this();
  lock.unlock();
  Finish(status);
}

void Subscriber::OnDone() {
  const std::shared_ptr<Subscriber> self = std::move(self_);
  {
    const std::lock_guard lock(mutex_);
    if (end_) admission_.Done(*end_);
  }
  all_.Remove(number_);
  if (named_ != nullptr) all_.Post([named = named_, number = number_] { named->Leave(number); });
}

// ---- Finding the next message ----

Subscriber::Found Subscriber::Find(bool on_worker) {
  message_is_event_ = more_follows_ = false;
  if (gap_end_ > position_) {
    SetGap(position_ + 1, gap_end_);
    return Found::kMessage;
  }
  while (true) {
    JournalFeed::Next next = all_.feed().After(position_);
    if (next.where == JournalFeed::Next::Where::kNotYet) {
      page_.reset();
      return FindHeartbeat(position_ >= replay_end_) ? Found::kMessage : Found::kNothing;
    }
    live_ = false;
    if (next.where == JournalFeed::Next::Where::kInStore) {
      const absl::StatusOr<std::shared_ptr<const ServedEvent>> event = InPage(on_worker);
      if (!event.ok()) return InTrouble();
      if (*event == nullptr) return FindHeartbeat(false) ? Found::kMessage : Found::kWorker;
      next.event = *event;
    }
    if (next.event->sequence > position_ + 1) {
      SetGap(position_ + 1, next.event->sequence - 1);
      return Found::kMessage;
    }
    const std::shared_ptr<const ServedEvent> shown = Shown(next.event);
    switch (shown == nullptr ? Let::kNo : Lets(*shown, on_worker)) {
      case Let::kYes:
        return Take(shown, on_worker);
      case Let::kNo:
        position_ = next.event->sequence;
        break;
      case Let::kWorker:
        return Found::kWorker;
      case Let::kTrouble:
        return InTrouble();
    }
  }
}

absl::StatusOr<std::shared_ptr<const ServedEvent>> Subscriber::InPage(bool& on_worker) {
  const auto following = [this]() -> std::shared_ptr<const ServedEvent> {
    if (page_ == nullptr || page_->empty() || page_->back()->sequence <= position_) return nullptr;
    const uint64_t first = page_->front()->sequence;
    return (*page_)[first > position_ ? 0 : position_ + 1 - first];
  };
  if (std::shared_ptr<const ServedEvent> event = following()) return event;
  // One page in a turn of a worker, so that others have theirs.
  if (!std::exchange(on_worker, false)) return nullptr;
  absl::StatusOr<std::shared_ptr<const JournalFeed::Page>> page = all_.feed().ReadPage(position_);
  if (!page.ok()) return page.status();
  page_ = *std::move(page);
  if (std::shared_ptr<const ServedEvent> event = following()) return event;
  // Retention has removed all that the feed knew of.
  const absl::StatusOr<store::JournalRange> journal = all_.store().Journal();
  if (!journal.ok()) return journal.status();
  gap_end_ = journal->begin - 1;
  return nullptr;
}

std::shared_ptr<const ServedEvent> Subscriber::Shown(std::shared_ptr<const ServedEvent> event) {
  if (event->unreadable) return event;
  if (!visible_.MayKnow(event->event.alert())) return nullptr;
  if (visible_.everything()) return event;
  v1::SubscribeResponse response;
  *response.mutable_event() = event->event;
  if (!visible_.Show(*response.mutable_event())) return nullptr;
  auto shown = std::make_shared<ServedEvent>();
  shown->sequence = event->sequence;
  shown->pipeline = event->pipeline;
  shown->message = grpc::Slice(response.SerializeAsString());
  shown->event.Swap(response.mutable_event());
  return shown;
}

Subscriber::Let Subscriber::Lets(const ServedEvent& event, bool on_worker) {
  if (event.unreadable) return Let::kYes;
  if (!wish_.filter->Lets(event.event, event.pipeline)) return Let::kNo;
  if (wish_.query == nullptr) return Let::kYes;
  if (!on_worker) return Let::kWorker;
  // What was read for others may hold more than this one may see.
  const absl::StatusOr<bool> satisfied = visible_.everything()
                                             ? all_.evidence().AnySatisfies(event, *wish_.query)
                                             : all_.evidence().AnySatisfies(event.event.alert(), *wish_.query);
  if (!satisfied.ok()) return Let::kTrouble;
  return *satisfied ? Let::kYes : Let::kNo;
}

Subscriber::Let Subscriber::BeginTurn(uint64_t sequence, bool on_worker) {
  if (named_ == nullptr || turn_begun_) return Let::kYes;
  if (!on_worker) return Let::kWorker;
  const absl::StatusOr<NamedSubscription::First> first = named_->Begin(number_, sequence);
  if (!first.ok()) return Let::kTrouble;
  turn_begun_ = *first == NamedSubscription::First::kSend;
  return turn_begun_ ? Let::kYes : Let::kNo;
}

Subscriber::Found Subscriber::Take(const std::shared_ptr<const ServedEvent>& event, bool on_worker) {
  switch (BeginTurn(event->sequence, on_worker)) {
    case Let::kYes:
      break;
    case Let::kNo:
      position_ = event->sequence;
      return Found::kWorker;
    case Let::kWorker:
      return Found::kWorker;
    case Let::kTrouble:
      return InTrouble();
  }
  const uint32_t attempt = named_ == nullptr ? 0 : named_->NoteSent(number_, event->sequence);
  if (named_ != nullptr && attempt == 0) return Found::kNothing;
  message_ = MessageOf(*event, attempt);
  message_is_event_ = !event->unreadable;
  position_ = event->sequence;
  more_follows_ = MoreFollows();
  return Found::kMessage;
}

bool Subscriber::MoreFollows() const {
  if (wish_.query != nullptr || named_ != nullptr) return false;
  const JournalFeed::Next next = all_.feed().After(position_);
  return next.event != nullptr && wish_.filter->Lets(next.event->event, next.event->pipeline);
}

// ---- Other messages ----

Subscriber::Found Subscriber::InTrouble() { return FindHeartbeat(false) ? Found::kMessage : Found::kTrouble; }

bool Subscriber::FindHeartbeat(bool at_end) {
  live_ = at_end;
  if (at_end && !std::exchange(live_told_, true)) {
    SetHeartbeat(true);
    return true;
  }
  const std::lock_guard lock(mutex_);
  const bool due = heartbeat_due_ || absl::Now() >= written_ + wish_.heartbeat;
  if (due) SetHeartbeat(live_told_);
  return due;
}

void Subscriber::SetHeartbeat(bool live) {
  v1::SubscribeResponse response;
  v1::Heartbeat& heartbeat = *response.mutable_heartbeat();
  heartbeat.set_journal_id(all_.store().JournalId());
  heartbeat.set_sequence(position_);
  alerts::SetTime(heartbeat.mutable_at(), absl::Now());
  heartbeat.set_live(live);
  message_ = Serialised(response);
}

void Subscriber::SetGap(uint64_t from, uint64_t to) {
  v1::SubscribeResponse response;
  response.mutable_gap()->set_from(from);
  response.mutable_gap()->set_to(to);
  message_ = Serialised(response);
  position_ = to;
}

v1::SubscriberStats Subscriber::Stats() const {
  v1::SubscriberStats stats;
  stats.set_client(wish_.request.client());
  stats.set_caller(admission_.caller().name);
  stats.set_subscription_name(wish_.request.subscription_name());
  alerts::SetTime(stats.mutable_since(), since_);
  stats.set_sent(sent_);
  stats.set_position(position_);
  stats.set_live(live_);
  return stats;
}

}  // namespace wirewatch::service

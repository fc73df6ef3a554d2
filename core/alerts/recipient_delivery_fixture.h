// For tests of deliveries to recipients: a channel that takes digests, with a real store and a clock that the test
// sets.
#ifndef WIREWATCH_ALERTS_RECIPIENT_DELIVERY_FIXTURE_H_
#define WIREWATCH_ALERTS_RECIPIENT_DELIVERY_FIXTURE_H_

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wirewatch/alerts/delivery.h"
#include "wirewatch/alerts/route_fixture.h"
#include "wirewatch/store/sqlite_store.h"

namespace wirewatch::alerts {

// What the channel has taken; outlives it.
struct Taken {
  std::mutex mutex;
  std::condition_variable more;
  std::vector<std::string> events;  // Alerts' ids
  std::vector<v1::Digest> digests;
  std::vector<std::string> attempts;  // ids of digests
  std::function<absl::Status(const v1::Digest&)> answer;
  Recipient recipient;

  bool Wait(const std::function<bool()>& done) {
    std::unique_lock lock(mutex);
    return more.wait_for(lock, std::chrono::seconds(10), done);
  }
  bool WaitForDigests(size_t number) {
    return Wait([&] { return digests.size() >= number; });
  }
};

class DigestingChannel final : public AlertChannel {
 public:
  explicit DigestingChannel(Taken& taken) : taken_(taken) {}
  absl::Status Deliver(const v1::AlertEvent& event) override {
    const std::lock_guard lock(taken_.mutex);
    taken_.recipient = recipient();
    taken_.events.push_back(event.alert_id());
    taken_.more.notify_all();
    return absl::OkStatus();
  }
  absl::Status DeliverDigest(const v1::Digest& digest) override {
    const std::lock_guard lock(taken_.mutex);
    taken_.attempts.push_back(digest.id());
    taken_.more.notify_all();
    if (absl::Status answer = taken_.answer ? taken_.answer(digest) : absl::OkStatus(); !answer.ok()) {
      return answer;
    }
    taken_.digests.push_back(digest);
    return absl::OkStatus();
  }

 private:
  Taken& taken_;
};

class RecipientDeliveryFixture : public ::testing::Test {
 protected:
  void Start(absl::Time now, const std::function<void(RecipientRules&)>& change = {}) {
    clock_.Set(now);
    ChannelOptions options{.pipeline = "p", .id = "mail"};
    options.first_backoff = absl::Milliseconds(1);
    options.max_backoff = absl::Milliseconds(5);
    options.attempts = 4;
    options.advance_every = absl::Milliseconds(20);
    options.recipient = NightDesk();
    if (change) change(*options.recipient);
    options.rehearse = rehearse_;
    options.clock = &clock_;
    delivery_ = std::make_unique<Delivery>(*store_);
    delivery_->Add(std::make_unique<DigestingChannel>(taken_), options);
    ASSERT_TRUE(delivery_->Prepare().ok());
    delivery_->Start();
  }
  void Stop() { delivery_.reset(); }
  void Finish() { EXPECT_TRUE(delivery_->FlushAndStop(absl::Seconds(10)).ok()); }
  void SetClock(absl::Time now) {
    clock_.Set(now);
    if (delivery_) delivery_->Notify();
  }

  void Journal(const std::vector<v1::AlertEvent>& events, std::vector<store::ArchivedItem> items = {},
               absl::Time arrival = At(20)) {
    store::EpochWrites epoch{.pipeline = "p", .last_position = position_ + 1 + items.size(), .last_arrival = arrival};
    for (store::ArchivedItem& item : items) item.position = ++position_;
    position_ = epoch.last_position;
    epoch.items = std::move(items);
    for (const v1::AlertEvent& event : events) {
      epoch.journal.push_back({.sequence = ++sequence_,
                               .alert_id = event.alert_id(),
                               .at = GetTime(event.at()),
                               .event = event.SerializeAsString()});
    }
    ASSERT_TRUE(store_->Commit(std::span(&epoch, 1)).ok());
    if (delivery_ != nullptr) delivery_->Notify();
  }
  bool WaitForPosition(uint64_t position) {
    for (int i = 0; i < 5000 && Position("p/night/mail") != position; ++i) absl::SleepFor(absl::Milliseconds(1));
    return Position("p/night/mail") == position;
  }
  uint64_t Position(const std::string& name) { return store_->SubscriptionPosition(name)->value_or(999); }

  bool rehearse_ = false;
  ManualClock clock_{At(0)};
  std::unique_ptr<store::Store> store_ = *store::OpenSqlite({});
  Taken taken_;
  std::unique_ptr<Delivery> delivery_;
  uint64_t position_ = 0;
  uint64_t sequence_ = 0;
};

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_ALERTS_RECIPIENT_DELIVERY_FIXTURE_H_

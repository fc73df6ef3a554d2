#include "wirewatch/alerts/delivery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wirewatch/store/sqlite_store.h"

namespace wirewatch::alerts {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// What a channel of the test has seen; outlives the channel.
struct Seen {
  std::mutex mutex;
  std::condition_variable more;
  std::vector<uint64_t> taken;
  std::vector<std::pair<uint64_t, uint64_t>> gaps;
  uint64_t opened_after = 0;
  int calls = 0;
  int flushes = 0;
  bool cannot_open = false;

  std::vector<uint64_t> Taken() {
    const std::lock_guard lock(mutex);
    return taken;
  }
  bool WaitForTaken(size_t number) {
    std::unique_lock lock(mutex);
    return more.wait_for(lock, std::chrono::seconds(10), [&] { return taken.size() >= number; });
  }
};

using Answer = std::function<absl::Status(uint64_t sequence, int call)>;

class TestChannel final : public AlertChannel {
 public:
  TestChannel(Seen& seen, Answer answer, std::function<absl::Status()> flush)
      : seen_(seen), answer_(std::move(answer)), flush_(std::move(flush)) {}
  absl::Status Open(uint64_t delivered) override {
    if (seen_.cannot_open) return absl::UnavailableError("no such host");
    seen_.opened_after = delivered;
    return absl::OkStatus();
  }
  absl::Status Deliver(const v1::AlertEvent& event) override {
    const std::lock_guard lock(seen_.mutex);
    absl::Status answer = answer_ ? answer_(event.sequence(), ++seen_.calls) : absl::OkStatus();
    if (answer.ok()) seen_.taken.push_back(event.sequence());
    seen_.more.notify_all();
    return answer;
  }
  absl::Status Flush() override {
    const std::lock_guard lock(seen_.mutex);
    ++seen_.flushes;
    return flush_ ? flush_() : absl::OkStatus();
  }
  void Gap(uint64_t from, uint64_t to) override { seen_.gaps.emplace_back(from, to); }

 private:
  Seen& seen_;
  const Answer answer_;
  const std::function<absl::Status()> flush_;
};

class DeliveryTest : public ::testing::Test {
 protected:
  DeliveryTest() : store_(*store::OpenSqlite({})) {}

  void Journal(int events, const std::string& pipeline = "p") {
    store::EpochWrites epoch{.pipeline = pipeline, .last_position = ++position_};
    for (int i = 0; i < events; ++i) {
      v1::AlertEvent event;
      event.mutable_alert()->set_pipeline(pipeline);
      epoch.journal.push_back(
          {.sequence = ++sequence_, .alert_id = "a", .at = WrittenAt(sequence_), .event = event.SerializeAsString()});
    }
    ASSERT_TRUE(store_->Commit(std::span(&epoch, 1)).ok());
    if (delivery_ != nullptr) delivery_->Notify();
  }
  // Channels "p/a", "p/b", … in the order of the calls.
  void Add(Seen& seen, Answer answer = {}, std::function<absl::Status()> flush = {}) {
    if (delivery_ == nullptr) delivery_ = std::make_unique<Delivery>(*store_);
    ChannelOptions options{.pipeline = "p", .id = std::string(1, next_id_++)};
    options.first_backoff = absl::Milliseconds(1);
    options.max_backoff = absl::Milliseconds(5);
    options.attempts = 4;
    delivery_->Add(std::make_unique<TestChannel>(seen, std::move(answer), std::move(flush)), options);
  }
  // Lives until the delivery has ended, which flushes its channels then.
  Seen& NewSeen() { return seen_.emplace_back(); }
  static absl::Time WrittenAt(uint64_t sequence) { return absl::FromUnixSeconds(1'700'000'000 + sequence); }
  // Waits until the first channel's statistics are as `wanted`.
  bool WaitForStats(const std::function<bool(const ChannelStats&)>& wanted) {
    for (int i = 0; i < 10'000; ++i) {
      if (wanted(delivery_->Stats()[0])) return true;
      absl::SleepFor(absl::Milliseconds(1));
    }
    return false;
  }
  void Restart() {
    delivery_.reset();
    next_id_ = 'a';
  }
  uint64_t Position(const std::string& name) { return store_->SubscriptionPosition(name)->value_or(999); }

  std::unique_ptr<store::Store> store_;
  std::deque<Seen> seen_;
  std::unique_ptr<Delivery> delivery_;
  uint64_t position_ = 0;
  uint64_t sequence_ = 0;
  char next_id_ = 'a';
};

TEST_F(DeliveryTest, DeliversInOrderAndAdvances) {
  Seen& seen = NewSeen();
  Add(seen);
  ASSERT_TRUE(delivery_->Prepare().ok());
  delivery_->Start();
  Journal(3);
  ASSERT_TRUE(seen.WaitForTaken(3));
  Journal(2);
  ASSERT_TRUE(delivery_->FlushAndStop(absl::Seconds(10)).ok());
  EXPECT_THAT(seen.Taken(), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_EQ(Position("p/a"), 5u);
  EXPECT_EQ(delivery_->Stats()[0].delivered, 5u);
}

TEST_F(DeliveryTest, GoesOnWhereItWasAfterARestart) {
  Seen& first = NewSeen();
  Add(first);
  ASSERT_TRUE(delivery_->Prepare().ok());
  delivery_->Start();
  Journal(3);
  ASSERT_TRUE(delivery_->FlushAndStop(absl::Seconds(10)).ok());
  Restart();
  Journal(2);
  Seen& second = NewSeen();
  Add(second);
  ASSERT_TRUE(delivery_->Prepare().ok());
  delivery_->Start();
  ASSERT_TRUE(delivery_->FlushAndStop(absl::Seconds(10)).ok());
  EXPECT_EQ(second.opened_after, 3u);
  EXPECT_THAT(second.Taken(), ElementsAre(4, 5));
}

TEST_F(DeliveryTest, NewChannelBeginsAtTheEndAndKeepsItsPlaceThroughACrash) {
  Journal(5);
  Seen& first = NewSeen();
  Add(first);
  ASSERT_TRUE(delivery_->Prepare().ok());
  delivery_->Start();
  delivery_->Stop();
  Restart();
  Journal(1);
  Seen& second = NewSeen();
  Add(second);
  ASSERT_TRUE(delivery_->Prepare().ok());
  delivery_->Start();
  ASSERT_TRUE(delivery_->FlushAndStop(absl::Seconds(10)).ok());
  EXPECT_THAT(first.Taken(), IsEmpty());
  EXPECT_THAT(second.Taken(), ElementsAre(6));
}

TEST_F(DeliveryTest, OtherPipelinesEventsArePassedOver) {
  Seen& seen = NewSeen();
  Add(seen);
  ASSERT_TRUE(delivery_->Prepare().ok());
  delivery_->Start();
  Journal(1, "q");
  Journal(1, "p");
  Journal(1, "q");
  ASSERT_TRUE(delivery_->FlushAndStop(absl::Seconds(10)).ok());
  EXPECT_THAT(seen.Taken(), ElementsAre(2));
  EXPECT_EQ(Position("p/a"), 3u);
}

TEST_F(DeliveryTest, WhatASilenceHidesIsPassedOverButCorrectionsAreNot) {
  Seen seen;
  Add(seen);
  ASSERT_TRUE(delivery_->Prepare().ok());
  delivery_->Start();
  store::EpochWrites epoch{.pipeline = "p", .last_position = ++position_};
  for (const v1::CorrectionKind correction :
       {v1::CORRECTION_KIND_UNSPECIFIED, v1::CORRECTION_KIND_RETRACTED, v1::CORRECTION_KIND_UNSPECIFIED}) {
    v1::AlertEvent event;
    event.add_silenced_by("s");
    event.set_correction(correction);
    epoch.journal.push_back({.sequence = ++sequence_, .alert_id = "a", .event = event.SerializeAsString()});
  }
  ASSERT_TRUE(store_->Commit(std::span(&epoch, 1)).ok());
  delivery_->Notify();
  ASSERT_TRUE(delivery_->FlushAndStop(absl::Seconds(10)).ok());
  EXPECT_THAT(seen.Taken(), ElementsAre(2));
  EXPECT_EQ(Position("p/a"), 3u);
}

TEST_F(DeliveryTest, TransientFailuresAreTriedAgainInOrder) {
  Seen& seen = NewSeen();
  Add(seen, [](uint64_t, int call) { return call % 3 == 0 ? absl::OkStatus() : absl::UnavailableError("busy"); });
  ASSERT_TRUE(delivery_->Prepare().ok());
  delivery_->Start();
  Journal(3);
  ASSERT_TRUE(seen.WaitForTaken(3));
  ASSERT_TRUE(delivery_->FlushAndStop(absl::Seconds(10)).ok());
  EXPECT_THAT(seen.Taken(), ElementsAre(1, 2, 3));
  EXPECT_EQ(delivery_->Stats()[0].retries, 6u);
  EXPECT_EQ(delivery_->Stats()[0].dead_letters, 0u);
}

TEST_F(DeliveryTest, AFailureThatSaysWhenIsNotTriedAgainBefore) {
  Seen& seen = NewSeen();
  std::vector<absl::Time> calls;
  Add(seen, [&calls](uint64_t, int call) {
    calls.push_back(absl::Now());
    return call == 1 ? RetryAfter(absl::UnavailableError("busy"), absl::Milliseconds(300)) : absl::OkStatus();
  });
  ASSERT_TRUE(delivery_->Prepare().ok());
  delivery_->Start();
  Journal(1);
  ASSERT_TRUE(seen.WaitForTaken(1));
  ASSERT_EQ(calls.size(), 2u);
  EXPECT_GE(calls[1] - calls[0], absl::Milliseconds(290));  // the back-off alone is 5 ms at most
}

TEST_F(DeliveryTest, FinalAndEndlessFailuresBecomeDeadLetters) {
  Seen& seen = NewSeen();
  Add(seen, [](uint64_t sequence, int) -> absl::Status {
    if (sequence == 1) return absl::InvalidArgumentError("not this one");
    if (sequence == 2) return absl::UnavailableError("down");
    if (sequence == 3) throw std::runtime_error("boom");
    return absl::OkStatus();
  });
  ASSERT_TRUE(delivery_->Prepare().ok());
  delivery_->Start();
  Journal(4);
  ASSERT_TRUE(seen.WaitForTaken(1));
  ASSERT_TRUE(delivery_->FlushAndStop(absl::Seconds(10)).ok());
  EXPECT_THAT(seen.Taken(), ElementsAre(4));
  const std::vector<store::DeadLetter> letters = store_->DeadLetters("p/a", 10).value();
  ASSERT_EQ(letters.size(), 3u);
  EXPECT_EQ(letters[0].attempts, 1u);
  EXPECT_EQ(letters[0].error, absl::InvalidArgumentError("not this one"));
  EXPECT_EQ(letters[1].attempts, 4u);
  EXPECT_THAT(std::string(letters[2].error.message()), HasSubstr("boom"));
  EXPECT_EQ(delivery_->Stats()[0].dead_letters, 3u);
}

TEST_F(DeliveryTest, StuckChannelDelaysNobodyAndKeepsItsEvents) {
  Seen& stuck = NewSeen();
  Seen& free = NewSeen();
  Add(stuck, [](uint64_t, int) { return absl::UnavailableError("no route"); });
  Add(free);
  ChannelOptions patient{.pipeline = "p", .id = "patient"};
  Seen& waiting = NewSeen();
  delivery_->Add(std::make_unique<TestChannel>(
                     waiting, [](uint64_t, int) { return absl::UnavailableError("no route"); }, nullptr),
                 patient);
  ASSERT_TRUE(delivery_->Prepare().ok());
  delivery_->Start();
  Journal(2);
  ASSERT_TRUE(free.WaitForTaken(2));
  const absl::Status left = delivery_->FlushAndStop(absl::Milliseconds(100));
  EXPECT_TRUE(absl::IsUnavailable(left));
  EXPECT_THAT(std::string(left.message()), HasSubstr("p/patient (no route)"));
  EXPECT_EQ(Position("p/b"), 2u);
  EXPECT_EQ(Position("p/patient"), 0u);
  EXPECT_EQ(delivery_->Stats()[2].dead_letters, 0u);
}

TEST_F(DeliveryTest, OldestWaitingEventIsKnown) {
  Seen& seen = NewSeen();
  std::atomic<bool> up{true};
  Add(seen, [&up](uint64_t, int) { return up ? absl::OkStatus() : absl::UnavailableError("no route"); });
  ASSERT_TRUE(delivery_->Prepare().ok());
  delivery_->Start();
  EXPECT_EQ(delivery_->Stats()[0].waiting_since, absl::InfiniteFuture());
  Journal(1);
  ASSERT_TRUE(seen.WaitForTaken(1));
  EXPECT_TRUE(WaitForStats([](const ChannelStats& stats) { return stats.waiting_since == absl::InfiniteFuture(); }));
  up = false;
  Journal(1, "q");
  Journal(2);
  EXPECT_TRUE(WaitForStats([](const ChannelStats& stats) { return stats.waiting_since == WrittenAt(3); }));
  up = true;
  EXPECT_TRUE(WaitForStats([](const ChannelStats& stats) { return stats.waiting_since == absl::InfiniteFuture(); }));
  delivery_->Stop();
}

TEST_F(DeliveryTest, OldestWaitingEventIsKnownOfAChannelThatCannotBeOpened) {
  Seen& seen = NewSeen();
  seen.cannot_open = true;
  Add(seen);
  ASSERT_TRUE(delivery_->Prepare().ok());
  delivery_->Start();
  Journal(1, "q");
  Journal(1);
  EXPECT_TRUE(WaitForStats([](const ChannelStats& stats) { return stats.waiting_since == WrittenAt(2); }));
  EXPECT_EQ(delivery_->Stats()[0].trouble, "no such host");
  delivery_->Stop();
}

TEST_F(DeliveryTest, FailedFlushRepeatsWhatWasDelivered) {
  Seen& seen = NewSeen();
  int failures = 2;
  Add(seen, {}, [&failures]() -> absl::Status {
    return failures-- > 0 ? absl::UnavailableError("disk full") : absl::OkStatus();
  });
  ASSERT_TRUE(delivery_->Prepare().ok());
  delivery_->Start();
  Journal(1);
  ASSERT_TRUE(seen.WaitForTaken(3));
  ASSERT_TRUE(delivery_->FlushAndStop(absl::Seconds(10)).ok());
  EXPECT_THAT(seen.Taken(), ElementsAre(1, 1, 1));
  EXPECT_EQ(Position("p/a"), 1u);
}

TEST_F(DeliveryTest, GapIsTold) {
  Seen& first = NewSeen();
  Add(first);
  ASSERT_TRUE(delivery_->Prepare().ok());
  delivery_->Start();
  Journal(1);
  ASSERT_TRUE(delivery_->FlushAndStop(absl::Seconds(10)).ok());
  Restart();
  Journal(5);
  ASSERT_TRUE(store_->TrimJournal(4).ok());
  Seen& second = NewSeen();
  Add(second);
  ASSERT_TRUE(delivery_->Prepare().ok());
  delivery_->Start();
  ASSERT_TRUE(delivery_->FlushAndStop(absl::Seconds(10)).ok());
  EXPECT_THAT(second.gaps, ElementsAre(std::pair(uint64_t{2}, uint64_t{3})));
  EXPECT_THAT(second.Taken(), ElementsAre(4, 5, 6));
  EXPECT_EQ(delivery_->Stats()[0].missed, 2u);
}

TEST_F(DeliveryTest, ManyEventsAreAdvancedTogether) {
  Seen& seen = NewSeen();
  Add(seen);
  ASSERT_TRUE(delivery_->Prepare().ok());
  delivery_->Start();
  for (int i = 0; i < 20; ++i) Journal(50);
  ASSERT_TRUE(delivery_->FlushAndStop(absl::Seconds(10)).ok());
  EXPECT_EQ(seen.Taken().size(), 1000u);
  EXPECT_LT(seen.flushes, 20);
}

}  // namespace
}  // namespace wirewatch::alerts

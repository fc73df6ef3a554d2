// Durable subscriptions: what was not advanced comes again, one consumer at a time, and not for ever.
#include "wirewatch/service/named_subscription.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wirewatch/service/alert_service_fixture.h"

namespace wirewatch::service {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

class NamedSubscriptionTest : public AlertServiceTest {
 protected:
  // Sequence and attempt of the next events.
  static std::vector<std::pair<uint64_t, uint32_t>> Deliveries(Call& call, size_t count) {
    std::vector<std::pair<uint64_t, uint32_t>> deliveries;
    while (deliveries.size() < count) {
      const v1::SubscribeResponse response = call.Next();
      if (!response.has_heartbeat()) deliveries.emplace_back(response.event().sequence(), response.attempt());
    }
    return deliveries;
  }
  // The host knows that it has gone. The turn is written down by then or before the next one begins.
  void Leave(Call& call) {
    call.Leave();
    ASSERT_TRUE(Eventually([&] { return Stats().subscribers().empty(); }));
  }
  // Made, at the journal's end.
  void Make(const std::string& name) {
    const auto call = SubscribeLive(Named(name));
    Leave(*call);
  }
};

TEST_F(NamedSubscriptionTest, BeginsWithTheNextEventAndRepeatsWhatWasNotAdvanced) {
  Raise(1, 2);
  {
    const auto call = SubscribeLive(Named("desk"));
    Raise(3, 5);
    EXPECT_THAT(Deliveries(*call, 3), ElementsAre(Pair(3, 1), Pair(4, 1), Pair(5, 1)));
    ASSERT_TRUE(Advance("desk", 3).ok());
    Leave(*call);
  }
  Raise(6, 6);
  {
    const auto call = Subscribe(Named("desk"));
    EXPECT_THAT(Deliveries(*call, 3), ElementsAre(Pair(4, 2), Pair(5, 2), Pair(6, 1)));
    Leave(*call);
  }
  StopHost();
  StartHost();
  const auto call = Subscribe(Named("desk"));
  EXPECT_THAT(Deliveries(*call, 3), ElementsAre(Pair(4, 3), Pair(5, 3), Pair(6, 2))) << "over a restart as well";
  EXPECT_TRUE(call->Next().heartbeat().live());
}

TEST_F(NamedSubscriptionTest, WhatAKilledHostKnowsIsThatTheTurnBegan) {
  store::Store& store = host_->store();
  ASSERT_TRUE(store.Advance(NamedSubscription::Key("desk"), 0).ok());
  Raise(1, 2);
  {
    NamedSubscription killed(store, "desk");
    EXPECT_EQ(killed.Take(1, nullptr).value(), 0u);
    EXPECT_EQ(killed.Begin(1, 1).value(), NamedSubscription::First::kSend);
    EXPECT_EQ(killed.NoteSent(1, 1), 1u);
    EXPECT_EQ(killed.NoteSent(1, 2), 1u);
  }
  NamedSubscription next(store, "desk");
  ASSERT_TRUE(next.Take(2, nullptr).ok());
  EXPECT_EQ(next.NoteSent(2, 1), 2u);
  EXPECT_EQ(next.NoteSent(2, 2), 1u);
}

TEST_F(NamedSubscriptionTest, ASecondConsumerTakesOver) {
  Make("desk");
  Raise(1, 2);
  const auto first = Subscribe(Named("desk"));
  EXPECT_THAT(Deliveries(*first, 2), SizeIs(2));
  const auto second = Subscribe(Named("desk"));
  EXPECT_THAT(Deliveries(*second, 2), ElementsAre(Pair(1, 2), Pair(2, 2)));
  const grpc::Status ended = first->Finish();
  EXPECT_EQ(ended.error_code(), grpc::StatusCode::ABORTED);
  EXPECT_THAT(ended.error_message(), HasSubstr("another consumer"));
  Raise(3, 3);
  EXPECT_THAT(Deliveries(*second, 1), ElementsAre(Pair(3, 1)));
  const auto other = SubscribeLive(Named("night"));
  Raise(4, 4);
  EXPECT_THAT(Deliveries(*second, 1), ElementsAre(Pair(4, 1))) << "another name is another subscription";
}

TEST_F(NamedSubscriptionTest, TheLowestEventBecomesADeadLetterAfterTwelveTurns) {
  Make("desk");
  Raise(1, 2);
  for (uint32_t attempt = 1; attempt <= NamedSubscription::kAttempts; ++attempt) {
    const auto call = Subscribe(Named("desk"));
    EXPECT_THAT(Deliveries(*call, 2), ElementsAre(Pair(1, attempt), Pair(2, attempt)));
    Leave(*call);
  }
  const auto call = Subscribe(Named("desk"));
  EXPECT_THAT(Deliveries(*call, 1), ElementsAre(Pair(2, 13))) << "one is given up in a turn";
  const std::vector<store::DeadLetter> dead = host_->store().DeadLetters("client:desk", 10).value();
  ASSERT_THAT(dead, SizeIs(1));
  EXPECT_EQ(dead[0].sequence, 1u);
  EXPECT_EQ(dead[0].attempts, 12u);
  EXPECT_EQ(host_->store().SubscriptionPosition("client:desk").value(), 1u);
}

TEST_F(NamedSubscriptionTest, TurnsWithoutEventsDoNotCount) {
  for (int i = 0; i < 20; ++i) Make("desk");
  Raise(1, 1);
  EXPECT_THAT(Deliveries(*Subscribe(Named("desk")), 1), ElementsAre(Pair(1, 1)));
  EXPECT_THAT(host_->store().DeadLetters("client:desk", 10).value(), IsEmpty());
}

TEST_F(NamedSubscriptionTest, RetentionThatOvertookItIsTold) {
  Make("desk");
  Raise(1, 4);
  StopHost();
  StartHost();
  ASSERT_TRUE(host_->store().TrimJournal(3).ok());
  StopHost();
  StartHost();
  const auto call = Subscribe(Named("desk"));
  const v1::SubscribeResponse gap = call->Next();
  EXPECT_EQ(gap.gap().from(), 1u);
  EXPECT_EQ(gap.gap().to(), 2u);
  EXPECT_EQ(gap.attempt(), 0u);
  EXPECT_THAT(Deliveries(*call, 2), ElementsAre(Pair(3, 1), Pair(4, 1)));
}

TEST_F(NamedSubscriptionTest, AJournalThatRetentionHasEmptiedIsAGap) {
  Make("desk");
  Raise(1, 4);
  ASSERT_TRUE(host_->store().TrimJournal(5).ok());
  StopHost();
  StartHost();
  const auto call = Subscribe(Named("desk"));
  Raise(5, 5);
  EXPECT_EQ(call->Next().gap().to(), 4u);
  EXPECT_EQ(call->NextEvent(), 5u);
}

TEST_F(NamedSubscriptionTest, AdvanceGoesForwardWithinTheJournal) {
  Make("desk");
  Raise(1, 4);
  EXPECT_TRUE(Advance("desk", 2).ok());
  EXPECT_TRUE(Advance("desk", 2).ok()) << "again";
  const grpc::Status back = Advance("desk", 1);
  EXPECT_EQ(back.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(back.error_message(), HasSubstr("is at 2"));
  const grpc::Status beyond = Advance("desk", 5);
  EXPECT_EQ(beyond.error_code(), grpc::StatusCode::OUT_OF_RANGE);
  EXPECT_THAT(beyond.error_message(), HasSubstr("ends at 4"));
  EXPECT_EQ(Advance("desk", 3, "0123").error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(Advance("desk", 3, "").error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Advance("nobody", 3).error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(Advance("", 3).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(host_->store().SubscriptionPosition("client:desk").value(), 2u);
}

TEST_F(NamedSubscriptionTest, NamesAreApartFromThoseOfChannels) {
  ASSERT_TRUE(host_->store().Advance("desk/console", 0).ok());
  Raise(1, 1);
  EXPECT_TRUE(Subscribe(Named("desk/console"))->Next().heartbeat().live()) << "begins with the next event";
  EXPECT_EQ(host_->store().SubscriptionPosition("desk/console").value(), 0u);
}

}  // namespace
}  // namespace wirewatch::service

// Subscribe: where it begins, what it tells, and how it ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "wirewatch/service/alert_service_fixture.h"

namespace wirewatch::service {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST_F(AlertServiceTest, BeginsWithTheNextEventUnlessToldOtherwise) {
  Raise(1, 3);
  const auto call = Subscribe();
  const v1::SubscribeResponse first = call->Next();
  EXPECT_TRUE(first.heartbeat().live());
  EXPECT_EQ(first.heartbeat().sequence(), 3u);
  EXPECT_EQ(first.heartbeat().journal_id(), journal_id());
  Raise(4, 5);
  const v1::SubscribeResponse event = call->Next();
  EXPECT_EQ(event.event().sequence(), 4u);
  EXPECT_EQ(event.event().journal_id(), journal_id());
  EXPECT_EQ(event.event().alert().title(), "floods: Alert 4");
  EXPECT_EQ(event.attempt(), 0u);
  EXPECT_EQ(call->NextEvent(), 5u);
}

TEST_F(AlertServiceTest, ReplaysFromASequenceNumberThenSaysThatItIsLive) {
  Raise(1, 300);
  const auto call = Subscribe(AfterSequence(2));
  for (uint64_t sequence = 3; sequence <= 300; ++sequence) ASSERT_EQ(call->Next().event().sequence(), sequence);
  const v1::SubscribeResponse live = call->Next();
  EXPECT_TRUE(live.heartbeat().live());
  EXPECT_EQ(live.heartbeat().sequence(), 300u);
  Raise(301, 301);
  EXPECT_EQ(call->Next().event().sequence(), 301u);
}

TEST_F(AlertServiceTest, SequenceZeroIsTheOldestKept) {
  Raise(1, 5);
  ASSERT_TRUE(host_->store().TrimJournal(3).ok());
  EXPECT_THAT(Subscribe(AfterSequence(0))->Events(3), ElementsAre(3, 4, 5));
  EXPECT_EQ(Subscribe(AfterSequence(2))->Next().event().sequence(), 3u) << "nothing is missing after 2";
}

TEST_F(AlertServiceTest, SequenceThatIsNoLongerKeptIsOutOfRangeWithTheOldest) {
  Raise(1, 5);
  ASSERT_TRUE(host_->store().TrimJournal(4).ok());
  const grpc::Status old = Subscribe(AfterSequence(2))->Finish();
  EXPECT_EQ(old.error_code(), grpc::StatusCode::OUT_OF_RANGE);
  EXPECT_THAT(old.error_message(), HasSubstr("the oldest is 4"));
  EXPECT_THAT(old.error_details(), AllOf(HasSubstr("type.googleapis.com/google.rpc.ErrorInfo"),
                                         HasSubstr("oldest_sequence\x12\x01"
                                                   "4"),
                                         HasSubstr(journal_id())));
  const grpc::Status future = Subscribe(AfterSequence(6))->Finish();
  EXPECT_EQ(future.error_code(), grpc::StatusCode::OUT_OF_RANGE);
  EXPECT_THAT(future.error_message(), HasSubstr("ends at 5"));
}

TEST_F(AlertServiceTest, SequenceOfAnotherJournalIsRefused) {
  Raise(1, 2);
  v1::SubscribeRequest request = AfterSequence(1);
  request.set_journal_id("0123");
  const grpc::Status other = Subscribe(request)->Finish();
  EXPECT_EQ(other.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(other.error_message(), HasSubstr(journal_id()));
  request.set_journal_id(journal_id());
  EXPECT_EQ(Subscribe(request)->Next().event().sequence(), 2u);
}

TEST_F(AlertServiceTest, BeginsAfterATime) {
  Raise(1, 5);
  v1::SubscribeRequest request;
  request.mutable_after_time()->set_seconds(3);
  EXPECT_THAT(Subscribe(request)->Events(2), ElementsAre(4, 5));
  request.mutable_after_time()->set_seconds(5);
  EXPECT_TRUE(Subscribe(request)->Next().heartbeat().live());
  ASSERT_TRUE(host_->store().TrimJournal(4).ok());
  request.mutable_after_time()->set_seconds(1);
  const auto call = Subscribe(request);
  const v1::SubscribeResponse gap = call->Next();
  EXPECT_EQ(gap.gap().from(), 1u);
  EXPECT_EQ(gap.gap().to(), 3u);
  EXPECT_EQ(call->Next().event().sequence(), 4u);
}

TEST_F(AlertServiceTest, HeartbeatsComeWhenNothingElseDoes) {
  v1::SubscribeRequest request;
  request.mutable_heartbeat()->set_seconds(1);
  const auto call = SubscribeLive(request);
  const absl::Time begun = absl::Now();
  const v1::SubscribeResponse heartbeat = call->Next();
  EXPECT_TRUE(heartbeat.heartbeat().live());
  EXPECT_GT(absl::Now() - begun, absl::Milliseconds(800));
  EXPECT_LT(absl::Now() - begun, absl::Seconds(5));
  EXPECT_LT(absl::AbsDuration(alerts::GetTime(heartbeat.heartbeat().at()) - absl::Now()), absl::Seconds(5));
}

TEST_F(AlertServiceTest, HeartbeatsPassWhatTheFilterHoldsBack) {
  v1::SubscribeRequest request;
  request.mutable_heartbeat()->set_seconds(1);
  request.mutable_filter()->add_watch_ids("fires");
  const auto call = SubscribeLive(request);
  Raise(1, 7);
  EXPECT_TRUE(Eventually([&] { return call->Next().heartbeat().sequence() == 7; }));
}

TEST_F(AlertServiceTest, RequestsThatMakeNoSenseAreRefusedWithTheirField) {
  const auto refused = [this](const v1::SubscribeRequest& request, const std::string& field) {
    const grpc::Status status = Subscribe(request)->Finish();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_THAT(status.error_details(),
                AllOf(HasSubstr("type.googleapis.com/google.rpc.BadRequest"), HasSubstr(field)));
    return status.error_message();
  };
  v1::SubscribeRequest request;
  request.mutable_heartbeat()->set_nanos(1);
  EXPECT_THAT(refused(request, "heartbeat"), HasSubstr("1s to 1h"));
  request.mutable_heartbeat()->set_seconds(3601);
  refused(request, "heartbeat");
  refused(Named(""), "subscription_name");
  refused(Named("two words"), "subscription_name");
  refused(Named(std::string(129, 'x')), "subscription_name");
  request = {};
  request.set_client(std::string(257, 'x'));
  refused(request, "client");
  request = {};
  request.mutable_filter()->set_query("flood AND\n (rain");
  EXPECT_THAT(refused(request, "filter.query"), HasSubstr("2:2: a parenthesis without its end"));
  request = {};
  request.mutable_filter()->add_statuses(v1::ALERT_STATUS_OPEN);
  refused(request, "filter.statuses");
}

TEST_F(AlertServiceTest, EntriesThatCannotBeReadAreToldAsGap) {
  const auto call = SubscribeLive();
  store::EpochWrites epoch;
  epoch.pipeline = "desk";
  epoch.journal.push_back({.sequence = 1, .alert_id = "a", .at = absl::Now(), .event = "\xff\xff"});
  ASSERT_TRUE(host_->store().Commit(std::span(&epoch, 1)).ok());
  Raise(2, 2);
  const v1::SubscribeResponse gap = call->Next();
  EXPECT_EQ(gap.gap().from(), 1u);
  EXPECT_EQ(gap.gap().to(), 1u);
  EXPECT_EQ(call->Next().event().sequence(), 2u);
}

TEST_F(AlertServiceTest, TextsAreFilledInAndQueriesAskForTheItems) {
  v1::Item item;
  item.set_id("0123456789abcdef0123456789abcdef");
  item.set_version(1);
  item.set_headline("River bursts its banks");
  item.set_body("The flood reached the market square in the night.");
  v1::AlertEvent with_item = RaisedEvent(1);
  v1::Evidence& evidence = *with_item.mutable_alert()->add_evidence();
  evidence.set_item_id(item.id());
  evidence.set_item_version(1);
  v1::SubscribeRequest flood, fire;
  flood.mutable_filter()->set_query("flood NEAR/3 market OR nothing");
  fire.mutable_filter()->set_query("fire");
  fire.mutable_heartbeat()->set_seconds(1);
  const auto call = SubscribeLive(flood), other = SubscribeLive(fire);
  Commit({with_item, RaisedEvent(2)}, {item});
  const v1::SubscribeResponse event = call->Next();
  EXPECT_EQ(event.event().sequence(), 1u);
  EXPECT_EQ(event.event().alert().evidence(0).headline(), "River bursts its banks");
  EXPECT_TRUE(Eventually([&] {
    const v1::SubscribeResponse response = other->Next();
    EXPECT_FALSE(response.has_event());
    return response.heartbeat().sequence() == 2;
  }));
  flood.set_after_sequence(0);
  EXPECT_EQ(Subscribe(flood)->NextEvent(), 1u) << "in the replay as well";
}

TEST_F(AlertServiceTest, StreamsEndWithUnavailableWhenTheHostStops) {
  const auto reading = SubscribeLive();
  const auto replaying = Subscribe(AfterSequence(0));
  std::future<grpc::Status> first = std::async([&] { return reading->Finish(); });
  std::future<grpc::Status> second = std::async([&] { return replaying->Finish(); });
  const absl::Time begun = absl::Now();
  server_.reset();
  EXPECT_LT(absl::Now() - begun, absl::Seconds(5));
  EXPECT_EQ(first.get().error_code(), grpc::StatusCode::UNAVAILABLE);
  // A call that the host had not come to yet is cancelled by gRPC itself.
  EXPECT_THAT(second.get().error_code(), ::testing::AnyOf(grpc::StatusCode::UNAVAILABLE, grpc::StatusCode::CANCELLED));
}

TEST_F(AlertServiceTest, OneThatDoesNotReadDoesNotKeepTheHostFromStopping) {
  const auto stopped = SubscribeLive();
  for (int i = 0; i < 40; ++i) Raise(1 + 500 * i, 500 + 500 * i);
  ASSERT_TRUE(Eventually([&] { return Stats().subscribers(0).position() > 0; }));
  const absl::Time begun = absl::Now();
  server_.reset();
  EXPECT_LT(absl::Now() - begun, absl::Seconds(10));
}

TEST_F(AlertServiceTest, RetentionThatOvertakesASubscriberIsTold) {
  const auto slow = SubscribeLive();
  // More than the ring and what gRPC buffers.
  std::vector<v1::AlertEvent> events;
  for (int i = 1; i <= 500; ++i) {
    events.push_back(RaisedEvent(i));
    events.back().mutable_alert()->set_title(std::string(10'000, 'x'));
  }
  for (int i = 0; i < 6; ++i) Commit(events);
  ASSERT_TRUE(Eventually([&] { return Stats().journal_end() == 3000; }));
  const auto live = Subscribe(AfterSequence(2990));
  EXPECT_EQ(live->Events(10).back(), 3000u);
  ASSERT_TRUE(host_->store().TrimJournal(2999).ok());
  uint64_t last = 0;
  bool gap = false;
  while (last < 3000) {
    const v1::SubscribeResponse response = slow->Next();
    ASSERT_TRUE(response.has_event() || response.has_gap());
    EXPECT_EQ(response.has_gap() ? response.gap().from() : response.event().sequence(), last + 1);
    gap = gap || response.has_gap();
    last = response.has_gap() ? response.gap().to() : response.event().sequence();
  }
  EXPECT_TRUE(gap);
}

TEST_F(AlertServiceTest, SubscribersAreListed) {
  v1::SubscribeRequest request;
  request.set_client("desk screen");
  const auto call = SubscribeLive(request);
  Raise(1, 2);
  call->Events(2);
  ASSERT_TRUE(Eventually([&] { return Stats().subscribers(0).sent() == 2; }));
  const v1::AlertStatsResponse stats = Stats();
  ASSERT_EQ(stats.subscribers_size(), 1);
  EXPECT_EQ(stats.subscribers(0).client(), "desk screen");
  EXPECT_EQ(stats.subscribers(0).position(), 2u);
  EXPECT_TRUE(stats.subscribers(0).live());
  EXPECT_EQ(stats.journal_begin(), 1u);
  EXPECT_EQ(stats.journal_end(), 2u);
  EXPECT_EQ(stats.journal_id(), journal_id());
  call->Leave();
  EXPECT_TRUE(Eventually([&] { return Stats().subscribers().empty(); }));
}

}  // namespace
}  // namespace wirewatch::service

// List, Get and Stats over gRPC.
#include "wirewatch/service/alert_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wirewatch/service/alert_service_fixture.h"

namespace wirewatch::service {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class AlertListTest : public AlertServiceTest {
 protected:
  grpc::Status List(const v1::ListAlertsRequest& request, v1::ListAlertsResponse& response) const {
    grpc::ClientContext context;
    return stub_->List(&context, request, &response);
  }
  v1::ListAlertsResponse List(const v1::ListAlertsRequest& request = {}) const {
    v1::ListAlertsResponse response;
    const grpc::Status done = List(request, response);
    EXPECT_TRUE(done.ok()) << done.error_message();
    return response;
  }
  grpc::Status Get(const std::string& id, v1::GetAlertResponse& response) const {
    grpc::ClientContext context;
    v1::GetAlertRequest request;
    request.set_alert_id(id);
    return stub_->Get(&context, request, &response);
  }
  static std::vector<std::string> Titles(const v1::ListAlertsResponse& response) {
    std::vector<std::string> titles;
    for (const v1::Alert& alert : response.alerts()) titles.push_back(alert.title());
    return titles;
  }
  static v1::AlertEvent Changed(int number, v1::AlertEventType type) {
    v1::AlertEvent event = RaisedEvent(number);
    event.set_type(type);
    return event;
  }
};

TEST_F(AlertListTest, PagesAreTrueAtOneMomentWhateverComesMeanwhile) {
  Raise(1, 5);
  v1::ListAlertsRequest request;
  request.set_page_size(2);
  v1::ListAlertsResponse page = List(request);
  EXPECT_THAT(Titles(page), ElementsAre("floods: Alert 5", "floods: Alert 4"));
  EXPECT_EQ(page.sequence(), 5u);
  EXPECT_EQ(page.journal_id(), journal_id());
  Raise(6, 6);
  v1::AlertEvent closed = Changed(1, v1::ALERT_EVENT_TYPE_CLOSED);
  closed.mutable_alert()->set_status(v1::ALERT_STATUS_CLOSED);
  Commit({closed});
  std::vector<std::string> rest;
  while (!page.next_page_token().empty()) {
    request.set_page_token(page.next_page_token());
    page = List(request);
    EXPECT_EQ(page.sequence(), 5u);
    for (const v1::Alert& alert : page.alerts()) {
      EXPECT_EQ(alert.status(), v1::ALERT_STATUS_OPEN);
      rest.push_back(alert.title());
    }
  }
  EXPECT_THAT(rest, ElementsAre("floods: Alert 3", "floods: Alert 2", "floods: Alert 1"));
  request.clear_page_token();
  EXPECT_THAT(Titles(List(request)), ElementsAre("floods: Alert 1", "floods: Alert 6")) << "by the last change";
}

TEST_F(AlertListTest, SubscribingAtTheListsSequenceMissesNothing) {
  Raise(1, 3);
  const uint64_t sequence = List().sequence();
  Raise(4, 4);
  EXPECT_EQ(Subscribe(AfterSequence(sequence))->NextEvent(), 4u);
}

TEST_F(AlertListTest, FiltersByStateAndOnTheItems) {
  v1::Item item;
  item.set_id("0123456789abcdef0123456789abcdef");
  item.set_version(1);
  item.set_headline("River bursts its banks");
  item.set_body("The flood reached the market.");
  v1::AlertEvent shown = RaisedEvent(1), closed = RaisedEvent(2), test = RaisedEvent(3), silenced = RaisedEvent(4);
  shown.mutable_alert()->add_evidence()->set_item_id(item.id());
  shown.mutable_alert()->mutable_evidence(0)->set_item_version(1);
  closed.mutable_alert()->set_status(v1::ALERT_STATUS_CLOSED);
  test.mutable_alert()->set_test(true);
  silenced.mutable_alert()->add_silenced_by("s");
  Commit({shown, closed, test, silenced}, {item});
  EXPECT_THAT(Titles(List()), ElementsAre("floods: Alert 2", "floods: Alert 1"));
  v1::ListAlertsRequest request;
  request.mutable_filter()->add_statuses(v1::ALERT_STATUS_CLOSED);
  EXPECT_THAT(Titles(List(request)), ElementsAre("floods: Alert 2"));
  request.clear_filter();
  request.mutable_filter()->set_include_test(true);
  request.mutable_filter()->set_include_silenced(true);
  EXPECT_THAT(List(request).alerts(), SizeIs(4));
  request.clear_filter();
  request.mutable_filter()->set_query("flood");
  const v1::ListAlertsResponse found = List(request);
  EXPECT_THAT(Titles(found), ElementsAre("floods: Alert 1"));
  EXPECT_EQ(found.alerts(0).evidence(0).headline(), "River bursts its banks");
  request.mutable_filter()->set_query("fire");
  EXPECT_THAT(List(request).alerts(), IsEmpty());
}

TEST_F(AlertListTest, LargeAnswersAreCut) {
  std::vector<v1::AlertEvent> events;
  for (int i = 1; i <= 10; ++i) {
    events.push_back(RaisedEvent(i));
    events.back().mutable_alert()->set_title(std::string(700 << 10, 'x'));
  }
  Commit(events);
  v1::ListAlertsRequest request;
  int pages = 0, alerts = 0;
  do {
    const v1::ListAlertsResponse page = List(request);
    EXPECT_LT(page.ByteSizeLong(), size_t{4} << 20) << "what clients take";
    EXPECT_FALSE(page.alerts().empty());
    alerts += page.alerts_size();
    request.set_page_token(page.next_page_token());
    ++pages;
  } while (!request.page_token().empty() && pages < 20);
  EXPECT_EQ(alerts, 10);
  EXPECT_GT(pages, 1);
}

TEST_F(AlertListTest, WrongRequestsNameTheirField) {
  v1::ListAlertsResponse response;
  v1::ListAlertsRequest request;
  for (const char* token : {"x", "1-2", "2-1-1", "1--1-1", "1-1-x"}) {
    request.set_page_token(token);
    const grpc::Status status = List(request, response);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << token;
    EXPECT_THAT(status.error_details(), HasSubstr("page_token"));
  }
  request.clear_page_token();
  request.set_page_size(1001);
  EXPECT_THAT(List(request, response).error_details(), HasSubstr("page_size"));
  request.clear_page_size();
  request.mutable_filter()->add_types(v1::ALERT_EVENT_TYPE_RAISED);
  EXPECT_THAT(List(request, response).error_details(), HasSubstr("filter.types"));
  request.mutable_filter()->clear_types();
  request.mutable_filter()->set_query("a AND AND");
  EXPECT_THAT(List(request, response).error_message(), HasSubstr("1:"));
}

TEST_F(AlertListTest, GetTakesTheBeginningOfAnId) {
  Raise(0x12, 0x13);
  v1::AlertEvent acknowledged = Changed(0x12, v1::ALERT_EVENT_TYPE_ACKNOWLEDGED);
  acknowledged.mutable_alert()->mutable_acknowledgement()->set_by("kim");
  Commit({acknowledged});
  v1::GetAlertResponse response;
  ASSERT_TRUE(Get("0000000000000012", response).ok());
  EXPECT_EQ(response.alert().id(), AlertId(0x12));
  EXPECT_EQ(response.alert().acknowledgement().by(), "kim");
  ASSERT_THAT(response.events(), SizeIs(2));
  EXPECT_EQ(response.events(0).sequence(), 1u);
  EXPECT_EQ(response.events(1).sequence(), 3u);
  EXPECT_EQ(response.events(1).journal_id(), journal_id());
  EXPECT_FALSE(response.events(0).has_alert() || response.events(1).has_alert());
  response.Clear();
  EXPECT_TRUE(Get(AlertId(0x13), response).ok());

  const grpc::Status several = Get("00000000", response);
  EXPECT_EQ(several.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(several.error_message(), AllOf(HasSubstr(AlertId(0x12)), HasSubstr(AlertId(0x13))));
  EXPECT_EQ(Get("ffff", response).error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(Get("000", response).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Get("", response).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(AlertListTest, StatsTellWhatBecameOfEachWatchsAlerts) {
  const auto dismissed = [](int number, v1::DismissReason reason) {
    v1::AlertEvent event = Changed(number, v1::ALERT_EVENT_TYPE_DISMISSED);
    event.mutable_alert()->mutable_dismissal()->set_reason(reason);
    return event;
  };
  v1::AlertEvent test = RaisedEvent(7), both = RaisedEvent(8);
  test.mutable_alert()->set_test(true);
  both.mutable_alert()->add_watch_ids("storms");
  v1::AlertEvent given = Changed(2, v1::ALERT_EVENT_TYPE_ASSIGNED), taken = Changed(2, v1::ALERT_EVENT_TYPE_ASSIGNED);
  given.mutable_alert()->set_assignee("kim");
  Raise(1, 6);
  Commit({Changed(1, v1::ALERT_EVENT_TYPE_ACKNOWLEDGED), Changed(1, v1::ALERT_EVENT_TYPE_ACKNOWLEDGEMENT_LAPSED), given,
          taken, dismissed(3, v1::DISMISS_REASON_IRRELEVANT), dismissed(4, v1::DISMISS_REASON_DUPLICATE),
          dismissed(5, v1::DISMISS_REASON_KNOWN), Changed(6, v1::ALERT_EVENT_TYPE_ACKNOWLEDGED),
          dismissed(6, v1::DISMISS_REASON_IRRELEVANT), test, both});
  const v1::AlertStatsResponse stats = Stats();
  ASSERT_THAT(stats.watches(), SizeIs(2));
  const v1::WatchPrecision& floods = stats.watches(0);
  EXPECT_EQ(floods.pipeline(), "desk");
  EXPECT_EQ(floods.watch_id(), "floods");
  EXPECT_EQ(floods.raised(), 7u);
  EXPECT_EQ(floods.useful(), 3u) << "1 (lapsed since), 2 (taken back since), 5 (known)";
  EXPECT_EQ(floods.irrelevant(), 2u);
  EXPECT_EQ(floods.duplicate(), 1u);
  EXPECT_EQ(floods.known(), 1u);
  EXPECT_DOUBLE_EQ(floods.precision(), 0.6);
  EXPECT_EQ(stats.watches(1).watch_id(), "storms");
  EXPECT_FALSE(stats.watches(1).has_precision());
  v1::AlertStatsRequest since;
  since.mutable_since()->set_seconds(5);
  EXPECT_EQ(Stats(since).watches(0).raised(), 3u) << "5, 6 and 8";
}

}  // namespace
}  // namespace wirewatch::service

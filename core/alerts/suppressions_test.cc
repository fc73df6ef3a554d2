// What the grouper and a recipient's channel record of what they do not tell.
#include "wirewatch/alerts/suppressions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "wirewatch/alerts/grouper_fixture.h"
#include "wirewatch/alerts/route_fixture.h"

namespace wirewatch::alerts {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class GrouperSuppressionsTest : public GrouperFixture {
 protected:
  // "REASON item version watch", of what was recorded since the last call.
  std::vector<std::string> Recorded() {
    std::vector<std::string> recorded;
    for (const v1::Suppression& one : grouper_->TakeSuppressions()) {
      recorded.push_back(v1::StopReason_Name(one.reason()).substr(sizeof "STOP_REASON_" - 1) + " " + one.item_id() +
                         " " + std::to_string(one.item_version()) + " " + one.watch_id());
    }
    return recorded;
  }
};

TEST_F(GrouperSuppressionsTest, WhatIsToldLeavesNone) {
  Arrive(0, Item("a"), {Hit("w")});
  Advance(30);
  Arrive(40, Item("a", 2), {Hit("w")});
  Advance(1e6);
  EXPECT_THAT(Recorded(), IsEmpty());
}

TEST_F(GrouperSuppressionsTest, KilledWhenItCame) {
  v1::Item item = Item("a");
  item.set_pub_status(v1::PUB_STATUS_CANCELED);
  Arrive(0, item, {Hit("w"), Hit("v")});
  EXPECT_THAT(Recorded(), ElementsAre("KILLED a 1 w", "KILLED a 1 v"));
  EXPECT_THAT(Recorded(), IsEmpty());
}

TEST_F(GrouperSuppressionsTest, WithdrawnWhileItWaited) {
  Arrive(0, Item("a"), {Hit("w")});
  v1::Item killed = Item("a", 2);
  killed.set_pub_status(v1::PUB_STATUS_CANCELED);
  Arrive(10, killed);
  EXPECT_THAT(Advance(100), IsEmpty());
  EXPECT_THAT(Recorded(), ElementsAre("WITHDRAWN a 1 w"));
}

TEST_F(GrouperSuppressionsTest, NeverRaised) {
  GroupingOptions options{.group_by = {"watch"}};
  RaiseWhen::Error error;
  ASSERT_TRUE(RaiseWhen::Parse("items>=3", options.raise_when, error));
  Use(options);
  Arrive(0, Item("a"), {Hit("w")});
  Arrive(1, Item("b"), {Hit("w")});
  EXPECT_THAT(Recorded(), IsEmpty());
  EXPECT_THAT(Advance(100'000), IsEmpty());
  EXPECT_THAT(Recorded(), ElementsAre("NEVER_RAISED a 1 w", "NEVER_RAISED b 1 w"));
}

TEST_F(GrouperSuppressionsTest, NewVersionThatAddsNothing) {
  Use({.group_by = {"watch"}, .on_update = OnUpdate::kFirst});
  Arrive(0, Item("a"), {Hit("w")});
  Arrive(10, Item("a", 2), {Hit("w")});
  EXPECT_THAT(Recorded(), IsEmpty()) << "it is told with the Alert, which still waits";
  Advance(30);
  Arrive(1000, Item("a", 3), {Hit("w")});
  EXPECT_THAT(Recorded(), ElementsAre("UNCHANGED a 3 w"));
}

TEST(StopOf, IsTheVerdictOnNews) {
  RecipientRules rules;
  rules.match.watches = {"kfor"};
  rules.match.least_severity = v1::SEVERITY_MEDIUM;
  const auto stop = [&](const EventOf& of, const Verdict& verdict) {
    return v1::StopReason_Name(StopOf(Make(of), verdict, rules)).substr(sizeof "STOP_REASON_" - 1);
  };
  const Verdict tell{.fate = Verdict::Fate::kTell}, pass;
  const auto hold = [](v1::HeldReason reason) {
    return Verdict{.fate = Verdict::Fate::kHold, .reason = reason, .counts = false};
  };
  EXPECT_EQ(stop({}, tell), "UNSPECIFIED");
  EXPECT_EQ(stop({}, hold(v1::HELD_REASON_CAPPED)), "CAPPED");
  EXPECT_EQ(stop({}, hold(v1::HELD_REASON_LATE)), "LATE");
  EXPECT_EQ(stop({}, hold(v1::HELD_REASON_INHIBITED)), "INHIBITED");
  EXPECT_EQ(stop({}, hold(v1::HELD_REASON_QUIET_HOURS)), "QUIET_HOURS");
  EXPECT_EQ(stop({}, hold(v1::HELD_REASON_UNSPECIFIED)), "HELD_BEFORE");
  EXPECT_EQ(stop({.watch = "sport"}, pass), "NOT_ROUTED");
  EXPECT_EQ(stop({.severity = v1::SEVERITY_LOW, .watch = "sport"}, pass), "NOT_ROUTED");
  EXPECT_EQ(stop({.severity = v1::SEVERITY_LOW}, pass), "BELOW_SEVERITY");
  // The event says so itself.
  EXPECT_EQ(stop({.silenced = true}, pass), "UNSPECIFIED");
  EXPECT_EQ(stop({.type = v1::ALERT_EVENT_TYPE_CLOSED, .watch = "sport"}, pass), "UNSPECIFIED");
}

TEST(ToStore, IsFoundByItemElseAlertElseSubscription) {
  v1::Suppression one;
  one.set_subscription("p/desk/mail");
  EXPECT_THAT(ToStore(one).subjects, ElementsAre("p/desk/mail"));
  one.set_alert_id("alert");
  const store::Suppression of_alert = ToStore(one);
  EXPECT_THAT(of_alert.subjects, ElementsAre("alert"));
  one.set_sequence(2);
  EXPECT_NE(ToStore(one).key, of_alert.key);
  one.set_item_id("item");
  EXPECT_THAT(ToStore(one, {"https://a", "https://b"}).subjects, ElementsAre("item", "https://a", "https://b"));
}

}  // namespace
}  // namespace wirewatch::alerts

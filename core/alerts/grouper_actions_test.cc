#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "wirewatch/alerts/grouper_actions_fixture.h"

namespace wirewatch::alerts {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using GrouperActionsTest = GrouperActionsFixture;

// ---- Acknowledgement ----

TEST_F(GrouperActionsTest, AnAcknowledgementIsAnEventAndOnAgainIsNone) {
  const std::string id = Raised();
  ASSERT_TRUE(Acknowledge(40, id).ok());
  ASSERT_THAT(Types(told_), ElementsAre(kAcknowledged));
  EXPECT_EQ(own_, 0u);
  EXPECT_EQ(told_[0].actor(), "ada");
  EXPECT_EQ(Second(told_[0]), 40);
  EXPECT_EQ(answer_.alert().acknowledgement().by(), "ada");
  ASSERT_TRUE(Acknowledge(41, id).ok());
  EXPECT_THAT(told_, IsEmpty());
  EXPECT_FALSE(own_);
  ASSERT_TRUE(Acknowledge(42, id, "bob").ok());
  EXPECT_EQ(answer_.alert().acknowledgement().by(), "bob");
}

TEST_F(GrouperActionsTest, OnlyAnOpenAlertIsAcknowledged) {
  EXPECT_TRUE(absl::IsNotFound(Acknowledge(0, "none")));
  const std::string id = Raised();
  ASSERT_THAT(Advance(100'000), SizeIs(1));  // closed
  EXPECT_TRUE(absl::IsFailedPrecondition(Acknowledge(100'001, id)));
  EXPECT_TRUE(absl::IsInvalidArgument(Operate(100'002, By(""))));
}

TEST_F(GrouperActionsTest, AnAcknowledgementLapsesOnHigherSeverity) {
  ASSERT_TRUE(Acknowledge(40, Raised()).ok());
  EXPECT_THAT(Arrive(50, Item("b"), {Hit("w")}), IsEmpty());
  const Grouper::Events events = Arrive(60, Item("c"), {Hit("w", v1::SEVERITY_HIGH)});
  ASSERT_THAT(Types(events), ElementsAre(kLapsed));
  EXPECT_THAT(events[0].reason(), HasSubstr("high now, and was medium"));
  EXPECT_FALSE(events[0].alert().has_acknowledgement());
  EXPECT_THAT(Types(Advance(1000)), ElementsAre(kUpdated));
}

TEST_F(GrouperActionsTest, AnAcknowledgementLapsesWhenOriginsHaveDoubled) {
  ASSERT_TRUE(Acknowledge(40, Raised()).ok());
  EXPECT_THAT(Arrive(50, Item("b"), {Hit("w")}), IsEmpty());  // the same origin
  EXPECT_THAT(Types(Arrive(60, Item("c", 1, "Courier"), {Hit("w")})), ElementsAre(kLapsed));
}

TEST_F(GrouperActionsTest, AnAcknowledgementLapsesOnACorrectionButNotOnOneFromBefore) {
  const std::string id = Raised();
  EXPECT_THAT(Arrive(40, Item("a", 2), {Hit("w")}), SizeIs(1));
  EXPECT_THAT(Arrive(50, Item("a", 3), {Hit("w")}), IsEmpty());  // is told at 340
  ASSERT_TRUE(Acknowledge(60, id).ok());
  EXPECT_THAT(Types(Advance(350)), ElementsAre(kUpdated));
  v1::Item killed = Item("a", 4);
  killed.set_pub_status(v1::PUB_STATUS_CANCELED);
  EXPECT_THAT(Types(Arrive(400, killed)), ElementsAre(kLapsed, kUpdated));
}

TEST_F(GrouperActionsTest, AnAcknowledgedConditionIsNotRepeated) {
  Use({.group_by = {"subject"}, .repeat = absl::Minutes(10)});
  const std::string id = Bursting();
  EXPECT_THAT(Types(Advance(700)), ElementsAre(kRepeated));
  ASSERT_TRUE(Acknowledge(710, id).ok());
  EXPECT_THAT(Advance(5000), IsEmpty());
  EXPECT_THAT(Types(Timer(5010, Burst("x", v1::SIGNAL_PHASE_ENDED))), ElementsAre(kResolved));
}

// ---- Escalation ----

TEST_F(GrouperActionsTest, WhatNobodyTakesIsEscalatedOnce) {
  Use({.group_by = {"watch"}, .escalate_after = absl::Minutes(10)});
  Raised("w", v1::SEVERITY_HIGH);
  const Grouper::Events events = Advance(5000);
  ASSERT_THAT(Types(events), ElementsAre(kEscalated));
  EXPECT_EQ(Second(events[0]), 630);
  EXPECT_TRUE(events[0].alert().has_escalated());
}

TEST_F(GrouperActionsTest, WhatIsAcknowledgedAssignedOrMildIsNotEscalated) {
  Use({.group_by = {"watch"}, .escalate_after = absl::Minutes(10)});
  ASSERT_TRUE(Acknowledge(40, Raised("w", v1::SEVERITY_HIGH)).ok());
  Arrive(50, Item("b"), {Hit("mild")});
  Arrive(50, Item("c"), {Hit("given", v1::SEVERITY_CRITICAL)});
  v1::OperatorCall call = By("ada");
  for (const v1::AlertEvent& event : Advance(80)) {
    if (event.alert().watch_ids(0) == "given") call.mutable_assign()->set_alert_id(event.alert_id());
  }
  // A critical one does not wait: it was raised at 50.
  EXPECT_TRUE(call.assign().alert_id().empty());
  EXPECT_THAT(Types(Advance(2000)), ElementsAre(kEscalated));
  // Once it has lapsed, the time begins anew.
  EXPECT_THAT(Types(Arrive(3000, Item("d"), {Hit("w", v1::SEVERITY_CRITICAL)})), ElementsAre(kLapsed, kUpdated));
  const Grouper::Events events = Advance(4000);
  ASSERT_THAT(Types(events), ElementsAre(kEscalated));
  EXPECT_EQ(Second(events[0]), 3600);
}

// ---- Dismissal ----

TEST_F(GrouperActionsTest, ADismissedAlertTakesFurtherSignalsQuietlyUntilItHasHadNone) {
  const std::string id = Raised();
  ASSERT_TRUE(Dismiss(40, id).ok());
  ASSERT_THAT(Types(told_), ElementsAre(kDismissed));
  EXPECT_EQ(told_[0].reason(), "irrelevant");
  EXPECT_EQ(answer_.alert().status(), v1::ALERT_STATUS_DISMISSED);
  Arrive(50, Item("b"), {Hit("w")});
  Arrive(80'000, Item("c"), {Hit("w")});
  EXPECT_THAT(Advance(100'000), IsEmpty());
  EXPECT_EQ(grouper_->stats().opened, 1u);
  // None for close_after: what comes then is news.
  Arrive(170'000, Item("d"), {Hit("w")});
  const Grouper::Events events = Advance(170'030);
  ASSERT_THAT(Types(events), ElementsAre(kRaised));
  EXPECT_NE(events[0].alert_id(), id);
  EXPECT_EQ(events[0].alert().signal_count(), 1u);
}

TEST_F(GrouperActionsTest, WhatIsGraverThanWhatWasDismissedIsRaised) {
  ASSERT_TRUE(Dismiss(40, Raised()).ok());
  Arrive(50, Item("b"), {Hit("w", v1::SEVERITY_HIGH)});
  EXPECT_THAT(Types(Advance(80)), ElementsAre(kRaised));
  EXPECT_EQ(grouper_->stats().opened, 2u);
}

TEST_F(GrouperActionsTest, CorrectionsOfWhatWasDismissedAreTold) {
  ASSERT_TRUE(Dismiss(40, Raised()).ok());
  v1::Item killed = Item("a", 2);
  killed.set_pub_status(v1::PUB_STATUS_CANCELED);
  const Grouper::Events events = Arrive(50, killed);
  ASSERT_THAT(Types(events), ElementsAre(kUpdated));
  EXPECT_EQ(events[0].correction(), v1::CORRECTION_KIND_RETRACTED);
  EXPECT_EQ(events[0].alert().status(), v1::ALERT_STATUS_DISMISSED);
}

TEST_F(GrouperActionsTest, WhatHasEndedIsDismissedForTheStatistics) {
  const std::string id = Raised();
  Advance(100'000);
  ASSERT_TRUE(Dismiss(100'001, id, v1::DISMISS_REASON_KNOWN).ok());
  EXPECT_EQ(absl::ToUnixSeconds(GetTime(answer_.alert().closed())), absl::ToUnixSeconds(kStart) + 86'400);
  Arrive(100'002, Item("b"), {Hit("w")});
  EXPECT_THAT(Types(Advance(100'040)), ElementsAre(kRaised));
  EXPECT_TRUE(absl::IsInvalidArgument(Dismiss(100'041, id, v1::DISMISS_REASON_UNSPECIFIED)));
}

TEST_F(GrouperActionsTest, ADismissedConditionIsQuietUntilItEnds) {
  Use({.group_by = {"subject"}, .repeat = absl::Minutes(10)});
  ASSERT_TRUE(Dismiss(40, Bursting()).ok());
  EXPECT_THAT(Timer(50, Burst("x", v1::SIGNAL_PHASE_RAISED)), IsEmpty());
  EXPECT_THAT(Advance(5000), IsEmpty());
  EXPECT_THAT(Timer(5001, Burst("x", v1::SIGNAL_PHASE_ENDED)), IsEmpty());
  Timer(5002, Burst("x", v1::SIGNAL_PHASE_RAISED));
  EXPECT_THAT(Types(Advance(5040)), ElementsAre(kRaised));
}

// ---- Assignment, notes, resolution, tests ----

TEST_F(GrouperActionsTest, AssignmentsAndNotesStayWithTheAlert) {
  const std::string id = Raised();
  v1::OperatorCall call = By("ada");
  call.mutable_assign()->set_alert_id(id);
  call.mutable_assign()->set_assignee("bob");
  ASSERT_TRUE(Operate(40, call).ok());
  EXPECT_THAT(Types(told_), ElementsAre(v1::ALERT_EVENT_TYPE_ASSIGNED));
  call.mutable_note()->set_alert_id(id);
  EXPECT_TRUE(absl::IsInvalidArgument(Operate(41, call)));
  call.mutable_note()->set_text("called the press office");
  ASSERT_TRUE(Operate(42, call).ok());
  EXPECT_THAT(Types(told_), ElementsAre(v1::ALERT_EVENT_TYPE_NOTED));
  Restart();
  const Grouper::Events closed = Advance(100'000);
  EXPECT_EQ(closed[0].alert().assignee(), "bob");
  EXPECT_EQ(closed[0].alert().notes(0).text(), "called the press office");
  call.mutable_note()->set_text(std::string(5000, 'x'));
  EXPECT_TRUE(absl::IsInvalidArgument(Operate(100'001, call)));
  for (int i = 1; i < 100; ++i) {
    call.mutable_note()->set_text("x");
    ASSERT_TRUE(Operate(100'002, call).ok());
  }
  EXPECT_TRUE(absl::IsResourceExhausted(Operate(100'003, call)));
}

TEST_F(GrouperActionsTest, AConditionIsResolvedByHandAndMayBeginAgain) {
  Use({.group_by = {"subject"}});
  const std::string id = Bursting();
  v1::OperatorCall call = By("ada");
  call.mutable_resolve()->set_alert_id(id);
  call.mutable_resolve()->set_reason("a fault of the feed");
  ASSERT_TRUE(Operate(40, call).ok());
  ASSERT_THAT(Types(told_), ElementsAre(kResolved));
  EXPECT_EQ(told_[0].actor(), "ada");
  EXPECT_EQ(told_[0].reason(), "a fault of the feed");
  EXPECT_TRUE(absl::IsFailedPrecondition(Operate(41, call)));
  Timer(50, Burst("x", v1::SIGNAL_PHASE_RAISED));
  const Grouper::Events events = Advance(80);
  ASSERT_THAT(Types(events), ElementsAre(kRaised));
  // What is done to the Alert from before does not touch the one of now.
  call.mutable_note()->set_alert_id(id);
  call.mutable_note()->set_text("x");
  ASSERT_TRUE(Operate(90, call).ok());
  EXPECT_THAT(Types(Timer(400, Burst("x", v1::SIGNAL_PHASE_ENDED))), ElementsAre(kResolved));
}

TEST_F(GrouperActionsTest, AHitIsNotResolved) {
  v1::OperatorCall call = By("ada");
  call.mutable_resolve()->set_alert_id(Raised());
  EXPECT_TRUE(absl::IsFailedPrecondition(Operate(40, call)));
}

TEST_F(GrouperActionsTest, EachTestIsAnAlertOfItsOwnAtOnce) {
  v1::OperatorCall call = By("ada");
  call.mutable_test()->set_title("does the pager ring?");
  ASSERT_TRUE(Operate(1, call).ok());
  ASSERT_THAT(Types(told_), ElementsAre(kRaised));
  EXPECT_TRUE(told_[0].alert().test());
  EXPECT_EQ(told_[0].alert().title(), "does the pager ring?");
  EXPECT_EQ(told_[0].alert().severity(), v1::SEVERITY_MEDIUM);
  const std::string first = told_[0].alert_id();
  ASSERT_TRUE(Operate(2, call).ok());
  EXPECT_NE(told_[0].alert_id(), first);
  Restart();
  EXPECT_THAT(Types(Advance(100'000)), ElementsAre(kClosed, kClosed));
}

// ---- Found by a second reading ----

TEST_F(GrouperActionsTest, AGraverConditionOpensAnotherAlertBesideADismissedOne) {
  Use({.group_by = {"subject"}});
  ASSERT_TRUE(Dismiss(40, Bursting()).ok());
  v1::Signal graver = Burst("x", v1::SIGNAL_PHASE_RAISED);
  graver.set_severity(v1::SEVERITY_CRITICAL);
  EXPECT_THAT(Types(Timer(50, graver)), ElementsAre(kRaised));
  Restart();
  EXPECT_THAT(Types(Timer(360, Burst("x", v1::SIGNAL_PHASE_ENDED))), ElementsAre(kResolved));
}

TEST_F(GrouperActionsTest, AnAcknowledgementLapsesOnACorrectionAlsoWhileOneFromBeforeWaits) {
  Use({.group_by = {"watch"}, .on_update = OnUpdate::kEvery});
  Arrive(0, Item("b"), {Hit("w")});
  const std::string id = Raised();
  Arrive(40, Item("a", 2), {Hit("w")});
  EXPECT_THAT(Arrive(50, Item("a", 3), {Hit("w")}), IsEmpty());  // waits for the interval
  ASSERT_TRUE(Acknowledge(60, id).ok());
  EXPECT_THAT(Types(Arrive(70, Item("b", 2), {Hit("w")})), ElementsAre(kLapsed));
}

TEST_F(GrouperActionsTest, WhatOtherOptionsMakeDueIsToldNowAndNotInThePast) {
  GroupingOptions options{.group_by = {"watch"}};
  RaiseWhen::Error error;
  ASSERT_TRUE(RaiseWhen::Parse("items>=2", options.raise_when, error));
  Use(options);
  Arrive(0, Item("a"), {Hit("w")});
  Advance(5000);
  options_.raise_when = {};
  Restart();
  const Grouper::Events events = Advance(6000);
  ASSERT_THAT(Types(events), ElementsAre(kRaised));
  EXPECT_EQ(Second(events[0]), 5000);
}

TEST_F(GrouperActionsTest, WhatMatchesAgainIsToldThoughLaterVersionsAreNot) {
  Use({.group_by = {"watch"}, .interval = absl::Seconds(1), .on_update = OnUpdate::kFirst});
  Raised();
  EXPECT_THAT(Arrive(40, Item("a", 2), {Hit("w")}), IsEmpty());
  EXPECT_THAT(Types(Arrive(50, Item("a", 3))), ElementsAre(kUpdated));
  EXPECT_THAT(Types(Arrive(60, Item("a", 4), {Hit("w")})), ElementsAre(kUpdated));
  EXPECT_THAT(Arrive(70, Item("a", 5), {Hit("w")}), IsEmpty());
}

TEST_F(GrouperActionsTest, WhatNobodyWasToldOfIsNotEscalated) {
  Use({.group_by = {"watch"}, .escalate_after = absl::Minutes(10)});
  ASSERT_TRUE(Silence(0, 0, 100'000, "w").ok());
  Raised("w", v1::SEVERITY_HIGH);
  EXPECT_THAT(Types(Advance(50'000)), IsEmpty());
}

}  // namespace
}  // namespace wirewatch::alerts

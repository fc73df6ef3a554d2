#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "wirewatch/alerts/grouper_fixture.h"

namespace wirewatch::alerts {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using GrouperTest = GrouperFixture;

TEST_F(GrouperTest, RaisesOnceAfterTheWaitWithAllThatCame) {
  EXPECT_THAT(Arrive(0, Item("a"), {Hit("w")}), IsEmpty());
  EXPECT_EQ(grouper_->NextDue(), kStart + absl::Seconds(30));
  EXPECT_THAT(Arrive(10, Item("b", 1, "Courier"), {Hit("w", v1::SEVERITY_HIGH)}), IsEmpty());
  EXPECT_THAT(Advance(29.9), IsEmpty());
  const Grouper::Events events = Advance(40);
  ASSERT_THAT(Types(events), ElementsAre(kRaised));
  const v1::Alert& alert = events[0].alert();
  EXPECT_EQ(Second(events[0]), 30);
  EXPECT_EQ(alert.status(), v1::ALERT_STATUS_OPEN);
  EXPECT_EQ(alert.kind(), v1::ALERT_KIND_HIT);
  EXPECT_EQ(alert.severity(), v1::SEVERITY_HIGH);
  EXPECT_EQ(alert.signal_count(), 2u);
  EXPECT_EQ(alert.item_count(), 2u);
  EXPECT_EQ(alert.origin_count(), 2u);
  EXPECT_THAT(alert.origins(), ElementsAre("Courier", "Gazette"));
  EXPECT_THAT(alert.evidence(), SizeIs(2));
  EXPECT_EQ(alert.evidence(0).item_id(), "a");
  EXPECT_EQ(alert.title(), "w: 2 Items from 2 origins");
  EXPECT_EQ(alert.group(0).value(), "w");
  EXPECT_EQ(alert.id(), events[0].alert_id());
  EXPECT_THAT(events[0].new_signal_ids(), SizeIs(2));
}

// A tick that is due at the arrival of an Item comes before it.
TEST_F(GrouperTest, DueTicksComeBeforeTheItemThatPassesThem) {
  Arrive(0, Item("a"), {Hit("w")});
  const Grouper::Events events = Arrive(30, Item("b"), {Hit("w")});
  ASSERT_THAT(Types(events), ElementsAre(kRaised));
  EXPECT_EQ(events[0].alert().item_count(), 1u);
  EXPECT_EQ(events[0].position(), 2u);
}

TEST_F(GrouperTest, GroupsByWatchStoryAndLabels) {
  Use({.group_by = {"watch", "region", "story", "outlet"}, .wait = absl::ZeroDuration()});
  v1::Signal north = Hit("w");
  north.add_labels()->set_name("region");
  north.mutable_labels(0)->set_value("north");
  v1::Signal south = north;
  south.mutable_labels(0)->set_value("south");
  v1::Item with_story = Item("d");
  with_story.mutable_story()->set_story_id("s1");
  const Grouper::Events first = Arrive(0, Item("a"), {north});
  ASSERT_THAT(first, SizeIs(1));
  EXPECT_THAT(Arrive(0, Item("b"), {south}), SizeIs(1));
  EXPECT_THAT(Arrive(0, Item("c", 1, "Courier"), {north}), SizeIs(1));
  const Grouper::Events of_story = Arrive(0, with_story, {north});
  ASSERT_THAT(of_story, SizeIs(1));
  EXPECT_EQ(grouper_->open_alerts(), 4u);
  EXPECT_THAT(of_story[0].alert().story_ids(), ElementsAre("s1")) << "by which a graver Alert of the story is found";
  EXPECT_THAT(first[0].alert().story_ids(), IsEmpty());
  std::vector<std::string> names;
  for (const v1::Label& label : first[0].alert().group()) names.push_back(label.name() + "=" + label.value());
  EXPECT_THAT(names, ElementsAre("outlet=Gazette", "region=north", "story=", "watch=w"));
}

TEST_F(GrouperTest, UpdatesKeepToTheInterval) {
  Arrive(0, Item("a"), {Hit("w")});
  Advance(30);
  EXPECT_THAT(Arrive(40, Item("b"), {Hit("w")}), IsEmpty());
  EXPECT_THAT(Arrive(50, Item("c"), {Hit("w")}), IsEmpty());
  EXPECT_THAT(Advance(329), IsEmpty());
  const Grouper::Events events = Advance(331);
  ASSERT_THAT(Types(events), ElementsAre(kUpdated));
  EXPECT_EQ(Second(events[0]), 330);
  EXPECT_EQ(events[0].alert().item_count(), 3u);
  EXPECT_THAT(events[0].new_signal_ids(), SizeIs(2));
  EXPECT_EQ(events[0].correction(), v1::CORRECTION_KIND_UNSPECIFIED);
  // Long after, an update still waits for more of the same.
  Arrive(2000, Item("d"), {Hit("w")});
  EXPECT_EQ(grouper_->NextDue(), kStart + absl::Seconds(2030));
}

TEST_F(GrouperTest, CriticalDoesNotWait) {
  Arrive(0, Item("a"), {Hit("w")});
  const Grouper::Events events = Arrive(10, Item("b"), {Hit("w", v1::SEVERITY_CRITICAL)});
  ASSERT_THAT(Types(events), ElementsAre(kRaised));
  EXPECT_EQ(Second(events[0]), 10);
  EXPECT_EQ(events[0].alert().item_count(), 2u);
  // More of it is ordinary news.
  EXPECT_THAT(Arrive(11, Item("c"), {Hit("w", v1::SEVERITY_CRITICAL)}), IsEmpty());
}

TEST_F(GrouperTest, OpenAlertThatBecomesCriticalIsToldAtOnce) {
  Arrive(0, Item("a"), {Hit("w", v1::SEVERITY_LOW)});
  Advance(30);
  const Grouper::Events events = Arrive(31, Item("b"), {Hit("w", v1::SEVERITY_CRITICAL)});
  ASSERT_THAT(Types(events), ElementsAre(kUpdated));
  EXPECT_EQ(events[0].severity_before(), v1::SEVERITY_LOW);
  EXPECT_EQ(events[0].alert().severity(), v1::SEVERITY_CRITICAL);
}

TEST_F(GrouperTest, ClosesAfterADayWithoutNewsAndOpensAnother) {
  Arrive(0, Item("a"), {Hit("w")});
  const Grouper::Events events = Arrive(90'000, Item("b"), {Hit("w")});
  ASSERT_THAT(Types(events), ElementsAre(kRaised, kClosed));
  EXPECT_EQ(Second(events[1]), 86'400);
  EXPECT_EQ(events[1].alert().status(), v1::ALERT_STATUS_CLOSED);
  const Grouper::Events second = Advance(90'030);
  ASSERT_THAT(Types(second), ElementsAre(kRaised));
  EXPECT_NE(second[0].alert_id(), events[0].alert_id());
  EXPECT_EQ(second[0].alert().fingerprint(), events[0].alert().fingerprint());
  EXPECT_EQ(second[0].alert().item_count(), 1u);
}

TEST_F(GrouperTest, LateItemsAreMarked) {
  v1::Item old = Item("a");
  SetTime(old.mutable_published()->mutable_value(), kStart - absl::Hours(48));
  Arrive(0, old, {Hit("w")});
  Arrive(1, old, {Hit("w")});
  Grouper::Events events = Advance(30);
  EXPECT_TRUE(events[0].alert().late());
  EXPECT_TRUE(events[0].alert().evidence(0).late());
  Arrive(40, Item("fresh"), {Hit("w")});
  events = Advance(1000);
  EXPECT_FALSE(events[0].alert().late());
}

TEST_F(GrouperTest, EvidenceIsBoundedAndCounted) {
  Use({.group_by = {"watch"}, .max_evidence = 4});
  for (int i = 0; i < 10; ++i) Arrive(i, Item("item" + std::to_string(i)), {Hit("w")});
  const v1::Alert alert = Advance(30)[0].alert();
  std::vector<std::string> shown;
  for (const v1::Evidence& evidence : alert.evidence()) shown.push_back(evidence.item_id());
  EXPECT_THAT(shown, ElementsAre("item0", "item1", "item8", "item9"));
  EXPECT_EQ(alert.signal_count(), 10u);
  EXPECT_EQ(alert.evidence_omitted(), 6u);
}

TEST_F(GrouperTest, TestAlertsStayApart) {
  v1::Signal test = Hit("w");
  test.set_test(true);
  Arrive(0, Item("a"), {Hit("w"), test});
  Arrive(1, Item("b"), {test});
  const Grouper::Events events = Advance(40);
  ASSERT_THAT(events, SizeIs(2));
  EXPECT_NE(events[0].alert().test(), events[1].alert().test());
}

TEST_F(GrouperTest, FinishTellsWhatWaitsAndLeavesAlertsOpen) {
  Arrive(0, Item("a"), {Hit("w")});
  Arrive(1, Item("b"), {Hit("v")});
  Advance(30.5);  // w is raised
  Arrive(30.7, Item("c"), {Hit("w")});
  const Grouper::Events events = Finish();
  ASSERT_THAT(Types(events), ElementsAre(kRaised, kUpdated));
  EXPECT_EQ(Second(events[0]), 31);
  EXPECT_EQ(Second(events[1]), 330);
  EXPECT_EQ(grouper_->open_alerts(), 2u);
  EXPECT_THAT(Finish(), IsEmpty());
}

TEST_F(GrouperTest, TooManyAlertsCloseTheOldest) {
  Use({.group_by = {"watch"}, .max_alerts = 2});
  Arrive(0, Item("a"), {Hit("w1")});
  Arrive(1, Item("b"), {Hit("w2")});
  const Grouper::Events events = Arrive(2, Item("c"), {Hit("w3")});
  ASSERT_THAT(Types(events), ElementsAre(kRaised, kClosed));
  EXPECT_EQ(events[0].alert().watch_ids(0), "w1");
  EXPECT_EQ(grouper_->stats().closed_early, 1u);
  EXPECT_EQ(grouper_->open_alerts(), 2u);
}

}  // namespace
}  // namespace wirewatch::alerts

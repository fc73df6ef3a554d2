#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <string>

#include "wirewatch/alerts/grouper_fixture.h"

namespace wirewatch::alerts {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class GrouperEmbargoTest : public GrouperFixture {
 protected:
  v1::Item Embargoed(const std::string& id, double until, uint32_t version = 1) {
    v1::Item item = Item(id, version, "outlet of " + id);
    SetTime(item.mutable_embargoed_until(), kStart + absl::Seconds(until));
    return item;
  }
  // Those that everybody may know of.
  static Grouper::Events Open(const Grouper::Events& events) {
    Grouper::Events open;
    std::copy_if(events.begin(), events.end(), std::back_inserter(open),
                 [](const v1::AlertEvent& event) { return !event.alert().has_embargoed_until(); });
    return open;
  }
  static Grouper::Events AheadOfTime(const Grouper::Events& events) {
    Grouper::Events ahead;
    std::copy_if(events.begin(), events.end(), std::back_inserter(ahead),
                 [](const v1::AlertEvent& event) { return event.alert().has_embargoed_until(); });
    return ahead;
  }
};

TEST_F(GrouperEmbargoTest, IsRaisedForEverybodyWhenItHasEnded) {
  Arrive(0, Embargoed("a", 1000), {Hit("w")});
  EXPECT_EQ(grouper_->under_embargo(), 1u);
  const Grouper::Events ahead = Advance(999);
  ASSERT_THAT(Types(ahead), ElementsAre(kRaised));
  EXPECT_EQ(GetTime(ahead[0].alert().embargoed_until()), kStart + absl::Seconds(1000));
  EXPECT_EQ(ahead[0].alert().title(), "embargoed until 2026-05-28 20:43 UTC: w: 1 Item from 1 origin");
  const Grouper::Events ended = Advance(1029);
  ASSERT_THAT(Types(ended), ElementsAre(kClosed));
  EXPECT_EQ(ended[0].alert_id(), ahead[0].alert_id());
  EXPECT_EQ(ended[0].reason(), "its embargo has ended");
  EXPECT_EQ(Second(ended[0]), 1000);
  const Grouper::Events open = Advance(1030);
  ASSERT_THAT(Types(open), ElementsAre(kRaised));
  EXPECT_FALSE(open[0].alert().has_embargoed_until());
  EXPECT_NE(open[0].alert_id(), ahead[0].alert_id());
  EXPECT_EQ(open[0].alert().evidence(0).item_id(), "a");
  EXPECT_EQ(grouper_->under_embargo(), 0u);
  EXPECT_EQ(grouper_->stats().signals, 1u);
  EXPECT_EQ(grouper_->stats().duplicates, 0u);
}

TEST_F(GrouperEmbargoTest, AnItemThatArrivesAtItsEndIsUnderNone) {
  Arrive(1000, Embargoed("a", 1000), {Hit("w")});
  EXPECT_EQ(grouper_->under_embargo(), 0u);
  EXPECT_THAT(Open(Advance(1030)), SizeIs(1));
}

TEST_F(GrouperEmbargoTest, JoinsWhatIsOpenThen) {
  Use({.group_by = {"watch"}, .interval = absl::ZeroDuration()});
  Arrive(0, Item("b"), {Hit("w")});
  Arrive(1, Embargoed("a", 1000), {Hit("w")});
  const Grouper::Events raised = Advance(900);
  ASSERT_THAT(Open(raised), SizeIs(1));
  EXPECT_EQ(Open(raised)[0].alert().item_count(), 1u);
  const Grouper::Events updated = Open(Advance(2000));
  ASSERT_THAT(Types(updated), ElementsAre(kUpdated));
  EXPECT_EQ(updated[0].alert_id(), Open(raised)[0].alert_id());
  EXPECT_EQ(updated[0].alert().item_count(), 2u);
  EXPECT_EQ(updated[0].alert().origin_count(), 2u);
  EXPECT_EQ(Second(updated[0]), 1030);
}

TEST_F(GrouperEmbargoTest, CountsForRaiseWhenOnceItHasEnded) {
  GroupingOptions options{.group_by = {"watch"}};
  RaiseWhen::Error error;
  ASSERT_TRUE(RaiseWhen::Parse("origins >= 2", options.raise_when, error));
  Use(std::move(options));
  Arrive(0, Item("b"), {Hit("w")});
  Arrive(1, Embargoed("a", 1000), {Hit("w")});
  EXPECT_THAT(Advance(999), IsEmpty());
  EXPECT_THAT(Types(Advance(1000)), ElementsAre(kRaised));
  // What those who may know of it were never told of was let go.
  EXPECT_EQ(grouper_->stats().not_raised, 0u);
}

TEST_F(GrouperEmbargoTest, ANewVersionMayPutItOffOrEndIt) {
  Arrive(0, Embargoed("a", 1000), {Hit("w")});
  Advance(100);
  EXPECT_THAT(Open(Arrive(200, Embargoed("a", 2000, 2), {Hit("w")})), IsEmpty());
  EXPECT_THAT(Advance(1999), IsEmpty());
  const Grouper::Events freed = Arrive(1999, Item("a", 3), {Hit("w")});
  ASSERT_THAT(Types(freed), ElementsAre(kClosed));
  EXPECT_TRUE(freed[0].alert().has_embargoed_until());
  const Grouper::Events raised = Advance(5000);
  ASSERT_THAT(Types(raised), ElementsAre(kRaised));
  EXPECT_EQ(Second(raised[0]), 2029);
  EXPECT_EQ(raised[0].alert().evidence(0).item_version(), 3u);
}

TEST_F(GrouperEmbargoTest, ANewVersionThatNoLongerMatchesRaisesNothing) {
  Arrive(0, Embargoed("a", 1000), {Hit("w")});
  Advance(100);
  EXPECT_THAT(AheadOfTime(Arrive(200, Embargoed("a", 1000, 2))), SizeIs(1));
  EXPECT_THAT(Open(Advance(5000)), IsEmpty());
}

TEST_F(GrouperEmbargoTest, WhatIsKilledMeanwhileIsToldToThoseWhoKnewAlone) {
  Arrive(0, Embargoed("a", 1000), {Hit("w")});
  Advance(100);
  v1::Item killed = Embargoed("a", 1000, 2);
  killed.set_pub_status(v1::PUB_STATUS_CANCELED);
  const Grouper::Events told = Arrive(200, killed, {Hit("w")});
  ASSERT_THAT(Types(told), ElementsAre(kUpdated));
  EXPECT_TRUE(told[0].alert().has_embargoed_until());
  EXPECT_EQ(told[0].correction(), v1::CORRECTION_KIND_RETRACTED);
  const Grouper::Events later = Advance(5000);
  ASSERT_THAT(Types(later), ElementsAre(kClosed));
  EXPECT_TRUE(later[0].alert().has_embargoed_until());
}

TEST_F(GrouperEmbargoTest, AVersionUnderEmbargoOfAnItemThatIsKnownIsFollowedUpLater) {
  Arrive(0, Item("a"), {Hit("w")});
  Advance(30);
  EXPECT_THAT(Open(Arrive(40, Embargoed("a", 1000, 2), {Hit("w")})), IsEmpty());
  const Grouper::Events told = Open(Advance(5000));
  ASSERT_THAT(Types(told), ElementsAre(kUpdated));
  EXPECT_EQ(Second(told[0]), 1000);
  EXPECT_EQ(told[0].correction(), v1::CORRECTION_KIND_CORRECTED);
}

TEST_F(GrouperEmbargoTest, CorrectsAnotherItemWhenItHasEnded) {
  Arrive(0, Item("a"), {Hit("w")});
  Advance(30);
  v1::Item correction = Embargoed("b", 1000);
  correction.set_correction_of("a");
  EXPECT_THAT(Arrive(40, correction), IsEmpty());
  const Grouper::Events told = Advance(1000);
  ASSERT_THAT(Types(told), ElementsAre(kUpdated));
  EXPECT_EQ(told[0].correction(), v1::CORRECTION_KIND_CORRECTED);
}

TEST_F(GrouperEmbargoTest, SurvivesRestarts) {
  Arrive(0, Embargoed("a", 1000), {Hit("w")});
  Restart();
  EXPECT_EQ(grouper_->under_embargo(), 1u);
  EXPECT_EQ(grouper_->NextDue(), kStart + absl::Seconds(30));
  EXPECT_THAT(AheadOfTime(Advance(100)), SizeIs(1));
  Restart();
  EXPECT_THAT(Types(Advance(1030)), ElementsAre(kClosed, kRaised));
  Restart();
  EXPECT_EQ(grouper_->under_embargo(), 0u);
  EXPECT_THAT(Advance(2000), IsEmpty());
}

TEST_F(GrouperEmbargoTest, WaitingForItDoesNotMakeItLate) {
  const absl::Duration three_days = absl::Hours(72);
  v1::Item item = Embargoed("a", absl::ToDoubleSeconds(three_days));
  SetTime(item.mutable_published()->mutable_value(), kStart);
  Arrive(0, item, {Hit("w")});
  const Grouper::Events raised = Open(Advance(absl::ToDoubleSeconds(three_days) + 30));
  ASSERT_THAT(raised, SizeIs(1));
  EXPECT_FALSE(raised[0].alert().late());
}

TEST_F(GrouperEmbargoTest, WhoeverMayKnowOfItIsToldAtOnceOfWhatIsCritical) {
  const Grouper::Events told = Arrive(0, Embargoed("a", 1000), {Hit("w", v1::SEVERITY_CRITICAL)});
  ASSERT_THAT(Types(told), ElementsAre(kRaised));
  EXPECT_TRUE(told[0].alert().has_embargoed_until());
  EXPECT_THAT(Open(Advance(1000)), SizeIs(1));
}

TEST_F(GrouperEmbargoTest, OfTooManyThoseGoThatEndLast) {
  Use({.group_by = {"watch"}, .max_embargoed = 1});
  Arrive(0, Embargoed("a", 5000), {Hit("w")});
  Advance(100);
  const Grouper::Events ended = Arrive(200, Embargoed("b", 1000), {Hit("w")});
  EXPECT_THAT(Types(ended), ElementsAre(kClosed));
  EXPECT_EQ(grouper_->stats().embargoes_crowded_out, 1u);
  Arrive(300, Embargoed("c", 9000), {Hit("w")});
  EXPECT_EQ(grouper_->stats().embargoes_crowded_out, 2u);
  const Grouper::Events open = Open(Advance(10'000));
  ASSERT_THAT(open, SizeIs(1));
  EXPECT_EQ(open[0].alert().evidence(0).item_id(), "b");
}

TEST(EmbargoesTest, ATimeThatCannotBeIsTheLastOne) {
  v1::Item item;
  EXPECT_EQ(EmbargoOf(item), absl::InfinitePast());
  item.mutable_embargoed_until()->set_seconds(INT64_MAX);
  EXPECT_EQ(absl::FormatTime("%Y", EmbargoOf(item), absl::UTCTimeZone()), "9999");
}

TEST(EmbargoesTest, WhatTheStoreHasMustBeOne) {
  Embargoes embargoes(10);
  EXPECT_TRUE(absl::IsDataLoss(embargoes.Restore("a", "\xff")));
  EXPECT_TRUE(absl::IsDataLoss(embargoes.Restore("a", "")));
}

}  // namespace
}  // namespace wirewatch::alerts

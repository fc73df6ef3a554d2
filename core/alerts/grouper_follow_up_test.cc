#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "wirewatch/alerts/grouper_fixture.h"

namespace wirewatch::alerts {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using GrouperFollowUpTest = GrouperFixture;

TEST_F(GrouperFollowUpTest, SameSignalAboutTheSameItemJoinsOnce) {
  Arrive(0, Item("a"), {Hit("w"), Hit("w")});
  Arrive(1, Item("a"), {Hit("w")});
  EXPECT_EQ(grouper_->stats().duplicates, 2u);
  EXPECT_EQ(Advance(30)[0].alert().signal_count(), 1u);
}

TEST_F(GrouperFollowUpTest, NewVersionIsToldAtOnceAndThenKeepsToTheInterval) {
  Arrive(0, Item("a"), {Hit("w")});
  Advance(30);
  const Grouper::Events events = Arrive(40, Item("a", 2), {Hit("w")});
  ASSERT_THAT(Types(events), ElementsAre(kUpdated));
  EXPECT_EQ(events[0].correction(), v1::CORRECTION_KIND_CORRECTED);
  EXPECT_EQ(events[0].corrected_item_id(), "a");
  EXPECT_EQ(events[0].alert().item_count(), 1u);
  ASSERT_THAT(events[0].alert().evidence(), SizeIs(1));
  EXPECT_EQ(events[0].alert().evidence(0).item_version(), 2u);
  EXPECT_TRUE(events[0].alert().corrected());
  EXPECT_THAT(Arrive(50, Item("a", 3), {Hit("w")}), IsEmpty());
  EXPECT_THAT(Arrive(60, Item("a", 4), {Hit("w")}), IsEmpty());
  const Grouper::Events later = Advance(1000);
  ASSERT_THAT(Types(later), ElementsAre(kUpdated));
  EXPECT_EQ(Second(later[0]), 340);
  EXPECT_EQ(later[0].correction(), v1::CORRECTION_KIND_CORRECTED);
  EXPECT_EQ(later[0].alert().evidence(0).item_version(), 4u);
}

TEST_F(GrouperFollowUpTest, VersionThatNoLongerMatchesIsFollowedUp) {
  Arrive(0, Item("a"), {Hit("w"), Hit("other")});
  Advance(30);
  const Grouper::Events events = Arrive(40, Item("a", 2), {Hit("other")});
  ASSERT_THAT(Types(events), ElementsAre(kUpdated, kUpdated));
  std::map<std::string, v1::CorrectionKind> by_watch;
  for (const v1::AlertEvent& event : events) by_watch[event.alert().watch_ids(0)] = event.correction();
  EXPECT_EQ(by_watch["w"], v1::CORRECTION_KIND_NO_LONGER_MATCHES);
  EXPECT_EQ(by_watch["other"], v1::CORRECTION_KIND_CORRECTED);
  // Once is enough.
  EXPECT_THAT(Arrive(400, Item("a", 3), {}), SizeIs(1));
}

TEST_F(GrouperFollowUpTest, RetractionIsToldAlsoAfterTheAlertHasClosed) {
  Arrive(0, Item("a"), {Hit("w")});
  ASSERT_THAT(Advance(100'000), SizeIs(2));
  v1::Item killed = Item("a", 2);
  killed.set_pub_status(v1::PUB_STATUS_CANCELED);
  const Grouper::Events events = Arrive(200'000, killed, {Hit("w")});
  ASSERT_THAT(Types(events), ElementsAre(kUpdated));
  EXPECT_EQ(events[0].correction(), v1::CORRECTION_KIND_RETRACTED);
  EXPECT_EQ(events[0].alert().status(), v1::ALERT_STATUS_CLOSED);
  EXPECT_EQ(events[0].alert().evidence(0).standing(), v1::EVIDENCE_STANDING_RETRACTED);
  EXPECT_EQ(grouper_->stats().from_canceled, 1u);
  EXPECT_EQ(grouper_->open_alerts(), 0u);
  killed.set_version(3);
  EXPECT_THAT(Arrive(200'001, killed, {}), IsEmpty());
}

TEST_F(GrouperFollowUpTest, AnotherItemCorrectsOrRetracts) {
  Arrive(0, Item("a"), {Hit("w")});
  Advance(30);
  v1::Item correction = Item("b");
  correction.set_correction_of("a");
  Grouper::Events events = Arrive(40, correction, {});
  ASSERT_THAT(Types(events), ElementsAre(kUpdated));
  EXPECT_EQ(events[0].correction(), v1::CORRECTION_KIND_CORRECTED);
  EXPECT_EQ(events[0].alert().evidence(0).corrected_by(), "b");
  v1::Item kill = Item("c");
  kill.set_correction_of("a");
  kill.set_pub_status(v1::PUB_STATUS_CANCELED);
  events = Arrive(41, kill, {Hit("w")});
  ASSERT_THAT(Types(events), ElementsAre(kUpdated));
  EXPECT_EQ(events[0].correction(), v1::CORRECTION_KIND_RETRACTED);
  EXPECT_EQ(events[0].alert().item_count(), 1u);
}

TEST_F(GrouperFollowUpTest, WhatWasRetractedWhileItWaitedIsNotRaised) {
  Arrive(0, Item("a"), {Hit("w")});
  v1::Item killed = Item("a", 2);
  killed.set_pub_status(v1::PUB_STATUS_CANCELED);
  EXPECT_THAT(Arrive(10, killed, {}), IsEmpty());
  EXPECT_THAT(Advance(100), IsEmpty());
  EXPECT_EQ(grouper_->stats().withdrawn, 1u);
  EXPECT_EQ(grouper_->open_alerts(), 0u);
}

TEST_F(GrouperFollowUpTest, ConditionsRepeatWhileTheyLastAndResolve) {
  Timer(0, Burst("quake", v1::SIGNAL_PHASE_RAISED));
  Grouper::Events events = Advance(30);
  ASSERT_THAT(Types(events), ElementsAre(kRaised));
  EXPECT_EQ(events[0].alert().kind(), v1::ALERT_KIND_CONDITION);
  EXPECT_EQ(events[0].alert().title(), "a burst of quake");
  EXPECT_THAT(Timer(60, Burst("quake", v1::SIGNAL_PHASE_RAISED)), IsEmpty());
  events = Advance(4 * 3600 + 30);
  ASSERT_THAT(Types(events), ElementsAre(kRepeated));
  EXPECT_EQ(events[0].alert().signal_count(), 1u);
  events = Timer(15'000, Burst("quake", v1::SIGNAL_PHASE_ENDED));
  ASSERT_THAT(Types(events), ElementsAre(kResolved));
  EXPECT_EQ(Second(events[0]), 15'000);
  EXPECT_EQ(events[0].alert().status(), v1::ALERT_STATUS_RESOLVED);
  EXPECT_THAT(Timer(15'001, Burst("quake", v1::SIGNAL_PHASE_ENDED)), IsEmpty());
  EXPECT_EQ(grouper_->stats().ends_unknown, 1u);
  Timer(15'002, Burst("quake", v1::SIGNAL_PHASE_RAISED));
  EXPECT_THAT(Types(Advance(15'100)), ElementsAre(kRaised));
}

TEST_F(GrouperFollowUpTest, ConditionAlertResolvesWhenItsLastConditionEnds) {
  Timer(0, Burst("quake", v1::SIGNAL_PHASE_RAISED));
  Timer(1, Burst("flood", v1::SIGNAL_PHASE_RAISED));
  ASSERT_THAT(Types(Advance(30)), ElementsAre(kRaised));
  EXPECT_THAT(Timer(40, Burst("quake", v1::SIGNAL_PHASE_ENDED)), IsEmpty());
  EXPECT_THAT(Types(Timer(400, Burst("flood", v1::SIGNAL_PHASE_ENDED))), ElementsAre(kResolved));
}

TEST_F(GrouperFollowUpTest, TheEndOfAConditionKeepsToTheInterval) {
  Timer(0, Burst("quake", v1::SIGNAL_PHASE_RAISED));
  ASSERT_THAT(Types(Advance(30)), ElementsAre(kRaised));
  EXPECT_THAT(Timer(41, Burst("quake", v1::SIGNAL_PHASE_ENDED)), IsEmpty());
  Restart();
  EXPECT_THAT(Advance(329), IsEmpty());
  const Grouper::Events events = Advance(400);
  ASSERT_THAT(Types(events), ElementsAre(kResolved));
  EXPECT_EQ(Second(events[0]), 330);
  EXPECT_EQ(GetTime(events[0].alert().closed()), kStart + absl::Seconds(41));
}

TEST_F(GrouperFollowUpTest, AConditionThatComesAndGoesIsToldNoMoreOftenThanEveryInterval) {
  Grouper::Events all;
  const auto add = [&all](const Grouper::Events& events) { all.insert(all.end(), events.begin(), events.end()); };
  for (int second = 0; second < 3600; second += 10) {
    add(Timer(second, Burst("quake", second % 20 == 0 ? v1::SIGNAL_PHASE_RAISED : v1::SIGNAL_PHASE_ENDED)));
  }
  add(Advance(4000));
  EXPECT_THAT(all, IsEmpty()) << "it never lasted for `wait`";

  Use({.group_by = {"subject"}, .wait = absl::Seconds(5)});
  for (int second = 0; second < 3600; second += 10) {
    add(Timer(second, Burst("quake", second % 20 == 0 ? v1::SIGNAL_PHASE_RAISED : v1::SIGNAL_PHASE_ENDED)));
  }
  add(Advance(4000));
  ASSERT_THAT(all, SizeIs(::testing::Gt(2)));
  std::map<std::string, double> last;
  for (const v1::AlertEvent& event : all) {
    const auto before = last.find(event.alert_id());
    if (before != last.end()) {
      EXPECT_GE(Second(event), before->second + 300);
    }
    last[event.alert_id()] = Second(event);
  }
  EXPECT_THAT(all, SizeIs(::testing::Le(2 * 3600 / 300)));
  EXPECT_EQ(all.back().type(), kResolved);
}

TEST_F(GrouperFollowUpTest, ACriticalConditionThatEndsAtOnceIsToldAtOnce) {
  Timer(0, Burst("quake", v1::SIGNAL_PHASE_RAISED));
  ASSERT_THAT(Types(Advance(30)), ElementsAre(kRaised));
  v1::Signal graver = Burst("quake", v1::SIGNAL_PHASE_RAISED);
  graver.set_severity(v1::SEVERITY_CRITICAL);
  // One Item that says both.
  const Grouper::Events events = Arrive(40, Item("a"), {graver, Burst("quake", v1::SIGNAL_PHASE_ENDED)});
  ASSERT_THAT(Types(events), ElementsAre(kResolved));
  EXPECT_EQ(events[0].alert().severity(), v1::SEVERITY_CRITICAL);
}

TEST_F(GrouperFollowUpTest, TheEndOfTheStreamTellsConditionsThatAreOver) {
  Timer(0, Burst("quake", v1::SIGNAL_PHASE_RAISED));
  Advance(30);
  EXPECT_THAT(Timer(41, Burst("quake", v1::SIGNAL_PHASE_ENDED)), IsEmpty());
  EXPECT_THAT(Types(Finish()), ElementsAre(kResolved));
}

TEST_F(GrouperFollowUpTest, ConditionThatBeginsAgainInAnOpenAlertIsNews) {
  Timer(0, Burst("quake", v1::SIGNAL_PHASE_RAISED));
  Timer(1, Burst("flood", v1::SIGNAL_PHASE_RAISED));
  Advance(30);
  Timer(40, Burst("quake", v1::SIGNAL_PHASE_ENDED));
  Timer(50, Burst("quake", v1::SIGNAL_PHASE_RAISED));
  const Grouper::Events events = Advance(1000);
  ASSERT_THAT(Types(events), ElementsAre(kUpdated));
  EXPECT_EQ(events[0].alert().signal_count(), 3u);
  EXPECT_THAT(Timer(1001, Burst("quake", v1::SIGNAL_PHASE_ENDED)), IsEmpty());
  EXPECT_THAT(Types(Timer(1002, Burst("flood", v1::SIGNAL_PHASE_ENDED))), ElementsAre(kResolved));
}

TEST_F(GrouperFollowUpTest, ConditionThatEndsWhileItWaitsIsNotRaised) {
  Timer(0, Burst("quake", v1::SIGNAL_PHASE_RAISED));
  EXPECT_THAT(Timer(10, Burst("quake", v1::SIGNAL_PHASE_ENDED)), IsEmpty());
  EXPECT_THAT(Advance(100), IsEmpty());
  EXPECT_EQ(grouper_->stats().withdrawn, 1u);
}

TEST_F(GrouperFollowUpTest, MembersAreBounded) {
  Use({.group_by = {"watch"}, .max_members = 3});
  for (int i = 0; i < 10; ++i) Arrive(0, Item("item" + std::to_string(i)), {Hit("w")});
  EXPECT_EQ(Advance(30)[0].alert().item_count(), 10u);
  v1::Item killed = Item("item0", 2);
  killed.set_pub_status(v1::PUB_STATUS_CANCELED);
  EXPECT_THAT(Arrive(31, killed, {}), IsEmpty());
  killed.set_id("item9");
  EXPECT_THAT(Arrive(32, killed, {}), SizeIs(1));
}

TEST_F(GrouperFollowUpTest, EndedAlertsAreForgottenInTheEnd) {
  Arrive(0, Item("a"), {Hit("w")});
  Advance(100'000);
  Restart();
  EXPECT_THAT(state_, SizeIs(1));
  EXPECT_THAT(Advance(40.0 * 86'400), IsEmpty());
  Restart();
  EXPECT_THAT(state_, IsEmpty());
  EXPECT_EQ(grouper_->NextDue(), absl::InfiniteFuture());
}

TEST_F(GrouperFollowUpTest, UnreadableStateIsRefused) {
  const std::vector<std::pair<std::string, std::string>> entries = {{"alert/1", "\xff\xff"}};
  EXPECT_EQ(grouper_->Restore(entries).code(), absl::StatusCode::kDataLoss);
}

// A random history gives the same events whether or not the process was restarted in between, and ticks in between that
// find nothing due change nothing.
TEST_F(GrouperFollowUpTest, RestartsAndTicksChangeNothing) {
  for (unsigned seed = 0; seed < 30; ++seed) {
    std::vector<std::string> histories[2];
    for (const bool disturbed : {false, true}) {
      Use({.group_by = {"watch"}, .max_evidence = 3, .max_members = 5, .max_alerts = 6});
      state_.clear();
      position_ = 0;
      std::mt19937 random(seed);
      std::mt19937 disturbance(seed + 1000);
      double second = 0;
      std::map<std::string, uint32_t> versions;
      for (int i = 0; i < 150; ++i) {
        second += std::exponential_distribution<>(random() % 10 == 0 ? 0.00005 : 0.05)(random);
        const std::string id = "item" + std::to_string(random() % 30);
        v1::Item item = Item(id, ++versions[id], "outlet" + std::to_string(random() % 4));
        if (random() % 15 == 0) item.set_pub_status(v1::PUB_STATUS_CANCELED);
        if (random() % 10 == 0) item.set_correction_of("item" + std::to_string(random() % 30));
        std::vector<v1::Signal> signals;
        for (int watch = 0; watch < 5; ++watch) {
          if (random() % 4 == 0) {
            signals.push_back(Hit("w" + std::to_string(watch), static_cast<v1::Severity>(1 + random() % 5)));
          }
        }
        const std::string subject = "s" + std::to_string(random() % 2);
        const bool burst = random() % 8 == 0;
        const bool ends = random() % 2 == 0;
        Grouper::Events events =
            burst ? Timer(second, Burst(subject, ends ? v1::SIGNAL_PHASE_ENDED : v1::SIGNAL_PHASE_RAISED))
                  : Arrive(second, item, signals);
        for (const v1::AlertEvent& event : events) {
          histories[disturbed].push_back(event.SerializeAsString());
        }
        if (disturbed && disturbance() % 5 == 0) Restart();
        if (disturbed && disturbance() % 5 == 0) {
          Grouper::Events none;
          grouper_->AdvanceTo({.position = position_, .arrival = kStart + absl::Seconds(second)}, none);
          EXPECT_THAT(none, IsEmpty());
        }
      }
      for (const v1::AlertEvent& event : Finish()) histories[disturbed].push_back(event.SerializeAsString());
    }
    EXPECT_GT(histories[0].size(), 20u);
    ASSERT_EQ(histories[0].size(), histories[1].size()) << "seed " << seed;
    for (size_t i = 0; i < histories[0].size(); ++i) {
      ASSERT_TRUE(histories[0][i] == histories[1][i]) << "seed " << seed << ", event " << i;
    }
  }
}

}  // namespace
}  // namespace wirewatch::alerts

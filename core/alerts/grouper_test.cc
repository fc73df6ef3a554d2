#include "wirewatch/alerts/grouper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "wirewatch/alerts/times.h"

namespace wirewatch::alerts {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const absl::Time kStart = absl::FromUnixSeconds(1'780'000'000);

// Drives a Grouper with Items that come at given seconds.
class GrouperTest : public ::testing::Test {
 protected:
  void Use(GroupingOptions options) {
    options_ = std::move(options);
    grouper_ = std::make_unique<Grouper>("p", options_);
  }
  void SetUp() override { Use({.group_by = {"watch"}}); }

  v1::Item Item(const std::string& id, uint32_t version = 1, const std::string& outlet = "Gazette") {
    v1::Item item;
    item.set_id(id);
    item.set_version(version);
    item.set_body("some text");
    item.mutable_outlet()->set_name(outlet);
    return item;
  }
  v1::Signal Hit(const std::string& watch, v1::Severity severity = v1::SEVERITY_MEDIUM) {
    v1::Signal signal;
    signal.set_step("watch");
    signal.set_kind(v1::SIGNAL_KIND_HIT);
    signal.set_watch_id(watch);
    signal.set_severity(severity);
    return signal;
  }
  v1::Signal Burst(const std::string& subject, v1::SignalPhase phase) {
    v1::Signal signal;
    signal.set_step("burst");
    signal.set_kind(v1::SIGNAL_KIND_BURST);
    signal.set_subject(subject);
    signal.set_phase(phase);
    signal.set_title("a burst of " + subject);
    return signal;
  }
  Moment Next(double second) { return {.position = ++position_, .arrival = kStart + absl::Seconds(second)}; }

  // The Item comes with the Signals, filled in as the host does it; gives the events of that.
  Grouper::Events Arrive(double second, const v1::Item& item, std::vector<v1::Signal> signals = {}) {
    const Moment at = Next(second);
    std::vector<const v1::Signal*> pointers;
    for (v1::Signal& signal : signals) {
      Fill(signal, at);
      signal.set_item_id(item.id());
      signal.set_item_version(item.version());
      pointers.push_back(&signal);
    }
    Grouper::Events events;
    grouper_->OnItem(item, pointers, at, events);
    return events;
  }
  Grouper::Events Timer(double second, v1::Signal signal) {
    const Moment at = Next(second);
    Fill(signal, at);
    const v1::Signal* pointer = &signal;
    Grouper::Events events;
    grouper_->OnTimer(std::span(&pointer, 1), at, events);
    return events;
  }
  Grouper::Events Advance(double second) {
    Grouper::Events events;
    grouper_->AdvanceTo(Next(second), events);
    return events;
  }
  Grouper::Events Finish() {
    Grouper::Events events;
    grouper_->Finish(position_, events);
    return events;
  }
  // Everything that was sealed is all that is left.
  void Restart() {
    for (const store::StateWrite& write : grouper_->SealWrites()) {
      if (write.value) {
        state_[write.key] = *write.value;
      } else {
        state_.erase(write.key);
      }
    }
    grouper_ = std::make_unique<Grouper>("p", options_);
    const std::vector<std::pair<std::string, std::string>> entries(state_.begin(), state_.end());
    ASSERT_TRUE(grouper_->Restore(entries).ok());
  }

  std::unique_ptr<Grouper> grouper_;
  GroupingOptions options_;
  std::map<std::string, std::string> state_;
  uint64_t position_ = 0;

 private:
  void Fill(v1::Signal& signal, const Moment& at) {
    signal.set_id("signal-" + std::to_string(at.position) + "-" + signal.watch_id() + signal.subject());
    signal.set_position(at.position);
    SetTime(signal.mutable_arrival(), at.arrival);
  }
};

std::vector<v1::AlertEventType> Types(const Grouper::Events& events) {
  std::vector<v1::AlertEventType> types;
  for (const v1::AlertEvent& event : events) types.push_back(event.type());
  return types;
}
double Second(const v1::AlertEvent& event) { return absl::ToDoubleSeconds(GetTime(event.at()) - kStart); }

constexpr auto kRaised = v1::ALERT_EVENT_TYPE_RAISED;
constexpr auto kUpdated = v1::ALERT_EVENT_TYPE_UPDATED;
constexpr auto kClosed = v1::ALERT_EVENT_TYPE_CLOSED;
constexpr auto kResolved = v1::ALERT_EVENT_TYPE_RESOLVED;
constexpr auto kRepeated = v1::ALERT_EVENT_TYPE_REPEATED;

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
  EXPECT_THAT(Arrive(0, with_story, {north}), SizeIs(1));
  EXPECT_EQ(grouper_->open_alerts(), 4u);
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

TEST_F(GrouperTest, SameSignalAboutTheSameItemJoinsOnce) {
  Arrive(0, Item("a"), {Hit("w"), Hit("w")});
  Arrive(1, Item("a"), {Hit("w")});
  EXPECT_EQ(grouper_->stats().duplicates, 2u);
  EXPECT_EQ(Advance(30)[0].alert().signal_count(), 1u);
}

TEST_F(GrouperTest, NewVersionIsToldAtOnceAndThenKeepsToTheInterval) {
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

TEST_F(GrouperTest, VersionThatNoLongerMatchesIsFollowedUp) {
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

TEST_F(GrouperTest, RetractionIsToldAlsoAfterTheAlertHasClosed) {
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

TEST_F(GrouperTest, AnotherItemCorrectsOrRetracts) {
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

TEST_F(GrouperTest, WhatWasRetractedWhileItWaitedIsNotRaised) {
  Arrive(0, Item("a"), {Hit("w")});
  v1::Item killed = Item("a", 2);
  killed.set_pub_status(v1::PUB_STATUS_CANCELED);
  EXPECT_THAT(Arrive(10, killed, {}), IsEmpty());
  EXPECT_THAT(Advance(100), IsEmpty());
  EXPECT_EQ(grouper_->stats().withdrawn, 1u);
  EXPECT_EQ(grouper_->open_alerts(), 0u);
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

TEST_F(GrouperTest, ConditionsRepeatWhileTheyLastAndResolve) {
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

TEST_F(GrouperTest, ConditionAlertResolvesWhenItsLastConditionEnds) {
  Timer(0, Burst("quake", v1::SIGNAL_PHASE_RAISED));
  Timer(1, Burst("flood", v1::SIGNAL_PHASE_RAISED));
  ASSERT_THAT(Types(Advance(30)), ElementsAre(kRaised));
  EXPECT_THAT(Timer(40, Burst("quake", v1::SIGNAL_PHASE_ENDED)), IsEmpty());
  EXPECT_THAT(Types(Timer(41, Burst("flood", v1::SIGNAL_PHASE_ENDED))), ElementsAre(kResolved));
}

TEST_F(GrouperTest, ConditionThatBeginsAgainInAnOpenAlertIsNews) {
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

TEST_F(GrouperTest, ConditionThatEndsWhileItWaitsIsNotRaised) {
  Timer(0, Burst("quake", v1::SIGNAL_PHASE_RAISED));
  EXPECT_THAT(Timer(10, Burst("quake", v1::SIGNAL_PHASE_ENDED)), IsEmpty());
  EXPECT_THAT(Advance(100), IsEmpty());
  EXPECT_EQ(grouper_->stats().withdrawn, 1u);
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

TEST_F(GrouperTest, MembersAreBounded) {
  Use({.group_by = {"watch"}, .max_members = 3});
  for (int i = 0; i < 10; ++i) Arrive(0, Item("item" + std::to_string(i)), {Hit("w")});
  EXPECT_EQ(Advance(30)[0].alert().item_count(), 10u);
  v1::Item killed = Item("item0", 2);
  killed.set_pub_status(v1::PUB_STATUS_CANCELED);
  EXPECT_THAT(Arrive(31, killed, {}), IsEmpty());
  killed.set_id("item9");
  EXPECT_THAT(Arrive(32, killed, {}), SizeIs(1));
}

TEST_F(GrouperTest, EndedAlertsAreForgottenInTheEnd) {
  Arrive(0, Item("a"), {Hit("w")});
  Advance(100'000);
  Restart();
  EXPECT_THAT(state_, SizeIs(1));
  EXPECT_THAT(Advance(40.0 * 86'400), IsEmpty());
  Restart();
  EXPECT_THAT(state_, IsEmpty());
  EXPECT_EQ(grouper_->NextDue(), absl::InfiniteFuture());
}

TEST_F(GrouperTest, UnreadableStateIsRefused) {
  const std::vector<std::pair<std::string, std::string>> entries = {{"alert/1", "\xff\xff"}};
  EXPECT_EQ(grouper_->Restore(entries).code(), absl::StatusCode::kDataLoss);
}

// A random history gives the same events whether or not the process was restarted in between, and ticks in between that
// find nothing due change nothing.
TEST_F(GrouperTest, RestartsAndTicksChangeNothing) {
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

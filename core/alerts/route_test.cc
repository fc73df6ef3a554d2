#include "wirewatch/alerts/route.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wirewatch/alerts/route_fixture.h"

namespace wirewatch::alerts {
namespace {

using ::testing::ElementsAre;
using Fate = Verdict::Fate;

// What became of an event, in a word.
std::string Word(const Verdict& verdict) {
  switch (verdict.fate) {
    case Fate::kTell:
      return verdict.counts ? "told" : "told freely";
    case Fate::kHoldAll:
      return "all held";
    case Fate::kPassOver:
      return "passed over";
    case Fate::kHold:
      break;
  }
  switch (verdict.reason) {
    case v1::HELD_REASON_QUIET_HOURS:
      return "quiet";
    case v1::HELD_REASON_CAPPED:
      return "capped";
    case v1::HELD_REASON_LATE:
      return "late";
    case v1::HELD_REASON_INHIBITED:
      return "inhibited";
    default:
      return "joins";
  }
}

class RouteTest : public ::testing::Test {
 protected:
  std::string Take(const v1::AlertEvent& event) {
    const Verdict verdict = Decide(event, rules_, memory_);
    Note(event, verdict, rules_, memory_);
    return Word(verdict);
  }
  std::string Take(const EventOf& of) { return Take(Make(of)); }
  void Cut(absl::Time at) {
    memory_.Cut(at, 1, 1, 0);
    memory_.DigestTaken();
  }

  RecipientRules rules_ = NightDesk();
  RouteMemory memory_;
};

constexpr v1::AlertEventType kUpdated = v1::ALERT_EVENT_TYPE_UPDATED;
constexpr v1::CorrectionKind kRetracted = v1::CORRECTION_KIND_RETRACTED;

TEST_F(RouteTest, OnlyWhatTheRouteMatchesIsTold) {
  rules_.match = {{"kfor", "unmik"}, {{"desk", "foreign"}}, v1::SEVERITY_MEDIUM};
  EXPECT_EQ(Take({.alert = "a"}), "told");
  EXPECT_EQ(Take({.alert = "b", .watch = "unmik"}), "told");
  EXPECT_EQ(Take({.alert = "c", .watch = "other"}), "passed over");
  EXPECT_EQ(Take({.alert = "d", .severity = v1::SEVERITY_LOW}), "passed over");
  rules_.match.labels = {{"desk", "sports"}};
  EXPECT_EQ(Take({.alert = "e"}), "passed over");
  // No severity counts as medium.
  rules_.match = {{}, {}, v1::SEVERITY_HIGH};
  EXPECT_EQ(Take({.alert = "f", .severity = v1::SEVERITY_UNSPECIFIED}), "passed over");
}

TEST_F(RouteTest, WhatIsUnderEmbargoIsToldToThoseWhoMayKnowAlone) {
  v1::AlertEvent event = Make({.alert = "a", .severity = v1::SEVERITY_CRITICAL});
  SetTime(event.mutable_alert()->mutable_embargoed_until(), At(18));
  EXPECT_EQ(Take(event), "passed over");
  event.set_correction(kRetracted);
  EXPECT_EQ(Take(event), "passed over");
  event.clear_correction();
  rules_.render.ahead_of_embargo = true;
  EXPECT_EQ(Take(event), "told freely");
}

TEST_F(RouteTest, QuietHoursHoldByTheTimeOfTheEvent) {
  EXPECT_EQ(Take({.alert = "a", .at = At(21, 59)}), "told");
  EXPECT_EQ(Take({.alert = "b", .at = At(22)}), "quiet");
  EXPECT_EQ(Take({.alert = "c", .at = At(24 + 5, 59)}), "quiet");
  EXPECT_EQ(Take({.alert = "d", .at = At(24 + 6)}), "told");
  EXPECT_EQ(Take({.alert = "e", .at = At(3 * 24 + 12)}), "quiet");  // Saturday
  EXPECT_EQ(Take({.alert = "f", .at = At(23), .severity = v1::SEVERITY_CRITICAL}), "told freely");
  EXPECT_EQ(memory_.holding(), 3u);
}

TEST_F(RouteTest, TheCapCountsWhatWasToldInTheTimeBefore) {
  EXPECT_EQ(Take({.alert = "a", .at = At(12, 0)}), "told");
  EXPECT_EQ(Take({.alert = "x", .at = At(12, 5), .severity = v1::SEVERITY_CRITICAL}), "told freely");
  EXPECT_EQ(Take({.alert = "b", .at = At(12, 10)}), "told");
  EXPECT_EQ(Take({.alert = "c", .at = At(12, 20)}), "told");
  EXPECT_EQ(Take({.alert = "d", .at = At(12, 30)}), "capped");
  EXPECT_EQ(Take({.alert = "y", .at = At(12, 40), .severity = v1::SEVERITY_CRITICAL}), "told freely");
  EXPECT_EQ(Take({.alert = "e", .at = At(12, 59)}), "capped");
  EXPECT_EQ(Take({.alert = "f", .at = At(13, 0)}), "told");
  EXPECT_EQ(Take({.alert = "g", .at = At(13, 5)}), "capped");
  EXPECT_EQ(Take({.alert = "h", .at = At(13, 10)}), "told");
}

TEST_F(RouteTest, LateOnesWaitUnlessCritical) {
  EXPECT_EQ(Take({.alert = "a", .late = true}), "late");
  EXPECT_EQ(Take({.alert = "b", .severity = v1::SEVERITY_CRITICAL, .late = true}), "told freely");
}

TEST_F(RouteTest, WithoutADigestNothingIsHeld) {
  rules_.quiet_hours.clear();
  rules_.digest.clear();
  rules_.cap.reset();
  EXPECT_EQ(Take({.alert = "a", .severity = v1::SEVERITY_HIGH, .story = "s"}), "told freely");
  EXPECT_EQ(Take({.alert = "b", .story = "s", .late = true}), "told freely");
}

TEST_F(RouteTest, AGraverAlertOfTheSameWatchAndStoryInhibits) {
  EXPECT_EQ(Take({.alert = "grave", .severity = v1::SEVERITY_HIGH, .story = "s"}), "told");
  EXPECT_EQ(Take({.alert = "b", .story = "s"}), "inhibited");
  EXPECT_EQ(Take({.alert = "c", .severity = v1::SEVERITY_HIGH, .story = "s"}), "told");
  EXPECT_EQ(Take({.alert = "d", .watch = "unmik", .story = "s"}), "told");
  rules_.cap.reset();
  EXPECT_EQ(Take({.alert = "e", .story = "other"}), "told freely");
  EXPECT_EQ(Take({.alert = "f"}), "told freely") << "what has no story shares none";
  rules_.inhibit = false;
  EXPECT_EQ(Take({.alert = "g", .story = "s"}), "told freely");
  rules_.inhibit = true;
  for (const char* grave : {"grave", "c"}) {
    Take({.alert = grave, .type = v1::ALERT_EVENT_TYPE_CLOSED, .severity = v1::SEVERITY_HIGH, .story = "s"});
  }
  EXPECT_EQ(Take({.alert = "b", .type = kUpdated, .story = "s"}), "told freely") << "nothing graver is open any more";
}

TEST_F(RouteTest, WhatTheRecipientWasNotToldAtOnceInhibitsNothing) {
  EXPECT_EQ(Take({.alert = "held", .severity = v1::SEVERITY_HIGH, .story = "s", .late = true}), "late");
  EXPECT_EQ(Take({.alert = "b", .story = "s"}), "told");
  rules_.match.watches = {"unmik"};
  EXPECT_EQ(Take({.alert = "foreign", .severity = v1::SEVERITY_HIGH, .story = "t"}), "passed over");
  rules_.match.watches = {};
  EXPECT_EQ(Take({.alert = "c", .story = "t"}), "told");
}

TEST_F(RouteTest, CorrectionsGoToThoseWhoWereTold) {
  Take({.alert = "told"});
  EXPECT_EQ(Take({.alert = "told", .type = kUpdated, .at = At(23), .correction = kRetracted}), "told freely");
  EXPECT_EQ(Take({.alert = "told", .type = kUpdated, .correction = kRetracted, .silenced = true}), "told freely");
  EXPECT_EQ(Take({.alert = "new", .type = kUpdated, .correction = kRetracted}), "passed over");
  EXPECT_EQ(Take({.alert = "held", .at = At(23)}), "quiet");
  EXPECT_EQ(Take({.alert = "held", .type = kUpdated, .at = At(23, 5), .correction = kRetracted}), "joins");
  Cut(At(24 + 7));
  EXPECT_EQ(Take({.alert = "held", .type = kUpdated, .at = At(24 + 23), .correction = kRetracted}), "told freely");
  // Also where the route is another by now.
  rules_.match.watches = {"unmik"};
  EXPECT_EQ(Take({.alert = "told", .type = kUpdated, .correction = kRetracted}), "told freely");
}

TEST_F(RouteTest, ACorrectionThatBringsNewsIsNews) {
  v1::AlertEvent event = Make({.alert = "a", .type = kUpdated, .correction = v1::CORRECTION_KIND_CORRECTED});
  EXPECT_EQ(Take(event), "passed over");
  event.add_new_signal_ids("s2");
  EXPECT_EQ(Take(event), "told");
}

TEST_F(RouteTest, WhatASilenceHidesIsHeldWhenItEnds) {
  EXPECT_EQ(Take({.alert = "a", .silenced = true}), "passed over");
  EXPECT_EQ(Take({.alert = "a", .severity = v1::SEVERITY_CRITICAL, .silenced = true}), "passed over");
  v1::AlertEvent ended;
  ended.set_type(v1::ALERT_EVENT_TYPE_SILENCE_ENDED);
  SetTime(ended.mutable_at(), At(12));
  ended.mutable_silence()->mutable_matcher()->add_watch_ids("kfor");
  EXPECT_EQ(Take(ended), "passed over") << "it hid nothing";
  ended.mutable_silence()->set_hidden(2);
  ended.mutable_silence()->add_hidden_alert_ids("a");
  EXPECT_EQ(Take(ended), "all held");
  EXPECT_THAT(memory_.Find("a")->held().reasons(), ElementsAre(v1::HELD_REASON_SILENCED));
  rules_.match.watches = {"unmik"};
  EXPECT_EQ(Take(ended), "passed over");
  rules_ = {};
  EXPECT_EQ(Take(ended), "told freely");
  ended.set_type(v1::ALERT_EVENT_TYPE_SILENCE_MADE);
  EXPECT_EQ(Take(ended), "passed over");
}

TEST_F(RouteTest, BookkeepingGoesToThoseWhoWereToldAtOnce) {
  Take({.alert = "told"});
  Take({.alert = "held", .at = At(23)});
  for (const v1::AlertEventType type :
       {v1::ALERT_EVENT_TYPE_ACKNOWLEDGED, v1::ALERT_EVENT_TYPE_NOTED, v1::ALERT_EVENT_TYPE_CLOSED}) {
    EXPECT_EQ(Take({.alert = "told", .type = type, .at = At(23)}), "told freely");
    EXPECT_EQ(Take({.alert = "held", .type = type, .at = At(12)}), "passed over");
    EXPECT_EQ(Take({.alert = "unknown", .type = type}), "passed over");
  }
  EXPECT_EQ(Take({.alert = "unknown", .type = v1::ALERT_EVENT_TYPE_RESOLVED}), "passed over");
  EXPECT_EQ(Take({.alert = "held", .type = v1::ALERT_EVENT_TYPE_RESOLVED, .at = At(23)}), "quiet");
  EXPECT_EQ(memory_.Find("held")->held().events(), 2u);
}

TEST_F(RouteTest, ADigestThatIsGivenUpGoesIntoTheNext) {
  memory_.BeginDigests(At(0), 0);
  Take({.alert = "a", .at = At(23)});
  memory_.Cut(At(24 + 7), 1, 10, 10);
  EXPECT_FALSE(memory_.pending()->has_since());
  memory_.DigestGivenUp();
  EXPECT_EQ(memory_.pending(), nullptr);
  EXPECT_EQ(memory_.holding(), 1u);
  Take({.alert = "a", .type = kUpdated, .at = At(12), .late = true});
  Take({.alert = "b", .at = At(23)});
  memory_.Cut(At(24 + 18), 3, 30, 20);
  const v1::PendingDigest& pending = *memory_.pending();
  ASSERT_EQ(pending.held_size(), 2);
  EXPECT_EQ(pending.held(0).events(), 2u);
  EXPECT_THAT(pending.held(0).reasons(), ElementsAre(v1::HELD_REASON_QUIET_HOURS, v1::HELD_REASON_LATE));
  EXPECT_EQ(pending.checked(), 30u);
  EXPECT_FALSE(pending.has_since()) << "no digest has been delivered yet";
  memory_.DigestTaken();
  memory_.Cut(At(48 + 7), 3, 30, 0);
  EXPECT_EQ(GetTime(memory_.pending()->since()), At(24 + 18));
  EXPECT_EQ(memory_.pending()->held_size(), 0);
}

TEST_F(RouteTest, WhatEndedLongAgoIsForgotten) {
  Take({.alert = "old"});
  Take({.alert = "open"});
  Take({.alert = "old", .type = v1::ALERT_EVENT_TYPE_CLOSED});
  Take({.alert = "new", .at = At(24 * 30)});
  EXPECT_NE(memory_.Find("old"), nullptr);
  Take({.alert = "newer", .at = At(24 * 32)});
  EXPECT_EQ(memory_.Find("old"), nullptr);
  EXPECT_NE(memory_.Find("open"), nullptr);
}

// A made-up month: whatever happens to whatever Alert.
std::vector<v1::AlertEvent> MadeUp(uint32_t seed, int events) {
  std::mt19937 random(seed);
  const auto pick = [&random](int n) { return static_cast<int>(random() % static_cast<uint32_t>(n)); };
  std::vector<v1::AlertEvent> history;
  absl::Time at = At(0);
  for (int i = 0; i < events; ++i) {
    at += absl::Minutes(pick(60));
    EventOf of{.alert = absl::StrCat("a", pick(40)), .at = at};
    constexpr v1::AlertEventType kTypes[] = {v1::ALERT_EVENT_TYPE_RAISED,   v1::ALERT_EVENT_TYPE_UPDATED,
                                             v1::ALERT_EVENT_TYPE_UPDATED,  v1::ALERT_EVENT_TYPE_REPEATED,
                                             v1::ALERT_EVENT_TYPE_CLOSED,   v1::ALERT_EVENT_TYPE_RESOLVED,
                                             v1::ALERT_EVENT_TYPE_DISMISSED};
    of.type = kTypes[pick(7)];
    of.severity = static_cast<v1::Severity>(1 + pick(5));
    of.watch = pick(3) == 0 ? "unmik" : "kfor";
    of.story = pick(2) == 0 ? absl::StrCat("s", pick(4)) : "";
    of.correction = pick(6) == 0 ? kRetracted : v1::CORRECTION_KIND_UNSPECIFIED;
    of.late = pick(8) == 0;
    of.silenced = pick(10) == 0;
    history.push_back(Make(of));
  }
  return history;
}

TEST_F(RouteTest, ARestartAnywhereChangesNothing) {
  for (uint32_t seed = 1; seed <= 40; ++seed) {
    const std::vector<v1::AlertEvent> history = MadeUp(seed, 400);
    std::mt19937 random(seed);
    memory_ = RouteMemory();
    RouteMemory restarted;
    std::map<std::string, std::string> stored;
    std::vector<v1::AlertEvent> since;  // the last store
    const auto fold = [this](RouteMemory& memory, const v1::AlertEvent& event) {
      const Verdict verdict = Decide(event, rules_, memory);
      Note(event, verdict, rules_, memory);
      return Word(verdict);
    };
    for (const v1::AlertEvent& event : history) {
      ASSERT_EQ(fold(restarted, event), Take(event)) << "seed " << seed;
      since.push_back(event);
      if (random() % 40 == 0) {
        memory_.Cut(GetTime(event.at()), 1, 1, 1);
        restarted.Cut(GetTime(event.at()), 1, 1, 1);
        ASSERT_EQ(memory_.pending()->SerializeAsString(), restarted.pending()->SerializeAsString());
        since.clear();
      }
      if (since.empty() || random() % 5 == 0) {
        for (const store::StateWrite& write : restarted.TakeChanges()) {
          if (write.value) {
            stored[write.key] = *write.value;
          } else {
            stored.erase(write.key);
          }
        }
        since.clear();
      }
      if (random() % 10 == 0) {
        std::vector<store::StateWrite> entries;
        for (const auto& [key, value] : stored) entries.push_back({key, value});
        restarted = RouteMemory();
        ASSERT_TRUE(restarted.Restore(entries).ok());
        for (const v1::AlertEvent& again : since) fold(restarted, again);
      }
    }
    EXPECT_EQ(memory_.holding(), restarted.holding());
  }
}

TEST_F(RouteTest, WhatCannotBeReadIsToldNotGuessed) {
  EXPECT_TRUE(absl::IsDataLoss(memory_.Restore(std::vector<store::StateWrite>{{"digest", "\xff"}})));
}

}  // namespace
}  // namespace wirewatch::alerts

// Deliveries to recipients: the worker with a real store and a clock that the test sets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "wirewatch/alerts/recipient_delivery_fixture.h"
#include "wirewatch/v1/suppression.pb.h"

namespace wirewatch::alerts {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using RecipientDeliveryTest = RecipientDeliveryFixture;

TEST_F(RecipientDeliveryTest, WhatIsHeldIsRecordedAndThatItWasToldAfterAll) {
  Journal({Make({.alert = "before", .at = At(19)})});
  Start(At(20));
  const auto recorded = [this](const std::string& subject) {
    std::vector<std::string> found;
    const std::vector<store::Suppression> rows = store_->ReadSuppressions(subject, 100).value();
    for (const store::Suppression& row : rows) {
      v1::Suppression one;
      EXPECT_TRUE(one.ParseFromString(row.entry));
      EXPECT_EQ(one.subscription(), "p/night/mail");
      found.push_back(
          absl::StrCat(one.has_digest() ? "DIGEST" : v1::StopReason_Name(one.reason()), " ", one.sequence()));
    }
    return found;
  };
  EXPECT_THAT(recorded("p/night/mail"), ElementsAre("STOP_REASON_SUBSCRIBED_LATER 1"));
  Journal({Make({.alert = "evening", .at = At(21)}), Make({.alert = "b", .at = At(23)}),
           Make({.alert = "b", .type = v1::ALERT_EVENT_TYPE_UPDATED, .at = At(23, 30)})});
  ASSERT_TRUE(WaitForPosition(4));
  EXPECT_THAT(recorded("evening"), IsEmpty());
  EXPECT_THAT(recorded("b"), ElementsAre("STOP_REASON_QUIET_HOURS 3", "STOP_REASON_QUIET_HOURS 4"));
  SetClock(At(24 + 7));
  ASSERT_TRUE(taken_.WaitForDigests(1));
  Finish();
  EXPECT_THAT(recorded("p/night/mail"), ElementsAre("STOP_REASON_SUBSCRIBED_LATER 1", "DIGEST 4"));
}

TEST_F(RecipientDeliveryTest, WhatIsHeldGoesOutAsOneDigest) {
  Start(At(20), [](RecipientRules& rules) { rules.language = "de"; });
  v1::AlertEvent grave = Make({.alert = "grave", .at = At(23, 10), .severity = v1::SEVERITY_HIGH});
  Journal({Make({.alert = "evening", .at = At(21)}), Make({.alert = "b", .at = At(23)}), grave,
           Make({.alert = "other", .at = At(23, 20), .watch = "unmik"}),
           Make({.alert = "b", .type = v1::ALERT_EVENT_TYPE_UPDATED, .at = At(23, 30)}),
           Make({.alert = "now", .at = At(23, 40), .severity = v1::SEVERITY_CRITICAL})},
          {{.id = "i1", .version = 1, .item = "x"}, {.id = "i2", .version = 1, .item = "x"}});
  ASSERT_TRUE(WaitForPosition(6));
  EXPECT_EQ(delivery_->Stats()[0].held, 4u);
  EXPECT_EQ(delivery_->Stats()[0].holding, 3u);
  EXPECT_THAT(taken_.attempts, IsEmpty());
  SetClock(At(24 + 7));
  ASSERT_TRUE(taken_.WaitForDigests(1));
  Finish();
  EXPECT_THAT(taken_.events, ElementsAre("evening", "now"));
  EXPECT_EQ(taken_.recipient.id, "night");
  EXPECT_EQ(taken_.recipient.time_zone, Vienna());
  const v1::Digest& digest = taken_.digests[0];
  EXPECT_EQ(digest.recipient(), "night");
  EXPECT_EQ(digest.channel(), "mail");
  EXPECT_EQ(digest.language(), "de");
  EXPECT_EQ(digest.time_zone(), "Europe/Vienna");
  EXPECT_EQ(GetTime(digest.time()), At(24 + 7));
  EXPECT_EQ(digest.cut_sequence(), 6u);
  EXPECT_EQ(digest.alert_count(), 3u);
  EXPECT_EQ(digest.checked(), 2u);
  ASSERT_THAT(digest.sections(), SizeIs(2));
  EXPECT_EQ(digest.sections(0).watch_id(), "kfor");
  ASSERT_THAT(digest.sections(0).lines(), SizeIs(2));
  EXPECT_EQ(digest.sections(0).lines(0).alert_id(), "grave");
  EXPECT_EQ(digest.sections(0).lines(1).alert_id(), "b");
  EXPECT_EQ(digest.sections(0).lines(1).held_events(), 2u);
  EXPECT_THAT(digest.sections(0).lines(1).reasons(), ElementsAre(v1::HELD_REASON_QUIET_HOURS));
  EXPECT_EQ(digest.sections(1).watch_id(), "unmik");
  EXPECT_EQ(delivery_->Stats()[0].digests, 1u);
  EXPECT_EQ(delivery_->Stats()[0].holding, 0u);
  EXPECT_EQ(Position("p/night/mail#digest"), 6u);
}

TEST_F(RecipientDeliveryTest, ADigestShowsAlertsAsTheyStand) {
  v1::Item item;
  item.set_id("killed");
  item.set_headline("A headline that was killed");
  item.set_url("https://gazette.example/1");
  v1::Item standing = item;
  standing.set_id("stands");
  standing.set_headline("A headline that stands");
  Start(At(20));
  v1::AlertEvent raised = Make({.alert = "a", .at = At(23)});
  raised.mutable_alert()->add_evidence()->set_item_id("killed");
  v1::AlertEvent both = Make({.alert = "b", .at = At(23)});
  both.mutable_alert()->add_evidence()->set_item_id("stands");
  both.mutable_alert()->add_evidence()->set_item_id("killed");
  Journal({raised, both}, {{.id = "killed", .version = 1, .item = item.SerializeAsString()},
                           {.id = "stands", .version = 1, .item = standing.SerializeAsString()}});
  for (v1::AlertEvent* event : {&raised, &both}) {
    event->set_type(v1::ALERT_EVENT_TYPE_UPDATED);
    event->set_correction(v1::CORRECTION_KIND_RETRACTED);
    auto& evidence = *event->mutable_alert()->mutable_evidence();
    evidence.rbegin()->set_standing(v1::EVIDENCE_STANDING_RETRACTED);
  }
  Journal({raised, both});
  ASSERT_TRUE(WaitForPosition(4));
  SetClock(At(24 + 7, 30));
  ASSERT_TRUE(taken_.WaitForDigests(1));
  Finish();
  EXPECT_THAT(taken_.events, IsEmpty());
  EXPECT_EQ(GetTime(taken_.digests[0].time()), At(24 + 7));
  const v1::DigestLine& killed = taken_.digests[0].sections(0).lines(0);
  EXPECT_EQ(killed.correction(), v1::CORRECTION_KIND_RETRACTED);
  EXPECT_EQ(killed.headline(), "");
  EXPECT_THAT(killed.withheld(), HasSubstr("retracted"));
  const v1::DigestLine& mixed = taken_.digests[0].sections(0).lines(1);
  EXPECT_EQ(mixed.correction(), v1::CORRECTION_KIND_RETRACTED);
  EXPECT_EQ(mixed.headline(), "A headline that stands");
}

TEST_F(RecipientDeliveryTest, WithNothingHeldTheDigestSaysSo) {
  Start(At(20));
  Journal({}, {{.id = "i1", .version = 1, .item = "x"}});
  SetClock(At(24 + 7));
  ASSERT_TRUE(taken_.WaitForDigests(1));
  SetClock(At(24 + 18));
  ASSERT_TRUE(taken_.WaitForDigests(2));
  Finish();
  EXPECT_EQ(taken_.digests[0].alert_count(), 0u);
  EXPECT_EQ(taken_.digests[0].checked(), 1u);
  EXPECT_EQ(taken_.digests[1].checked(), 0u);
  EXPECT_EQ(GetTime(taken_.digests[1].since()), At(24 + 7));
  EXPECT_EQ(taken_.digests[0].cut_sequence(), taken_.digests[1].cut_sequence());
  EXPECT_NE(taken_.digests[0].id(), taken_.digests[1].id());
}

TEST_F(RecipientDeliveryTest, AMissedDigestIsMadeUpForOnce) {
  Start(At(20));
  Journal({Make({.alert = "a", .at = At(23)})});
  ASSERT_TRUE(WaitForPosition(1));
  Stop();
  // Down over 07:00 and 18:00 of the next day, and 07:00 of the one after.
  Start(At(48 + 10));
  ASSERT_TRUE(taken_.WaitForDigests(1));
  Finish();
  ASSERT_THAT(taken_.digests, SizeIs(1));
  EXPECT_EQ(GetTime(taken_.digests[0].time()), At(48 + 7));
  EXPECT_EQ(taken_.digests[0].alert_count(), 1u);
}

TEST_F(RecipientDeliveryTest, ADigestOlderThanADayIsLeftToTheNext) {
  const auto mondays = [](RecipientRules& rules) { rules.digest = {{1, 7 * 60}}; };  // 15 June
  Start(At(20), mondays);
  Journal({Make({.alert = "a", .at = At(23)})});
  ASSERT_TRUE(WaitForPosition(1));
  Stop();
  Start(At(6 * 24 + 8), mondays);  // Tuesday
  Finish();
  EXPECT_THAT(taken_.digests, IsEmpty());
  Stop();
  Start(At(12 * 24 + 7), mondays);
  ASSERT_TRUE(taken_.WaitForDigests(1));
  EXPECT_EQ(taken_.digests[0].alert_count(), 1u);
}

TEST_F(RecipientDeliveryTest, WhatHappensAfterTheTimeOfADigestIsNotInIt) {
  Start(At(20));
  Stop();
  Journal({Make({.alert = "before", .at = At(24 + 5)}), Make({.alert = "after", .at = At(24 + 7, 1), .late = true})});
  Start(At(24 + 9));
  ASSERT_TRUE(taken_.WaitForDigests(1));
  SetClock(At(24 + 18));
  ASSERT_TRUE(taken_.WaitForDigests(2));
  Finish();
  EXPECT_EQ(taken_.digests[0].cut_sequence(), 1u);
  EXPECT_EQ(taken_.digests[0].sections(0).lines(0).alert_id(), "before");
  EXPECT_EQ(taken_.digests[1].sections(0).lines(0).alert_id(), "after");
}

TEST_F(RecipientDeliveryTest, ADigestOfAClockChangeComesOnce) {
  const auto nightly = [](RecipientRules& rules) { rules.digest = {{kEveryDay, 2 * 60 + 30}}; };
  const absl::Time spring = absl::FromCivil(absl::CivilHour(2026, 3, 28, 20), Vienna());
  Start(spring, nightly);
  for (absl::Time now = spring; now < spring + absl::Hours(12); now += absl::Minutes(15)) {
    SetClock(now);
    absl::SleepFor(absl::Milliseconds(2));
  }
  Finish();
  ASSERT_THAT(taken_.digests, SizeIs(1));
  EXPECT_EQ(GetTime(taken_.digests[0].time()), absl::FromCivil(absl::CivilHour(2026, 3, 29, 3), Vienna()));
  Stop();
  const absl::Time autumn = absl::FromCivil(absl::CivilHour(2026, 10, 24, 20), Vienna());
  Start(autumn, nightly);
  ASSERT_TRUE(taken_.WaitForDigests(2));  // that of the morning was missed
  for (absl::Time now = autumn; now < autumn + absl::Hours(12); now += absl::Minutes(15)) {
    SetClock(now);
    absl::SleepFor(absl::Milliseconds(2));
  }
  Finish();
  EXPECT_THAT(taken_.digests, SizeIs(3));
}

TEST_F(RecipientDeliveryTest, AFailingDigestDelaysNothingAndKeepsItsId) {
  Start(At(20));
  Journal({Make({.alert = "a", .at = At(23)})});
  ASSERT_TRUE(WaitForPosition(1));
  int refusals = 3;
  taken_.answer = [&refusals](const v1::Digest&) {
    return refusals-- > 0 ? absl::UnavailableError("busy") : absl::OkStatus();
  };
  SetClock(At(24 + 7));
  ASSERT_TRUE(taken_.WaitForDigests(1));
  Finish();
  EXPECT_EQ(taken_.attempts, std::vector<std::string>(4, taken_.digests[0].id()));
  EXPECT_EQ(delivery_->Stats()[0].dead_letters, 0u);
}

TEST_F(RecipientDeliveryTest, EventsPassADigestThatWaits) {
  Start(At(20));
  taken_.answer = [](const v1::Digest&) { return RetryAfter(absl::UnavailableError("busy"), absl::Hours(1)); };
  SetClock(At(24 + 7));
  ASSERT_TRUE(taken_.Wait([this] { return !taken_.attempts.empty(); }));
  Journal({Make({.alert = "now", .at = At(24 + 7, 1)})});
  ASSERT_TRUE(taken_.Wait([this] { return !taken_.events.empty(); }));
  const absl::Status left = delivery_->FlushAndStop(absl::Milliseconds(50));
  EXPECT_TRUE(absl::IsUnavailable(left)) << "a digest is owed";
  EXPECT_THAT(taken_.attempts, SizeIs(1));
  Stop();
  taken_.answer = {};
  Start(At(24 + 8));
  ASSERT_TRUE(taken_.WaitForDigests(1));
  EXPECT_EQ(taken_.digests[0].id(), taken_.attempts[0]) << "also after a restart";
}

TEST_F(RecipientDeliveryTest, ADigestThatIsGivenUpIsADeadLetterAndNotLost) {
  Start(At(20));
  Journal({Make({.alert = "a", .at = At(23)})});
  ASSERT_TRUE(WaitForPosition(1));
  taken_.answer = [](const v1::Digest&) { return absl::InvalidArgumentError("too long"); };
  SetClock(At(24 + 7));
  ASSERT_TRUE(taken_.Wait([this] { return !taken_.attempts.empty(); }));
  Finish();
  Stop();
  const std::vector<store::DeadLetter> letters = store_->DeadLetters("p/night/mail#digest", 10).value();
  ASSERT_THAT(letters, SizeIs(1));
  EXPECT_EQ(letters[0].error, absl::InvalidArgumentError("too long"));
  taken_.answer = {};
  Start(At(24 + 18));
  ASSERT_TRUE(taken_.WaitForDigests(1));
  Finish();
  EXPECT_THAT(taken_.attempts, SizeIs(2));
  EXPECT_EQ(taken_.digests[0].alert_count(), 1u);
}

TEST_F(RecipientDeliveryTest, AChannelWithoutDigestsGetsTheEventsOneByOne) {
  Start(At(20));
  Journal({Make({.alert = "a", .at = At(23)}), Make({.alert = "b", .at = At(23, 5)})});
  ASSERT_TRUE(WaitForPosition(2));
  taken_.answer = [](const v1::Digest&) { return absl::UnimplementedError("no digests"); };
  SetClock(At(24 + 7));
  ASSERT_TRUE(taken_.Wait([this] { return taken_.events.size() == 2; }));
  Finish();
  EXPECT_THAT(taken_.events, ElementsAre("a", "b"));
  EXPECT_EQ(delivery_->Stats()[0].digests, 1u);
}

TEST_F(RecipientDeliveryTest, WhatIsHeldGoesOutWhenDigestsAreTakenOutOfTheFile) {
  Start(At(20));
  Journal({Make({.alert = "a", .at = At(23)})});
  ASSERT_TRUE(WaitForPosition(1));
  Stop();
  Start(At(23, 30), [](RecipientRules& rules) {
    rules.digest.clear();
    rules.quiet_hours.clear();
    rules.cap.reset();
  });
  ASSERT_TRUE(taken_.WaitForDigests(1));
  Finish();
  EXPECT_EQ(taken_.digests[0].alert_count(), 1u);
}

TEST_F(RecipientDeliveryTest, RehearsedDigestsComeInTheTimeOfTheStream) {
  rehearse_ = true;
  Start(At(1000));
  const auto item = [](const char* id, absl::Time arrival) {
    v1::Item of;
    SetTime(of.mutable_arrival(), arrival);
    return store::ArchivedItem{.id = id, .version = 1, .item = of.SerializeAsString()};
  };
  v1::AlertEvent graver = Make({.alert = "a", .type = v1::ALERT_EVENT_TYPE_UPDATED, .at = At(24 + 9)});
  graver.mutable_alert()->set_severity(v1::SEVERITY_HIGH);
  Journal({Make({.alert = "a", .at = At(23)}), graver},
          {item("i1", At(20)), item("i2", At(22)), item("i3", At(24 + 7)), item("i4", At(48))}, At(48));
  Journal({Make({.alert = "late", .at = At(48, 2), .late = true})}, {item("i5", At(48, 5))}, At(48, 5));
  Finish();
  EXPECT_THAT(taken_.events, ElementsAre("a"));
  ASSERT_THAT(taken_.digests, SizeIs(2)) << "each of them, and none beyond the end of the stream";
  EXPECT_EQ(GetTime(taken_.digests[0].time()), At(24 + 7));
  EXPECT_EQ(taken_.digests[0].checked(), 2u) << "what came before its time";
  EXPECT_EQ(taken_.digests[0].sections(0).lines(0).severity(), v1::SEVERITY_MEDIUM) << "as it stood then";
  EXPECT_EQ(GetTime(taken_.digests[1].time()), At(24 + 18));
  EXPECT_EQ(taken_.digests[1].checked(), 1u);
  EXPECT_EQ(taken_.digests[1].alert_count(), 0u);
  EXPECT_EQ(delivery_->Stats()[0].holding, 1u);
}

}  // namespace
}  // namespace wirewatch::alerts

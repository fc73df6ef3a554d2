#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "wirewatch/alerts/grouper_actions_fixture.h"

namespace wirewatch::alerts {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using GrouperSilencesTest = GrouperActionsFixture;

TEST_F(GrouperSilencesTest, ASilenceHidesEventsAndTellsWhichWhenItEnds) {
  ASSERT_TRUE(Silence(1, 1, 1000, "w").ok());
  ASSERT_THAT(Types(told_), ElementsAre(kMade));
  EXPECT_EQ(told_[0].silence().author(), "ada");
  EXPECT_EQ(told_[0].silence().pipeline(), "p");
  Arrive(10, Item("a"), {Hit("w"), Hit("other")});
  const Grouper::Events raised = Advance(40);
  ASSERT_THAT(Types(raised), ElementsAre(kRaised, kRaised));
  for (const v1::AlertEvent& event : raised) {
    const bool hidden = event.alert().watch_ids(0) == "w";
    EXPECT_EQ(event.silenced_by_size(), hidden ? 1 : 0);
    EXPECT_EQ(event.alert().silenced_by_size(), hidden ? 1 : 0);
  }
  Restart();
  Arrive(50, Item("b"), {Hit("w")});
  const Grouper::Events events = Advance(2000);
  ASSERT_THAT(Types(events), ElementsAre(kUpdated, kEnded));
  EXPECT_EQ(Second(events[1]), 1000);
  EXPECT_EQ(events[1].silence().hidden(), 2u);
  EXPECT_THAT(events[1].silence().hidden_alert_ids(), SizeIs(1));
  Arrive(2001, Item("c"), {Hit("w")});
  const Grouper::Events later = Advance(2100);
  ASSERT_THAT(Types(later), ElementsAre(kUpdated));
  EXPECT_THAT(later[0].silenced_by(), IsEmpty());
  EXPECT_THAT(later[0].alert().silenced_by(), IsEmpty());
}

TEST_F(GrouperSilencesTest, CorrectionsAndOperatorsPassASilence) {
  const std::string id = Raised();
  ASSERT_TRUE(Silence(31, 31, 1000, "w").ok());
  v1::Item killed = Item("a", 2);
  killed.set_pub_status(v1::PUB_STATUS_CANCELED);
  const Grouper::Events events = Arrive(50, killed);
  ASSERT_THAT(Types(events), ElementsAre(kUpdated));
  EXPECT_THAT(events[0].silenced_by(), IsEmpty());
  EXPECT_THAT(events[0].alert().silenced_by(), SizeIs(1));
  ASSERT_TRUE(Acknowledge(60, id).ok());
  EXPECT_THAT(told_[0].silenced_by(), IsEmpty());
}

TEST_F(GrouperSilencesTest, AConditionThatStillHoldsIsToldWhenItsSilenceEnds) {
  Use({.group_by = {"subject"}});
  v1::OperatorCall call = By("ada");
  v1::SilenceRule& rule = *call.mutable_silence();
  rule.set_id("s");
  v1::Label label;
  label.set_name("subject");
  label.set_value("x");
  *rule.mutable_matcher()->add_labels() = label;
  rule.set_reason("works");
  SetTime(rule.mutable_ends(), kStart + absl::Seconds(1000));
  ASSERT_TRUE(Operate(1, call).ok());
  Timer(2, Burst("x", v1::SIGNAL_PHASE_RAISED));
  Timer(2, Burst("y", v1::SIGNAL_PHASE_RAISED));
  EXPECT_THAT(Types(Advance(40)), ElementsAre(kRaised, kRaised));
  call.set_end_silence("s");
  ASSERT_TRUE(Operate(100, call).ok());
  ASSERT_THAT(Types(told_), ElementsAre(kEnded, kRepeated));
  EXPECT_EQ(own_, 0u);
  EXPECT_EQ(told_[0].actor(), "ada");
  EXPECT_EQ(told_[1].alert().group(0).value(), "x");
  EXPECT_TRUE(answer_.silence().ended());
  EXPECT_TRUE(absl::IsFailedPrecondition(Operate(101, call)));
  // What is over and only waits to be told so does not hold.
  call.mutable_silence()->set_id("t");
  *call.mutable_silence()->mutable_matcher()->add_labels() = label;
  call.mutable_silence()->set_reason("works");
  SetTime(call.mutable_silence()->mutable_ends(), kStart + absl::Seconds(10'000));
  ASSERT_TRUE(Operate(5001, call).ok());
  Timer(5002, Burst("x", v1::SIGNAL_PHASE_ENDED));
  Timer(5003, Burst("x", v1::SIGNAL_PHASE_RAISED));
  EXPECT_THAT(Types(Advance(5040)), ElementsAre(kRaised));
  Timer(5050, Burst("x", v1::SIGNAL_PHASE_ENDED));
  call.set_end_silence("t");
  ASSERT_TRUE(Operate(5060, call).ok());
  EXPECT_THAT(Types(told_), ElementsAre(kEnded));
  EXPECT_THAT(Types(Advance(6000)), ElementsAre(kResolved));
}

TEST_F(GrouperSilencesTest, ASilenceMayBeginLaterAndIsForgottenAMonthAfterItsEnd) {
  ASSERT_TRUE(Silence(1, 100, 200, "w").ok());
  Arrive(10, Item("a"), {Hit("w")});
  EXPECT_THAT(Advance(50)[0].silenced_by(), IsEmpty());
  EXPECT_THAT(Types(Advance(300)), ElementsAre(kEnded));
  v1::OperatorCall call = By("ada");
  call.set_end_silence("s");
  EXPECT_TRUE(absl::IsFailedPrecondition(Operate(301, call)));
  Advance(200 + 31 * 86'400);
  EXPECT_TRUE(absl::IsNotFound(Operate(200 + 31 * 86'400 + 1, call)));
  Restart();
  EXPECT_EQ(state_.count("silence/s"), 0u);
}

TEST_F(GrouperSilencesTest, ASilenceThatWouldHideEverythingOrSaysTooLittleIsNotMade) {
  v1::OperatorCall call = By("ada");
  v1::SilenceRule& rule = *call.mutable_silence();
  rule.set_id("s");
  rule.set_reason("r");
  SetTime(rule.mutable_ends(), kStart + absl::Seconds(100));
  EXPECT_TRUE(absl::IsInvalidArgument(Operate(1, call)));
  rule.mutable_matcher()->set_least_severity(v1::SEVERITY_LOW);
  rule.mutable_matcher()->set_query("x");
  EXPECT_TRUE(absl::IsInvalidArgument(Operate(1, call)));
  rule.mutable_matcher()->clear_query();
  rule.clear_reason();
  EXPECT_TRUE(absl::IsInvalidArgument(Operate(1, call)));
  rule.set_reason("r");
  SetTime(rule.mutable_ends(), kStart + absl::Seconds(1));
  EXPECT_TRUE(absl::IsInvalidArgument(Operate(1, call)));
  SetTime(rule.mutable_ends(), kStart + absl::Seconds(100));
  EXPECT_TRUE(Operate(1, call).ok());
  EXPECT_TRUE(Operate(2, call).ok());  // the same again
  EXPECT_THAT(told_, IsEmpty());
  EXPECT_TRUE(absl::IsInvalidArgument(Operate(3, By("ada"))));
}

// ---- Options ----

TEST_F(GrouperSilencesTest, RaiseWhenIsAskedWheneverTheAlertChanges) {
  GroupingOptions options{.group_by = {"watch"}};
  RaiseWhen::Error error;
  ASSERT_TRUE(RaiseWhen::Parse("origins>=2", options.raise_when, error));
  Use(options);
  Arrive(0, Item("a"), {Hit("w")});
  Arrive(10, Item("b"), {Hit("w", v1::SEVERITY_CRITICAL)});
  EXPECT_THAT(Advance(1000), IsEmpty());
  const Grouper::Events events = Arrive(2000, Item("c", 1, "Courier"), {Hit("w")});
  ASSERT_THAT(Types(events), ElementsAre(kRaised));
  EXPECT_EQ(Second(events[0]), 2000);
  EXPECT_EQ(events[0].alert().item_count(), 3u);
  Arrive(3000, Item("d"), {Hit("lonely")});
  Restart();
  EXPECT_THAT(Types(Advance(200'000)), ElementsAre(kClosed));
  EXPECT_EQ(grouper_->stats().not_raised, 1u);
}

TEST_F(GrouperSilencesTest, AVersionIsToldWhenAMatchedSentenceIsNew) {
  const auto with = [this](uint32_t version, const std::string& body) {
    v1::Item item = Item("a", version);
    item.set_body(body);
    return item;
  };
  const auto hit = [this](const std::string& body) {
    v1::Signal signal = Hit("w");
    v1::Span& span = *signal.add_spans();
    span.set_part(v1::PART_BODY);
    const size_t at = body.find("KFOR");
    span.set_begin(static_cast<uint32_t>(at));
    span.set_end(static_cast<uint32_t>(at) + 4);
    return signal;
  };
  const std::string first = "Troops of KFOR moved. It rained.";
  const std::string elsewhere = "Troops of  KFOR\nmoved. The sun shone.";
  const std::string changed = "Troops of KFOR fired. The sun shone.";
  for (const auto& [on_update, told] :
       {std::pair(OnUpdate::kAdded, 1u), std::pair(OnUpdate::kFirst, 0u), std::pair(OnUpdate::kEvery, 2u)}) {
    state_.clear();
    Use({.group_by = {"watch"}, .interval = absl::Seconds(1), .on_update = on_update});
    Arrive(0, with(1, first), {hit(first)});
    Advance(30);
    size_t events = Arrive(40, with(2, elsewhere), {hit(elsewhere)}).size();
    Restart();
    events += Arrive(50, with(3, changed), {hit(changed)}).size();
    EXPECT_EQ(events, told) << static_cast<int>(on_update);
    const Grouper::Events closed = Advance(200'000);
    EXPECT_EQ(closed.back().alert().evidence(0).item_version(), 3u);
  }
}

}  // namespace
}  // namespace wirewatch::alerts

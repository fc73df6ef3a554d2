#include "wirewatch/cli/alerts_drawing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "google/protobuf/text_format.h"

namespace wirewatch::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

template <class Message>
Message Read(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

v1::AlertEvent Raised() {
  return Read<v1::AlertEvent>(R"pb(
    sequence: 7
    alert_id: "0123456789abcdef0123456789abcdef"
    type: ALERT_EVENT_TYPE_RAISED
    at { seconds: 1000000000 }
    new_signal_ids: "s2"
    alert {
      id: "0123456789abcdef0123456789abcdef"
      status: ALERT_STATUS_OPEN
      severity: SEVERITY_HIGH
      title: "kfor-force: 2 Items from 2 origins"
      updated { seconds: 1000000000 }
      evidence { signal_id: "s1" headline: "The older one" outlet: "A" }
      evidence {
        signal_id: "s2"
        headline: "The newer one"
        outlet: "B"
        url: "https://b.example/2"
        watch_id: "kfor-force"
        revision: 3
        snippet: "KFOR fired tear gas"
        highlights { begin: 0 end: 4 }
        explanation { summary: "\"KFOR\" in the body" }
      }
    })pb");
}

TEST(AlertsDrawing, AnEventIsALineAndTheItemThatIsNewInIt) {
  EXPECT_EQ(DrawEvent(Raised(), 200),
            "       7  2001-09-09 01:46:40  high      0123456789ab  kfor-force: 2 Items from 2 origins · raised\n"
            "          The newer one  B  https://b.example/2\n");
}

TEST(AlertsDrawing, AnEventSaysWhoActedWhyAndWhatHidIt) {
  v1::AlertEvent event = Raised();
  event.set_type(v1::ALERT_EVENT_TYPE_ACKNOWLEDGEMENT_LAPSED);
  event.clear_new_signal_ids();
  event.set_actor("ada");
  event.set_reason("origins doubled");
  event.add_silenced_by("f00");
  EXPECT_THAT(DrawEvent(event, 200), HasSubstr("acknowledgement lapsed by ada: origins doubled [silenced]"));
  event.set_correction(v1::CORRECTION_KIND_RETRACTED);
  event.set_severity_before(v1::SEVERITY_LOW);
  EXPECT_THAT(DrawEvent(event, 200), HasSubstr("lapsed, retracted, was low by ada"));
}

TEST(AlertsDrawing, ControlCharactersOfTextsDoNotReachTheTerminal) {
  v1::AlertEvent event = Raised();
  event.mutable_alert()->set_title("x\033[31m");
  event.mutable_alert()->mutable_evidence(1)->set_headline("y\033]0;z\a");
  EXPECT_THAT(DrawEvent(event, 200), Not(HasSubstr("\033")));
}

TEST(AlertsDrawing, AnAlertIsShownWithItsEvidenceAndWhatHappened) {
  v1::GetAlertResponse got;
  *got.mutable_alert() = Raised().alert();
  got.mutable_alert()->mutable_dismissal()->set_by("bob");
  got.mutable_alert()->mutable_dismissal()->set_reason(v1::DISMISS_REASON_KNOWN);
  *got.add_events() = Raised();
  const std::string drawn = DrawAlert(got, 200);
  EXPECT_THAT(drawn, HasSubstr("[KFOR] fired tear gas"));
  EXPECT_THAT(drawn, HasSubstr("why: kfor-force revision 3: \"KFOR\" in the body"));
  EXPECT_THAT(drawn, HasSubstr("known by bob"));
  EXPECT_THAT(drawn, HasSubstr("         7  2001-09-09 01:46:40  raised"));
}

TEST(AlertsDrawing, ASilenceSaysWhatItHid) {
  const auto silence = Read<v1::SilenceRule>(R"pb(
    id: "aaaabbbbccccdddd"
    pipeline: "wire"
    matcher {
      watch_ids: "kfor-force"
      labels { name: "desk" value: "foreign" }
      least_severity: SEVERITY_LOW
    }
    begins { seconds: 0 }
    ends { seconds: 3600 }
    author: "ada"
    reason: "an exercise"
    hidden: 3
    hidden_alert_ids: "0123456789abcdef"
    hidden_alert_ids: "fedcba9876543210")pb");
  EXPECT_EQ(DrawSilence(silence),
            "aaaabbbbcccc  wire  1970-01-01 00:00:00 to 1970-01-01 01:00:00  by ada\n"
            "    hides watch kfor-force and desk=foreign and low or graver: an exercise\n"
            "    hid 3 events of 0123456789ab fedcba987654\n");
}

TEST(AlertsDrawing, PrecisionThatIsNotKnownIsNoNumber) {
  const auto statistics = Read<v1::AlertStatsResponse>(R"pb(
    watches { watch_id: "a" raised: 4 useful: 3 irrelevant: 1 precision: 0.75 }
    watches { watch_id: "b" raised: 1 })pb");
  const std::string drawn = DrawStatistics(statistics);
  EXPECT_THAT(drawn, HasSubstr("0.75\n"));
  EXPECT_THAT(drawn, HasSubstr("         -\n"));
}

}  // namespace
}  // namespace wirewatch::cli

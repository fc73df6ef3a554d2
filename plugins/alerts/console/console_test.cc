#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wirewatch/sdk/alert_channel.h"
#include "wirewatch/testing/plugin_harness.h"

namespace wirewatch::alerts {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

v1::AlertEvent Raised() {
  v1::AlertEvent event;
  event.set_type(v1::ALERT_EVENT_TYPE_RAISED);
  v1::Alert& alert = *event.mutable_alert();
  alert.set_severity(v1::SEVERITY_HIGH);
  alert.set_title("kfor-force: 1 Item");
  v1::Evidence& evidence = *alert.add_evidence();
  evidence.set_signal_id("s1");
  evidence.set_headline("Clashes in Zvečan");
  evidence.set_outlet("TASS");
  evidence.set_url("https://tass.example/1");
  evidence.mutable_published()->mutable_value()->set_seconds(1687478400);
  evidence.mutable_published()->set_precision(v1::TIME_PRECISION_DAY);
  evidence.set_snippet("KFOR used force");
  v1::Span& hit = *evidence.add_highlights();
  hit.set_begin(0);
  hit.set_end(4);
  evidence.mutable_explanation()->set_summary("\"KFOR\" in the body");
  return event;
}

std::string Printed(const v1::AlertEvent& event, const std::string& options = "") {
  const auto console = testing::CreatePlugin<AlertChannel>(options);
  ::testing::internal::CaptureStdout();
  EXPECT_TRUE(console->Deliver(event).ok());
  return ::testing::internal::GetCapturedStdout();
}

TEST(ConsoleTest, ShowsWhatWhereAndWhy) {
  EXPECT_EQ(Printed(Raised()),
            "HIGH kfor-force: 1 Item\n"
            "  Clashes in Zvečan\n"
            "  TASS · 2023-06-23 · https://tass.example/1\n"
            "    [KFOR] used force\n"
            "    why: \"KFOR\" in the body\n\n");
}

TEST(ConsoleTest, ColoursWhenAsked) {
  const std::string printed = Printed(Raised(), "colour: always");
  EXPECT_THAT(printed, HasSubstr("\033[1;33mKFOR\033[0m used force"));
  EXPECT_THAT(Printed(Raised(), "colour: never"), Not(HasSubstr("\033")));
}

TEST(ConsoleTest, HostileTextsDoNotReachTheTerminal) {
  v1::AlertEvent event = Raised();
  event.mutable_alert()->mutable_evidence(0)->set_headline(
      "a\033[2Jb\nc\xC2\x9B"
      "d\u202E");
  const std::string printed = Printed(event);
  EXPECT_THAT(printed, Not(HasSubstr("\033")));
  EXPECT_THAT(printed, HasSubstr("a\xEF\xBF\xBD[2Jb c\xEF\xBF\xBD"
                                 "d\n"));
}

TEST(ConsoleTest, AnUpdateShowsWhatIsNew) {
  v1::AlertEvent event = Raised();
  event.set_type(v1::ALERT_EVENT_TYPE_UPDATED);
  event.add_new_signal_ids("s2");
  v1::Evidence& second = *event.mutable_alert()->add_evidence();
  second.set_signal_id("s2");
  second.set_headline("Second");
  const std::string printed = Printed(event);
  EXPECT_THAT(printed, HasSubstr("HIGH update kfor-force"));
  EXPECT_THAT(printed, HasSubstr("Second"));
  EXPECT_THAT(printed, Not(HasSubstr("Clashes")));
}

TEST(ConsoleTest, SaysHowManyAreLeftOut) {
  v1::AlertEvent event = Raised();
  for (int i = 0; i < 5; ++i) event.mutable_alert()->add_evidence()->set_headline("more");
  EXPECT_THAT(Printed(event, "items: 2"), HasSubstr("  and 4 more\n"));
}

TEST(ConsoleTest, RetractionsAreTold) {
  v1::AlertEvent event = Raised();
  event.set_type(v1::ALERT_EVENT_TYPE_UPDATED);
  event.set_correction(v1::CORRECTION_KIND_RETRACTED);
  event.mutable_alert()->mutable_evidence(0)->set_withheld("its publisher has retracted it");
  EXPECT_THAT(Printed(event), HasSubstr("RETRACTION kfor-force: 1 Item\n"));
  EXPECT_THAT(Printed(event), HasSubstr("[its publisher has retracted it]"));
}

std::string PrintedDigest(const v1::Digest& digest) {
  const auto console = testing::CreatePlugin<AlertChannel>("");
  Recipient recipient{.id = "night-desk"};
  EXPECT_TRUE(absl::LoadTimeZone("Europe/Vienna", &recipient.time_zone));
  console->SetRecipient(recipient);
  ::testing::internal::CaptureStdout();
  EXPECT_TRUE(console->DeliverDigest(digest).ok());
  return ::testing::internal::GetCapturedStdout();
}

TEST(ConsoleTest, ADigestHasALineForEachAlert) {
  v1::Digest digest;
  digest.set_recipient("night-desk");
  digest.mutable_time()->set_seconds(1781154000);
  digest.set_checked(1234567);
  EXPECT_EQ(PrintedDigest(digest), "DIGEST night-desk 2026-06-11 07:00 CEST: nothing; 1,234,567 checked\n\n");
  v1::DigestSection& section = *digest.add_sections();
  section.set_watch_id("kfor-force");
  v1::DigestLine& line = *section.add_lines();
  line.set_title("kfor-force: 1 Item");
  line.set_severity(v1::SEVERITY_HIGH);
  line.set_headline("Clashes in\033 Zvečan");
  line.set_outlet("TASS");
  line.mutable_published()->mutable_value()->set_seconds(1781154000);
  line.set_url("https://tass.example/1");
  line.set_late(true);
  v1::DigestLine& killed = *section.add_lines();
  killed.set_title("kfor-force: 2 Items");
  killed.set_correction(v1::CORRECTION_KIND_RETRACTED);
  killed.set_withheld("its publisher has retracted it");
  digest.set_alert_count(2);
  digest.set_omitted(1);
  digest.set_checked(12);
  EXPECT_EQ(PrintedDigest(digest),
            "DIGEST night-desk 2026-06-11 07:00 CEST: 3 alerts; 12 checked\n"
            "  kfor-force\n"
            "    HIGH kfor-force: 1 Item · Clashes in\xEF\xBF\xBD Zvečan · TASS · 2026-06-11 07:00 CEST · "
            "https://tass.example/1 [late]\n"
            "    MEDIUM kfor-force: 2 Items [retracted] [its publisher has retracted it]\n"
            "  and 1 that cannot be shown\n\n");
}

TEST(ConsoleTest, ATemplateCannotDriveTheTerminalEither) {
  v1::AlertEvent event = Raised();
  event.mutable_alert()->set_title("a\033[2J\nb");
  EXPECT_EQ(Printed(event, "template: \"> {{ alert.title }}\\n\""), "> a\xEF\xBF\xBD[2J b\n");
  EXPECT_EQ(Printed(event, "template: \"{% if alert.late %}late{% endif %}\""), "");
}

}  // namespace
}  // namespace wirewatch::alerts

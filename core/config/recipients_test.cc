#include "wirewatch/config/recipients.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "wirewatch/config/yaml.h"

namespace wirewatch::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::SizeIs;

class RecipientsTest : public ::testing::Test {
 protected:
  std::vector<Recipient> Parse(const std::string& yaml) {
    const std::optional<Node> node = ParseYaml(yaml, "p.yaml", diagnostics_);
    EXPECT_TRUE(node);
    return ParseRecipients(*node, {"console", "desk-mail", "hook"}, {"watch", "desk"}, diagnostics_);
  }
  std::string Errors(const std::string& yaml) {
    diagnostics_ = {};
    Parse(yaml);
    return diagnostics_.ToString();
  }
  Diagnostics diagnostics_;
};

TEST_F(RecipientsTest, ReadsEverythingThatMayBeWritten) {
  const std::vector<Recipient> recipients = Parse(
      "- id: night-desk\n"
      "  channels: [desk-mail, hook]\n"
      "  timezone: Europe/Vienna\n"
      "  language: de-AT\n"
      "  match: { watches: [kfor], labels: { desk: foreign }, least_severity: medium }\n"
      "  quiet_hours: [\"22:00-06:00\", \"sat-sun 00:00-24:00\"]\n"
      "  digest: [\"07:00\", \"mon-fri 18:00\"]\n"
      "  cap: { messages: 5, per: 30m }\n"
      "  delivery: every\n"
      "  rights: { forward: external, display: snippet, unknown: link, embargoed: true }\n"
      "- id: all\n"
      "  channels: console\n");
  ASSERT_TRUE(diagnostics_.ok()) << diagnostics_.ToString();
  ASSERT_THAT(recipients, SizeIs(2));
  const Recipient& desk = recipients[0];
  EXPECT_EQ(desk.id, "night-desk");
  EXPECT_THAT(desk.channels, ElementsAre("desk-mail", "hook"));
  EXPECT_EQ(desk.time_zone.name(), "Europe/Vienna");
  EXPECT_EQ(desk.language, "de-AT");
  EXPECT_THAT(desk.match.watches, ElementsAre("kfor"));
  EXPECT_THAT(desk.match.labels, ElementsAre(Pair("desk", "foreign")));
  EXPECT_EQ(desk.match.least_severity, v1::SEVERITY_MEDIUM);
  ASSERT_THAT(desk.quiet_hours, SizeIs(2));
  EXPECT_EQ(desk.quiet_hours[0].days, 0x7f);
  EXPECT_EQ(desk.quiet_hours[0].begin, 22 * 60);
  EXPECT_EQ(desk.quiet_hours[0].end, 6 * 60);
  EXPECT_EQ(desk.quiet_hours[1].days, 0x60);
  EXPECT_EQ(desk.quiet_hours[1].end, 24 * 60);
  ASSERT_THAT(desk.digest, SizeIs(2));
  EXPECT_EQ(desk.digest[1].days, 0x1f);
  EXPECT_EQ(desk.digest[1].minute, 18 * 60);
  EXPECT_EQ(desk.cap->messages, 5u);
  EXPECT_EQ(desk.cap->per, absl::Minutes(30));
  EXPECT_EQ(desk.delivery, AlertDelivery::kEvery);
  EXPECT_EQ(desk.rights.forward, v1::FORWARD_EXTERNAL);
  EXPECT_EQ(desk.rights.display, v1::DISPLAY_SNIPPET);
  EXPECT_EQ(desk.rights.unknown, v1::DISPLAY_LINK);
  EXPECT_TRUE(desk.rights.embargoed);
  EXPECT_FALSE(recipients[1].rights.embargoed);
  EXPECT_EQ(recipients[1].time_zone, absl::UTCTimeZone());
  EXPECT_FALSE(recipients[1].cap);
  EXPECT_EQ(recipients[1].rights.unknown, v1::DISPLAY_HEADLINE);
}

TEST_F(RecipientsTest, ChannelsMustBeThereAndHaveOneRecipient) {
  EXPECT_THAT(Errors("- { id: a, channels: [desk-mial] }"),
              HasSubstr("p.yaml:1:23: error: there is no channel with the id \"desk-mial\" under alerts.channels (did "
                        "you mean \"desk-mail\"?)"));
  EXPECT_THAT(Errors("- { id: a, channels: [pager] }"), HasSubstr("(there are console, desk-mail, hook)"));
  EXPECT_THAT(Errors("- { id: a, channels: [hook] }\n- { id: b, channels: [hook] }"),
              HasSubstr("p.yaml:2:23: error: the channel \"hook\" is that of \"a\" already"));
  EXPECT_THAT(Errors("- { id: a }"), HasSubstr("a recipient needs the option \"channels\""));
  EXPECT_THAT(Errors("- { id: a, channels: hook }\n- { id: a, channels: console }"),
              HasSubstr("p.yaml:2:9: error: a second recipient with the id \"a\"; the first is in line 1"));
  EXPECT_THAT(Errors("- { id: A B, channels: hook }"), HasSubstr("p.yaml:1:9: error: \"A B\" is not an id"));
  EXPECT_THAT(Errors("- { id: a, channels: hook, when: {} }"), HasSubstr("a recipient has no option \"when\""));
  EXPECT_THAT(Errors("- hook"), HasSubstr("p.yaml:1:3: error: "));
}

TEST_F(RecipientsTest, ZonesAndLanguagesMustBeKnown) {
  for (const char* zone : {"Europe/Wien", "CEST", "../../etc/passwd", "/etc/localtime", "localtime", "\"\""}) {
    EXPECT_THAT(Errors(std::string("- { id: a, channels: hook, timezone: ") + zone + " }"),
                HasSubstr("p.yaml:1:38: error: there is no time zone \""))
        << zone;
  }
  EXPECT_EQ(Errors("- { id: a, channels: hook, timezone: America/Argentina/Buenos_Aires, language: pt-BR }"), "");
  EXPECT_THAT(Errors("- { id: a, channels: hook, language: german language }"), HasSubstr("is no language tag"));
}

TEST_F(RecipientsTest, WhatIsHeldMustGoOut) {
  EXPECT_THAT(Errors("- { id: a, channels: hook, quiet_hours: \"22:00-06:00\" }"),
              HasSubstr("p.yaml:1:28: error: what happens in quiet hours is held for the digest, and without a digest "
                        "it would never go out (say when it does, such as digest: [\"07:00\"])"));
  EXPECT_THAT(Errors("- { id: a, channels: hook, cap: { messages: 3 }, digest: [] }"),
              HasSubstr("what goes beyond the cap is held for the digest"));
  EXPECT_THAT(Errors("- { id: a, channels: hook, delivery: grouped }"), HasSubstr("p.yaml:1:28: error: "));
  EXPECT_EQ(Errors("- { id: a, channels: hook, delivery: every }"), "");
}

TEST_F(RecipientsTest, LabelsMustBeOnesThatAlertsHave) {
  EXPECT_THAT(Errors("- { id: a, channels: hook, match: { labels: { region: west } } }"),
              HasSubstr("p.yaml:1:47: error: no Alert has the label \"region\" (Alerts have the labels of "
                        "alerts.group_by, which are watch, desk: add it there)"));
  EXPECT_THAT(Errors("- { id: a, channels: hook, match: { labels: [desk] } }"), HasSubstr("expected labels"));
  EXPECT_THAT(Errors("- { id: a, channels: hook, match: { labels: { desk: [a] } } }"),
              HasSubstr("p.yaml:1:53: error: "));
}

TEST_F(RecipientsTest, BadTimesAreToldWithTheirPlace) {
  EXPECT_THAT(Errors("- id: a\n  channels: hook\n  digest: [\"07:00\", \"7 o'clock\"]"),
              HasSubstr("p.yaml:3:21: error: \"7 o'clock\" is no time of day (write \"07:00\" or \"mon-fri 07:00\")"));
  EXPECT_THAT(Errors("- id: a\n  channels: hook\n  digest: [\"07:00\"]\n  quiet_hours: [\"22:00\"]"),
              HasSubstr("p.yaml:4:17: error: \"22:00\" is no part of a day or of a week"));
}

TEST(WeekTimesTest, OnlyTimesOfTheWeekAreRead) {
  EXPECT_EQ(ParseWeekTime("00:00")->minute, 0);
  EXPECT_EQ(ParseWeekTime("23:59")->minute, 1439);
  EXPECT_EQ(ParseWeekTime("MON,wed 07:30")->days, 0b0000101);
  EXPECT_EQ(ParseWeekTime("fri-mon 07:30")->days, 0b1110001);
  for (const char* bad : {"", "7:00", "07:60", "24:00", "25:00", "07:00 mon", "mon", "mon- 07:00", "moon 07:00",
                          "07-00", "07:00-08:00", "mon tue 07:00", "-1:00", "0a:00"}) {
    EXPECT_FALSE(ParseWeekTime(bad)) << bad;
  }
  EXPECT_EQ(ParseWeekInterval("sun 23:00-01:00")->end, 60);
  for (const char* bad : {"", "22:00", "22:00-22:00", "24:00-06:00", "22:00-06:00-07:00", "22:00 - 06:00",
                          "x 22:00-06:00", "22:00-24:01"}) {
    EXPECT_FALSE(ParseWeekInterval(bad)) << bad;
  }
}

}  // namespace
}  // namespace wirewatch::config

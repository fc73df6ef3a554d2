#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "wirewatch/http/server_fixture.h"
#include "wirewatch/sdk/alert_channel.h"
#include "wirewatch/templates/alert_model.h"
#include "wirewatch/templates/digest_model.h"
#include "wirewatch/testing/plugin_harness.h"

namespace wirewatch::alerts {
namespace {

namespace pb = google::protobuf;
using http::ServerFixture;
using templates::SampleDigest;
using templates::SampleEvent;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kKey[] = "R0123456789012345678901234567890";

std::string OptionsOf(const std::string& preset, const std::string& url) {
  return absl::StrCat("{preset: ", preset, ", url: \"", url, "\", allow: [127.0.0.1/32]",
                      preset == "pagerduty" ? absl::StrCat(", routing_key: ", kKey) : "", "}");
}

absl::Status Give(AlertChannel& channel, const v1::AlertEvent& event) { return channel.Deliver(event); }
absl::Status Give(AlertChannel& channel, const v1::Digest& digest) { return channel.DeliverDigest(digest); }

// What the receiver gets; nothing when it gets nothing. Whatever comes must be JSON.
template <class Message>
pb::Struct Posted(const std::string& preset, const Message& message, std::string* bytes = nullptr) {
  ServerFixture server(ServerFixture::Always(ServerFixture::Reply("202 Accepted")));
  const absl::Status taken = Give(*testing::CreatePlugin<AlertChannel>(OptionsOf(preset, server.Url())), message);
  EXPECT_TRUE(taken.ok()) << taken;
  pb::Struct parsed;
  if (server.requests().empty()) return parsed;
  const std::string request = server.requests().at(0);
  const std::string body = request.substr(request.find("\r\n\r\n") + 4);
  if (bytes != nullptr) *bytes = body;
  const auto read = pb::util::JsonStringToMessage(body, &parsed);
  EXPECT_TRUE(read.ok()) << preset << ": " << read.ToString() << "\n" << body;
  return parsed;
}

// A member by its path: "payload.summary", "blocks.1.type".
const pb::Value& At(const pb::Struct& from, const std::string& path) {
  static const auto& none = *new pb::Value;
  const size_t dot = path.find('.');
  const auto found = from.fields().find(path.substr(0, dot));
  if (found == from.fields().end()) return none;
  const pb::Value* value = &found->second;
  for (size_t at = dot; at != std::string::npos;) {
    const size_t next = path.find('.', at + 1);
    const std::string name = path.substr(at + 1, next == std::string::npos ? next : next - at - 1);
    if (value->has_list_value()) {
      const int index = std::atoi(name.c_str());
      if (index >= value->list_value().values_size()) return none;
      value = &value->list_value().values(index);
    } else {
      const auto member = value->struct_value().fields().find(name);
      if (member == value->struct_value().fields().end()) return none;
      value = &member->second;
    }
    at = next;
  }
  return *value;
}
std::string TextAt(const pb::Struct& from, const std::string& path) { return At(from, path).string_value(); }

// The worst that outsiders can send: everything long, and everything that is escaped.
v1::AlertEvent Hostile() {
  v1::AlertEvent event = SampleEvent();
  std::string text;
  for (int i = 0; i < 3000; ++i) text += "&<!channel>\"\\\n*_`";
  event.set_reason(text);
  event.set_actor(text);
  v1::Alert& alert = *event.mutable_alert();
  alert.set_title(text);
  alert.add_watch_ids(text);
  for (int i = 0; i < 20; ++i) *alert.add_evidence() = alert.evidence(0);
  for (v1::Evidence& evidence : *alert.mutable_evidence()) {
    evidence.set_headline(text);
    evidence.set_outlet(text);
    evidence.set_snippet(text);
    evidence.set_url("https://e.example/?" + std::string(370, '&') + "|>");
  }
  alert.mutable_evidence(1)->set_url("https://e.example/" + std::string(9000, 'x'));
  alert.mutable_evidence(2)->set_url("javascript:alert(1)");
  return event;
}

// A digest of the same kind, larger than any receiver takes.
v1::Digest HostileDigest() {
  const v1::AlertEvent event = Hostile();
  v1::Digest digest = SampleDigest();
  digest.set_recipient(event.reason());
  v1::DigestLine line = digest.sections(0).lines(0);
  line.set_title(event.reason());
  line.set_headline(event.reason());
  line.set_outlet(event.reason());
  line.set_withheld(event.reason());
  line.set_url(event.alert().evidence(0).url());
  for (int i = 0; i < 500; ++i) {
    v1::DigestSection& section = *digest.add_sections();
    section.set_watch_id(event.reason());
    *section.add_lines() = line;
  }
  digest.mutable_sections(3)->mutable_lines(0)->set_url("javascript:alert(1)");
  digest.set_alert_count(504);
  return digest;
}

int64_t Characters(const std::string& text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
}

TEST(PresetsTest, SlackGetsBlocks) {
  const pb::Struct message = Posted("slack", SampleEvent());
  EXPECT_EQ(TextAt(message, "text"), "HIGH danube-floods: 2 Items from 2 origins");
  EXPECT_EQ(TextAt(message, "blocks.0.text.text"), "HIGH danube-floods: 2 Items from 2 origins");
  EXPECT_EQ(TextAt(message, "blocks.1.elements.0.text"), "new · 2 Items · 2 origins · 2026-11-26 12:01 UTC");
  EXPECT_EQ(TextAt(message, "blocks.2.text.text"),
            "<https://courier.example/danube?page=1&amp;id=7|River &lt;Danube&gt; passes \"alarm level 3\" &amp; rises "
            "on>");
  EXPECT_EQ(At(message, "blocks").list_value().values_size(), 6);
}

TEST(PresetsTest, SlackIsWithinItsLimitsAndNobodyIsCalled) {
  const pb::Struct message = Posted("slack", Hostile());
  EXPECT_LE(At(message, "blocks").list_value().values_size(), 50);
  for (int i = 0; i < At(message, "blocks").list_value().values_size(); ++i) {
    const std::string block = absl::StrCat("blocks.", i);
    const std::string type = TextAt(message, block + ".type");
    const std::string text = TextAt(message, block + (type == "context" ? ".elements.0.text" : ".text.text"));
    EXPECT_FALSE(text.empty()) << block;
    EXPECT_LE(Characters(text), type == "header" ? 150 : 3000) << block;
    // In plain_text nothing is markup.
    if (type != "section") continue;
    EXPECT_THAT(text, Not(HasSubstr("<!"))) << block;
  }
  EXPECT_THAT(TextAt(message, "text"), Not(HasSubstr("<!channel>")));
  std::string bytes;
  Posted("slack", Hostile(), &bytes);
  EXPECT_THAT(bytes, Not(HasSubstr("javascript")));
}

TEST(PresetsTest, SlackGetsADigestAsOneMessage) {
  const pb::Struct message = Posted("slack", SampleDigest());
  EXPECT_EQ(TextAt(message, "text"), "Digest 2026-11-27 07:00 CET: 4 alerts; 1,204 checked");
  EXPECT_EQ(TextAt(message, "blocks.0.text.text"), "4 alerts; 1,204 checked");
  EXPECT_THAT(TextAt(message, "blocks.1.elements.0.text"), HasSubstr("1 that cannot be shown"));
  EXPECT_THAT(TextAt(message, "blocks.2.text.text"),
              ::testing::StartsWith("*danube-floods*\nHIGH danube-floods: 2 Items from 2 origins\n"
                                    "<https://courier.example/danube?page=1&amp;id=7|River &lt;Danube&gt;"));
  EXPECT_EQ(At(message, "blocks").list_value().values_size(), 2 + 4);
  v1::Digest empty = SampleDigest();
  empty.clear_sections();
  empty.clear_alert_count();
  EXPECT_EQ(TextAt(Posted("slack", empty), "blocks.0.text.text"), "nothing; 1,204 checked");
}

TEST(PresetsTest, ADigestKeepsToSlacksLimitsAndCallsNobody) {
  std::string bytes;
  const pb::Struct message = Posted("slack", HostileDigest(), &bytes);
  EXPECT_EQ(At(message, "blocks").list_value().values_size(), 42);
  EXPECT_THAT(TextAt(message, "blocks.1.elements.0.text"), HasSubstr("the 40 gravest"));
  for (int i = 0; i < At(message, "blocks").list_value().values_size(); ++i) {
    const std::string block = absl::StrCat("blocks.", i);
    const std::string type = TextAt(message, block + ".type");
    const std::string text = TextAt(message, block + (type == "context" ? ".elements.0.text" : ".text.text"));
    EXPECT_FALSE(text.empty()) << block;
    EXPECT_LE(Characters(text), type == "header" ? 150 : 3000) << block;
    if (type != "header") {
      EXPECT_THAT(text, Not(HasSubstr("<!"))) << block;
    }
  }
  EXPECT_THAT(bytes, Not(HasSubstr("javascript")));
}

TEST(PresetsTest, TeamsGetsADigestAsACardWithinItsLimit) {
  const pb::Struct message = Posted("teams", SampleDigest());
  EXPECT_EQ(TextAt(message, "attachments.0.content.body.0.inlines.0.text"), "4 alerts; 1,204 checked");
  EXPECT_EQ(TextAt(message, "attachments.0.content.body.2.inlines.0.text"), "danube-floods");
  std::string bytes;
  const pb::Struct hostile = Posted("teams", HostileDigest(), &bytes);
  EXPECT_LT(bytes.size(), 28U << 10);
  EXPECT_THAT(TextAt(hostile, "attachments.0.content.body.1.inlines.0.text"), HasSubstr("the 12 gravest"));
  EXPECT_THAT(bytes, Not(HasSubstr("javascript")));
}

TEST(PresetsTest, WhoeverIsOnCallGetsTheAlertsOfADigestOneByOne) {
  for (const char* const preset : {"pagerduty", "alertmanager"}) {
    const auto channel = testing::CreatePlugin<AlertChannel>(OptionsOf(preset, "http://127.0.0.1:9/"));
    EXPECT_TRUE(absl::IsUnimplemented(channel->DeliverDigest(SampleDigest()))) << preset;
    EXPECT_TRUE(absl::IsUnimplemented(channel->PreviewDigest(SampleDigest()).status())) << preset;
  }
}

TEST(PresetsTest, TeamsGetsACardWithinItsLimit) {
  const pb::Struct message = Posted("teams", SampleEvent());
  EXPECT_EQ(TextAt(message, "attachments.0.contentType"), "application/vnd.microsoft.card.adaptive");
  EXPECT_EQ(TextAt(message, "attachments.0.content.type"), "AdaptiveCard");
  EXPECT_EQ(TextAt(message, "attachments.0.content.body.0.inlines.1.text"), "danube-floods: 2 Items from 2 origins");
  EXPECT_EQ(TextAt(message, "attachments.0.content.body.2.inlines.0.selectAction.url"),
            "https://courier.example/danube?page=1&id=7");
  std::string bytes;
  Posted("teams", Hostile(), &bytes);
  EXPECT_LT(bytes.size(), 28U << 10);
}

TEST(PresetsTest, PagerDutyGetsWhatConcernsWhoeverIsOnCall) {
  const pb::Struct trigger = Posted("pagerduty", SampleEvent());
  EXPECT_EQ(TextAt(trigger, "routing_key"), kKey);
  EXPECT_EQ(TextAt(trigger, "dedup_key"), SampleEvent().alert_id());
  EXPECT_EQ(TextAt(trigger, "payload.summary"), SampleEvent().alert().title());
  EXPECT_EQ(TextAt(trigger, "payload.source"), "desk");
  EXPECT_EQ(TextAt(trigger, "payload.timestamp"), "2026-11-26T12:01:30Z");
  EXPECT_EQ(TextAt(trigger, "links.0.href"), SampleEvent().alert().evidence(0).url());
  const std::pair<v1::AlertEventType, const char*> actions[] = {
      {v1::ALERT_EVENT_TYPE_RAISED, "trigger"},
      {v1::ALERT_EVENT_TYPE_UPDATED, "trigger"},
      {v1::ALERT_EVENT_TYPE_REPEATED, "trigger"},
      {v1::ALERT_EVENT_TYPE_ESCALATED, "trigger"},
      {v1::ALERT_EVENT_TYPE_ACKNOWLEDGED, "acknowledge"},
      {v1::ALERT_EVENT_TYPE_ACKNOWLEDGEMENT_LAPSED, "trigger"},
      {v1::ALERT_EVENT_TYPE_RESOLVED, "resolve"},
      {v1::ALERT_EVENT_TYPE_CLOSED, "resolve"},
      {v1::ALERT_EVENT_TYPE_DISMISSED, "resolve"},
      {v1::ALERT_EVENT_TYPE_NOTED, ""},
      {v1::ALERT_EVENT_TYPE_ASSIGNED, ""}};
  for (const auto& [type, action] : actions) {
    v1::AlertEvent event = SampleEvent();
    event.set_type(type);
    EXPECT_EQ(TextAt(Posted("pagerduty", event), "event_action"), action) << type;
  }
  const std::pair<v1::Severity, const char*> severities[] = {{v1::SEVERITY_CRITICAL, "critical"},
                                                             {v1::SEVERITY_HIGH, "error"},
                                                             {v1::SEVERITY_MEDIUM, "warning"},
                                                             {v1::SEVERITY_LOW, "info"},
                                                             {v1::SEVERITY_INFO, "info"}};
  for (const auto& [severity, word] : severities) {
    v1::AlertEvent event = SampleEvent();
    event.mutable_alert()->set_severity(severity);
    EXPECT_EQ(TextAt(Posted("pagerduty", event), "payload.severity"), word);
  }
  const pb::Struct hostile = Posted("pagerduty", Hostile());
  EXPECT_LE(Characters(TextAt(hostile, "payload.summary")), 1024);
}

TEST(PresetsTest, AlertmanagersReceiversGetWhatTheyKnow) {
  const pb::Struct message = Posted("alertmanager", SampleEvent());
  EXPECT_EQ(TextAt(message, "version"), "4");
  EXPECT_EQ(TextAt(message, "status"), "firing");
  EXPECT_EQ(TextAt(message, "groupLabels.watch"), "danube-floods");
  EXPECT_EQ(TextAt(message, "alerts.0.labels.severity"), "high");
  EXPECT_EQ(TextAt(message, "alerts.0.startsAt"), "2026-11-26T12:01:00Z");
  EXPECT_EQ(TextAt(message, "alerts.0.endsAt"), "0001-01-01T00:00:00Z");
  Posted("alertmanager", Hostile());
}

TEST(PresetsTest, EventsAboutSilencesAreNotForThem) {
  v1::AlertEvent event;
  event.set_sequence(1);
  event.set_type(v1::ALERT_EVENT_TYPE_SILENCE_ENDED);
  event.mutable_silence()->set_id("s1");
  for (const char* const preset : {"slack", "teams", "pagerduty", "alertmanager"})
    EXPECT_EQ(Posted(preset, event).fields_size(), 0) << preset;
}

TEST(PresetsTest, APreviewDoesNotTellTheRoutingKey) {
  const auto channel = testing::CreatePlugin<AlertChannel>(OptionsOf("pagerduty", "https://example.org/"));
  const absl::StatusOr<std::string> preview = channel->Preview(SampleEvent());
  ASSERT_TRUE(preview.ok());
  EXPECT_THAT(*preview, Not(HasSubstr(kKey)));
  EXPECT_THAT(*preview, HasSubstr("\"routing_key\": \"***\""));
}

TEST(TemplatesOfWebhooksTest, GiveTheBodyOrNothingToPost) {
  ServerFixture server(ServerFixture::Always(ServerFixture::Reply("200 OK")));
  const auto deliver = [&server](const std::string& more, const v1::AlertEvent& event) {
    return testing::CreatePlugin<AlertChannel>(
               absl::StrCat("{url: \"", server.Url(), "\", allow: [127.0.0.1/32], ", more, "}"))
        ->Deliver(event);
  };
  v1::AlertEvent event = SampleEvent();
  event.mutable_alert()->set_title("a \"b\" <c>");
  ASSERT_TRUE(deliver("template: '{\"t\": \"{{ alert.title }}\"}'", event).ok());
  ASSERT_TRUE(deliver("template: '<p>{{ alert.title }}</p>', content_type: text/html", event).ok());
  ASSERT_TRUE(deliver("template: '{{ alert.title }}', content_type: text/plain", event).ok());
  ASSERT_TRUE(deliver("template: '{% if alert.late %}{}{% endif %}'", event).ok());
  const std::vector<std::string> requests = server.requests();
  ASSERT_EQ(requests.size(), 3U);
  EXPECT_THAT(requests[0], ::testing::EndsWith("\r\n\r\n{\"t\": \"a \\\"b\\\" <c>\"}"));
  EXPECT_THAT(requests[1], ::testing::EndsWith("\r\n\r\n<p>a &quot;b&quot; &lt;c&gt;</p>"));
  EXPECT_THAT(requests[1], HasSubstr("Content-Type: text/html\r\n"));
  EXPECT_THAT(requests[2], ::testing::EndsWith("\r\n\r\na \"b\" <c>"));
}

TEST(TemplatesOfWebhooksTest, MistakesAreToldWithTheirPlace) {
  const std::string url = "url: https://example.org/\n";
  EXPECT_THAT(testing::OptionErrors(url + "template: '{\"t\": {{ alert.title }}}'"),
              HasSubstr("options.yaml:2:11: error: the template gives no JSON"));
  EXPECT_THAT(testing::OptionErrors(url + "template: '{{ alert.titel }}'"), HasSubstr("options.yaml:2:"));
  EXPECT_THAT(testing::OptionErrors(url + "preset: slack\ntemplate: '{}'"), HasSubstr("options.yaml:2:9: "));
  EXPECT_THAT(testing::OptionErrors("preset: pagerduty"), HasSubstr("routing key of 32 characters"));
  EXPECT_THAT(testing::OptionErrors(url + "routing_key: abc"), HasSubstr("options.yaml:2:14: "));
  EXPECT_THAT(testing::OptionErrors(url + "content_type: text/plain"), HasSubstr("options.yaml:2:15: "));
  EXPECT_EQ(testing::OptionErrors(absl::StrCat("preset: pagerduty\nrouting_key: ", kKey)), "");
}

}  // namespace
}  // namespace wirewatch::alerts

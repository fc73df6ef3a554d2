#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "message.h"
#include "rsyslog_fixture.h"
#include "wirewatch/sdk/alert_channel.h"
#include "wirewatch/testing/plugin_harness.h"

namespace wirewatch::alerts {
namespace {

using ::testing::HasSubstr;

constexpr char kTcp[] = "module(load=\"imtcp\")\ninput(type=\"imtcp\" port=\"PORT\" address=\"127.0.0.1\")";

v1::AlertEvent Event(uint64_t sequence) {
  v1::AlertEvent event;
  event.set_journal_id("j");
  event.set_sequence(sequence);
  event.set_alert_id("a1");
  event.set_type(v1::ALERT_EVENT_TYPE_RAISED);
  event.mutable_at()->set_seconds(1782000000);
  event.mutable_at()->set_nanos(123456000);
  v1::Alert& alert = *event.mutable_alert();
  alert.set_severity(v1::SEVERITY_HIGH);
  alert.set_pipeline("desk");
  alert.set_title("kfor: “3 Items”");
  alert.add_watch_ids("kf]\"or\\");
  return event;
}

class SyslogTest : public RsyslogFixture {
 protected:
  std::unique_ptr<AlertChannel> Channel(const std::string& scheme, const std::string& more = "") const {
    return testing::CreatePlugin<AlertChannel>(absl::StrCat("{server: \"", scheme, "://127.0.0.1:", port_,
                                                            "\", hostname: desk.example, timeout: 2s",
                                                            more.empty() ? "" : ", ", more, "}"));
  }
};

// ---- The message ----

TEST(SyslogMessageTest, IsAsTheStandardHasIt) {
  const MessageStyle style{.facility = 16, .hostname = "desk example", .app_name = "wirewatch", .enterprise = 32473};
  EXPECT_EQ(SyslogMessage(Event(7), "a\nb", {.key = "k", .process = "42", .sequence_id = 2147483648}, style),
            "<131>1 2026-06-21T00:00:00.123456Z deskexample wirewatch 42 raised [wirewatch@32473 event=\"raised\" "
            "sequence=\"7\" journal=\"j\" key=\"k\" alert=\"a1\" severity=\"high\" pipeline=\"desk\" "
            "watch=\"kf\\]\\\"or\\\\\"][meta sequenceId=\"1\"] \xEF\xBB\xBF"
            "a b");
}

TEST(SyslogMessageTest, IsCutToTheLimitBetweenCharacters) {
  v1::AlertEvent event = Event(1);
  for (int i = 0; i < 32; ++i) event.mutable_alert()->add_watch_ids(std::string(300, 'w'));
  std::string text;
  for (int i = 0; i < 4000; ++i) text += "ß";
  for (size_t limit = 1024; limit < 1040; ++limit) {
    const std::string message =
        SyslogMessage(event, text, {}, {.hostname = std::string(400, 'h'), .app_name = "x", .limit = limit});
    EXPECT_LE(message.size(), limit);
    EXPECT_GE(message.size() + 4, limit);
    EXPECT_THAT(message, ::testing::EndsWith("ß…"));
  }
}

TEST(SyslogMessageTest, SeveritiesAreMapped) {
  EXPECT_EQ(SyslogSeverity(v1::SEVERITY_CRITICAL), 2);
  EXPECT_EQ(SyslogSeverity(v1::SEVERITY_HIGH), 3);
  EXPECT_EQ(SyslogSeverity(v1::SEVERITY_MEDIUM), 4);
  EXPECT_EQ(SyslogSeverity(v1::SEVERITY_LOW), 5);
  EXPECT_EQ(SyslogSeverity(v1::SEVERITY_INFO), 6);
  EXPECT_EQ(HeaderField("a \x01ß b", 2), "ab");
  EXPECT_EQ(HeaderField(" ß", 10), "-");
}

// ---- With rsyslog ----

TEST_F(SyslogTest, ReachesRsyslogOverTcp) {
  Start(kTcp);
  const auto channel = Channel("tcp");
  for (uint64_t i = 1; i <= 200; ++i) ASSERT_TRUE(channel->Deliver(Event(i)).ok());
  ASSERT_TRUE(channel->Flush().ok());
  ASSERT_TRUE(Came(200));
  const auto messages = Messages();
  ASSERT_EQ(messages.size(), 200U);
  EXPECT_THAT(messages[0], ::testing::StartsWith("27|2026-06-21T00:00:00.123456Z|desk.example|wirewatch|"));
  EXPECT_THAT(messages[0], HasSubstr("|raised|[wirewatch@32473 event=\"raised\" sequence=\"1\""));
  EXPECT_THAT(messages[0], HasSubstr("watch=\"kf\\]\\\"or\\\\\""));
  EXPECT_THAT(messages[0], HasSubstr("kfor: “3 Items”"));
  for (uint64_t i = 1; i <= 200; ++i) EXPECT_THAT(messages[i - 1], HasSubstr(absl::StrCat("sequence=\"", i, "\"")));
}

TEST_F(SyslogTest, ATemplateGivesTheTextOrNothingToSend) {
  Start(kTcp);
  const auto channel =
      Channel("tcp", "template: \"{% if alert.item_count > 0 %}{{ alert.title | upper }}{% endif %}\"");
  v1::AlertEvent event = Event(1);
  ASSERT_TRUE(channel->Deliver(event).ok());
  event = Event(2);
  event.mutable_alert()->set_item_count(3);
  ASSERT_TRUE(channel->Deliver(event).ok());
  ASSERT_TRUE(channel->Flush().ok());
  ASSERT_TRUE(Came(1));
  ASSERT_EQ(Messages().size(), 1U);
  EXPECT_THAT(Messages()[0], HasSubstr("KFOR: “3 ITEMS”"));
}

TEST_F(SyslogTest, ReachesRsyslogOverUdpAndALocalSocket) {
  Start(
      "module(load=\"imudp\")\ninput(type=\"imudp\" port=\"PORT\" address=\"127.0.0.1\")\n"
      "module(load=\"imuxsock\" SysSock.Use=\"off\")\n"
      "input(type=\"imuxsock\" Socket=\"FOLDER/log\" UseSpecialParser=\"off\" ParseHostname=\"on\")");
  const auto udp = Channel("udp");
  ASSERT_TRUE(udp->Deliver(Event(1)).ok());
  ASSERT_TRUE(udp->Flush().ok());
  ASSERT_TRUE(Came(1));
  const auto local = testing::CreatePlugin<AlertChannel>("server: \"unix:" + (folder_ / "log").string() + "\"");
  ASSERT_TRUE(local->Deliver(Event(2)).ok());
  ASSERT_TRUE(local->Flush().ok());
  ASSERT_TRUE(Came(2));
  EXPECT_THAT(Messages()[0], HasSubstr("|[wirewatch@32473 event=\"raised\" sequence=\"1\""));
  EXPECT_THAT(Messages()[1], HasSubstr("|wirewatch|"));
  EXPECT_THAT(Messages()[1], HasSubstr("|[wirewatch@32473 event=\"raised\" sequence=\"2\""));
}

TEST_F(SyslogTest, ReachesRsyslogOverTlsWhenItsCertificateIsTrusted) {
  const std::string key = (folder_ / "key.pem").string(), certificate = (folder_ / "cert.pem").string();
  RunToEnd({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
            "2", "-subj", "/CN=logs", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate});
  Start(
      "global(DefaultNetstreamDriver=\"ossl\" DefaultNetstreamDriverCAFile=\"FOLDER/cert.pem\" "
      "DefaultNetstreamDriverCertFile=\"FOLDER/cert.pem\" DefaultNetstreamDriverKeyFile=\"FOLDER/key.pem\")\n"
      "module(load=\"imtcp\" StreamDriver.Name=\"ossl\" StreamDriver.Mode=\"1\" StreamDriver.AuthMode=\"anon\")\n"
      "input(type=\"imtcp\" port=\"PORT\" address=\"127.0.0.1\")");
  const auto channel = Channel("tls", "ca_file: " + certificate);
  for (uint64_t i = 1; i <= 50; ++i) {
    const absl::Status sent = channel->Deliver(Event(i));
    ASSERT_TRUE(sent.ok()) << sent;
  }
  ASSERT_TRUE(channel->Flush().ok());
  ASSERT_TRUE(Came(50));
  const absl::Status refused = Channel("tls")->Deliver(Event(51));
  EXPECT_TRUE(absl::IsUnavailable(refused));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("self-signed certificate"));
  const auto plain = testing::CreatePlugin<AlertChannel>(
      absl::StrCat("{server: \"tls://localhost:", port_, "\", ca_file: ", certificate, ", timeout: 2s}"));
  EXPECT_THAT(std::string(plain->Deliver(Event(52)).message()), HasSubstr("hostname mismatch"));
  EXPECT_EQ(Messages().size(), 50U);
}

TEST_F(SyslogTest, AServerThatWasRestartedIsConnectedToAgain) {
  Start(kTcp);
  const auto channel = Channel("tcp");
  ASSERT_TRUE(channel->Deliver(Event(1)).ok());
  ASSERT_TRUE(channel->Flush().ok());
  ASSERT_TRUE(Came(1));
  Stop();
  EXPECT_TRUE(absl::IsUnavailable(channel->Deliver(Event(2))));
  EXPECT_TRUE(channel->Flush().ok()) << "what was settled before is not lost";
  Start(kTcp);
  ASSERT_TRUE(channel->Deliver(Event(2)).ok());
  ASSERT_TRUE(channel->Flush().ok());
  ASSERT_TRUE(Came(2));
}

// A listener that never reads, so that nothing but the kernel takes what is sent.
class Listener {
 public:
  explicit Listener(int port) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    const int on = 1;
    setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const int small = 4096;
    setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || listen(fd_, 4) != 0) abort();
  }
  ~Listener() {
    Break();
    close(fd_);
  }
  void Accept() { connection_ = accept(fd_, nullptr, nullptr); }
  void Break() {
    if (connection_ >= 0) close(connection_);
    connection_ = -1;
  }

 private:
  const int fd_;
  int connection_ = -1;
};

TEST_F(SyslogTest, WhatABrokenConnectionMayHaveLostComesAgain) {
  Listener listener(port_);
  const auto channel = Channel("tcp");
  ASSERT_TRUE(channel->Deliver(Event(1)).ok());
  listener.Accept();
  listener.Break();
  // Over the next connection: the loss is told by Flush() nevertheless, and once.
  absl::SleepFor(absl::Milliseconds(50));
  ASSERT_TRUE(channel->Deliver(Event(2)).ok());
  EXPECT_TRUE(absl::IsUnavailable(channel->Flush()));
  EXPECT_TRUE(channel->Flush().ok());
}

TEST_F(SyslogTest, AServerThatTakesNothingDoesNotHoldUpForEver) {
  Listener listener(port_);
  const auto channel = Channel("tcp", "limit: 60KiB");
  v1::AlertEvent large = Event(1);
  large.mutable_alert()->set_title(std::string(60 << 10, 'x'));
  absl::Status sent;
  for (int i = 0; i < 1000 && sent.ok(); ++i) sent = channel->Deliver(large);
  EXPECT_TRUE(absl::IsDeadlineExceeded(sent)) << sent;
  EXPECT_TRUE(absl::IsUnavailable(channel->Flush()));
}

TEST_F(SyslogTest, NobodyAtThePortIsToldOverUdpToo) {
  const auto channel = Channel("udp");
  ASSERT_TRUE(channel->Deliver(Event(1)).ok());
  EXPECT_TRUE(
      Until([&] { return absl::IsUnavailable(channel->Flush()) || absl::IsUnavailable(channel->Deliver(Event(1))); }));
}

TEST_F(SyslogTest, WrongOptionsAreToldWithTheirPlace) {
  for (const char* const wrong : {"http://x", "udp://", "tcp://host:0", "tcp://host:99999", "tcp://a/b", "unix:log"})
    EXPECT_THAT(testing::OptionErrors(absl::StrCat("server: \"", wrong, "\"")), HasSubstr("options.yaml:1:9: "))
        << wrong;
  EXPECT_THAT(testing::OptionErrors("server: tls://host\nca_file: nowhere.pem"), HasSubstr("options.yaml:2:10: "));
  EXPECT_THAT(testing::OptionErrors("limit: 100"), HasSubstr("options.yaml:1:8: "));
  EXPECT_EQ(testing::OptionErrors("server: \"tcp://[::1]:1514\""), "");
  EXPECT_EQ(testing::OptionErrors("{}"), "");
}

}  // namespace
}  // namespace wirewatch::alerts

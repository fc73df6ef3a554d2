#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "wirewatch/sdk/alert_channel.h"
#include "wirewatch/templates/alert_model.h"
#include "wirewatch/templates/digest_model.h"
#include "wirewatch/testing/plugin_harness.h"

namespace wirewatch::alerts {
namespace {

namespace pb = google::protobuf;
using templates::SampleDigest;
using templates::SampleEvent;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// A mail as Python's parser reads it.
struct Received {
  pb::Struct all;
  std::string Text(const std::string& name) const { return all.fields().at(name).string_value(); }
  std::string Part(const std::string& type) const {
    const auto& parts = all.fields().at("parts").struct_value().fields();
    if (!parts.contains(type)) return "";
    return absl::StrReplaceAll(parts.at(type).string_value(), {{"\r\n", "\n"}});
  }
  std::string Header(const std::string& name) const {
    for (const pb::Value& header : all.fields().at("headers").list_value().values()) {
      if (header.list_value().values(0).string_value() == name) return header.list_value().values(1).string_value();
    }
    return "";
  }
  std::vector<std::string> To() const {
    std::vector<std::string> to;
    for (const pb::Value& address : all.fields().at("to").list_value().values()) to.push_back(address.string_value());
    return to;
  }
};

// aiosmtpd on loopback.
class MailTest : public ::testing::Test {
 protected:
  MailTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "wirewatch-mail-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~MailTest() override {
    if (server_ > 0) {
      kill(server_, SIGTERM);
      waitpid(server_, nullptr, 0);
    }
    std::filesystem::remove_all(folder_);
  }

  void Start(const std::vector<std::string>& options = {}) {
    std::vector<std::string> argv = {"/usr/bin/python3", WIREWATCH_SOURCE_DIR "/plugins/alerts/mail/smtp_server.py",
                                     folder_.string()};
    argv.insert(argv.end(), options.begin(), options.end());
    server_ = Spawn(argv);
    for (int i = 0; i < 1000 && !std::filesystem::exists(folder_ / "port"); ++i) absl::SleepFor(absl::Milliseconds(20));
    std::ifstream(folder_ / "port") >> port_;
    ASSERT_GT(port_, 0) << "the server does not start";
  }
  void StartTls(const char* kind, const std::string& password = "") {
    const std::string key = (folder_ / "key.pem").string();
    certificate_ = (folder_ / "cert.pem").string();
    int status = 0;
    waitpid(Spawn({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                   "-days", "2", "-subj", "/CN=mail", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out",
                   certificate_}),
            &status, 0);
    ASSERT_EQ(status, 0);
    std::vector<std::string> options = {kind, "--certificate", certificate_, "--key", key};
    if (!password.empty()) options.insert(options.end(), {"--password", password});
    Start(options);
  }
  std::unique_ptr<AlertChannel> Channel(const std::string& to, const std::string& more = "tls: none",
                                        const char* scheme = "smtp") const {
    return testing::CreatePlugin<AlertChannel>(absl::StrCat("{server: \"", scheme, "://127.0.0.1:", port_,
                                                            "\", from: Wirewatch <alerts@example.org>, to: ", to,
                                                            ", timeout: 10s, ", more, "}"));
  }
  std::vector<Received> Mails() const {
    std::vector<Received> mails;
    for (int i = 0;; ++i) {
      std::ifstream file(folder_ / absl::StrCat(i, ".json"));
      if (!file) return mails;
      const std::string json{std::istreambuf_iterator<char>(file), {}};
      EXPECT_TRUE(pb::util::JsonStringToMessage(json, &mails.emplace_back().all).ok());
    }
  }

  std::filesystem::path folder_;
  std::string certificate_;
  int port_ = 0;

 private:
  static pid_t Spawn(std::vector<std::string> argv) {
    std::vector<char*> pointers;
    for (std::string& argument : argv) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t process = 0;
    EXPECT_EQ(posix_spawnp(&process, pointers[0], &actions, nullptr, pointers.data(), environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    return process;
  }

  pid_t server_ = 0;
};

TEST_F(MailTest, AMailHasTextAndHtmlAndSaysWhatItIs) {
  Start();
  ASSERT_TRUE(Channel("[a@example.org, \"Žofie <z@example.org>\"]")->Deliver(SampleEvent()).ok());
  const auto mails = Mails();
  ASSERT_EQ(mails.size(), 1U);
  const Received& mail = mails[0];
  EXPECT_EQ(mail.Text("from"), "alerts@example.org");
  EXPECT_THAT(mail.To(), ElementsAre("a@example.org", "z@example.org"));
  EXPECT_EQ(mail.Header("Subject"), "[HIGH] danube-floods: 2 Items from 2 origins");
  EXPECT_EQ(mail.Header("To"), "a@example.org, Žofie <z@example.org>");
  EXPECT_EQ(mail.Header("Auto-Submitted"), "auto-generated");
  EXPECT_EQ(mail.Header("List-Id"), "\"Wirewatch test/mail\" <test-mail.wirewatch.example.org>");
  EXPECT_EQ(mail.all.fields().at("defects").list_value().values_size(), 0);
  const std::string text = mail.Part("text/plain");
  EXPECT_THAT(text, ::testing::StartsWith("HIGH, new: danube-floods: 2 Items from 2 origins\n2 Items from 2 origins"));
  EXPECT_THAT(text, HasSubstr("\nRiver <Danube> passes \"alarm level 3\" & rises on\nDanube Courier, 2026-11-26 "
                              "12:00 UTC\nhttps://courier.example/danube?page=1&id=7\n"));
  const std::string html = mail.Part("text/html");
  EXPECT_THAT(html, HasSubstr("<a href=\"https://courier.example/danube?page=1&amp;id=7\" rel=\"noreferrer\">River "
                              "&lt;Danube&gt; passes &quot;alarm level 3&quot; &amp; rises on</a>"));
  EXPECT_THAT(html, HasSubstr("By noon the <mark>Danube</mark> stood at 8.42 m in Mohács"));
}

TEST_F(MailTest, AnAlertIsAThreadAndAnEventKeepsItsMessageId) {
  Start();
  v1::AlertEvent raised = SampleEvent(), update = SampleEvent(), other = SampleEvent();
  update.set_type(v1::ALERT_EVENT_TYPE_UPDATED);
  update.set_sequence(2000);
  other.set_alert_id("another");
  for (int start = 0; start < 2; ++start) {
    const auto channel = Channel("a@example.org");
    for (const v1::AlertEvent* event : {&raised, &update, &other}) ASSERT_TRUE(channel->Deliver(*event).ok());
  }
  const auto mails = Mails();
  ASSERT_EQ(mails.size(), 6U);
  const std::string thread = mails[0].Header("Message-ID");
  EXPECT_EQ(mails[0].Header("References"), "");
  EXPECT_EQ(mails[1].Header("References"), thread);
  EXPECT_EQ(mails[1].Header("In-Reply-To"), thread);
  EXPECT_NE(mails[1].Header("Message-ID"), thread);
  EXPECT_EQ(mails[1].Header("Subject"), "[HIGH] update: danube-floods: 2 Items from 2 origins");
  EXPECT_NE(mails[2].Header("Message-ID"), thread);
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(mails[i + 3].Header("Message-ID"), mails[i].Header("Message-ID"));
}

TEST_F(MailTest, ADigestIsOneMailWithAllItsAlerts) {
  Start();
  const auto channel = Channel("a@example.org");
  channel->SetRecipient({"night-desk", "de", absl::UTCTimeZone()});
  for (int attempt = 0; attempt < 2; ++attempt) ASSERT_TRUE(channel->DeliverDigest(SampleDigest()).ok());
  const auto mails = Mails();
  ASSERT_EQ(mails.size(), 2U);
  const Received& mail = mails[0];
  EXPECT_THAT(mail.Header("Subject"), HasSubstr("4 alerts"));
  EXPECT_EQ(mail.Header("X-Wirewatch-Key"), SampleDigest().id());
  EXPECT_EQ(mail.Header("X-Wirewatch-Severity"), "high");
  EXPECT_EQ(mail.Header("Message-ID"), mails[1].Header("Message-ID"));
  EXPECT_EQ(mail.Header("References"), "");
  EXPECT_EQ(mail.Header("List-Id"), "\"Wirewatch test/mail\" <test-mail.wirewatch.example.org>");
  EXPECT_EQ(mail.all.fields().at("defects").list_value().values_size(), 0);
  const std::string text = mail.Part("text/plain");
  EXPECT_THAT(text, HasSubstr("River <Danube> passes \"alarm level 3\" & rises on"));
  EXPECT_THAT(text, HasSubstr("https://courier.example/danube?page=1&id=7"));
  EXPECT_THAT(text, HasSubstr("(corrected) (late)"));
  EXPECT_THAT(text, HasSubstr("1 that cannot be shown"));
  const std::string html = mail.Part("text/html");
  EXPECT_THAT(html, HasSubstr("<a href=\"https://courier.example/danube?page=1&amp;id=7\" rel=\"noreferrer\">River "
                              "&lt;Danube&gt;"));
  EXPECT_THAT(html, HasSubstr("4 alerts; 1,204 checked</h2>"));
}

TEST_F(MailTest, ALargeDigestShowsTheGravestAndSaysSo) {
  Start();
  v1::Digest digest = SampleDigest();
  v1::DigestLine line = digest.sections(0).lines(1);
  line.set_title("<script>" + std::string(5000, 'x'));
  for (int i = 0; i < 2000; ++i) *digest.mutable_sections(0)->add_lines() = line;
  digest.set_alert_count(2004);
  ASSERT_TRUE(Channel("a@example.org")->DeliverDigest(digest).ok());
  ASSERT_EQ(Mails().size(), 1U);
  const Received mail = Mails()[0];
  EXPECT_THAT(mail.Part("text/plain"), HasSubstr("These are the 400 gravest"));
  EXPECT_THAT(mail.Part("text/html"), Not(HasSubstr("<script>")));
  EXPECT_LT(mail.Part("text/html").size(), 1U << 20);
  // The gravest, though it stands in another section.
  EXPECT_THAT(mail.Part("text/plain"), HasSubstr("has been silent for 3 hours"));
}

TEST_F(MailTest, WhatTheServerSaysDecidesWhetherItIsTriedAgain) {
  Start();
  v1::AlertEvent event = SampleEvent();
  event.mutable_alert()->set_title("poison");
  const absl::Status poison = Channel("a@example.org")->Deliver(event);
  EXPECT_TRUE(absl::IsFailedPrecondition(poison)) << poison;
  EXPECT_THAT(std::string(poison.message()), HasSubstr("554 5.7.1 not wanted here"));
  event.mutable_alert()->set_title("defer");
  const absl::Status defer = Channel("a@example.org")->Deliver(event);
  EXPECT_TRUE(absl::IsUnavailable(defer)) << defer;
  const absl::Status nobody = Channel("[nobody@example.org]")->Deliver(SampleEvent());
  EXPECT_TRUE(absl::IsFailedPrecondition(nobody)) << nobody;
  EXPECT_THAT(std::string(nobody.message()), HasSubstr("nobody@example.org (550 5.1.1 no such user)"));
  EXPECT_TRUE(absl::IsUnavailable(Channel("[busy@example.org]")->Deliver(SampleEvent())));
  EXPECT_TRUE(absl::IsUnavailable(Channel("[nobody@example.org, busy@example.org]")->Deliver(SampleEvent())));
  EXPECT_TRUE(Mails().empty());
}

TEST_F(MailTest, WhoIsRefusedIsToldByNameAndTheOthersGetItOnce) {
  Start();
  ::testing::internal::CaptureStderr();
  ASSERT_TRUE(Channel("[a@example.org, nobody@example.org]")->Deliver(SampleEvent()).ok());
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("nobody@example.org"));
  ASSERT_EQ(Mails().size(), 1U);
  EXPECT_THAT(Mails()[0].To(), ElementsAre("a@example.org"));
  const auto channel = Channel("[a@example.org, later@example.org]");
  const absl::Status first = channel->Deliver(SampleEvent());
  EXPECT_TRUE(absl::IsUnavailable(first));
  EXPECT_THAT(std::string(first.message()), HasSubstr("later@example.org"));
  ASSERT_TRUE(channel->Deliver(SampleEvent()).ok());
  ASSERT_EQ(Mails().size(), 3U);
  EXPECT_THAT(Mails()[1].To(), ElementsAre("a@example.org"));
  EXPECT_THAT(Mails()[2].To(), ElementsAre("later@example.org"));
  EXPECT_EQ(Mails()[1].Text("raw"), Mails()[2].Text("raw"));
}

TEST_F(MailTest, StartTlsIsDemandedAndTheCertificateChecked) {
  StartTls("--starttls", "hunter2");
  const std::string login = ", user: desk, password: hunter2";
  const absl::Status taken = Channel("a@example.org", "ca_file: " + certificate_ + login)->Deliver(SampleEvent());
  ASSERT_TRUE(taken.ok()) << taken;
  EXPECT_TRUE(Mails().at(0).all.fields().at("tls").bool_value());
  const absl::Status untrusted = Channel("a@example.org", "user: desk, password: hunter2")->Deliver(SampleEvent());
  EXPECT_TRUE(absl::IsUnavailable(untrusted));
  EXPECT_THAT(std::string(untrusted.message()), HasSubstr("certificate"));
  const absl::Status wrong =
      Channel("a@example.org", "ca_file: " + certificate_ + ", user: desk, password: wr0ng")->Deliver(SampleEvent());
  EXPECT_TRUE(absl::IsUnavailable(wrong)) << wrong;
  EXPECT_THAT(std::string(wrong.message()), Not(HasSubstr("wr0ng")));
  EXPECT_EQ(Mails().size(), 1U);
}

TEST_F(MailTest, AServerWithoutTlsGetsNothingUnlessItIsAskedFor) {
  Start();
  EXPECT_TRUE(absl::IsUnavailable(Channel("a@example.org", "tls: required")->Deliver(SampleEvent())));
  EXPECT_TRUE(Mails().empty());
}

TEST_F(MailTest, WithoutTlsOnlyThisMachineAndNamedNetworksAreReached) {
  Start();
  // Leads to this machine and is no address of it.
  const std::string options = absl::StrCat("server: \"smtp://0.0.0.0:", port_,
                                           "\", tls: none, from: a@example.org, to: [b@example.org], timeout: 5s");
  const absl::Status refused = testing::CreatePlugin<AlertChannel>("{" + options + "}")->Deliver(SampleEvent());
  EXPECT_TRUE(absl::IsUnavailable(refused));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("has the address 0.0.0.0, which is not reached without TLS"));
  const absl::Status taken =
      testing::CreatePlugin<AlertChannel>("{" + options + ", plaintext: [0.0.0.0/32]}")->Deliver(SampleEvent());
  EXPECT_TRUE(taken.ok()) << taken;
  EXPECT_EQ(Mails().size(), 1U);
}

TEST_F(MailTest, ImplicitTlsWorksToo) {
  StartTls("--implicit");
  const absl::Status taken = Channel("a@example.org", "ca_file: " + certificate_, "smtps")->Deliver(SampleEvent());
  ASSERT_TRUE(taken.ok()) << taken;
  EXPECT_TRUE(Mails().at(0).all.fields().at("tls").bool_value());
}

TEST_F(MailTest, NobodyAtThePortIsTriedAgain) {
  Start();
  const auto channel = testing::CreatePlugin<AlertChannel>(
      "{server: \"smtp://127.0.0.1:1\", tls: none, from: a@example.org, to: [b@example.org]}");
  EXPECT_TRUE(absl::IsUnavailable(channel->Deliver(SampleEvent())));
}

TEST_F(MailTest, TextsFromOutsideMakeNoHeaderAndNoEndOfTheMail) {
  Start();
  v1::AlertEvent event = SampleEvent();
  event.mutable_alert()->set_title("a\r\nBcc: b@example.org\r\n\r\nbody");
  event.mutable_alert()->mutable_evidence(0)->set_snippet("\r\n.\r\nMAIL FROM:<x@example.org>\r\n..\n.\n");
  event.mutable_alert()->mutable_evidence(0)->clear_highlights();
  ASSERT_TRUE(Channel("a@example.org")->Deliver(event).ok());
  const auto mails = Mails();
  ASSERT_EQ(mails.size(), 1U);
  EXPECT_EQ(mails[0].Header("Bcc"), "");
  EXPECT_THAT(mails[0].Header("Subject"), HasSubstr("Bcc: b@example.org"));
  EXPECT_THAT(mails[0].Part("text/plain"), HasSubstr("MAIL FROM:<x@example.org>"));
  EXPECT_THAT(mails[0].Part("text/plain"), HasSubstr("watches: danube-floods"));
}

TEST_F(MailTest, TemplatesSayWhatIsSentAndToWhom) {
  Start();
  const auto channel =
      Channel("a@example.org",
              "tls: none, subject: \"{{ alert.severity }}\", html: \"{% if alert.late %}x{% endif %}\", "
              "text: \"{% if event.type == 'raised' %}{{ alert.title }} ž{% endif %}\"");
  v1::AlertEvent event = SampleEvent();
  ASSERT_TRUE(channel->Deliver(event).ok());
  event.set_type(v1::ALERT_EVENT_TYPE_CLOSED);
  event.set_sequence(9);
  ASSERT_TRUE(channel->Deliver(event).ok());
  const auto mails = Mails();
  ASSERT_EQ(mails.size(), 1U);
  EXPECT_EQ(mails[0].Header("Subject"), "high");
  EXPECT_EQ(mails[0].Part("text/html"), "");
  EXPECT_THAT(mails[0].Part("text/plain"), ::testing::StartsWith("danube-floods: 2 Items from 2 origins ž"));
}

TEST_F(MailTest, ASilenceThatHasEndedTellsWhatItHid) {
  Start();
  v1::AlertEvent event;
  event.set_sequence(5);
  event.set_type(v1::ALERT_EVENT_TYPE_SILENCE_ENDED);
  event.mutable_silence()->set_author("ana");
  event.mutable_silence()->set_reason("maintenance");
  event.mutable_silence()->set_hidden(3);
  event.mutable_silence()->add_hidden_alert_ids("a1");
  ASSERT_TRUE(Channel("a@example.org")->Deliver(event).ok());
  const auto mails = Mails();
  ASSERT_EQ(mails.size(), 1U);
  EXPECT_EQ(mails[0].Header("Subject"), "silence ended: maintenance");
  EXPECT_THAT(mails[0].Part("text/plain"), HasSubstr("3 events were hidden, of these Alerts:\n  a1\n"));
}

TEST(MailOptionsTest, MistakesAreToldWithTheirPlace) {
  const std::string rest = "from: a@example.org\nto: [b@example.org]\n";
  EXPECT_THAT(testing::OptionErrors("{}"), HasSubstr("\"mail\" needs the option \"server\""));
  for (const char* const wrong : {"http://x", "smtp://", "smtp://u:p@host", "smtp://host/path", "mail.example.org"})
    EXPECT_THAT(testing::OptionErrors(rest + "server: \"" + wrong + "\""), HasSubstr("options.yaml:3:9: ")) << wrong;
  const std::string good = rest + "server: smtp://mail.example.org:587\n";
  EXPECT_EQ(testing::OptionErrors(good), "");
  EXPECT_THAT(testing::OptionErrors(good + "user: x"), HasSubstr("options.yaml:4:"));
  EXPECT_THAT(testing::OptionErrors(good + "user: x\npassword: y\ntls: none"), HasSubstr("options.yaml:6:6: "));
  EXPECT_THAT(testing::OptionErrors(good + "plaintext: [10.0.0.1/8]"), HasSubstr("options.yaml:4:"));
  EXPECT_THAT(testing::OptionErrors(good + "html: \"{{ alert.titel }}\""), HasSubstr("options.yaml:4:"));
  EXPECT_THAT(testing::OptionErrors("server: smtp://h\nfrom: nobody\nto: [b@example.org]"),
              HasSubstr("options.yaml:2:7: "));
  EXPECT_THAT(testing::OptionErrors("server: smtp://h\nfrom: a@b.org\nto: [\"x\\ny@b.org\"]"),
              HasSubstr("options.yaml:3:"));
}

}  // namespace
}  // namespace wirewatch::alerts

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <memory>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "google/protobuf/util/json_util.h"
#include "wirewatch/http/server_fixture.h"
#include "wirewatch/sdk/alert_channel.h"
#include "wirewatch/testing/plugin_harness.h"

namespace wirewatch {
namespace {

using http::ServerFixture;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kPath[] = "/hooks/T0K3N";

v1::AlertEvent Event(uint64_t sequence, const std::string& journal = "j") {
  v1::AlertEvent event;
  event.set_sequence(sequence);
  event.set_journal_id(journal);
  event.mutable_alert()->set_title("kfor: 3 Items “quoted”");
  return event;
}

std::unique_ptr<AlertChannel> ChannelTo(const std::string& url, const std::string& more = "") {
  return testing::CreatePlugin<AlertChannel>(
      absl::StrCat("{url: \"", url, "\", allow: [127.0.0.1/32]", more.empty() ? "" : ", ", more, "}"));
}

std::string HeaderOf(const std::string& request, const std::string& name) {
  const size_t at = request.find("\r\n" + name + ": ");
  if (at == std::string::npos) return "";
  const size_t begin = at + name.size() + 4;
  return request.substr(begin, request.find("\r\n", begin) - begin);
}
std::string BodyOf(const std::string& request) { return request.substr(request.find("\r\n\r\n") + 4); }

// What one delivery comes to when the server answers so.
absl::Status Delivered(const std::string& reply) {
  ServerFixture server(ServerFixture::Always(reply));
  return ChannelTo(server.Url(kPath))->Deliver(Event(1));
}

TEST(WebhookTest, PostsTheEventAsJson) {
  ServerFixture server(ServerFixture::Always(ServerFixture::Reply("204 No Content")));
  ASSERT_TRUE(
      ChannelTo(server.Url(kPath), "headers: [{name: Authorization, value: Bearer x}]")->Deliver(Event(7)).ok());
  const std::string request = server.requests().at(0);
  EXPECT_THAT(request, ::testing::StartsWith(absl::StrCat("POST ", kPath, " HTTP/1.1\r\n")));
  EXPECT_EQ(HeaderOf(request, "Content-Type"), "application/json");
  EXPECT_EQ(HeaderOf(request, "Authorization"), "Bearer x");
  EXPECT_EQ(HeaderOf(request, "webhook-signature"), "");
  v1::AlertEvent event;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(BodyOf(request), &event).ok());
  EXPECT_EQ(event.sequence(), 7U);
  EXPECT_EQ(event.alert().title(), Event(7).alert().title());
}

TEST(WebhookTest, TheKeyOfAnEventIsTheSameForAllAttemptsAlsoAfterARestart) {
  ServerFixture server(ServerFixture::Always(ServerFixture::Reply("503 Busy")));
  for (int start = 0; start < 2; ++start) {
    const auto channel = ChannelTo(server.Url(kPath));
    EXPECT_TRUE(absl::IsUnavailable(channel->Deliver(Event(1))));
    EXPECT_TRUE(absl::IsUnavailable(channel->Deliver(Event(1))));
  }
  const auto channel = ChannelTo(server.Url(kPath));
  channel->Deliver(Event(2)).IgnoreError();
  channel->Deliver(Event(1, "another")).IgnoreError();
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 6U);
  const std::string key = HeaderOf(requests[0], "Idempotency-Key");
  EXPECT_EQ(key.size(), 32U);
  for (int i = 1; i < 4; ++i) EXPECT_EQ(HeaderOf(requests[i], "Idempotency-Key"), key);
  EXPECT_EQ(HeaderOf(requests[0], "webhook-id"), key);
  EXPECT_NE(HeaderOf(requests[4], "Idempotency-Key"), key);
  EXPECT_NE(HeaderOf(requests[5], "Idempotency-Key"), key);
}

TEST(WebhookTest, ADigestIsPostedWithItsIdAsKey) {
  ServerFixture server(ServerFixture::Always(ServerFixture::Reply("204 No Content")));
  v1::Digest digest;
  digest.set_id("0123456789abcdef0123456789abcdef");
  digest.set_recipient("night-desk");
  ASSERT_TRUE(ChannelTo(server.Url(kPath))->DeliverDigest(digest).ok());
  const std::string request = server.requests().at(0);
  EXPECT_EQ(HeaderOf(request, "Idempotency-Key"), digest.id());
  EXPECT_EQ(HeaderOf(request, "webhook-id"), digest.id());
  EXPECT_EQ(BodyOf(request), "{\"digest\":{\"id\":\"" + digest.id() + "\",\"recipient\":\"night-desk\"}}");
}

TEST(WebhookTest, SignsWhatItSends) {
  const std::pair<const char*, const char*> secrets[] = {{"whsec_c2VjcmV0IGtleQ==", "secret key"}, {"plain", "plain"}};
  for (const auto& [written, key] : secrets) {
    ServerFixture server(ServerFixture::Always(ServerFixture::Reply("200 OK")));
    ASSERT_TRUE(ChannelTo(server.Url(kPath), absl::StrCat("secret: \"", written, "\""))->Deliver(Event(1)).ok());
    const std::string request = server.requests().at(0);
    const std::string time = HeaderOf(request, "webhook-timestamp");
    EXPECT_LT(std::abs(std::stoll(time) - absl::ToUnixSeconds(absl::Now())), 60);
    const std::string text = absl::StrCat(HeaderOf(request, "webhook-id"), ".", time, ".", BodyOf(request));
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    HMAC(EVP_sha256(), key, static_cast<int>(std::string(key).size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac, &size);
    EXPECT_EQ(HeaderOf(request, "webhook-signature"),
              "v1," + absl::Base64Escape(std::string(reinterpret_cast<const char*>(mac), size)));
    EXPECT_THAT(request, Not(HasSubstr(written)));
  }
}

TEST(WebhookTest, WhatTheServerSaysDecidesWhetherItIsTriedAgain) {
  for (const char* const status : {"200 OK", "201 Created", "202 Accepted", "204 No Content"})
    EXPECT_TRUE(Delivered(ServerFixture::Reply(status)).ok()) << status;
  for (const char* const status : {"301 Moved", "400 Bad", "401 No", "403 No", "404 None", "410 Gone", "422 Bad"}) {
    EXPECT_TRUE(
        absl::IsFailedPrecondition(Delivered(ServerFixture::Reply(status, "Location: http://127.0.0.1:1/\r\n"))))
        << status;
  }
  for (const char* const status : {"408 Slow", "425 Early", "429 Many", "500 Bad", "502 Bad", "503 Busy", "504 Slow"}) {
    const absl::Status answer = Delivered(ServerFixture::Reply(status, "Retry-After: 120\r\n"));
    EXPECT_TRUE(absl::IsUnavailable(answer)) << status;
    EXPECT_EQ(RetryAfterOf(answer), absl::Minutes(2)) << status;
  }
  EXPECT_EQ(RetryAfterOf(Delivered(ServerFixture::Reply("500 Bad"))), absl::ZeroDuration());
}

TEST(WebhookTest, WhatIsNoAnswerIsTriedAgain) {
  EXPECT_TRUE(absl::IsUnavailable(Delivered("")));
  EXPECT_TRUE(absl::IsUnavailable(Delivered("HTTP/1.1 20")));
  EXPECT_TRUE(absl::IsUnavailable(Delivered("\x01\x02 noise\r\n\r\n")));
  EXPECT_TRUE(absl::IsUnavailable(Delivered("HTTP/1.1 503 Busy\r\nContent-Length: 100\r\n\r\nhalf")));
  {
    ServerFixture server([](ServerFixture& self, int connection, const std::string&) { self.Hang(connection); });
    EXPECT_TRUE(absl::IsDeadlineExceeded(ChannelTo(server.Url(kPath), "timeout: 300ms")->Deliver(Event(1))));
  }
  std::string gone;
  {
    const ServerFixture server(ServerFixture::Always(""));
    gone = server.Url(kPath);
  }
  EXPECT_TRUE(absl::IsUnavailable(ChannelTo(gone)->Deliver(Event(1))));
}

TEST(WebhookTest, AnEnormousAnswerIsNotReadToItsEnd) {
  EXPECT_TRUE(Delivered(ServerFixture::Reply("200 OK", "", std::string(8 << 20, 'x'))).ok());
  const absl::Status refused = Delivered(ServerFixture::Reply("400 Bad", "", "\x1b[31m" + std::string(8 << 20, 'x')));
  EXPECT_LT(refused.message().size(), 500U);
  EXPECT_THAT(std::string(refused.message()), Not(HasSubstr("\x1b")));
}

TEST(WebhookTest, NetworksInsideAreReachedOnlyWhereAllowed) {
  ServerFixture server(ServerFixture::Always(ServerFixture::Reply("200 OK")));
  const auto channel = testing::CreatePlugin<AlertChannel>("url: \"" + server.Url(kPath) + "\"");
  EXPECT_TRUE(absl::IsUnavailable(channel->Deliver(Event(1))));
  EXPECT_TRUE(server.requests().empty());
}

TEST(WebhookTest, MessagesDoNotTellTheUrl) {
  ServerFixture server(ServerFixture::Always(ServerFixture::Reply("404 None", "", "no such hook")));
  const std::string message(ChannelTo(server.Url(kPath))->Deliver(Event(1)).message());
  EXPECT_THAT(message, HasSubstr("404: no such hook"));
  EXPECT_THAT(message, Not(HasSubstr("T0K3N")));
}

TEST(WebhookTest, WrongOptionsAreToldWithTheirPlace) {
  EXPECT_THAT(testing::OptionErrors("{}"), HasSubstr("\"webhook\" needs the option \"url\""));
  EXPECT_THAT(testing::OptionErrors("url: ftp://example.org/"), HasSubstr("options.yaml:1:6: "));
  EXPECT_THAT(testing::OptionErrors("url: https://example.org/\nallow: [10.0.0.1/8]"), HasSubstr("options.yaml:2:8: "));
  EXPECT_THAT(testing::OptionErrors("url: https://example.org/\nheaders:\n  - {name: \"a b\", value: c}"),
              HasSubstr("options.yaml:3:"));
  EXPECT_THAT(testing::OptionErrors("url: https://example.org/\nheaders: [{name: Webhook-ID, value: c}]"),
              HasSubstr("the header Webhook-ID is the channel's own"));
  EXPECT_THAT(testing::OptionErrors("url: https://example.org/\nsecret: \"whsec_%\""), HasSubstr("no base64"));
  EXPECT_EQ(testing::OptionErrors("url: https://example.org/"), "");
}

}  // namespace
}  // namespace wirewatch

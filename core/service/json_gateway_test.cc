#include "wirewatch/service/json_gateway.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <boost/json.hpp>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "wirewatch/service/host_fixture.h"
#include "wirewatch/service/http_endpoint.h"
#include "wirewatch/v1/alert_service.grpc.pb.h"

namespace wirewatch::service {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string Metadata(const grpc::ServerContext& context, const std::string& name) {
  const auto found = context.client_metadata().find(name);
  return found == context.client_metadata().end() ? "" : std::string(found->second.data(), found->second.size());
}

// Says what it was asked.
class AskedAlerts final : public v1::AlertService::Service {
 public:
  grpc::Status Get(grpc::ServerContext* context, const v1::GetAlertRequest* request,
                   v1::GetAlertResponse* response) override {
    if (request->alert_id() == "none") return {grpc::StatusCode::NOT_FOUND, "there is no such Alert"};
    response->mutable_alert()->set_id(request->alert_id());
    response->mutable_alert()->set_assignee(Metadata(*context, "authorization") +
                                            Metadata(*context, "wirewatch-actor"));
    return grpc::Status::OK;
  }
  grpc::Status Note(grpc::ServerContext*, const v1::NoteRequest* request, v1::AlertActionResponse* response) override {
    response->mutable_alert()->set_title(request->text());
    response->set_sequence(1ull << 60);
    return grpc::Status::OK;
  }
  grpc::Status Subscribe(grpc::ServerContext* context, const v1::SubscribeRequest* request,
                         grpc::ServerWriter<v1::SubscribeResponse>* writer) override {
    if (request->client() == "refused") return {grpc::StatusCode::OUT_OF_RANGE, "the oldest is 7"};
    ++streams_;
    for (uint64_t i = 1; i <= 3; ++i) {
      v1::SubscribeResponse response;
      response.mutable_event()->set_journal_id("j");
      response.mutable_event()->set_sequence(request->after_sequence() + i);
      response.mutable_event()->mutable_alert()->set_title("a\nb");
      writer->Write(response);
    }
    while (request->client() == "stays" && !context->IsCancelled()) absl::SleepFor(absl::Milliseconds(5));
    --streams_;
    return {grpc::StatusCode::UNAVAILABLE, "the host ends"};
  }
  std::atomic<int> streams_{0};
};

class JsonGatewayTest : public ::testing::Test {
 protected:
  JsonGatewayTest() {
    grpc::ServerBuilder builder;
    builder.RegisterService(&alerts_);
    server_ = builder.BuildAndStart();
    endpoint_ =
        *HttpEndpoint::Start(host_, "127.0.0.1:0", {}, std::make_unique<JsonGateway>(server_->InProcessChannel({})));
  }
  ~JsonGatewayTest() override {
    endpoint_.reset();
    server_->Shutdown();
  }

  int Connect() const {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    uint32_t port = 0;
    const std::string address = endpoint_->address();
    EXPECT_TRUE(absl::SimpleAtoi(address.substr(address.rfind(':') + 1), &port));
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<uint16_t>(port));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{20, 0};
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    EXPECT_EQ(connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
    return socket;
  }
  static void Send(int socket, const std::string& bytes) {
    (void)send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  static std::string ReadUntil(int socket, const std::string& end) {
    std::string all;
    char byte = 0;
    while ((end.empty() || !absl::StrContains(all, end)) && recv(socket, &byte, 1, 0) == 1) all += byte;
    return all;
  }
  // To the end of the connection.
  std::string Ask(const std::string& verb, const std::string& target, const std::string& headers = "",
                  const std::string& body = "", const std::string& host = "localhost") const {
    const int socket = Connect();
    Send(socket, absl::StrCat(verb, " ", target, " HTTP/1.1\r\nHost: ", host, "\r\nConnection: close\r\n", headers,
                              body.empty() ? "" : absl::StrCat("Content-Length: ", body.size(), "\r\n"), "\r\n", body));
    std::string all = ReadUntil(socket, "");
    close(socket);
    return all;
  }
  bool WaitForStreams(int number) const {
    for (int i = 0; i < 2000 && alerts_.streams_ != number; ++i) absl::SleepFor(absl::Milliseconds(5));
    return alerts_.streams_ == number;
  }

  FakeHost host_;
  AskedAlerts alerts_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<HttpEndpoint> endpoint_;
};

constexpr char kJsonType[] = "Content-Type: application/json\r\n";

TEST_F(JsonGatewayTest, CallsAreAnsweredAsJson) {
  const std::string got = Ask("GET", "/v1/alerts/ab%63", "Authorization: Bearer t\r\nWirewatch-Actor: ada\r\n");
  EXPECT_THAT(got, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(got, HasSubstr("Content-Type: application/json; charset=utf-8\r\n"));
  EXPECT_THAT(got, HasSubstr(R"({"alert":{"id":"abc","assignee":"Bearer tada"}})"));
  EXPECT_THAT(Ask("POST", "/v1/alerts/a/note", kJsonType, R"({"text": "ü"})"),
              HasSubstr(R"({"alert":{"title":"ü"},"sequence":"1152921504606846976"})"));
}

TEST_F(JsonGatewayTest, ErrorsHaveTheirHttpStatus) {
  const std::string none = Ask("GET", "/v1/alerts/none");
  EXPECT_THAT(none, StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(none, HasSubstr(R"({"error":{"code":404,"status":"NOT_FOUND","message":"there is no such Alert"}})"));
  EXPECT_THAT(Ask("GET", "/v1/silences"), StartsWith("HTTP/1.1 501 "));
  EXPECT_THAT(Ask("GET", "/v1/nowhere"), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(Ask("GET", "/v1/alerts?page_size=x"), StartsWith("HTTP/1.1 400 "));
  const std::string wrong_verb = Ask("PATCH", "/v1/silences", kJsonType);
  EXPECT_THAT(wrong_verb, StartsWith("HTTP/1.1 405 "));
  EXPECT_THAT(wrong_verb, HasSubstr("Allow: GET, POST\r\n"));
}

TEST_F(JsonGatewayTest, WhatAPageOfAnotherOriginCouldSendIsRefused) {
  EXPECT_THAT(Ask("POST", "/v1/alerts/a/note", "Content-Type: text/plain\r\n", R"({"text": "x"})"),
              StartsWith("HTTP/1.1 415 "));
  EXPECT_THAT(Ask("POST", "/v1/alerts/a/note"), StartsWith("HTTP/1.1 415 "));
  EXPECT_THAT(Ask("GET", "/v1/alerts/a", "", "", "evil.example"), StartsWith("HTTP/1.1 421 "));
  EXPECT_THAT(Ask("GET", "/v1/alerts/a", "", "", "127.evil.example:80"), StartsWith("HTTP/1.1 421 "));
  EXPECT_THAT(Ask("GET", "/v1/alerts/a", "", "", "127.0.0.1:80"), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(Ask("GET", "/v1/alerts/a", "Authorization: Bearer x\r\n", "", "news.example"),
              StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(Ask("GET", "/healthz", "", "", "news.example"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(JsonGatewayTest, AConnectionTakesOneRequestAfterAnother) {
  const int socket = Connect();
  for (int i = 0; i < 3; ++i) {
    Send(socket, absl::StrCat("POST /v1/alerts/a/note HTTP/1.1\r\nHost: localhost\r\n", kJsonType,
                              "Content-Length: 13\r\n\r\n{\"text\": \"", i, "\"}"));
    EXPECT_THAT(ReadUntil(socket, "\"}\n"), HasSubstr(absl::StrCat("\"title\":\"", i, "\"")));
  }
  close(socket);
}

TEST_F(JsonGatewayTest, AStreamIsServerSentEventsThatCanBeResumed) {
  const std::string all = Ask("GET", "/v1/alerts/events");
  EXPECT_THAT(all, StartsWith("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"));
  EXPECT_THAT(all, HasSubstr("\r\n\r\nid: j:1\nevent: alert\ndata: {\"event\":{"));
  EXPECT_THAT(all, HasSubstr(R"("title":"a\nb")"));
  EXPECT_THAT(all, HasSubstr("event: error\ndata: {\"error\":{\"code\":503,"));
  EXPECT_THAT(Ask("GET", "/v1/alerts/events", "Last-Event-ID: j:41\r\n"), HasSubstr("\nid: j:44\n"));
  EXPECT_THAT(Ask("GET", "/v1/alerts/events", "Last-Event-ID: 41\r\n"), StartsWith("HTTP/1.1 400 "));
}

TEST_F(JsonGatewayTest, AStreamThatIsRefusedIsAnErrorPage) {
  const std::string all = Ask("GET", "/v1/alerts/events?client=refused");
  EXPECT_THAT(all, StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(all, HasSubstr("the oldest is 7"));
}

TEST_F(JsonGatewayTest, AClientThatGoesEndsItsStream) {
  const int socket = Connect();
  Send(socket, "GET /v1/alerts/events?client=stays HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_THAT(ReadUntil(socket, "id: j:3\n"), HasSubstr("id: j:1\n"));
  EXPECT_TRUE(WaitForStreams(1));
  close(socket);
  EXPECT_TRUE(WaitForStreams(0));
}

TEST_F(JsonGatewayTest, TheEndpointEndsWithStreamsOpen) {
  const int idle = Connect(), stopped = Connect();
  Send(idle, "GET /v1/alerts/events?client=stays HTTP/1.1\r\nHost: localhost\r\n\r\n");
  Send(stopped, "GET /v1/alerts/events?client=stays HTTP/1.1\r\nHost: localhost\r\n\r\n");
  ReadUntil(idle, "id: j:3\n");
  EXPECT_TRUE(WaitForStreams(2));
  endpoint_.reset();
  EXPECT_TRUE(WaitForStreams(0));
  close(idle);
  close(stopped);
}

TEST_F(JsonGatewayTest, TooManyStreamsAreRefused) {
  HttpLimits limits;
  limits.streams = 1;
  endpoint_ =
      *HttpEndpoint::Start(host_, "127.0.0.1:0", limits, std::make_unique<JsonGateway>(server_->InProcessChannel({})));
  const int socket = Connect();
  Send(socket, "GET /v1/alerts/events?client=stays HTTP/1.1\r\nHost: localhost\r\n\r\n");
  ReadUntil(socket, "id: j:3\n");
  EXPECT_THAT(Ask("GET", "/v1/alerts/events"), StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(Ask("GET", "/v1/alerts/a"), StartsWith("HTTP/1.1 200 "));
  close(socket);
  EXPECT_TRUE(WaitForStreams(0));
}

TEST_F(JsonGatewayTest, TheOpenApiDocumentHasEveryRouteWithItsComments) {
  const std::string answer = Ask("GET", "/v1/openapi.json");
  const auto document = boost::json::parse(answer.substr(answer.find("\r\n\r\n") + 4)).as_object();
  const auto& paths = document.at("paths").as_object();
  EXPECT_THAT(boost::json::serialize(paths.at("/v1/alerts/{alert_id}/note").at("post").at("description")),
              HasSubstr("Writes a note on it."));
  const auto& schemas = document.at("components").at("schemas").as_object();
  EXPECT_EQ(schemas.at("Alert").at("properties").at("signal_count").at("format"), "uint64");
  EXPECT_THAT(boost::json::serialize(schemas.at("Alert").at("properties").at("title").at("description")),
              HasSubstr("One line for a person"));
  // Whatever is referred to is there.
  const std::string text = boost::json::serialize(document);
  constexpr char kReference[] = "#/components/schemas/";
  for (size_t at = text.find(kReference); at != std::string::npos; at = text.find(kReference, at + 1)) {
    const size_t begin = at + sizeof kReference - 1;
    const std::string name = text.substr(begin, text.find('"', begin) - begin);
    EXPECT_TRUE(schemas.contains(name)) << name;
  }
}

}  // namespace
}  // namespace wirewatch::service

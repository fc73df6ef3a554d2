#include "wirewatch/service/http_endpoint.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "wirewatch/service/host_fixture.h"

namespace wirewatch::service {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// A client that says what it likes.
class Client {
 public:
  explicit Client(const std::string& address) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    uint32_t port = 0;
    EXPECT_TRUE(absl::SimpleAtoi(address.substr(address.rfind(':') + 1), &port));
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<uint16_t>(port));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{20, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    EXPECT_EQ(connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
  }
  ~Client() { close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void Send(const std::string& bytes) { (void)send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }
  void WaitForAnswer() const {
    pollfd wanted{socket_, POLLIN, 0};
    EXPECT_EQ(poll(&wanted, 1, 60'000), 1);
  }
  // Until the host closes.
  std::string ReadAll() {
    std::string all;
    char bytes[4096];
    for (ssize_t got = 0; (got = recv(socket_, bytes, sizeof bytes, 0)) > 0;)
      all.append(bytes, static_cast<size_t>(got));
    return all;
  }
  // One answer that has `end` in it.
  std::string ReadUntil(const std::string& end) {
    std::string all;
    char byte = 0;
    while (!absl::EndsWith(all, end) && recv(socket_, &byte, 1, 0) == 1) all += byte;
    return all;
  }
  std::string Ask(const std::string& request) {
    Send(request);
    return ReadAll();
  }

 private:
  const int socket_;
};

std::string Get(const std::string& target) {
  return absl::StrCat("GET ", target, " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
}

class HttpEndpointTest : public ::testing::Test {
 protected:
  void Start(HttpLimits limits = {}) {
    auto started = HttpEndpoint::Start(host_, "127.0.0.1:0", limits);
    ASSERT_TRUE(started.ok()) << started.status();
    endpoint_ = *std::move(started);
  }
  std::string Ask(const std::string& request) { return Client(endpoint_->address()).Ask(request); }

  FakeHost host_;
  std::unique_ptr<HttpEndpoint> endpoint_;
};

TEST_F(HttpEndpointTest, ServesItsPages) {
  Start();
  const std::string metrics = Ask(Get("/metrics?x=1"));
  EXPECT_THAT(metrics, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(metrics, HasSubstr("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
  EXPECT_THAT(metrics, HasSubstr("\nwirewatch_ready 1\n"));
  EXPECT_THAT(Ask(Get("/healthz")), HasSubstr("\r\n\r\nalive\n"));
  EXPECT_THAT(Ask(Get("/readyz")), HasSubstr("\r\n\r\nready\n"));
  EXPECT_THAT(Ask(Get("/")), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(Ask(Get("/metrics/..")), StartsWith("HTTP/1.1 404 "));
}

TEST_F(HttpEndpointTest, SaysWhyItIsNotReadyAndStaysAlive) {
  host_.Set([](FakeHost& host) {
    host.status_.ready = false;
    host.status_.not_ready_reason = "the store cannot commit: disk full";
  });
  Start();
  const std::string answer = Ask(Get("/readyz"));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(answer, HasSubstr("\r\n\r\nthe store cannot commit: disk full\n"));
  EXPECT_THAT(Ask(Get("/healthz")), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(Ask(Get("/metrics")), HasSubstr("\nwirewatch_ready 0\n"));
}

TEST_F(HttpEndpointTest, HeadHasTheLengthAndNoBody) {
  Start();
  const std::string answer = Ask("HEAD /healthz HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("Content-Length: 6\r\n"));
  EXPECT_TRUE(absl::EndsWith(answer, "\r\n\r\n")) << answer;
}

TEST_F(HttpEndpointTest, ConnectionsAreKept) {
  Start();
  Client client(endpoint_->address());
  for (int i = 0; i < 3; ++i) {
    client.Send("GET /healthz HTTP/1.1\r\n\r\n");
    EXPECT_THAT(client.ReadUntil("alive\n"), StartsWith("HTTP/1.1 200 OK"));
  }
  EXPECT_THAT(Ask("GET /healthz HTTP/1.0\r\n\r\n"), StartsWith("HTTP/1.0 200 OK"));
}

TEST_F(HttpEndpointTest, OnlyReads) {
  Start();
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "WEIRD"}) {
    const std::string answer = Ask(absl::StrCat(method, " /metrics HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"));
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 405 ")) << method;
    EXPECT_THAT(answer, HasSubstr("Allow: GET, HEAD\r\n"));
    EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
  }
}

TEST_F(HttpEndpointTest, HostileRequestsAreRefused) {
  Start();
  const std::string long_head = absl::StrCat("GET / HTTP/1.1\r\nX: ", std::string(9000, 'x'), "\r\n\r\n");
  EXPECT_THAT(Ask(long_head), StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(Ask(std::string(200'000, 'x')), StartsWith("HTTP/1.1 4"));
  EXPECT_THAT(Ask("GET /metrics HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"), StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(Ask("GET /metrics HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"),
              StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(Ask("POST /metrics HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n"), StartsWith("HTTP/1.1 413 "));
  for (const char* nonsense :
       {"\r\n\r\n\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "\x16\x03\x01\x02\x00\x01"}) {
    EXPECT_THAT(Ask(nonsense), StartsWith("HTTP/1.1 400 ")) << nonsense;
  }
  EXPECT_THAT(Ask(Get("/healthz")), HasSubstr("alive"));
}

TEST_F(HttpEndpointTest, SlowRequestsAreLeft) {
  HttpLimits limits;
  limits.first_request = absl::Milliseconds(500);
  limits.next_request = absl::Milliseconds(50);
  Start(limits);
  Client silent(endpoint_->address());
  Client slow(endpoint_->address());
  slow.Send("GET /healthz HTTP/1.1\r\nX: ");
  EXPECT_EQ(silent.ReadAll(), "");
  EXPECT_EQ(slow.ReadAll(), "");
  Client kept(endpoint_->address());
  EXPECT_THAT(kept.Ask("GET /healthz HTTP/1.1\r\n\r\n"), HasSubstr("alive\n"));
}

TEST_F(HttpEndpointTest, WhoDoesNotReadIsLeft) {
  host_.Set([](FakeHost& host) {
    for (int i = 0; i < 1500; ++i) host.pipelines_.push_back(SampleProgress(absl::StrCat("p", i)));
  });
  HttpLimits limits;
  limits.write = absl::Milliseconds(100);
  Start(limits);
  Client lazy(endpoint_->address());
  lazy.Send("GET /metrics HTTP/1.1\r\n\r\n");
  lazy.WaitForAnswer();
  absl::SleepFor(absl::Milliseconds(400));
  const std::string got = lazy.ReadAll();
  EXPECT_THAT(got, Not(HasSubstr("process_start_time_seconds ")));
}

TEST_F(HttpEndpointTest, ACrowdOfSilentClientsKeepsNobodyOut) {
  HttpLimits limits;
  limits.connections = 4;
  Start(limits);
  std::vector<std::unique_ptr<Client>> crowd;
  for (int i = 0; i < 20; ++i) {
    crowd.push_back(std::make_unique<Client>(endpoint_->address()));
    crowd.back()->Send("GET /healthz HTTP/1.1\r\n");
  }
  EXPECT_THAT(Ask(Get("/healthz")), HasSubstr("alive"));
  // The first ones had to go, the last ones are still heard.
  EXPECT_EQ(crowd.front()->ReadAll(), "");
  EXPECT_THAT(crowd.back()->Ask("Connection: close\r\n\r\n"), HasSubstr("alive"));
}

TEST_F(HttpEndpointTest, AddressesAreRead) {
  for (const char* good : {"127.0.0.1:0", "localhost:0", ":0", "0"}) {
    const auto started = HttpEndpoint::Start(host_, good);
    ASSERT_TRUE(started.ok()) << started.status();
    EXPECT_THAT((*started)->address(), StartsWith("127.0.0.1:"));
  }
  for (const char* bad : {"", "x", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:70000", "example.org:80", "1.2.3:80"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(HttpEndpoint::Start(host_, bad).status())) << bad;
  }
  Start();
  const auto second = HttpEndpoint::Start(host_, endpoint_->address());
  EXPECT_TRUE(absl::IsUnavailable(second.status()));
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(endpoint_->address()));
}

}  // namespace
}  // namespace wirewatch::service

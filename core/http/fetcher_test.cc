#include "wirewatch/http/fetcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "absl/time/clock.h"
#include "wirewatch/http/server_fixture.h"
#include "wirewatch/http/url.h"

namespace wirewatch::http {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

FetcherOptions Loopback() {
  FetcherOptions options;
  options.allow = {Network::Parse("127.0.0.1").value()};
  options.max_redirects = 3;
  return options;
}
absl::StatusOr<Response> Get(const std::string& url, const FetcherOptions& options = Loopback()) {
  return Fetcher(options).Fetch({.url = url});
}
absl::StatusCode CodeOf(const std::string& url, const FetcherOptions& options = Loopback()) {
  return Get(url, options).status().code();
}

TEST(FetcherTest, SendsAndTakes) {
  ServerFixture server(ServerFixture::Always(ServerFixture::Reply("201 Created", "X-A: b\r\nX-A: c\r\n", "done")));
  Fetcher fetcher(Loopback());
  for (const char* method : {"POST", "PUT"}) {
    const auto response = fetcher.Fetch({.method = method,
                                         .url = server.Url("/p?q=1"),
                                         .headers = {{"X-Key", "k"}, {"X-Empty", ""}},
                                         .body = std::string("a\0b", 3)});
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(response->status, 201);
    EXPECT_EQ(response->body, "done");
    EXPECT_EQ(response->Find("x-a"), "b");
    EXPECT_EQ(response->Find("x-b"), std::nullopt);
    EXPECT_THAT(server.requests().back(), StartsWith(std::string(method) + " /p?q=1 HTTP/1.1\r\n"));
    EXPECT_THAT(server.requests().back(), HasSubstr("X-Key: k\r\n"));
    EXPECT_THAT(server.requests().back(), HasSubstr("X-Empty:\r\n"));
    EXPECT_THAT(server.requests().back(), EndsWith(std::string("\r\n\r\na\0b", 7)));
  }
  EXPECT_TRUE(fetcher.Fetch({.url = server.Url()}).ok());
  EXPECT_THAT(server.requests().back(), StartsWith("GET / HTTP/1.1\r\n"));
  EXPECT_THAT(server.requests().back(), EndsWith("\r\n\r\n"));
}

TEST(FetcherTest, AddressesInsideAreRefusedUnlessAllowed) {
  ServerFixture server(ServerFixture::Always(ServerFixture::Reply("200 OK")));
  const std::string port = std::to_string(server.port());
  // 127.1, decimal, hexadecimal and octal are the same address.
  for (const char* host : {"127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0.0.0.0",
                           "[::1]", "[::ffff:127.0.0.1]"})
    EXPECT_EQ(CodeOf(std::string("http://") + host + ":" + port + "/", {}), absl::StatusCode::kPermissionDenied)
        << host;
  EXPECT_THAT(server.requests(), IsEmpty());
  EXPECT_TRUE(Get("http://127.0.0.1:" + port + "/").ok());
}

TEST(FetcherTest, ARedirectIntoAnotherNetworkIsRefused) {
  ServerFixture inside(ServerFixture::Always(ServerFixture::Reply("200 OK", "", "secret")));
  const std::string there = "Location: http://127.0.0.2:" + std::to_string(inside.port()) + "/\r\n";
  ServerFixture server(ServerFixture::Always(ServerFixture::Reply("302 Found", there)));
  const auto response = Get(server.Url());
  EXPECT_EQ(response.status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_THAT(std::string(response.status().message()), HasSubstr("127.0.0.2"));
  EXPECT_THAT(inside.requests(), IsEmpty());
}

TEST(FetcherTest, RedirectsAreFollowedWithinTheirNumber) {
  ServerFixture server([](ServerFixture& own, int connection, const std::string& request) {
    const bool there = request.find(" /there ") != std::string::npos;
    own.Send(connection, there ? own.Reply("200 OK", "", "there") : own.Reply("302 Found", "Location: there\r\n"));
  });
  EXPECT_EQ(Get(server.Url()).value().body, "there");
  ServerFixture loop(ServerFixture::Always(ServerFixture::Reply("302 Found", "Location: /again\r\n")));
  EXPECT_EQ(CodeOf(loop.Url()), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(loop.requests(), SizeIs(4));
}

TEST(FetcherTest, OnlyHttpIsFollowed) {
  for (const char* location :
       {"file:///etc/passwd", "gopher://127.0.0.1/", "ftp://127.0.0.1/", "http://u:p@127.0.0.1/"}) {
    ServerFixture server(
        ServerFixture::Always(ServerFixture::Reply("302 Found", std::string("Location: ") + location + "\r\n")));
    EXPECT_EQ(CodeOf(server.Url()), absl::StatusCode::kFailedPrecondition) << location;
  }
}

TEST(FetcherTest, ABodyIsNotLostByARedirect) {
  ServerFixture found(ServerFixture::Always(ServerFixture::Reply("302 Found", "Location: /there\r\n")));
  EXPECT_EQ(Fetcher(Loopback()).Fetch({.method = "POST", .url = found.Url(), .body = "b"}).value().status, 302);
  ServerFixture kept([](ServerFixture& own, int connection, const std::string& request) {
    const bool there = request.find(" /there ") != std::string::npos;
    own.Send(connection, there ? own.Reply("204 No Content") : own.Reply("307 T", "Location: /there\r\n"));
  });
  EXPECT_EQ(Fetcher(Loopback()).Fetch({.method = "POST", .url = kept.Url(), .body = "b"}).value().status, 204);
  EXPECT_THAT(kept.requests().back(), StartsWith("POST /there"));
  EXPECT_THAT(kept.requests().back(), EndsWith("\r\n\r\nb"));
}

TEST(FetcherTest, SecretHeadersStayWithTheirOrigin) {
  ServerFixture other(ServerFixture::Always(ServerFixture::Reply("200 OK")));
  ServerFixture server(ServerFixture::Always(ServerFixture::Reply("307 T", "Location: " + other.Url() + "\r\n")));
  const Request request{.url = server.Url(), .headers = {{"X-Token", "t", true}, {"X-Open", "o"}}};
  ASSERT_TRUE(Fetcher(Loopback()).Fetch(request).ok());
  EXPECT_THAT(server.requests().at(0), HasSubstr("X-Token: t"));
  EXPECT_THAT(other.requests().at(0), Not(HasSubstr("X-Token")));
  EXPECT_THAT(other.requests().at(0), HasSubstr("X-Open: o"));
}

TEST(FetcherTest, ServersThatFail) {
  std::string refusing;
  {
    ServerFixture gone(ServerFixture::Always(""));
    refusing = gone.Url("/path-token?query-token");
  }
  const auto refused = Get(refusing);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(refused.status().message()), Not(HasSubstr("token")));

  ServerFixture closes(ServerFixture::Always(""));
  EXPECT_EQ(CodeOf(closes.Url()), absl::StatusCode::kUnavailable);
  ServerFixture half(ServerFixture::Always("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"));
  EXPECT_EQ(CodeOf(half.Url()), absl::StatusCode::kUnavailable);
  ServerFixture noise(ServerFixture::Always("220 mail.example ESMTP\r\n"));
  EXPECT_EQ(CodeOf(noise.Url()), absl::StatusCode::kUnavailable);
}

TEST(FetcherTest, TimeIsBounded) {
  FetcherOptions options = Loopback();
  options.timeout = absl::Milliseconds(300);
  ServerFixture hangs([](ServerFixture& own, int connection, const std::string&) { own.Hang(connection); });
  EXPECT_EQ(CodeOf(hangs.Url(), options), absl::StatusCode::kDeadlineExceeded);
  ServerFixture trickles([](ServerFixture& own, int connection, const std::string&) {
    own.Send(connection, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
    while (!own.stopping() && own.Send(connection, "x")) absl::SleepFor(absl::Milliseconds(10));
  });
  EXPECT_EQ(CodeOf(trickles.Url(), options), absl::StatusCode::kDeadlineExceeded);
}

TEST(FetcherTest, SizeIsBounded) {
  const auto endless = [](ServerFixture& own, int connection, const std::string&) {
    own.Send(connection, "HTTP/1.1 200 OK\r\n\r\n");
    while (!own.stopping() && own.Send(connection, std::string(4096, 'x'))) {
    }
  };
  ServerFixture server(endless);
  FetcherOptions options = Loopback();
  options.max_body_bytes = 10000;
  EXPECT_EQ(CodeOf(server.Url(), options), absl::StatusCode::kOutOfRange);
  options.cut_body = true;
  const Response cut = Get(server.Url(), options).value();
  EXPECT_TRUE(cut.cut);
  EXPECT_EQ(cut.body, std::string(10000, 'x'));
  ServerFixture headers([](ServerFixture& own, int connection, const std::string&) {
    own.Send(connection, "HTTP/1.1 200 OK\r\n");
    while (!own.stopping() && own.Send(connection, "X: " + std::string(1000, 'x') + "\r\n")) {
    }
  });
  EXPECT_EQ(CodeOf(headers.Url(), options), absl::StatusCode::kOutOfRange);
}

// A server with a certificate that nobody has signed.
void AnswerWithTls(ServerFixture&, int connection, const std::string&) {
  EVP_PKEY* key = EVP_RSA_gen(2048);
  X509* certificate = X509_new();
  X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("127.0.0.1"), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_sign(certificate, key, EVP_sha256());
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  SSL_CTX_use_certificate(context, certificate);
  SSL_CTX_use_PrivateKey(context, key);
  SSL* tls = SSL_new(context);
  SSL_set_fd(tls, connection);
  if (SSL_accept(tls) == 1) {
    const std::string reply = ServerFixture::Reply("200 OK");
    SSL_write(tls, reply.data(), static_cast<int>(reply.size()));
  }
  SSL_free(tls);
  SSL_CTX_free(context);
  X509_free(certificate);
  EVP_PKEY_free(key);
}

TEST(FetcherTest, TlsIsVerified) {
  ServerFixture plain(ServerFixture::Always("HTTP/1.1 400 Bad Request\r\n\r\n"), /*reads=*/false);
  EXPECT_EQ(CodeOf("https://127.0.0.1:" + std::to_string(plain.port()) + "/"), absl::StatusCode::kUnavailable);
  ServerFixture own_certificate(AnswerWithTls, /*reads=*/false);
  const auto response = Get("https://127.0.0.1:" + std::to_string(own_certificate.port()) + "/");
  EXPECT_EQ(response.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(response.status().message()), HasSubstr("certificate"));
}

TEST(FetcherTest, ProxiesOfTheEnvironmentAreNotUsed) {
  ServerFixture proxy(ServerFixture::Always(ServerFixture::Reply("200 OK", "", "proxy")));
  ServerFixture server(ServerFixture::Always(ServerFixture::Reply("200 OK", "", "server")));
  setenv("http_proxy", proxy.Url().c_str(), 1);
  EXPECT_EQ(Get(server.Url()).value().body, "server");
  unsetenv("http_proxy");
}

TEST(FetcherTest, WrongRequestsAreNotSent) {
  for (const char* url :
       {"", "example.org", "file:///etc/passwd", "http://", "http://user@example.org/", "javascript:1"})
    EXPECT_EQ(CodeOf(url), absl::StatusCode::kInvalidArgument) << url;
  Fetcher fetcher(Loopback());
  for (const Header& header : {Header{"A", "b\r\nEvil: c"}, Header{"A\r\nB", "c"}, Header{"", "c"}, Header{"A B", "c"}})
    EXPECT_EQ(fetcher.Fetch({.url = "http://127.0.0.1:1/", .headers = {header}}).status().code(),
              absl::StatusCode::kInvalidArgument);
}

TEST(FetcherTest, OriginsShowNoSecrets) {
  EXPECT_EQ(Origin("https://hooks.example.org/services/T0/secret?k=secret"), "https://hooks.example.org:443");
  EXPECT_EQ(Origin("nonsense secret"), "(no http address)");
}

TEST(FetcherTest, AddressesOfRedirects) {
  EXPECT_EQ(ResolveUrl("http://a.example/b/c?d", "e").value(), "http://a.example/b/e");
  EXPECT_EQ(ResolveUrl("http://a.example/b", "//c.example/d").value(), "http://c.example/d");
  EXPECT_FALSE(ResolveUrl("http://a.example/b", "file:///etc/passwd").ok());
}

TEST(FetcherTest, RetryAfterIsSecondsOrADate) {
  const absl::Time now = absl::FromUnixSeconds(1700000000);  // Tue, 14 Nov 2023 22:13:20 GMT
  const auto wait = [&](const std::string& value) {
    return RetryAfter({.status = 429, .headers = {{"retry-after", value}}, .body = ""}, now);
  };
  EXPECT_EQ(wait("120"), absl::Seconds(120));
  EXPECT_EQ(wait("Tue, 14 Nov 2023 22:14:00 GMT"), absl::Seconds(40));
  EXPECT_EQ(wait("Tue, 14 Nov 2023 22:00:00 GMT"), absl::ZeroDuration());
  EXPECT_EQ(wait("-5"), absl::ZeroDuration());
  EXPECT_EQ(wait("soon"), absl::ZeroDuration());
  EXPECT_EQ(RetryAfter({}, now), absl::ZeroDuration());
}

}  // namespace
}  // namespace wirewatch::http

#include "wirewatch/service/network_server.h"

#include <gmock/gmock.h>
#include <grpcpp/create_channel_posix.h>
#include <grpcpp/generic/generic_stub.h>
#include <openssl/ssl.h>

#include <future>
#include <map>
#include <set>

#include "wirewatch/service/certificate_files.h"
#include "wirewatch/service/inner_server.h"
#include "wirewatch/service/listen_address.h"
#include "wirewatch/service/network_fixture.h"
#include "wirewatch/v1/alert_service.pb.h"
#include "wirewatch/v1/ingest_service.pb.h"
#include "wirewatch/v1/watch_service.grpc.pb.h"

namespace wirewatch::service {
namespace {

using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;

constexpr char kHere[] = "DNS:localhost,IP:127.0.0.1";

class NetworkServerTest : public NetworkFixture {
 protected:
  // A call of any method with an empty message.
  static grpc::Status Call(const std::shared_ptr<grpc::Channel>& channel, const std::string& path,
                           const std::string& token = "") {
    grpc::GenericStub stub(channel);
    grpc::ClientContext context;
    Prepare(context, token);
    const grpc::Slice nothing("");
    const grpc::ByteBuffer request(&nothing, 1);
    grpc::ByteBuffer response;
    std::promise<grpc::Status> done;
    stub.UnaryCall(&context, path, {}, &request, &response,
                   [&done](const grpc::Status& status) { done.set_value(status); });
    return done.get_future().get();
  }
  // Whether a client that speaks at most this version of TLS can connect.
  bool Handshakes(int version) {
    SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context, version);
    const unsigned char protocol[] = {2, 'h', '2'};
    SSL_CTX_set_alpn_protos(context, protocol, sizeof protocol);
    BIO* const bio = BIO_new_ssl_connect(context);
    std::string address = server_->address();
    BIO_ctrl(bio, BIO_C_SET_CONNECT, 0, address.data());
    const bool done = BIO_do_connect(bio) == 1 && BIO_do_handshake(bio) == 1;
    BIO_free_all(bio);
    SSL_CTX_free(context);
    return done;
  }

  const Authority authority_{"Desk CA"}, other_{"Other CA"};
};

TEST_F(NetworkServerTest, EveryMethodOfEveryServiceAsksForAToken) {
  UseTls(authority_.Issue("server", kHere));
  Create("anna", {Scope::kAdmin});
  access_options_.limits.refusal_burst = 1000;
  Start();
  const auto channel = Connect(authority_.certificate());
  const google::protobuf::FileDescriptor* const files[] = {
      v1::GetHostRequest::descriptor()->file(), v1::ListWatchesRequest::descriptor()->file(),
      v1::SubscribeRequest::descriptor()->file(), v1::IngestRequest::descriptor()->file()};
  std::map<std::string, std::set<int>> codes;
  for (const auto* const file : files) {
    for (int i = 0; i < file->service_count(); ++i) {
      const google::protobuf::ServiceDescriptor& service = *file->service(i);
      for (int j = 0; j < service.method_count(); ++j) {
        const std::string path = absl::StrCat("/", service.full_name(), "/", service.method(j)->name());
        codes[service.name()].insert(Call(channel, path).error_code());
      }
    }
  }
  // A service is asked for its token in every method, or is not there at all.
  const std::set<int> refused = {grpc::StatusCode::UNAUTHENTICATED}, absent = {grpc::StatusCode::UNIMPLEMENTED};
  for (const auto& [service, found] : codes) EXPECT_THAT(found, AnyOf(refused, absent)) << service;
  EXPECT_THAT(codes, Contains(Pair("HostService", refused)));
  EXPECT_THAT(codes, Contains(Pair("WatchService", refused)));
  const std::string reflection = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
  EXPECT_EQ(Call(channel, reflection).error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_TRUE(Call(channel, "/grpc.health.v1.Health/Check").ok());
}

TEST_F(NetworkServerTest, ReflectionIsThereForWhoHasAToken) {
  UseTls(authority_.Issue("server", kHere));
  const std::string token = Create("anna", {Scope::kRead});
  Start();
  const std::string reflection = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
  EXPECT_TRUE(Call(Connect(authority_.certificate()), reflection, token).ok());
}

TEST_F(NetworkServerTest, WrongTokensAreRefusedInTheSameWordsAndWrittenDown) {
  UseTls(authority_.Issue("server", kHere));
  const std::string good = Create("anna", {Scope::kRead});
  const std::string expired = Create("bert", {Scope::kRead}, [](Token& token) { token.expires = absl::Now(); });
  const std::string revoked = Create("cora", {Scope::kRead}, [](Token& token) { token.revoked = absl::Now(); });
  Start();
  const auto channel = Connect(authority_.certificate());
  const grpc::Status admitted = GetHost(channel, good);
  EXPECT_TRUE(admitted.ok()) << admitted.error_message();
  std::set<std::string> words;
  for (const std::string& token : {std::string(), std::string("nonsense"), good + "x", expired, revoked}) {
    const grpc::Status status = GetHost(channel, token);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
    words.insert(status.error_message());
  }
  EXPECT_EQ(words.size(), 1u);
  const std::string refused = Read(access_options_.refusals);
  for (const char* word : {"no token", "unknown token", "expired token", "revoked token", "\"127.0.0.1:"}) {
    EXPECT_THAT(refused, HasSubstr(word));
  }
  EXPECT_THAT(refused, Not(HasSubstr(good.substr(13))));

  grpc::ClientContext context;
  Prepare(context, good);
  v1::ReloadResponse response;
  const grpc::Status under = v1::HostService::NewStub(channel)->Reload(&context, {}, &response);
  EXPECT_EQ(under.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_THAT(under.error_message(), HasSubstr("\"admin\""));
  EXPECT_THAT(Read(access_options_.refusals), HasSubstr("HostService/Reload"));
}

TEST_F(NetworkServerTest, OnlyCertificatesOfTheClientAuthorityConnect) {
  UseTls(authority_.Issue("server", kHere));
  options_.client_ca = Write("clients.pem", authority_.certificate());
  access_options_.certificate_scopes = {Scope::kRead};
  Start();
  const KeyPair client = authority_.Issue("feeder", "DNS:feeder.example.org"), plain = authority_.Issue("plain", "");
  const grpc::Status good = GetHost(Connect(authority_.certificate(), client));
  EXPECT_TRUE(good.ok()) << good.error_message();
  EXPECT_TRUE(GetHost(Connect(authority_.certificate(), plain)).ok());
  testing::internal::CaptureStderr();
  const KeyPair stranger = other_.Issue("feeder", "DNS:feeder.example.org");
  const KeyPair expired = authority_.Issue("feeder", "DNS:feeder.example.org", -7200, -3600);
  for (const KeyPair& pair : {stranger, expired, KeyPair()}) {
    EXPECT_EQ(GetHost(Connect(authority_.certificate(), pair)).error_code(), grpc::StatusCode::UNAVAILABLE);
  }
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, HasSubstr("certificate verify failed"));

  grpc::ClientContext context;
  Prepare(context, "");
  v1::ReloadResponse response;
  const auto stub = v1::HostService::NewStub(Connect(authority_.certificate(), client));
  EXPECT_EQ(stub->Reload(&context, {}, &response).error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_THAT(Read(access_options_.refusals), HasSubstr("\"feeder.example.org\""));
}

TEST_F(NetworkServerTest, TlsIsOfVersion12AtLeast) {
  UseTls(authority_.Issue("server", kHere));
  Start();
  EXPECT_TRUE(Handshakes(TLS1_3_VERSION));
  EXPECT_TRUE(Handshakes(TLS1_2_VERSION));
  EXPECT_FALSE(Handshakes(TLS1_1_VERSION));
  EXPECT_FALSE(GetHost(Connect("")).ok()) << "nobody is served without TLS";
}

TEST_F(NetworkServerTest, RenewedCertificatesAreUsedWithoutARestart) {
  UseTls(authority_.Issue("server", kHere));
  Start();
  EXPECT_TRUE(GetHost(Connect(authority_.certificate())).ok());
  EXPECT_FALSE(GetHost(Connect(other_.certificate())).ok());
  UseTls(other_.Issue("server", kHere));
  bool renewed = false;
  for (int i = 0; i < 50 && !renewed; ++i) {
    absl::SleepFor(absl::Milliseconds(200));
    renewed = GetHost(Connect(other_.certificate())).ok();
  }
  EXPECT_TRUE(renewed);
}

TEST_F(NetworkServerTest, StreamOfARevokedTokenEnds) {
  const std::string token = Create("anna", {Scope::kAdmin});
  Start();
  grpc::ClientContext context;
  Prepare(context, token);
  const auto stub = v1::HostService::NewStub(Connect(""));
  v1::TapRequest request;
  request.set_step("watch");
  const auto stream = stub->Tap(&context, request);
  stream->WaitForInitialMetadata();
  EXPECT_TRUE(EditTokenFile(access_options_.tokens, [](std::vector<Token>& tokens) {
                tokens.front().revoked = absl::Now();
                return absl::OkStatus();
              }).ok());
  const absl::Time revoked = absl::Now();
  v1::TapResponse response;
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_LT(absl::Now() - revoked, absl::Seconds(4));
  EXPECT_THAT(Read(access_options_.audit), HasSubstr("BEGUN"));
}

TEST_F(NetworkServerTest, WhatIsChangedBearsTheNameOfTheToken) {
  const std::string token = Create("anna", {Scope::kOperate});
  Start();
  v1::ApplyWatchesRequest request;
  request.mutable_author()->set_author("the editor");
  request.mutable_author()->set_note("why");
  request.add_edits()->set_remove("kfor");
  v1::ApplyWatchesResponse response;
  const auto apply = [&](const std::shared_ptr<grpc::Channel>& channel, const std::string& shown) {
    grpc::ClientContext context;
    Prepare(context, shown);
    return v1::WatchService::NewStub(channel)->Apply(&context, request, &response);
  };
  EXPECT_TRUE(apply(Connect(""), token).ok());
  host_.Set([](const FakeHost& host) {
    EXPECT_EQ(host.applied_.author().author(), "anna");
    EXPECT_EQ(host.applied_.author().note(), "why");
  });
  EXPECT_THAT(Read(access_options_.audit), HasSubstr("\"target\":\"kfor\",\"outcome\":\"OK\""));
  // The socket's file decides who may use it, and its clients are believed.
  const int socket = ConnectToControlSocket(ControlSocketPath(folder_ / "desk.db")).value();
  EXPECT_TRUE(apply(grpc::CreateInsecureChannelFromFd("wirewatch", socket), "").ok());
  host_.Set([](const FakeHost& host) { EXPECT_EQ(host.applied_.author().author(), "the editor"); });
}

TEST_F(NetworkServerTest, CallersInTheProcessAreThoseOfTheNetwork) {
  const std::string token = Create("anna", {Scope::kRead});
  Start();
  const auto call = [&](const std::shared_ptr<grpc::Channel>& channel, const std::string& shown) {
    grpc::ClientContext context;
    Prepare(context, shown);
    context.AddMetadata("wirewatch-peer", "192.0.2.7:51234");
    context.AddMetadata("wirewatch-actor", "bert");
    v1::GetHostResponse response;
    return v1::HostService::NewStub(channel)->GetHost(&context, {}, &response).error_code();
  };
  const auto inner = InnerServer::Start(*services_).value();
  EXPECT_EQ(call(inner->Connect(), ""), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(call(inner->Connect(), token), grpc::StatusCode::OK);
  EXPECT_THAT(Read(access_options_.refusals), HasSubstr("\"192.0.2.7:51234\""));
  EXPECT_EQ(call(Connect(""), "nonsense"), grpc::StatusCode::UNAUTHENTICATED);
  const std::string refused = Read(access_options_.refusals);
  EXPECT_THAT(refused.substr(refused.find('\n')), Not(HasSubstr("192.0.2.7"))) << "strangers do not say where they are";
}

TEST_F(NetworkServerTest, OnLoopbackNobodyIsAskedUntilThereAreTokens) {
  Start();
  EXPECT_TRUE(GetHost(Connect("")).ok());
  const std::string token = Create("anna", {Scope::kRead});
  absl::SleepFor(Tokens::kLookEvery + absl::Milliseconds(100));
  EXPECT_EQ(GetHost(Connect("")).error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_TRUE(GetHost(Connect(""), token).ok());
}

TEST_F(NetworkServerTest, RequestsThatAreTooLargeAreRefused) {
  options_.limits.request_bytes = 1 << 20;
  Start();
  grpc::ClientContext context;
  Prepare(context, "");
  v1::ListPipelinesRequest request;
  request.set_name(std::string(2 << 20, 'x'));
  v1::ListPipelinesResponse response;
  EXPECT_EQ(v1::HostService::NewStub(Connect(""))->ListPipelines(&context, request, &response).error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(NetworkServerTest, AddressThatIsTakenIsNotShared) {
  Start();
  NetworkOptions same = options_;
  same.address = server_->address();
  EXPECT_TRUE(absl::IsUnavailable(NetworkServer::Start(*services_, *access_, same).status()));
}

TEST_F(NetworkServerTest, BeyondLoopbackThereMustBeTlsAndSomethingThatAdmits) {
  const auto refused = [&] { return std::string(PrepareAccess(options_, access_options_).message()); };
  options_.address = "0.0.0.0:0";
  EXPECT_THAT(refused(), HasSubstr("--tls-cert"));
  UseTls(authority_.Issue("server", kHere));
  EXPECT_THAT(refused(), HasSubstr("wirewatch token create"));
  options_.client_ca = Write("clients.pem", authority_.certificate());
  EXPECT_THAT(refused(), HasSubstr("wirewatch token create"));
  access_options_.certificate_scopes = {Scope::kRead};
  EXPECT_THAT(refused(), IsEmpty());
  EXPECT_FALSE(access_options_.open);
  access_options_.certificate_scopes.clear();
  Create("anna", {Scope::kRead});
  EXPECT_THAT(refused(), IsEmpty());
  options_.certificate.clear();
  EXPECT_THAT(refused(), HasSubstr("a certificate and its key"));
  options_.key.clear();
  EXPECT_THAT(refused(), HasSubstr("--client-ca is of no use"));
  options_.client_ca.clear();
  EXPECT_THAT(refused(), HasSubstr("--tls-cert"));
  options_.insecure = true;
  EXPECT_THAT(refused(), IsEmpty());
  EXPECT_TRUE(access_options_.open);
  options_.address = "desk.example.org:1";
  EXPECT_THAT(refused(), HasSubstr("no address"));
}

TEST_F(NetworkServerTest, FilesThatCannotBeUsedAreRefusedAtTheStart) {
  const KeyPair pair = authority_.Issue("server", kHere), another = authority_.Issue("another", kHere);
  const auto certificate = Write("a.pem", pair.certificate), key = Write("a.key", pair.key);
  const auto refused = [](const absl::Status& status) { return std::string(status.message()); };
  EXPECT_TRUE(CheckKeyPair(certificate, key).ok());
  EXPECT_THAT(refused(CheckKeyPair(certificate, Write("b.key", another.key))), HasSubstr("b.key: the key is not that"));
  EXPECT_THAT(refused(CheckKeyPair(key, key)), HasSubstr("no certificate in PEM"));
  EXPECT_THAT(refused(CheckKeyPair(certificate, certificate)), HasSubstr("no private key"));
  EXPECT_THAT(refused(CheckKeyPair(folder_ / "none", key)), HasSubstr("cannot be read"));
  const KeyPair expired = authority_.Issue("server", kHere, -7200, -3600);
  EXPECT_THAT(refused(CheckKeyPair(Write("c.pem", expired.certificate), Write("c.key", expired.key))),
              HasSubstr("has expired"));
  EXPECT_TRUE(CheckAuthorities(Write("ca.pem", authority_.certificate() + other_.certificate())).ok());
  EXPECT_THAT(refused(CheckAuthorities(certificate)), HasSubstr("not that of a CA"));
  EXPECT_THAT(refused(CheckAuthorities(key)), HasSubstr("there is no certificate"));
  std::filesystem::permissions(key, std::filesystem::perms(0644));
  EXPECT_THAT(refused(CheckKeyPair(certificate, key)), HasSubstr("chmod o="));
}

TEST(ListenAddressTest, AddressesAsPeopleWriteThem) {
  const auto parsed = [](const char* text) { return ParseListenAddress(text).value(); };
  EXPECT_EQ(parsed("9464").ToString(), "127.0.0.1:9464");
  EXPECT_EQ(parsed("localhost:1").ToString(), "127.0.0.1:1");
  EXPECT_EQ(parsed("[::]:1").ToString(), "[::]:1");
  EXPECT_TRUE(parsed("127.1.2.3:1").loopback);
  EXPECT_TRUE(parsed("[::1]:1").loopback);
  EXPECT_FALSE(parsed("0.0.0.0:1").loopback);
  EXPECT_FALSE(parsed("[::ffff:127.0.0.1]:1").loopback);
  for (const char* text : {"", ":", "x", "1.2.3.4", "1.2.3.4:65536", "::1:80", "example.org:1", "1.2.3.4:-1"}) {
    EXPECT_FALSE(ParseListenAddress(text).ok()) << text;
  }
}

}  // namespace
}  // namespace wirewatch::service

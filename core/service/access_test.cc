#include "wirewatch/service/access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <set>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "wirewatch/service/credentials.h"
#include "wirewatch/v1/alert_service.pb.h"
#include "wirewatch/v1/host_service.pb.h"
#include "wirewatch/v1/ingest_service.pb.h"
#include "wirewatch/v1/watch_service.pb.h"

namespace wirewatch::service {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class AccessTest : public ::testing::Test {
 protected:
  AccessTest() {
    std::string folder = std::filesystem::temp_directory_path() / "wirewatch-XXXXXX";
    folder_ = mkdtemp(folder.data());
    options_.tokens = folder_ / "wirewatch.tokens";
    options_.audit = folder_ / "audit.jsonl";
    options_.refusals = folder_ / "refused.jsonl";
  }
  ~AccessTest() override { std::filesystem::remove_all(folder_); }

  void Open() {
    auto opened = Access::Open(options_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    access_ = *std::move(opened);
  }
  // What its client shows.
  std::string Create(const std::string& name, Scopes scopes, const std::function<void(Token&)>& change = {}) {
    std::string presented;
    EXPECT_TRUE(EditTokenFile(options_.tokens, [&](std::vector<Token>& tokens) {
                  Token token;
                  token.name = name;
                  token.scopes = std::move(scopes);
                  token.created = absl::Now();
                  if (change) change(token);
                  presented = IssueSecret(tokens, token).value();
                  tokens.push_back(token);
                  return absl::OkStatus();
                }).ok());
    return presented;
  }
  static Credentials Network(const std::string& token = "") {
    Credentials credentials;
    credentials.peer = "192.0.2.7:51234";
    if (!token.empty()) credentials.authorization = {"Bearer " + token};
    return credentials;
  }
  static Credentials Local(const std::string& actor = "") {
    Credentials credentials;
    credentials.local = true;
    credentials.peer = "socket";
    credentials.actor = actor;
    return credentials;
  }
  std::vector<boost::json::object> Lines(const std::filesystem::path& file) {
    std::vector<boost::json::object> lines;
    std::ifstream stream(file);
    for (std::string line; std::getline(stream, line);) lines.push_back(boost::json::parse(line).as_object());
    return lines;
  }
  static std::string Text(const boost::json::object& line, const char* key) {
    return line.contains(key) ? std::string(line.at(key).as_string().c_str()) : "";
  }

  std::filesystem::path folder_;
  AccessOptions options_;
  std::unique_ptr<Access> access_;
};

TEST_F(AccessTest, WhateverIsWrongWithATokenTheClientIsToldTheSame) {
  const std::string good = Create("anna", {Scope::kRead});
  const std::string expired = Create("bert", {Scope::kRead}, [](Token& token) { token.expires = absl::Now(); });
  const std::string revoked = Create("cora", {Scope::kRead}, [](Token& token) { token.revoked = absl::Now(); });
  Open();
  Credentials two = Network(good), basic = Network();
  two.authorization.push_back("Bearer " + good);
  basic.authorization = {"Basic " + good};
  const std::string wrong = good.substr(0, 13) + expired.substr(13);
  const std::pair<Credentials, std::string> cases[] = {{Network(), "no token"},
                                                       {Network("nonsense"), "unknown token"},
                                                       {Network(wrong), "wrong secret"},
                                                       {Network(expired), "expired token"},
                                                       {Network(revoked), "revoked token"},
                                                       {two, "more than one token"},
                                                       {basic, "no token"}};
  std::set<std::string> words;
  for (const auto& [credentials, detail] : cases) {
    const auto admitted = access_->Admit(credentials, "HostService/GetHost", "x");
    EXPECT_TRUE(absl::IsUnauthenticated(admitted.status())) << detail;
    words.insert(std::string(admitted.status().message()));
    const auto lines = Lines(options_.refusals);
    ASSERT_THAT(lines, Not(IsEmpty()));
    EXPECT_EQ(Text(lines.back(), "detail"), detail);
    EXPECT_EQ(Text(lines.back(), "outcome"), "UNAUTHENTICATED");
    EXPECT_EQ(Text(lines.back(), "peer"), "192.0.2.7:51234");
    EXPECT_EQ(Text(lines.back(), "method"), "HostService/GetHost");
  }
  EXPECT_THAT(words, SizeIs(1));
  EXPECT_EQ(access_->refused(), std::size(cases));
  std::ifstream stream(options_.refusals);
  const std::string written{std::istreambuf_iterator<char>(stream), {}};
  for (const std::string& token : {good, expired, revoked}) EXPECT_THAT(written, Not(HasSubstr(token.substr(13))));

  const auto admitted = access_->Admit(Network(good), "HostService/GetHost");
  ASSERT_TRUE(admitted.ok()) << admitted.status();
  EXPECT_EQ(admitted->caller().name, "anna");
  EXPECT_FALSE(admitted->caller().local);
}

TEST_F(AccessTest, ScopeThatIsMissingIsNamed) {
  const std::string token = Create("anna", {Scope::kRead});
  Open();
  const auto admitted = access_->Admit(Network(token), "WatchService/Add", "kfor");
  EXPECT_TRUE(absl::IsPermissionDenied(admitted.status()));
  EXPECT_THAT(std::string(admitted.status().message()), HasSubstr("\"operate\""));
  const auto lines = Lines(options_.refusals);
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_EQ(Text(lines[0], "caller"), "anna");
  EXPECT_EQ(Text(lines[0], "target"), "kfor");
  EXPECT_EQ(Text(lines[0], "outcome"), "PERMISSION_DENIED");
}

TEST_F(AccessTest, WhoSeesOnlySomeWatchesCallsOnlyWhatLeavesTheOthersOut) {
  const std::string token = Create("anna", {Scope::kOperate}, [](Token& t) {
    t.visibility.labels = {{"desk", "home"}};
  });
  Open();
  EXPECT_TRUE(access_->Admit(Network(token), "WatchService/List").ok());
  EXPECT_TRUE(access_->Admit(Network(token), "AlertService/Acknowledge").ok());
  EXPECT_TRUE(absl::IsPermissionDenied(access_->Admit(Network(token), "WatchService/Change").status()));
  EXPECT_FALSE(access_->Admit(Network(token), "WatchService/List")->caller().visibility.everything());
}

TEST_F(AccessTest, OnTheSocketEverythingIsAllowedAndTheNameIsBelieved) {
  Create("anna", {Scope::kRead});
  Open();
  for (const MethodRule& rule : MethodRules()) {
    auto admitted = access_->Admit(Local("bert"), rule.method);
    ASSERT_TRUE(admitted.ok()) << rule.method;
    EXPECT_EQ(admitted->caller().name, "bert");
    EXPECT_TRUE(admitted->caller().local);
  }
  EXPECT_EQ(access_->Admit(Local(), "HostService/GetHost")->caller().name, "local");
  EXPECT_EQ(access_->Admit(Local("a\x1b[31m"), "HostService/GetHost")->caller().name, "local");
  Credentials network = Network();
  network.actor = "bert";
  EXPECT_FALSE(access_->Admit(network, "HostService/GetHost").ok());
}

TEST_F(AccessTest, ActionsAreWrittenDownWithTheirOutcome) {
  const std::string token = Create("anna", {Scope::kOperate});
  Open();
  access_->Admit(Network(token), "WatchService/Add", "kfor")->Done(grpc::Status::OK);
  access_->Admit(Network(token), "WatchService/List")->Done(grpc::Status::OK);
  access_->Admit(Local("bert"), "WatchService/Remove", "x")->Done({grpc::StatusCode::NOT_FOUND, "there is none\n\xff"});
  { const auto gone = access_->Admit(Local("bert"), "HostService/Reload"); }
  const auto lines = Lines(options_.audit);
  ASSERT_THAT(lines, SizeIs(3));
  EXPECT_EQ(Text(lines[0], "caller"), "anna");
  EXPECT_EQ(Text(lines[0], "token"), token.substr(4, 8));
  EXPECT_EQ(Text(lines[0], "method"), "WatchService/Add");
  EXPECT_EQ(Text(lines[0], "target"), "kfor");
  EXPECT_EQ(Text(lines[0], "outcome"), "OK");
  EXPECT_EQ(Text(lines[1], "peer"), "socket");
  EXPECT_EQ(Text(lines[1], "outcome"), "NOT_FOUND");
  EXPECT_EQ(Text(lines[1], "detail"), "there is none\n\uFFFD");
  EXPECT_EQ(Text(lines[2], "outcome"), "CANCELLED");
  struct stat found {};
  ASSERT_EQ(stat(options_.audit.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0600u);
}

TEST_F(AccessTest, CertificatesHaveTheScopesThatAreGivenToAll) {
  Create("anna", {Scope::kRead});
  options_.certificate_scopes = {Scope::kIngest};
  Open();
  Credentials credentials = Network();
  credentials.certificate = "feeder.example.org";
  const auto admitted = access_->Admit(credentials, "IngestService/IngestBatch");
  ASSERT_TRUE(admitted.ok()) << admitted.status();
  EXPECT_EQ(admitted->caller().name, "feeder.example.org");
  EXPECT_TRUE(absl::IsPermissionDenied(access_->Admit(credentials, "HostService/GetHost").status()));
  // A token that is shown counts, also when it does not admit.
  credentials.authorization = {"Bearer nonsense"};
  EXPECT_TRUE(absl::IsUnauthenticated(access_->Admit(credentials, "IngestService/IngestBatch").status()));
  options_.certificate_scopes.clear();
  Open();
  credentials.authorization.clear();
  EXPECT_TRUE(absl::IsUnauthenticated(access_->Admit(credentials, "IngestService/IngestBatch").status()));
}

TEST_F(AccessTest, OpenHostAsksNobodyUntilThereAreTokens) {
  options_.open = true;
  Open();
  auto admitted = access_->Admit(Network(), "HostService/Reload");
  ASSERT_TRUE(admitted.ok());
  EXPECT_EQ(admitted->caller().name, "anonymous");
  EXPECT_TRUE(access_->StillValid(admitted->caller()));
  Create("anna", {Scope::kRead});
  absl::SleepFor(Tokens::kLookEvery + absl::Milliseconds(100));
  EXPECT_FALSE(access_->StillValid(admitted->caller()));
  EXPECT_TRUE(absl::IsUnauthenticated(access_->Admit(Network(), "HostService/Reload").status()));
}

TEST_F(AccessTest, RevokedTokenIsNoLongerValid) {
  const std::string token = Create("anna", {Scope::kRead});
  Open();
  const Caller caller = access_->Admit(Network(token), "HostService/GetHost")->caller();
  EXPECT_TRUE(access_->StillValid(caller));
  EXPECT_TRUE(EditTokenFile(options_.tokens, [](std::vector<Token>& tokens) {
                tokens.front().revoked = absl::Now();
                return absl::OkStatus();
              }).ok());
  absl::SleepFor(Tokens::kLookEvery + absl::Milliseconds(100));
  EXPECT_FALSE(access_->StillValid(caller));
}

TEST_F(AccessTest, RequestsOfEachCallerAreLimited) {
  options_.limits.request_burst = 5;
  options_.limits.requests_per_s = 0.1;
  const std::string anna = Create("anna", {Scope::kRead}), bert = Create("bert", {Scope::kRead});
  Open();
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(access_->Admit(Network(anna), "HostService/GetHost").ok());
  const absl::Status refused = access_->Admit(Network(anna), "HostService/GetHost").status();
  EXPECT_TRUE(absl::IsResourceExhausted(refused));
  // google.rpc.Status{code 8, message, details [Any{RetryInfo{retry_delay ~10 s}}]}
  EXPECT_THAT(ToGrpc(refused).error_details(), HasSubstr("type.googleapis.com/google.rpc.RetryInfo"));
  EXPECT_THAT(ToGrpc(refused).error_details(), testing::StartsWith("\x08\x08\x12"));
  EXPECT_TRUE(access_->Admit(Network(bert), "HostService/GetHost").ok());
  EXPECT_TRUE(access_->Admit(Local(), "HostService/GetHost").ok());
}

TEST_F(AccessTest, OfAdvanceAHundredCountAsOneRequest) {
  options_.limits.request_burst = 2;
  options_.limits.requests_per_s = 0.001;
  const std::string anna = Create("anna", {Scope::kRead});
  Open();
  for (int i = 0; i < 99; ++i) EXPECT_TRUE(access_->Admit(Network(anna), "AlertService/Advance").ok());
  EXPECT_TRUE(access_->Admit(Network(anna), "AlertService/List").ok());
  EXPECT_TRUE(absl::IsResourceExhausted(access_->Admit(Network(anna), "AlertService/List").status()));
}

TEST_F(AccessTest, StreamsAreLimitedAndCountedDownWhenTheyEnd) {
  options_.limits.streams_of_one = 2;
  options_.limits.streams = 3;
  const std::string anna = Create("anna", {Scope::kRead}), bert = Create("bert", {Scope::kRead});
  Open();
  std::vector<Admission> open;
  for (int i = 0; i < 2; ++i) open.push_back(access_->Admit(Network(anna), "AlertService/Subscribe").value());
  EXPECT_THAT(std::string(access_->Admit(Network(anna), "AlertService/Subscribe").status().message()),
              HasSubstr("you have 2 streams"));
  EXPECT_TRUE(access_->Admit(Network(anna), "AlertService/List").ok());
  open.push_back(access_->Admit(Network(bert), "AlertService/Subscribe").value());
  const absl::Status refused = access_->Admit(Network(bert), "AlertService/Subscribe").status();
  EXPECT_TRUE(absl::IsResourceExhausted(refused));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("the host has 3 streams"));
  open.pop_back();
  EXPECT_TRUE(access_->Admit(Network(bert), "AlertService/Subscribe").ok());
}

TEST_F(AccessTest, AddressThatGuessesIsTurnedAwayAndDoesNotFillTheLog) {
  const std::string good = Create("anna", {Scope::kRead});
  options_.limits.refusal_burst = 3;
  options_.limits.refusals_per_s = 0.01;
  Open();
  int exhausted = 0;
  for (int i = 0; i < 20; ++i) {
    exhausted += absl::IsResourceExhausted(access_->Admit(Network("wrong"), "HostService/GetHost").status()) ? 1 : 0;
  }
  EXPECT_EQ(exhausted, 17);
  EXPECT_THAT(Lines(options_.refusals), SizeIs(3));
  EXPECT_EQ(access_->refused(), 20u);
  // Whoever has a token is admitted from there all the same.
  EXPECT_TRUE(access_->Admit(Network(good), "HostService/GetHost").ok());
  Credentials elsewhere = Network("wrong");
  elsewhere.peer = "192.0.2.8:1";
  EXPECT_TRUE(absl::IsUnauthenticated(access_->Admit(elsewhere, "HostService/GetHost").status()));
  const auto lines = Lines(options_.refusals);
  EXPECT_EQ(lines.back().at("left_out").to_number<int>(), 17);
}

TEST(AuditLogTest, FullFilesMakeRoom) {
  std::string folder = std::filesystem::temp_directory_path() / "wirewatch-XXXXXX";
  const std::filesystem::path file = std::filesystem::path(mkdtemp(folder.data())) / "a.jsonl";
  auto log = AuditLog::Open(file, {.file_bytes = 300, .files = 3}).value();
  for (int i = 0; i < 20; ++i) log->Write({.caller = absl::StrCat("caller ", i), .method = "WatchService/Add"});
  EXPECT_EQ(log->failures(), 0u);
  EXPECT_LE(std::filesystem::file_size(file), 300u);
  EXPECT_TRUE(std::filesystem::exists(file.string() + ".2"));
  EXPECT_FALSE(std::filesystem::exists(file.string() + ".3"));
  std::ifstream stream(file);
  std::string line, last;
  while (std::getline(stream, line)) last = line;
  EXPECT_THAT(last, HasSubstr("caller 19"));
  std::filesystem::permissions(file, std::filesystem::perms(0644));
  EXPECT_TRUE(absl::IsFailedPrecondition(AuditLog::Open(file, {}).status()));
  std::filesystem::remove_all(folder);
  log->Write({.caller = std::string(400, 'x')});  // must rotate, in a folder that is gone
  EXPECT_EQ(log->failures(), 1u);
}

TEST(RateLimitTest, BurstThenTheRateAndMemoryIsBounded) {
  RateLimit limit(2, 3, 2);
  absl::Time now = absl::Now();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limit.Take("a", now), absl::ZeroDuration());
  EXPECT_EQ(limit.Take("a", now), absl::Milliseconds(500));
  EXPECT_EQ(limit.Take("a", now + absl::Milliseconds(600)), absl::ZeroDuration());
  EXPECT_GT(limit.Take("a", now + absl::Milliseconds(600)), absl::ZeroDuration());
  EXPECT_EQ(limit.Take("b", now), absl::ZeroDuration());
  EXPECT_EQ(limit.Take("c", now), absl::ZeroDuration());  // "a" is forgotten
  EXPECT_EQ(limit.Take("a", now), absl::ZeroDuration());
}

TEST(CredentialsTest, NetworkIsTheAddressOrThe64BitsOfIt) {
  EXPECT_EQ(NetworkOf("192.0.2.7:51234"), "192.0.2.7");
  EXPECT_EQ(NetworkOf("[2001:db8:0:1:2:3:4:5]:1"), "2001:db8:0:1::/64");
  EXPECT_EQ(NetworkOf("[::1]:1"), "::/64");
  EXPECT_EQ(NetworkOf("nonsense"), "nonsense");
}

TEST(MethodRulesTest, ThereIsOneForEachMethodAndNoOther) {
  // Linked for their descriptors.
  const google::protobuf::FileDescriptor* const files[] = {
      v1::GetHostRequest::descriptor()->file(), v1::ListWatchesRequest::descriptor()->file(),
      v1::SubscribeRequest::descriptor()->file(), v1::IngestRequest::descriptor()->file()};
  std::set<std::string> methods = {"ServerReflection/ServerReflectionInfo", "Feeds/Get"}, rules;
  for (const auto* const file : files) {
    for (int i = 0; i < file->service_count(); ++i) {
      const google::protobuf::ServiceDescriptor& service = *file->service(i);
      for (int j = 0; j < service.method_count(); ++j) {
        const google::protobuf::MethodDescriptor& method = *service.method(j);
        const std::string name = absl::StrCat(service.name(), "/", method.name());
        methods.insert(name);
        const MethodRule* const rule = RuleOf(name);
        EXPECT_TRUE(rule == nullptr || rule->stream == method.server_streaming()) << method.full_name();
      }
    }
  }
  for (const MethodRule& rule : MethodRules()) EXPECT_TRUE(rules.emplace(rule.method).second) << rule.method;
  EXPECT_EQ(methods, rules);
  EXPECT_EQ(RuleOf("HostService/Nothing"), nullptr);
}

}  // namespace
}  // namespace wirewatch::service

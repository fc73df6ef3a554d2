#include "wirewatch/service/tokens.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "wirewatch/service/token_text.h"

namespace wirewatch::service {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

class TokensTest : public ::testing::Test {
 protected:
  TokensTest() {
    std::string folder = std::filesystem::temp_directory_path() / "wirewatch-XXXXXX";
    folder_ = mkdtemp(folder.data());
    file_ = TokenFilePath(folder_ / "desk.db");
  }
  ~TokensTest() override { std::filesystem::remove_all(folder_); }

  // What its client shows.
  std::string Create(Token token) {
    std::string presented;
    const absl::Status edited = EditTokenFile(file_, [&](std::vector<Token>& tokens) {
      presented = IssueSecret(tokens, token).value();
      tokens.push_back(token);
      return absl::OkStatus();
    });
    EXPECT_TRUE(edited.ok()) << edited;
    return presented;
  }
  static Token Sample(const std::string& name) {
    Token token;
    token.name = name;
    token.created = absl::FromUnixSeconds(1'781'000'000);
    token.scopes = {Scope::kRead};
    return token;
  }
  void Edit(const std::function<void(Token&)>& change) {
    EXPECT_TRUE(EditTokenFile(file_, [&](std::vector<Token>& tokens) {
                  change(tokens.front());
                  return absl::OkStatus();
                }).ok());
  }
  std::string Text() {
    std::ifstream stream(file_);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  void Write(const std::string& text) {
    std::ofstream(file_) << text;
    chmod(file_.c_str(), 0600);
  }
  // As of a moment so far on that the file is looked at again.
  TokenVerdict VerdictOn(Tokens& tokens, const std::string& presented) {
    now_ += 2 * Tokens::kLookEvery;
    return tokens.Check(presented, now_).verdict;
  }

  std::filesystem::path folder_, file_;
  absl::Time now_ = absl::Now();
};

TEST_F(TokensTest, FileHoldsEverythingButTheSecret) {
  Token token = Sample("Anna's \"desk\" \\ Wien");
  token.scopes = {Scope::kOperate, Scope::kIngest};
  token.expires = absl::FromUnixSeconds(1'791'000'000);
  token.revoked = absl::FromUnixSeconds(1'782'000'000);
  token.visibility.labels = {{"desk", "home=x"}, {"desk", "world"}};
  token.visibility.watches = {"kfor"};
  const std::string presented = Create(token);
  const std::string secret = presented.substr(13);
  EXPECT_EQ(presented.size(), 56u);
  EXPECT_THAT(presented, testing::StartsWith("wwt_"));
  EXPECT_THAT(Text(), Not(HasSubstr(secret)));
  struct stat found {};
  ASSERT_EQ(stat(file_.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0600u);

  const auto read = ReadTokenFile(file_);
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_EQ(read->size(), 1u);
  const Token& first = read->front();
  EXPECT_EQ(first.id, presented.substr(4, 8));
  EXPECT_EQ(first.name, token.name);
  EXPECT_EQ(first.secret_sha256, DigestOf(secret));
  EXPECT_EQ(first.created, token.created);
  EXPECT_EQ(first.expires, token.expires);
  EXPECT_EQ(first.revoked, token.revoked);
  EXPECT_EQ(first.scopes, token.scopes);
  EXPECT_THAT(first.visibility.labels, ElementsAre(Pair("desk", "home=x"), Pair("desk", "world")));
  EXPECT_THAT(first.visibility.watches, ElementsAre("kfor"));
}

TEST_F(TokensTest, DigestIsSha256OfTheSecret) {
  const SecretDigest digest = DigestOf("abc");
  EXPECT_EQ(digest[0], 0xba);
  EXPECT_EQ(digest[31], 0xad);
}

TEST_F(TokensTest, EachTokenHasAnotherSecret) {
  std::set<std::string> ids, secrets;
  for (int i = 0; i < 50; ++i) {
    const std::string presented = Create(Sample(absl::StrCat("client ", i)));
    ids.insert(presented.substr(4, 8));
    secrets.insert(presented.substr(13));
  }
  EXPECT_EQ(ids.size(), 50u);
  EXPECT_EQ(secrets.size(), 50u);
}

TEST_F(TokensTest, OnlyTheRightSecretAdmits) {
  const std::string presented = Create(Sample("anna")), other = Create(Sample("bert"));
  Tokens tokens(file_);
  ASSERT_TRUE(tokens.Load().ok());
  const Tokens::Found found = tokens.Check(presented, now_);
  EXPECT_EQ(found.verdict, TokenVerdict::kGood);
  EXPECT_EQ(found.token->name, "anna");
  EXPECT_EQ(tokens.Check("", now_).verdict, TokenVerdict::kNoToken);
  EXPECT_EQ(tokens.Check("wwt_", now_).verdict, TokenVerdict::kUnknown);
  EXPECT_EQ(tokens.Check(presented + "=", now_).verdict, TokenVerdict::kUnknown);
  EXPECT_EQ(tokens.Check(std::string(1 << 20, 'x'), now_).verdict, TokenVerdict::kUnknown);
  EXPECT_EQ(tokens.Check("wwt_00000000" + presented.substr(12), now_).verdict, TokenVerdict::kUnknown);
  EXPECT_EQ(tokens.Check(presented.substr(0, 13) + other.substr(13), now_).verdict, TokenVerdict::kWrongSecret);
  std::string last = presented;
  last.back() = last.back() == 'A' ? 'B' : 'A';
  EXPECT_EQ(tokens.Check(last, now_).verdict, TokenVerdict::kWrongSecret);
}

TEST_F(TokensTest, RevocationAndExpiryTakeEffectWithoutARestart) {
  Token token = Sample("anna");
  token.expires = now_ + absl::Hours(1);
  const std::string presented = Create(token), id = presented.substr(4, 8);
  Tokens tokens(file_);
  ASSERT_TRUE(tokens.Load().ok());
  EXPECT_EQ(VerdictOn(tokens, presented), TokenVerdict::kGood);
  EXPECT_TRUE(tokens.StillGood(id, now_));
  EXPECT_EQ(tokens.Check(presented, now_ + absl::Hours(2)).verdict, TokenVerdict::kExpired);
  EXPECT_FALSE(tokens.StillGood(id, now_ + absl::Hours(2)));
  Edit([](Token& first) { first.revoked = absl::Now(); });
  EXPECT_EQ(VerdictOn(tokens, presented), TokenVerdict::kRevoked);
  EXPECT_FALSE(tokens.StillGood(id, now_));
}

TEST_F(TokensTest, FileThatCannotBeReadAdmitsNobodyUntilItCan) {
  const std::string presented = Create(Sample("anna")), text = Text();
  Tokens tokens(file_);
  ASSERT_TRUE(tokens.Load().ok());
  chmod(file_.c_str(), 0640);
  EXPECT_EQ(VerdictOn(tokens, presented), TokenVerdict::kUnknown);
  EXPECT_TRUE(absl::IsPermissionDenied(tokens.Load()));
  EXPECT_THAT(std::string(tokens.Load().message()), HasSubstr("chmod 600"));
  chmod(file_.c_str(), 0600);
  EXPECT_EQ(VerdictOn(tokens, presented), TokenVerdict::kGood);
  Write(text + "  - nonsense\n");
  EXPECT_EQ(VerdictOn(tokens, presented), TokenVerdict::kUnknown);
  EXPECT_THAT(std::string(tokens.Load().message()), HasSubstr("wirewatch.tokens:8:5: error"));
  std::filesystem::remove(file_);
  EXPECT_EQ(VerdictOn(tokens, presented), TokenVerdict::kUnknown);
  EXPECT_TRUE(tokens.required()) << "a file that was taken away must not open the host";
  EXPECT_TRUE(absl::IsNotFound(tokens.Load()));
  Write(text);
  EXPECT_EQ(VerdictOn(tokens, presented), TokenVerdict::kGood);
}

TEST_F(TokensTest, HostWithoutAFileHasTokensAsSoonAsThereIsOne) {
  Tokens tokens(file_);
  ASSERT_TRUE(tokens.Load().ok());
  EXPECT_FALSE(tokens.required());
  const std::string presented = Create(Sample("anna"));
  EXPECT_EQ(VerdictOn(tokens, presented), TokenVerdict::kGood);
  EXPECT_TRUE(tokens.required());
}

TEST_F(TokensTest, ErrorsHaveTheirPlaces) {
  const std::string good =
      absl::StrCat("tokens:\n- {id: 0123abcd, name: x, scopes: [read], created: 2026-06-14T09:12:03Z, ",
                   "secret_sha256: ", std::string(64, 'a'), "}\n");
  ASSERT_TRUE(ParseTokens(good, "t").ok()) << ParseTokens(good, "t").status();
  const auto error = [&good](const std::string& part, const std::string& instead) {
    std::string text = good;
    text.replace(text.find(part), part.size(), instead);
    return std::string(ParseTokens(text, "t").status().message());
  };
  EXPECT_THAT(error("[read]", "[reed]"), HasSubstr("t:2:35: error: there is no scope \"reed\""));
  EXPECT_THAT(error("0123abcd", "0123ABCD"), HasSubstr("8 hexadecimal digits"));
  EXPECT_THAT(error("aaaa", "aaa"), HasSubstr("no SHA-256"));
  EXPECT_THAT(error("aaaa", "aaag"), HasSubstr("no SHA-256"));
  EXPECT_THAT(error("2026-06-14T09:12:03Z", "yesterday"), HasSubstr("\"yesterday\" is no time"));
  EXPECT_THAT(error("name: x", "name: \"a\\u202eb\""), HasSubstr("cannot be seen"));
  EXPECT_THAT(error("name: x", "name: " + std::string(101, 'x')), HasSubstr("longer than 100"));
  EXPECT_THAT(error("name: x", "name: x, visible: [desk]"), HasSubstr("write NAME=VALUE"));
  EXPECT_THAT(error("name: x", "name: x, scope: [read]"), HasSubstr("did you mean \"scopes\"?"));
  EXPECT_THAT(std::string(ParseTokens(good + good.substr(8), "t").status().message()), HasSubstr("another token has"));
}

TEST_F(TokensTest, FilesThatAreNoneAreRefused) {
  Write(std::string(kMostTokenFileBytes + 1, '#'));
  EXPECT_THAT(std::string(ReadTokenFile(file_).status().message()), HasSubstr("larger than"));
  std::filesystem::remove(file_);
  ASSERT_EQ(mkfifo(file_.c_str(), 0600), 0);
  EXPECT_TRUE(absl::IsFailedPrecondition(ReadTokenFile(file_).status()));
}

TEST_F(TokensTest, EditThatFailsChangesNothing) {
  Create(Sample("anna"));
  const std::string before = Text();
  EXPECT_TRUE(absl::IsAborted(EditTokenFile(file_, [](std::vector<Token>& tokens) {
    tokens.clear();
    return absl::AbortedError("no");
  })));
  EXPECT_EQ(Text(), before);
  EXPECT_FALSE(EditTokenFile(file_, [](std::vector<Token>& tokens) {
                 tokens.resize(kMostTokens + 1);
                 return absl::OkStatus();
               }).ok());
  EXPECT_EQ(Text(), before);
}

TEST_F(TokensTest, EditsAtTheSameTimeAllHappen) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this, i] {
      for (int j = 0; j < 10; ++j) Create(Sample(absl::StrCat(i, "-", j)));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(ReadTokenFile(file_)->size(), 40u);
}

TEST_F(TokensTest, LinkStaysALink) {
  const std::filesystem::path link = folder_ / "link";
  Create(Sample("anna"));
  std::filesystem::create_symlink(file_, link);
  ASSERT_TRUE(EditTokenFile(link, [](std::vector<Token>& tokens) { return tokens.clear(), absl::OkStatus(); }).ok());
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_EQ(ReadTokenFile(file_)->size(), 0u);
}

TEST(VisibilityTest, ValuesOfOneNameAreAlternativesAndEveryNameMustHold) {
  google::protobuf::RepeatedPtrField<v1::Label> labels;
  const auto add = [&labels](const char* name, const char* value) {
    v1::Label& label = *labels.Add();
    label.set_name(name);
    label.set_value(value);
  };
  Visibility visibility;
  EXPECT_TRUE(visibility.Sees("kfor", labels));
  visibility.labels = {{"desk", "home"}, {"desk", "world"}, {"region", "eu"}};
  EXPECT_FALSE(visibility.Sees("kfor", labels));
  add("desk", "world");
  EXPECT_FALSE(visibility.Sees("kfor", labels));
  add("region", "eu");
  EXPECT_TRUE(visibility.Sees("kfor", labels));
  labels.Mutable(0)->set_value("sports");
  EXPECT_FALSE(visibility.Sees("kfor", labels));
  visibility.watches = {"kfor"};
  EXPECT_TRUE(visibility.Sees("kfor", labels));
  visibility.labels.clear();
  EXPECT_FALSE(visibility.Sees("other", labels));
}

TEST(ScopeTest, AdminAllowsEverythingAndOperateReading) {
  EXPECT_TRUE(Allows({Scope::kAdmin}, Scope::kIngest));
  EXPECT_TRUE(Allows({Scope::kOperate}, Scope::kRead));
  EXPECT_FALSE(Allows({Scope::kOperate}, Scope::kIngest));
  EXPECT_FALSE(Allows({Scope::kRead, Scope::kIngest}, Scope::kOperate));
  EXPECT_FALSE(Allows({}, Scope::kRead));
}

}  // namespace
}  // namespace wirewatch::service

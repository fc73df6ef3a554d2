#include "wirewatch/watch/implication.h"

#include <gtest/gtest.h>

#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <variant>

#include "wirewatch/watch/parser.h"
#include "wirewatch/watch/watch_fixture.h"

namespace wirewatch::watch {
namespace {

bool Implies(std::string_view a, std::string_view b) {
  const auto left = Parse(a), right = Parse(b);
  const auto* x = std::get_if<std::shared_ptr<const Expression>>(&left);
  const auto* y = std::get_if<std::shared_ptr<const Expression>>(&right);
  EXPECT_TRUE(x != nullptr && y != nullptr) << a << " / " << b;
  return x != nullptr && y != nullptr && Implication().Holds(**x, **y);
}

TEST(ImplicationTest, HoldsWhereTheFormShowsIt) {
  const std::pair<const char*, const char*> cases[] = {
      {"kfor", "KFOR"},
      {"kfors", "kfor*"},
      {"kfors*", "kfor*"},
      {"withdrew", "*drew"},
      {"\"Kosovo Force\"", "force"},
      {"\"the Kosovo Force commander\"", "\"kosovo forc*\""},
      {"kfor AND unmik", "unmik"},
      {"kfor", "kfor OR unmik"},
      {"kfor OR unmik", "unmik OR eulex OR kfor"},
      {"kfor AND unmik", "unmik AND kfor"},
      {"kfor NEAR/5 unmik", "unmik NEAR/9 kfor"},
      {"kfor ONEAR/5 unmik", "kfor NEAR/5 unmik"},
      {"kfor NEAR/5 unmik", "kfor AND unmik"},
      {"kfor SENT unmik", "kfor"},
      {"NOT kfor*", "NOT kfors"},
      {"headline:\"Kosovo Force\"", "headline:force"},
      {"headline:kfor", "kfor"},
      {"LEAD(kfor)", "kfor"},
      {"CASE(NATO)", "nato"},
      {"EXACT(NATO)", "CASE(NATO)"},
      {"ATLEAST/3(kfor)", "kfor"},
      {"kfor NOTIN \"kfor concert\"", "kfor"},
      {"soldier~1", "soldier~2"},
      {"language:en", "language:en"},
  };
  for (const auto& [a, b] : cases) EXPECT_TRUE(Implies(a, b)) << a << " / " << b;
}

TEST(ImplicationTest, DoesNotHoldWhereAnItemMayTellThemApart) {
  const std::pair<const char*, const char*> cases[] = {
      {"kfor*", "kfors"},
      {"kfor", "unmik"},
      {"force", "\"Kosovo Force\""},
      {"\"kosovo the force\"", "\"kosovo force\""},
      {"\"kosovo force\"~3", "\"kosovo force\""},
      {"kfor OR unmik", "kfor"},
      {"kfor", "kfor AND unmik"},
      {"kfor NEAR/9 unmik", "kfor NEAR/5 unmik"},
      {"kfor NEAR/5 unmik", "kfor ONEAR/5 unmik"},
      {"kfor ONEAR/5 unmik", "unmik ONEAR/5 kfor"},
      {"kfor SENT (unmik NOT eulex)", "NOT eulex"},
      {"LEAD(NOT kfor)", "NOT kfor"},
      {"NOT kfors", "NOT kfor*"},
      {"kfor", "headline:kfor"},
      {"headline:kfor", "body:kfor"},
      {"nato", "CASE(NATO)"},
      {"CASE(Nato)", "CASE(NATO)"},
      {"located:kfor", "kfor"},
      {"language:en-GB", "language:en*"},
      {"kfor", "kfor NOTIN \"kfor concert\""},
      {"anti-riot", "anti*"},
      {"部队", "部*"},
  };
  for (const auto& [a, b] : cases) EXPECT_FALSE(Implies(a, b)) << a << " / " << b;
}

// Small queries over few words, so that many imply one another.
class Generator {
 public:
  explicit Generator(uint32_t seed) : random_(seed) {}
  size_t Below(size_t n) { return random_() % n; }

  std::string Word() {
    static const char* const words[] = {"a",  "b", "ab",       "abc",     "a*",       "ab*",
                                        "*b", "A", "CASE(AB)", "\"a b\"", "\"ab a*\""};
    return words[Below(std::size(words))];
  }
  std::string Places(int depth) {
    if (depth == 0 || Below(2) == 0) return Word();
    const std::string left = Places(depth - 1), right = Places(depth - 1);
    const std::string n = std::to_string(Below(3));
    switch (Below(5)) {
      case 0:
        return "(" + left + " OR " + right + ")";
      case 1:
        return "(" + left + " NEAR/" + n + " " + right + ")";
      case 2:
        return "(" + left + " ONEAR/" + n + " " + right + ")";
      case 3:
        return "(" + left + " NOTNEAR/" + n + " " + right + ")";
      default:
        return "(" + left + " NOTIN " + right + ")";
    }
  }
  std::string Query(int depth) {
    if (depth == 0 || Below(4) == 0) return Places(1);
    const std::string left = Query(depth - 1), right = Query(depth - 1);
    switch (Below(7)) {
      case 0:
        return "(" + left + " OR " + right + ")";
      case 1:
        return "(" + left + " AND " + right + ")";
      case 2:
        return "(NOT " + left + ")";
      case 3:
        return "(" + left + " SENT " + right + ")";
      case 4:
        return "LEAD(" + left + ")";
      case 5:
        return "ATLEAST/2(" + Places(1) + ")";
      default:
        return "headline:(" + Places(1) + ")";
    }
  }
  std::string Text() {
    static const char* const words[] = {"a ", "b ", "ab ", "abc ", "A ", "AB ", "x ", "a. ", "B.\n\n"};
    std::string text;
    for (size_t i = Below(8); i > 0; --i) text += words[Below(std::size(words))];
    return text;
  }

 private:
  std::mt19937 random_;
};

TEST(ImplicationTest, IsTrueOfRandomQueriesAndTexts) {
  Generator generator(20260612);
  int implied = 0, seen = 0;
  for (int i = 0; i < 60'000; ++i) {
    const std::string a = generator.Query(2), b = generator.Query(2);
    if (!Implies(a, b)) continue;
    ++implied;
    for (int item = 0; item < 20; ++item) {
      const std::string body = generator.Text(), headline = generator.Text();
      if (!Hits(a, body, headline)) continue;
      ++seen;
      ASSERT_TRUE(Hits(b, body, headline)) << a << "\n" << b << "\n" << headline << "\n" << body;
    }
  }
  EXPECT_GT(implied, 500);
  EXPECT_GT(seen, 1000);
}

}  // namespace
}  // namespace wirewatch::watch

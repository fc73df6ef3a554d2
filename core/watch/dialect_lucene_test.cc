#include "wirewatch/watch/dialect_lucene.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "wirewatch/watch/dialect_fixture.h"
#include "wirewatch/watch/watch_fixture.h"

namespace wirewatch::watch {
namespace {

using ::testing::HasSubstr;

TEST(DialectLuceneTest, ReadsTheClassicSyntax) {
  CheckDialect(
      Dialect::kLucene,
      {
          {"a b", "a OR b", "exact"},
          {"a AND b", "a AND b", "exact"},
          {"a && b || c", "a AND b", "exact"},
          {"a OR b AND c", "b AND c", "exact"},
          {"a AND b OR c AND d", "a AND b AND c AND d", "exact"},
          {"+a b", "a", "exact"},
          {"+a +b", "a AND b", "exact"},
          {"a -b", "a AND NOT b", "exact"},
          {"a b -c", "(a OR b) AND NOT c", "exact"},
          {"a NOT b", "a AND NOT b", "exact"},
          {"a OR NOT b", "a AND NOT b", "exact"},
          {"a !b", "a AND NOT b", "exact"},
          {"a AND (b OR c OR \"d e\") NOT f", "a AND (b OR c OR \"d e\") AND NOT f", "exact"},
          {"*:* -a", "NOT a", "exact"},
          {"*:* AND a", "a", "exact"},
          {"foo-bar", "foo OR bar", "exact"},
          {"\"foo-bar baz\"", "\"foo bar baz\"", "exact"},
          {"\"a\"", "a", "exact"},
          {"roam~ roam~1 roam~0.8", "roam~2 OR roam~1 OR roam", "approximate"},
          {"\"a b\"~0", "\"a b\"", "exact"},
          {"\"a b\"~1", "a ONEAR/1 b", "exact"},
          {"\"a b\"~2", "a ONEAR/2 b OR b ONEAR/0 a", "exact"},
          {"\"a b\"~10", "a ONEAR/10 b OR b ONEAR/8 a", "exact"},
          {"\"a A\"~10", "a ONEAR/10 A", "exact"},
          {"\"a b c\"~4", "\"a b c\"~4", "approximate"},
          {"\"a b\"~2 AND c", "(a ONEAR/2 b OR b ONEAR/0 a) AND c", "exact"},
          {"jakarta^4 \"a b\"^2.5 (c d)^3", "jakarta OR \"a b\" OR c OR d", "exact"},
          {"te?t* wo*d", "te?t* OR wo*d", "exact"},
          {"title:kfor", "headline:kfor", "approximate"},
          {"headline:kfor", "headline:kfor", "exact"},
          {"headline:(a b) c", "headline:a OR headline:b OR c", "exact"},
          {"headline:\"a b\"~2", "headline:(a ONEAR/2 b OR b ONEAR/0 a)", "exact"},
          {"headline:(a body:b)", "headline:a OR body:b", "exact"},
          {"language:en AND domain:example.org", "language:en AND domain:example.org", "exact"},
          {"published:[20260601 TO 20260630]", "published:[2026-06-01 TO 2026-06-30]", "exact"},
          {"published:{2026-06-01 TO 2026-07-01}", "published:[2026-06-02 TO 2026-06-30]", "exact"},
          {"published:[2026 TO *]", "published>=2026", "exact"},
          {"words:{100 TO 200]", "words:[101 TO 200]", "exact"},
          {"words:500", "words:[500 TO 500]", "exact"},
          {"Zvečan", "Zvečan", "approximate"},
          {"@nato #kosovo", "nato OR kosovo", "exact"},
          {"AT\\&T C\\+\\+", "AT OR T OR C", "exact"},
          {"a \xE2\x80\x94 b", "a OR b", "exact"},
          {"NEAR CASE", "\"NEAR\" OR \"CASE\"", "exact"},
          {"a (-b)", "3: -b is refused: what only excludes finds nothing in Lucene", "refused"},
          {"-a", "0: -a is refused: what only excludes finds nothing in Lucene", "refused"},
          {"*:*", "0: *:* is refused: it finds every Item", "refused"},
          {"a /b.*c/", "2: /b.*c/ is refused: there are no regular expressions here", "refused"},
          {"[a TO b]", "0: [a TO b] is refused: words have no ranges here", "refused"},
          {"user:x OR b", "0: user:x is refused: nothing here is known by the name user:", "refused"},
          {"user:(x OR y) AND b", "0: user:(x OR y) is refused: nothing here is known by the name user:", "refused"},
          {"a~3", "0: a~3 is refused: an edit distance is 1 or 2", "refused"},
          {"(a", "0: a parenthesis without its end", "refused"},
          {"AND a", "4: AND and OR need something before them", "refused"},
          {"a AND", "5: the query ends where a word or a parenthesis was expected", "refused"},
          {"a \"b", "2: a phrase without its closing quote", "refused"},
          {"published:[x TO y]", "0: published:[x TO y] is refused: it is no day, month or year", "refused"},
      });
}

TEST(DialectLuceneTest, WhatOnlyRanksIsLeftOutAndSaidSo) {
  const Translation translation = Translate("a +b \"c d\"~2", Dialect::kLucene);
  ASSERT_EQ(translation.clauses.size(), 3u);
  EXPECT_EQ(translation.clauses[0].written, "a");
  EXPECT_EQ(translation.clauses[0].became, "");
  EXPECT_THAT(translation.clauses[0].why, HasSubstr("only ranks"));
  EXPECT_EQ(translation.clauses[1].became, "b");
  EXPECT_EQ(translation.normal_form, "b");
}

// Lucene's rule itself: places p, one for each word, no place twice, with max(p_i - i) - min(p_i - i) <= slop.
bool SloppyPhrase(const std::vector<std::string>& words, int slop, const std::vector<std::string>& text,
                  std::vector<int>& places) {
  const size_t i = places.size();
  if (i == words.size()) {
    int low = 1000, high = -1000;
    for (size_t k = 0; k < places.size(); ++k) {
      low = std::min(low, places[k] - static_cast<int>(k));
      high = std::max(high, places[k] - static_cast<int>(k));
    }
    return high - low <= slop;
  }
  for (size_t at = 0; at < text.size(); ++at) {
    const int place = static_cast<int>(at);
    if (text[at] != words[i] || std::find(places.begin(), places.end(), place) != places.end()) continue;
    places.push_back(place);
    const bool found = SloppyPhrase(words, slop, text, places);
    places.pop_back();
    if (found) return true;
  }
  return false;
}

// Calls `check` with every text of up to `longest` words out of aa, bb, cc and xx.
template <typename Check>
void ForEveryText(size_t longest, const Check& check) {
  static const std::vector<std::string> kWords = {"aa", "bb", "cc", "xx"};
  size_t texts = 1;
  for (size_t length = 1; length <= longest; ++length) {
    texts *= kWords.size();
    for (size_t number = 0; number < texts; ++number) {
      std::vector<std::string> text;
      for (size_t i = 0, rest = number; i < length; ++i, rest /= kWords.size()) {
        text.push_back(kWords[rest % kWords.size()]);
      }
      check(text);
    }
  }
}

TEST(DialectLuceneTest, TwoWordsOfASloppyPhraseAreExact) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"aa", "bb"}, {"aa", "aa"}}) {
    for (int slop = 0; slop <= 5; ++slop) {
      const std::string query = absl::StrCat("\"", words[0], " ", words[1], "\"~", slop);
      const Translation translation = Translate(query, Dialect::kLucene);
      EXPECT_EQ(Verdict(translation), "exact");
      const auto condition = Condition::Compile(translation.normal_form);
      ASSERT_TRUE(condition.ok());
      ForEveryText(6, [&](const std::vector<std::string>& text) {
        std::vector<int> places;
        const v1::Item item = BodyItem(absl::StrJoin(text, " "));
        text::TextIndex index;
        index.Build(item);
        EXPECT_EQ((*condition)->Evaluate(View(item, index)) == v1::TRUTH_TRUE, SloppyPhrase(words, slop, text, places))
            << query << " in " << item.body();
      });
    }
  }
}

TEST(DialectLuceneTest, LongerSloppyPhrasesLoseNothing) {
  const std::vector<std::string> words = {"aa", "bb", "cc"};
  size_t more = 0;
  for (int slop = 1; slop <= 3; ++slop) {
    const Translation translation = Translate(absl::StrCat("\"aa bb cc\"~", slop), Dialect::kLucene);
    const auto condition = Condition::Compile(translation.normal_form);
    ASSERT_TRUE(condition.ok());
    ForEveryText(5, [&](const std::vector<std::string>& text) {
      std::vector<int> places;
      const v1::Item item = BodyItem(absl::StrJoin(text, " "));
      text::TextIndex index;
      index.Build(item);
      const bool here = (*condition)->Evaluate(View(item, index)) == v1::TRUTH_TRUE;
      const bool there = SloppyPhrase(words, slop, text, places);
      EXPECT_TRUE(here || !there) << translation.normal_form << " in " << item.body();
      if (here && !there) ++more;
    });
  }
  EXPECT_GT(more, 0u);  // or it were exact, and the note wrong
}

TEST(DialectLuceneTest, SloppyPhrasesMayStayAsTheyAre) {
  const Translation translation =
      Translate("\"a b c\"~3 AND \"d e\"~2 AND \"f g\"", Dialect::kLucene, {.keep_moves = true});
  ASSERT_NE(translation.expression, nullptr);
  EXPECT_EQ(Verdict(translation), "exact");
  ASSERT_EQ(translation.expression->operands.size(), 3u);
  for (const size_t i : {0, 1}) {
    const Expression& phrase = *translation.expression->operands[i];
    EXPECT_EQ(phrase.operation, Operation::kPhrase);
    EXPECT_TRUE(phrase.sloppy && phrase.moves);
    EXPECT_EQ(phrase.number, i == 0 ? 3u : 2u);
  }
  EXPECT_FALSE(translation.expression->operands[2]->sloppy || translation.expression->operands[2]->moves);
}

}  // namespace
}  // namespace wirewatch::watch

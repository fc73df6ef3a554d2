#include <gtest/gtest.h>

#include "wirewatch/watch/watch_fixture.h"

namespace wirewatch::watch {
namespace {

constexpr char kStory[] =
    "KFOR soldiers were attacked in Zvečan on Monday. The Kosovo Force said that its anti-riot units had used tear "
    "gas.\n\n"
    "NATO's secretary general blamed the mayors. A spokesman for the U.S. embassy counted 1,244 protesters. "
    "The mayors of Leposavić and Zvečan rejected that.\n\n"
    "Later the soldiers withdrew; the crowd clashed with police, police said. #Kosovo @nato AT&T €5m";

TEST(EvaluatorTest, WordsAndPhrases) {
  EXPECT_TRUE(Hits("kfor", kStory));
  EXPECT_FALSE(Hits("kfo", kStory));
  EXPECT_TRUE(Hits("\"Kosovo Force\"", kStory));
  EXPECT_FALSE(Hits("\"Force Kosovo\"", kStory));
  EXPECT_TRUE(Hits("Zvecan", kStory));
  EXPECT_TRUE(Hits("\"the mayors of Leposavic\"", kStory));
  EXPECT_FALSE(Hits("\"gas NATO\"", "NATO came.", "Tear gas"));  // a phrase stays within one part
}

TEST(EvaluatorTest, SpellingsOfTheTokens) {
  EXPECT_TRUE(Hits("NATO", kStory));  // NATO's
  EXPECT_TRUE(Hits("\"NATO's\"", kStory));
  EXPECT_TRUE(Hits("US", kStory));
  EXPECT_TRUE(Hits("\"U.S. embassy\"", kStory));
  EXPECT_TRUE(Hits("1244", kStory));
  EXPECT_TRUE(Hits("1,244", kStory));
  for (const char* query : {"anti-riot", "\"anti riot\"", "antiriot"}) EXPECT_TRUE(Hits(query, kStory)) << query;
  EXPECT_TRUE(Hits("#Kosovo", kStory));
  EXPECT_FALSE(Hits("#NATO", kStory));
  EXPECT_TRUE(Hits("@nato", kStory));
  EXPECT_FALSE(Hits("nato", "only @nato is here"));
  EXPECT_TRUE(Hits("AT&T", kStory));
  EXPECT_TRUE(Hits("€5m", kStory));
  EXPECT_TRUE(Hits("東京", "昨日、東京で会議が開かれた。"));
  EXPECT_FALSE(Hits("京東", "昨日、東京で会議が開かれた。"));
}

TEST(EvaluatorTest, WildcardsAndDistances) {
  EXPECT_TRUE(Hits("clash*", kStory));
  EXPECT_TRUE(Hits("*drew", kStory));
  EXPECT_TRUE(Hits("w*drew", kStory));
  EXPECT_TRUE(Hits("may?rs", kStory));
  EXPECT_FALSE(Hits("may?s", kStory));
  EXPECT_TRUE(Hits("\"tear g*\"", kStory));
  EXPECT_FALSE(Hits("\"g* tear\"", kStory));
  EXPECT_TRUE(Hits("soldeirs~1", kStory));
  EXPECT_FALSE(Hits("soldrs~1", kStory));
  EXPECT_TRUE(Hits("soldrs~2", kStory));
}

TEST(EvaluatorTest, Boolean) {
  EXPECT_TRUE(Hits("kfor AND nato", kStory));
  EXPECT_FALSE(Hits("kfor AND unmik", kStory));
  EXPECT_TRUE(Hits("unmik OR nato", kStory));
  EXPECT_FALSE(Hits("kfor NOT nato", kStory));
  EXPECT_TRUE(Hits("NOT unmik", kStory));
  EXPECT_TRUE(Hits("kfor AND nato", "nato", "kfor"));  // AND spans parts
}

TEST(EvaluatorTest, NearCountsTheTokensBetween) {
  EXPECT_TRUE(Hits("a NEAR/0 b", "a b"));
  EXPECT_TRUE(Hits("a NEAR/0 b", "b a"));
  EXPECT_FALSE(Hits("a NEAR/0 b", "a x b"));
  EXPECT_TRUE(Hits("a NEAR/1 b", "a x b"));
  EXPECT_TRUE(Hits("a NEAR/1 b", "a. x. b"));      // crosses sentences
  EXPECT_TRUE(Hits("a NEAR/1 b", "a\n\nx\n\nb"));  // and paragraphs
  EXPECT_FALSE(Hits("a NEAR/9 b", "b", "a"));      // not parts
  EXPECT_FALSE(Hits("a NEAR/5 a", "x a x"));       // two tokens
  EXPECT_TRUE(Hits("a NEAR/5 a", "a x a"));
  EXPECT_TRUE(Hits("\"a b\" NEAR/1 c", "a b x c"));
  EXPECT_FALSE(Hits("\"a b\" NEAR/0 c", "a b x c"));
  EXPECT_TRUE(Hits("(x OR y) NEAR/1 b*", "y z bee"));
  EXPECT_TRUE(Hits("a ONEAR/1 b", "a x b"));
  EXPECT_FALSE(Hits("a ONEAR/1 b", "b x a"));
  // A window in parentheses spans from its first to its last token.
  EXPECT_TRUE(Hits("(a NEAR/2 b) NEAR/0 c", "a x b c"));
  EXPECT_FALSE(Hits("(a NEAR/2 b) ONEAR/0 c", "a x b y c"));
}

TEST(EvaluatorTest, SentencesAndParagraphs) {
  EXPECT_TRUE(Hits("soldiers SENT attacked", kStory));
  EXPECT_FALSE(Hits("attacked SENT gas", kStory));
  EXPECT_TRUE(Hits("attacked PARA gas", kStory));
  EXPECT_FALSE(Hits("attacked PARA blamed", kStory));
  EXPECT_TRUE(Hits("(mayors NOT blamed) SENT rejected", kStory));
  EXPECT_FALSE(Hits("(mayors NOT rejected) SENT Leposavic", kStory));
}

TEST(EvaluatorTest, ExcludesSingleMentions) {
  EXPECT_FALSE(Hits("police NOTIN \"police said\"", "police said"));
  EXPECT_TRUE(Hits("police NOTIN \"police said\"", "police came, police said"));
  EXPECT_FALSE(Hits("kfor NOTNEAR/2 concert", "kfor big concert"));
  EXPECT_TRUE(Hits("kfor NOTNEAR/2 concert", "kfor big concert and later there again kfor"));
  EXPECT_FALSE(Hits("kfor NOTNEAR/0 kfor", "kfor kfor"));
  EXPECT_TRUE(Hits("kfor NOTNEAR/0 kfor", "kfor"));
}

TEST(EvaluatorTest, LoosePhrases) {
  EXPECT_TRUE(Hits("\"a b c\"~0", "c a b"));
  EXPECT_FALSE(Hits("\"a b c\"~0", "c a x b"));
  EXPECT_TRUE(Hits("\"a b c\"~1", "c a x b"));
  EXPECT_FALSE(Hits("\"a a\"~3", "a x x"));
  EXPECT_TRUE(Hits("\"a a\"~3", "a x a"));
}

// A word that TokenizeQuery() cuts into several made patterns known while others were being walked through.
TEST(EvaluatorTest, PlacesStayWhileFurtherPatternsAreLookedUp) {
  const std::string body = "a b c d e f g a b c d e f h";
  EXPECT_TRUE(Hits("\"a b c d e f h\"", body));
  EXPECT_TRUE(Hits("\"a* b* c* d* e* f* h*\"", body));
}

TEST(EvaluatorTest, CaseAndExact) {
  EXPECT_TRUE(Hits("CASE(NATO)", "the NATO summit"));
  EXPECT_FALSE(Hits("CASE(NATO)", "the Nato summit"));
  EXPECT_TRUE(Hits("{NATO}", "NATO's summit"));
  EXPECT_TRUE(Hits("CASE(Zvecan)", "in Zvečan"));
  EXPECT_TRUE(Hits("EXACT(Zvečan)", "in Zvečan"));
  EXPECT_FALSE(Hits("EXACT(Zvecan)", "in Zvečan"));
  EXPECT_FALSE(Hits("EXACT(US)", "the U.S. embassy"));
  EXPECT_TRUE(Hits("CASE(BOLT) NEAR/10 provo*", "BOLT is provoking"));
  EXPECT_FALSE(Hits("CASE(BOLT) NEAR/10 provo*", "a bolt is provoking"));
}

TEST(EvaluatorTest, Counting) {
  EXPECT_TRUE(Hits("ATLEAST/2(mayors)", kStory));
  EXPECT_FALSE(Hits("ATLEAST/3(mayors)", kStory));
  EXPECT_TRUE(Hits("ATLEAST/4(mayors OR police)", kStory));
  EXPECT_FALSE(Hits("ATLEAST/2(\"a a\")", "a a a"));  // without overlap
  EXPECT_TRUE(Hits("ATLEAST/2(\"a a\")", "a a a a"));
  EXPECT_TRUE(Hits("MIN/2(kfor, unmik, nato)", kStory));
  EXPECT_FALSE(Hits("MIN/3(kfor, unmik, nato)", kStory));
  EXPECT_TRUE(Hits("SCORE(kfor^2, unmik^5, nato^1) >= 3", kStory));
  EXPECT_FALSE(Hits("SCORE(kfor^2, unmik^5, nato^1) >= 3.5", kStory));
  EXPECT_FALSE(Hits("SCORE(kfor^2, nato^-1) >= 2", kStory));
}

TEST(EvaluatorTest, Places) {
  EXPECT_TRUE(Hits("LEAD(attacked)", kStory));
  EXPECT_FALSE(Hits("LEAD(blamed)", kStory));
  EXPECT_TRUE(Hits("LEAD(blamed)", kStory, "Mayors blamed"));
  EXPECT_TRUE(Hits("FIRST/3(were)", kStory));
  EXPECT_FALSE(Hits("FIRST/2(were)", kStory));
  EXPECT_TRUE(Hits("headline:mayors", kStory, "Mayors blamed"));
  EXPECT_FALSE(Hits("headline:kfor", kStory, "Mayors blamed"));
  EXPECT_FALSE(Hits("body:summit", kStory, "The summit"));
}

TEST(EvaluatorTest, DatelinesAreNotSearchedByBareWords) {
  v1::Item item = BodyItem("BELGRADE, June 23. /TASS/. The ambassador spoke.");
  EXPECT_EQ(Evaluate("Belgrade", item), v1::TRUTH_TRUE);
  item.mutable_dateline()->set_body_begin(27);
  item.mutable_dateline()->set_place("BELGRADE");
  item.mutable_dateline()->add_agencies()->set_name("TASS");
  item.set_located("BELGRADE");
  EXPECT_EQ(Evaluate("Belgrade", item), v1::TRUTH_FALSE);
  EXPECT_EQ(Evaluate("located:Belgrade", item), v1::TRUTH_TRUE);
  EXPECT_EQ(Evaluate("agency:tass", item), v1::TRUTH_TRUE);
  EXPECT_EQ(Evaluate("FIRST/2(ambassador)", item), v1::TRUTH_TRUE);
}

TEST(EvaluatorTest, FieldsOfTheItem) {
  v1::Item item = BodyItem(kStory);
  item.mutable_language()->set_tag("en-GB");
  item.set_domain("news.example.org");
  item.set_url("https://news.example.org/world/kosovo?id=3");
  item.mutable_outlet()->set_name("The Daily Example");
  item.mutable_published()->mutable_value()->set_seconds(1687478400);  // 2023-06-23
  item.mutable_published()->set_precision(v1::TIME_PRECISION_DAY);
  const std::pair<const char*, bool> cases[] = {
      {"language:en", true},
      {"language:de", false},
      {"language:(de OR en)", true},
      {"domain:example.org", true},
      {"domain:ample.org", false},
      {"url:kosovo", true},
      {"outlet:\"daily example\"", true},
      {"outlet:weekly", false},
      {"published:2023-06-23", true},
      {"published:2023-06", true},
      {"published:[2023-06-01 TO 2023-06-22]", false},
      {"published>=2023-06-23", true},
      {"published>=2023-06-24", false},
      {"words>=40", true},
      {"words>=400", false},
  };
  for (const auto& [query, hit] : cases) {
    EXPECT_EQ(Evaluate(query, item), hit ? v1::TRUTH_TRUE : v1::TRUTH_FALSE) << query;
  }
}

TEST(EvaluatorTest, WhatIsNotKnownIsNoHitAndNoMiss) {
  const v1::Item item = BodyItem(kStory);
  EXPECT_EQ(Evaluate("language:en", item), v1::TRUTH_UNKNOWN);
  EXPECT_EQ(Evaluate("NOT language:en", item), v1::TRUTH_UNKNOWN);
  EXPECT_EQ(Evaluate("language:en AND unmik", item), v1::TRUTH_FALSE);
  EXPECT_EQ(Evaluate("language:en AND kfor", item), v1::TRUTH_UNKNOWN);
  EXPECT_EQ(Evaluate("language:en OR kfor", item), v1::TRUTH_TRUE);
  EXPECT_EQ(Evaluate("published>=2020-01-01", item), v1::TRUTH_UNKNOWN);
  EXPECT_EQ(Evaluate("STEM(en:mayor)", item), v1::TRUTH_UNKNOWN);
  v1::Item english = item;
  english.mutable_language()->set_tag("en");
  EXPECT_EQ(Evaluate("STEM(en:withdrawing) OR STEM(en:mayor)", english), v1::TRUTH_TRUE);
  EXPECT_EQ(Evaluate("STEM(de:mayor)", english), v1::TRUTH_FALSE);
}

}  // namespace
}  // namespace wirewatch::watch

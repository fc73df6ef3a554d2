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
  EXPECT_FALSE(Hits("kfor NEAR/5 kf*", "kfor alone"));
  EXPECT_TRUE(Hits("kfor NEAR/5 kf*", "kfor, kfor"));
  EXPECT_FALSE(Hits("\"a b\" NEAR/5 \"b c\"", "a b c"));
  EXPECT_TRUE(Hits("\"a b\" NEAR/5 \"b c\"", "a b b c"));
  EXPECT_TRUE(Hits("a NEAR/0 \"b c\"~1", "b x c a"));
  // A window in parentheses spans from its first to its last token.
  EXPECT_TRUE(Hits("(a NEAR/2 b) NEAR/0 c", "a x b c"));
  EXPECT_FALSE(Hits("(a NEAR/2 b) ONEAR/0 c", "a x b y c"));
  EXPECT_TRUE(Hits("(a NEAR/2 b) NEAR/0 c", "a c b"));  // inside of the span, on words of its own
  EXPECT_FALSE(Hits("(a ONEAR/2 b) ONEAR/0 c", "a c b"));
  EXPECT_FALSE(Hits("(a NEAR/5 b) NEAR/5 a", "a b"));
  EXPECT_TRUE(Hits("(a NEAR/5 b) NEAR/5 a", "a b a"));
  EXPECT_TRUE(Hits("((a NEAR/1 b) NEAR/1 (c NEAR/1 d)) NEAR/0 e", "b a x d c e"));
  EXPECT_FALSE(Hits("((a NEAR/1 b) NEAR/1 (c NEAR/1 d)) NEAR/0 e", "b a x y d c e"));
}

TEST(EvaluatorTest, SentencesAndParagraphs) {
  EXPECT_TRUE(Hits("soldiers SENT attacked", kStory));
  EXPECT_FALSE(Hits("attacked SENT gas", kStory));
  EXPECT_TRUE(Hits("attacked PARA gas", kStory));
  EXPECT_FALSE(Hits("attacked PARA blamed", kStory));
  EXPECT_TRUE(Hits("(mayors NOT blamed) SENT rejected", kStory));
  EXPECT_FALSE(Hits("(mayors NOT rejected) SENT Leposavic", kStory));
}

TEST(EvaluatorTest, OneSentenceSatisfiesAllOfSent) {
  EXPECT_TRUE(Hits("(NOT a) SENT b", "A b. B c."));
  EXPECT_FALSE(Hits("(NOT a) SENT b", "A b. B a."));
  EXPECT_FALSE(Hits("(a AND b) SENT c", "A c. B c."));
  EXPECT_FALSE(Hits("(NOT a) PARA b", "A c. B d."));
  EXPECT_TRUE(Hits("(NOT a) PARA b", "A c.\n\nB d."));
  EXPECT_FALSE(Hits("a SENT b", "b", "a"));
  EXPECT_TRUE(Hits("headline:(a SENT b)", "c", "a b"));
  EXPECT_TRUE(Hits("(a OR d) SENT \"b c\"", "A x. D b c."));
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

TEST(EvaluatorTest, WordsOfALoosePhraseStandOnPlacesOfTheirOwn) {
  EXPECT_FALSE(Hits("\"kf* kfor\"~3", "only kfor here"));
  EXPECT_TRUE(Hits("\"kf* kfor\"~3", "kfor is kfor"));
  EXPECT_TRUE(Hits("\"kf* kfor\"~3", "kfe or kfor"));
  EXPECT_TRUE(Hits("\"kf* kfor\"~3", "kfor or kfe"));  // the first that fits both words is needed for the second
  EXPECT_FALSE(Hits("\"NATO NATO's\"~3", "NATO's envoy"));
  EXPECT_TRUE(Hits("\"NATO NATO's\"~3", "NATO and NATO's envoy"));
  EXPECT_TRUE(Hits("\"a* b* ab*\"~0", "abc a b"));
  EXPECT_FALSE(Hits("\"a b\"~9", "b", "a"));  // within one part
  EXPECT_TRUE(Hits("\"anti-riot police\"~1", "police and antiriot gear"));
  EXPECT_FALSE(Hits("\"anti-riot police\"~1", "police and all the antiriot gear"));
}

// A word that TokenizeQuery() cuts into several made patterns known while others were being walked through.
TEST(EvaluatorTest, PlacesStayWhileFurtherPatternsAreLookedUp) {
  const std::string body = "a b c d e f g a b c d e f h";
  EXPECT_TRUE(Hits("\"a b c d e f h\"", body));
  EXPECT_TRUE(Hits("\"a* b* c* d* e* f* h*\"", body));
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

TEST(EvaluatorTest, PlacesNarrowEachOther) {
  const char* const body = "First words here.\n\nSecond words there.";
  EXPECT_TRUE(Hits("headline:LEAD(top)", body, "Top line"));
  EXPECT_FALSE(Hits("body:LEAD(top)", body, "Top line"));
  EXPECT_TRUE(Hits("body:LEAD(first)", body, "Top line"));
  EXPECT_TRUE(Hits("lead:words", body, "Top line"));
  EXPECT_FALSE(Hits("lead:second", body, "Top line"));
  EXPECT_FALSE(Hits("FIRST/3(top)", body, "Top line"));
  EXPECT_TRUE(Hits("FIRST/4(here AND second)", body));
  EXPECT_FALSE(Hits("FIRST/4(\"second words\")", body));
  EXPECT_FALSE(Hits("LEAD(FIRST/4(second))", body));
  EXPECT_TRUE(Hits("headline:(top NOT first) AND body:first", body, "Top line"));
  EXPECT_FALSE(Hits("NOT headline:top", body, "Top line"));
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
  item.mutable_outlet()->set_country("RS");
  item.set_by("Jane Doe");
  item.add_topics()->set_name("Kosovo summit");
  item.add_topics()->set_name("Police");
  item.mutable_published()->mutable_value()->set_seconds(1687478400);  // 2023-06-23
  item.mutable_published()->set_precision(v1::TIME_PRECISION_DAY);
  const std::pair<const char*, bool> cases[] = {
      {"language:en", true},
      {"language:de", false},
      {"language:(de OR en)", true},
      {"language:(NOT de)", true},
      {"language:en-GB", true},
      {"language:e", false},
      {"country:(rs OR xk)", true},
      {"topic:(kosovo AND police)", false},  // one value satisfies the group
      {"topic:(kosovo AND summit)", true},
      {"topic:(kosovo NOT summit)", false},
      {"topic:kosovo topic:police", true},
      {"author:\"jane do*\"", true},
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
      {"words:[40 TO 400]", true},
      {"words<=40", false},
  };
  for (const auto& [query, hit] : cases) {
    EXPECT_EQ(Evaluate(query, item), hit ? v1::TRUTH_TRUE : v1::TRUTH_FALSE) << query;
  }
}

}  // namespace
}  // namespace wirewatch::watch

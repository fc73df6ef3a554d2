// What is a key besides words: codes of the Item's fields, and LISTs. Watches of these are found as those of words are.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wirewatch/watch/engine.h"
#include "wirewatch/watch/watch_fixture.h"

namespace wirewatch::watch {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class EngineKeysTest : public ::testing::Test {
 protected:
  void Add(const std::string& id, const std::string& query, const Lists& lists = NoLists) {
    const auto error = engine_.Add({.id = id, .query = query, .timezone = absl::UTCTimeZone()}, lists);
    EXPECT_FALSE(error.has_value()) << id << ": " << error->message;
  }

  std::vector<std::string> Matching(const v1::Item& item) {
    index_.Build(item);
    std::vector<Hit> hits;
    counts_ = engine_.Match(View(item, index_), scratch_, hits);
    std::vector<std::string> ids;
    for (const Hit& hit : hits) {
      ids.push_back(hit.watch->id);
      // As the evaluator alone has it.
      v1::Explanation explanation;
      EXPECT_TRUE(engine_.Explain(hit.watch->id, View(item, index_), scratch_, explanation));
      EXPECT_EQ(explanation.clause().truth(), v1::TRUTH_TRUE) << hit.watch->id;
    }
    return ids;
  }

  Engine engine_;
  Scratch scratch_;
  text::TextIndex index_;
  MatchCounts counts_;
};

TEST_F(EngineKeysTest, CodesAnchorWatches) {
  Add("country", "country:rs");
  Add("domain", "domain:example.org");
  Add("either", "country:(rs OR xk) AND kfor");
  Add("group", "country:(rs AND xk)");
  Add("language", "language:en");
  Add("region", "region:\"North Kosovo\"");
  Add("type", "type:wire OR domain:other.net");
  EXPECT_EQ(engine_.unanchored(), 0U);

  v1::Item item = BodyItem("KFOR said so");
  EXPECT_THAT(Matching(item), IsEmpty());
  EXPECT_EQ(counts_.unknown, 1U);  // language

  item.mutable_outlet()->set_country("RS");
  item.mutable_outlet()->set_type("Wire");
  item.mutable_outlet()->set_domain("news.Example.org");
  item.mutable_language()->set_tag("en-GB");
  v1::Label& label = *item.add_labels();
  label.set_name("region");
  label.set_value("north kosovo");
  EXPECT_THAT(Matching(item), ElementsAre("country", "domain", "either", "language", "region", "type"));
  EXPECT_EQ(counts_.unknown, 0U);

  item.mutable_language()->set_tag("english");
  item.mutable_outlet()->set_domain("myexample.org");
  item.mutable_outlet()->set_country("rso");
  item.mutable_outlet()->set_type("wires");
  EXPECT_THAT(Matching(item), ElementsAre("region"));
}

TEST_F(EngineKeysTest, CodesThatAreNoKeysWorkAsBefore) {
  Add("glob", "country:r*");
  Add("no", "NOT country:rs");
  Add("not", "country:(NOT xk)");
  Add("url", "url:news");
  v1::Item item = BodyItem("KFOR");
  item.mutable_outlet()->set_country("RS");
  item.set_url("https://example.org/news/7");
  EXPECT_THAT(Matching(item), ElementsAre("glob", "not", "url"));
  item.mutable_outlet()->set_country("XK");
  EXPECT_THAT(Matching(item), ElementsAre("no", "url"));
}

TEST_F(EngineKeysTest, WhatIsSaidOfAnUnknownLanguageIsUnknown) {
  Add("and", "language:en AND kfor");
  Add("not", "kfor AND NOT language:en");
  Add("or", "language:en OR kfor");
  Add("two", "language:(en OR de)");
  Add("words", "NOT (language:en AND words>=2)");
  v1::Item item = BodyItem("KFOR came");
  EXPECT_THAT(Matching(item), ElementsAre("or"));
  EXPECT_EQ(counts_.unknown, 4U);
  item.mutable_language()->set_tag("und");
  item.set_body("Police came");
  EXPECT_THAT(Matching(item), IsEmpty());
  EXPECT_EQ(counts_.unknown, 3U);  // or, two, words: the others are false whatever the language is
  item.mutable_language()->set_tag("de");
  EXPECT_THAT(Matching(item), ElementsAre("two", "words"));
  EXPECT_EQ(counts_.unknown, 0U);
  EXPECT_THAT(engine_.Needs(), ElementsAre("language"));
}

TEST_F(EngineKeysTest, NumbersOfWordsAreCompared) {
  Add("at least", "words>=3 AND kfor");
  Add("between", "words:[2 TO 3]");
  Add("less", "words<=2.5");
  Add("never", "words<=-1");
  Add("not", "kfor AND NOT words>=1e11");
  EXPECT_THAT(Matching(BodyItem("KFOR came")), ElementsAre("between", "less", "not"));
  v1::Item item = BodyItem("KFOR came");
  item.set_word_count(3);
  EXPECT_THAT(Matching(item), ElementsAre("at least", "between", "not"));
}

TEST_F(EngineKeysTest, AListIsOneKeyForAllWhoUseIt) {
  std::string words = "kfor OR \"kosovo force\" OR unmi*";
  for (int i = 0; i < 500; ++i) absl::StrAppend(&words, " OR word", i, "x");
  const Lists lists = [&](const std::string& name) { return name == "forces" ? &words : nullptr; };
  for (int i = 0; i < 20; ++i) Add(absl::StrCat("w", i), absl::StrCat("LIST(forces) AND other", i), lists);
  Add("list", "LIST(forces)", lists);
  const size_t bytes = engine_.Bytes();
  for (int i = 20; i < 120; ++i) Add(absl::StrCat("w", i), absl::StrCat("LIST(forces) AND other", i), lists);
  // Its own tree and plan; without sharing a quarter of a megabyte.
  EXPECT_LT(engine_.Bytes() - bytes, 100 * 2500U);

  EXPECT_THAT(Matching(BodyItem("the Kosovo Force and other7")), ElementsAre("list", "w7"));
  EXPECT_THAT(Matching(BodyItem("UNMIK and other99")), ElementsAre("list", "w99"));
  EXPECT_THAT(Matching(BodyItem("word499x")), ElementsAre("list"));
  EXPECT_EQ(counts_.candidates, 1U);
  EXPECT_THAT(Matching(BodyItem("the force of Kosovo and other7")), IsEmpty());
}

}  // namespace
}  // namespace wirewatch::watch

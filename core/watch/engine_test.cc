#include "wirewatch/watch/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "wirewatch/watch/watch_fixture.h"

namespace wirewatch::watch {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class EngineTest : public ::testing::Test {
 protected:
  void Add(const std::string& id, const std::string& query) {
    const auto error = engine_.Add({.id = id, .query = query, .timezone = absl::UTCTimeZone()});
    EXPECT_FALSE(error.has_value()) << id;
  }

  std::vector<std::string> Matching(const std::string& body) {
    item_ = BodyItem(body);
    index_.Build(item_);
    std::vector<Hit> hits;
    counts_ = engine_.Match(View(item_, index_), scratch_, hits);
    std::vector<std::string> ids;
    for (const Hit& hit : hits) ids.push_back(hit.watch->id);
    return ids;
  }

  Engine engine_;
  Scratch scratch_;
  v1::Item item_;
  text::TextIndex index_;
  MatchCounts counts_;
};

TEST_F(EngineTest, GivesIdsInOrder) {
  Add("c", "kfor");
  Add("a", "kfor AND serbs");
  Add("b", "unmik");
  EXPECT_THAT(Matching("KFOR and Serbs"), ElementsAre("a", "c"));
  EXPECT_THAT(Matching("nothing of it"), ElementsAre());
}

TEST_F(EngineTest, OnlyCandidatesAreVerified) {
  for (int i = 0; i < 500; ++i) Add("w" + std::to_string(i), "rareword" + std::to_string(i) + " AND the");
  EXPECT_THAT(Matching("the rareword77 came"), ElementsAre("w77"));
  EXPECT_EQ(counts_.candidates, 1u);
  EXPECT_EQ(engine_.unanchored(), 0u);
}

TEST_F(EngineTest, WatchesWithoutAnchorWork) {
  Add("not", "NOT kfor");
  Add("field", "words>=2");
  EXPECT_EQ(engine_.unanchored(), 2u);
  EXPECT_THAT(Matching("two words"), ElementsAre("field", "not"));
  EXPECT_THAT(Matching("kfor"), ElementsAre());
}

TEST_F(EngineTest, WildcardsAndDistancesAreAnchorsToo) {
  Add("prefix", "clash*");
  Add("fuzzy", "protest~1");
  Add("infix", "*itari*");
  EXPECT_EQ(engine_.unanchored(), 0u);
  EXPECT_THAT(Matching("humanitarian clashes, protext"), ElementsAre("fuzzy", "infix", "prefix"));
}

TEST_F(EngineTest, ReplacesAndRemoves) {
  Add("w", "kfor");
  Add("w", "unmik");
  EXPECT_EQ(engine_.size(), 1u);
  EXPECT_THAT(Matching("kfor"), ElementsAre());
  EXPECT_THAT(Matching("unmik"), ElementsAre("w"));
  EXPECT_TRUE(engine_.Remove("w"));
  EXPECT_FALSE(engine_.Remove("w"));
  EXPECT_THAT(Matching("unmik"), ElementsAre());
  Add("x", "eulex");
  EXPECT_THAT(Matching("eulex unmik"), ElementsAre("x"));
}

TEST_F(EngineTest, AWrongWatchChangesNothing) {
  Add("w", "kfor");
  EXPECT_TRUE(engine_.Add({.id = "w", .query = "kfor NEAR unmik", .timezone = absl::UTCTimeZone()}).has_value());
  EXPECT_THAT(Matching("kfor"), ElementsAre("w"));
}

TEST_F(EngineTest, CountsWhatIsUnknown) {
  Add("w", "kfor AND language:en");
  EXPECT_THAT(Matching("kfor"), ElementsAre());
  EXPECT_EQ(counts_.unknown, 1u);
  EXPECT_THAT(engine_.Needs(), ElementsAre("language"));
}

// A watch that only a stem could select was no candidate, and so was not counted.
TEST_F(EngineTest, CountsStemsInATextOfUnknownLanguage) {
  Add("w", "STEM(en:provoke)");
  Add("x", "STEM(en:provoke) AND unmik");
  EXPECT_THAT(Matching("they were provoking KFOR"), ElementsAre());
  EXPECT_EQ(counts_.unknown, 1u);
}

TEST_F(EngineTest, AnchorsAreFormsWhateverTheirSpelling) {
  Add("case", "CASE(NATO)");
  Add("exact", "EXACT(Nato)");
  Add("phrase", "\"nato led mission\"");
  Add("score", "SCORE(nato^1, unmik^2, mission^-3) >= 1");
  Add("min", "MIN/2(nato, unmik, eulex)");
  EXPECT_EQ(engine_.unanchored(), 0u);
  EXPECT_THAT(Matching("a NATO-led mission"), ElementsAre("case", "phrase"));
  EXPECT_THAT(Matching("Nato and UNMIK"), ElementsAre("exact", "min", "score"));
  EXPECT_THAT(Matching("nothing of it"), ElementsAre());
  EXPECT_EQ(counts_.candidates, 0u);
}

TEST_F(EngineTest, ManyChangesLeaveTheOthersAsTheyAre) {
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 20; ++i) Add("w" + std::to_string(i), "common AND word" + std::to_string((i + round) % 20));
    for (int i = 0; i < 20; i += 2) EXPECT_TRUE(engine_.Remove("w" + std::to_string(i)));
    EXPECT_EQ(engine_.size(), 10u);
    EXPECT_THAT(Matching("common word5 word6"), ElementsAre("w" + std::to_string(round % 2 == 0 ? 5 - round : 5)));
  }
}

TEST_F(EngineTest, ListsAreReadWhenAWatchIsAdded) {
  const std::string kfor = "KFOR OR \"Kosovo Force\"", wrong = "a long way into the list \"--\"";
  const auto lists = [&](const std::string& name) {
    return name == "kfor" ? &kfor : name == "wrong" ? &wrong : nullptr;
  };
  const Watch watch = {.id = "w", .query = "LIST(kfor) NEAR/2 troops", .timezone = absl::UTCTimeZone()};
  ASSERT_FALSE(engine_.Add(watch, lists).has_value());
  EXPECT_EQ(engine_.NormalForm("w"), "LIST(kfor) NEAR/2 troops");
  EXPECT_THAT(Matching("troops of all of the Kosovo Force"), ElementsAre());
  EXPECT_THAT(Matching("Kosovo Force troops"), ElementsAre("w"));
  v1::Explanation explanation;
  ASSERT_TRUE(engine_.Explain("w", View(item_, index_), scratch_, explanation));
  const v1::Clause& list = explanation.clause().operands(0);
  EXPECT_EQ(list.detail(), "LIST(kfor) stands for KFOR OR \"Kosovo Force\"");
  EXPECT_EQ(list.operands(0).operands(1).query_begin(), 0u);
  EXPECT_EQ(list.operands(0).operands(1).query_end(), 10u);

  const auto error = engine_.Add({.id = "x", .query = "a LIST(wrong)", .timezone = absl::UTCTimeZone()}, lists);
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->offset, 2u);
  EXPECT_EQ(error->message, "in the list \"wrong\": the phrase has no letters or digits");
}

TEST_F(EngineTest, DatesAreInTheTimezoneOfTheWatch) {
  absl::TimeZone belgrade;
  ASSERT_TRUE(absl::LoadTimeZone("Europe/Belgrade", &belgrade));
  ASSERT_FALSE(engine_.Add({.id = "utc", .query = "published:2026-06-12", .timezone = absl::UTCTimeZone()}));
  ASSERT_FALSE(engine_.Add({.id = "local", .query = "published:2026-06-12", .timezone = belgrade}));
  const auto at = [&](const char* time) {
    absl::Time parsed;
    EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, time, &parsed, nullptr));
    item_ = BodyItem("text");
    item_.mutable_published()->mutable_value()->set_seconds(absl::ToUnixSeconds(parsed));
    item_.mutable_published()->set_precision(v1::TIME_PRECISION_SECOND);
    index_.Build(item_);
    std::vector<Hit> hits;
    engine_.Match(View(item_, index_), scratch_, hits);
    std::vector<std::string> ids;
    for (const Hit& hit : hits) ids.push_back(hit.watch->id);
    return ids;
  };
  EXPECT_THAT(at("2026-06-11T21:59:59Z"), ElementsAre());
  EXPECT_THAT(at("2026-06-11T22:00:00Z"), ElementsAre("local"));
  EXPECT_THAT(at("2026-06-12T12:00:00Z"), ElementsAre("local", "utc"));
  EXPECT_THAT(at("2026-06-12T22:00:00Z"), ElementsAre("utc"));
}

TEST_F(EngineTest, SpansAreOfTheWordsNotOfWhatLiesBetween) {
  Add("w", "headline:summit OR \"kfor troops\"~2 OR (serb* NOTIN \"serb police\") OR NOT unmik");
  item_ = BodyItem("Troops of KFOR; Serb police, Serbs.", "A summit");
  index_.Build(item_);
  std::vector<Hit> hits;
  const View view(item_, index_);
  engine_.Match(view, scratch_, hits);
  ASSERT_EQ(hits.size(), 1u);
  v1::WatchHit described;
  engine_.Describe(hits[0], view, scratch_, described, false);
  std::vector<std::string> words;
  for (const v1::Span& span : described.spans()) {
    const std::string& text = span.part() == v1::PART_HEADLINE ? item_.headline() : item_.body();
    words.push_back(text.substr(span.begin(), span.end() - span.begin()));
  }
  EXPECT_THAT(words, ElementsAre("summit", "Troops", "KFOR", "Serbs"));
  EXPECT_FALSE(described.has_explanation());
}

TEST_F(EngineTest, DescribesAHitBySpansAndReason) {
  Add("w", "kfor NEAR/3 (clash* OR protest*)");
  ASSERT_THAT(Matching("On Monday KFOR troops clashed with a crowd."), ElementsAre("w"));
  v1::WatchHit hit;
  std::vector<Hit> hits;
  const View view(item_, index_);
  engine_.Match(view, scratch_, hits);
  engine_.Describe(hits[0], view, scratch_, hit, true);
  ASSERT_EQ(hit.spans_size(), 2);
  EXPECT_EQ(item_.body().substr(hit.spans(0).begin(), hit.spans(0).end() - hit.spans(0).begin()), "KFOR");
  EXPECT_EQ(item_.body().substr(hit.spans(1).begin(), hit.spans(1).end() - hit.spans(1).begin()), "clashed");
  EXPECT_EQ(hit.matches(), 2u);
  EXPECT_EQ(hit.explanation().summary(), "\"KFOR\" within 3 words of \"clashed\" in the body");
  const v1::Clause& near = hit.explanation().clause();
  EXPECT_EQ(near.operation(), "NEAR/3");
  EXPECT_EQ(near.text(), "kfor NEAR/3 (clash* OR protest*)");
  ASSERT_EQ(near.operands_size(), 2);
  EXPECT_EQ(near.operands(1).operands(1).truth(), v1::TRUTH_FALSE);
}

TEST_F(EngineTest, ExplainsAMissByTheFirstClauseThatFails) {
  const std::pair<const char*, const char*> cases[] = {
      {"kfor AND unmik", "unmik does not occur"},
      {"kfor NEAR/1 crowd", "both are there, but not as kfor NEAR/1 crowd asks"},
      {"kfor NOT crowd", "\"crowd\" in the body, which NOT crowd excludes"},
      {"headline:kfor", "kfor does not occur, as headline:kfor asks"},
      {"language:en", "language:en is unknown: language is not known"},
      {"kfor NOTIN \"kfor troops\"", "every occurrence is one that kfor NOTIN \"kfor troops\" excludes"},
  };
  Matching("On Monday KFOR troops clashed with a crowd.");
  for (const auto& [query, summary] : cases) {
    Add("w", query);
    v1::Explanation explanation;
    ASSERT_TRUE(engine_.Explain("w", View(item_, index_), scratch_, explanation));
    EXPECT_THAT(explanation.summary(), HasSubstr(summary)) << query;
  }
  v1::Explanation none;
  EXPECT_FALSE(engine_.Explain("nobody", View(item_, index_), scratch_, none));
}

TEST_F(EngineTest, ExplainsWhatIsNotThere) {
  Add("w", "kfor NOT (unmik OR eulex)");
  ASSERT_THAT(Matching("KFOR came."), ElementsAre("w"));
  v1::Explanation explanation;
  engine_.Explain("w", View(item_, index_), scratch_, explanation);
  EXPECT_EQ(explanation.summary(), "\"KFOR\" in the body, and none of unmik, eulex");
}

// Programs count no steps, so what may take many is not left to them.
TEST_F(EngineTest, LongPhrasesAreBounded) {
  std::string phrase, text = "a b ";
  for (int i = 0; i < 900; ++i) phrase += "a ";
  for (int i = 0; i < 3000; ++i) text += "a ";
  Add("long", "\"" + phrase + "b\"");
  EXPECT_THAT(Matching(text), ElementsAre());
  EXPECT_EQ(counts_.over_budget, 1u);
  EXPECT_THAT(Matching(phrase + "b"), ElementsAre("long"));
}

TEST_F(EngineTest, HostileWatchesEndUnknown) {
  Add("near", "(((a NEAR/1000 a) NEAR/1000 (a NEAR/1000 a)) NEAR/1000 ((a NEAR/1000 a) NEAR/1000 (a NEAR/1000 a)))");
  std::string phrase, text;
  for (int i = 0; i < 900; ++i) phrase += "a* ";
  for (int i = 0; i < 3000; ++i) text += "a ";
  Add("loose", "\"" + phrase + "\"~1000");
  EXPECT_THAT(Matching(text), ElementsAre());
  EXPECT_EQ(counts_.over_budget, 2u);
  v1::Explanation explanation;
  ASSERT_TRUE(engine_.Explain("near", View(item_, index_), scratch_, explanation));
  EXPECT_EQ(explanation.summary(), "it takes too much work on this text");
  EXPECT_EQ(explanation.clause().truth(), v1::TRUTH_UNKNOWN);
}

}  // namespace
}  // namespace wirewatch::watch

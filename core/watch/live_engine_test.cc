#include "wirewatch/watch/live_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wirewatch/watch/watch_fixture.h"

namespace wirewatch::watch {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

WatchChange Put(const std::string& id, const std::string& query) {
  return {id, Watch{.id = id, .query = query, .timezone = absl::UTCTimeZone()}};
}
WatchChange Removal(const std::string& id) { return {id, std::nullopt}; }

class LiveEngineTest : public ::testing::Test {
 protected:
  void Apply(std::vector<WatchChange> changes) {
    for (const auto& error : engine_.Apply(std::move(changes))) EXPECT_FALSE(error.has_value());
  }

  std::vector<std::string> Matching(const std::string& body, const WatchSnapshot& snapshot) {
    item_ = BodyItem(body);
    index_.Build(item_);
    std::vector<Hit> hits;
    counts_ = snapshot.Match(View(item_, index_), scratch_, hits);
    std::vector<std::string> ids;
    for (const Hit& hit : hits) ids.push_back(hit.watch->id);
    return ids;
  }
  std::vector<std::string> Matching(const std::string& body) { return Matching(body, *engine_.Snapshot()); }

  void MaintainAll() {
    while (engine_.Maintain()) {
    }
  }

  LiveEngine engine_{{.background = false}};
  SnapshotScratch scratch_;
  v1::Item item_;
  text::TextIndex index_;
  MatchCounts counts_;
};

TEST_F(LiveEngineTest, AnEmptyOneMatchesNothing) {
  EXPECT_THAT(Matching("kfor"), IsEmpty());
  EXPECT_EQ(engine_.Snapshot()->size(), 0U);
  EXPECT_TRUE(engine_.Apply({}).empty());
  Apply({Removal("nobody")});
  EXPECT_EQ(engine_.Snapshot()->segments(), 0U);
}

TEST_F(LiveEngineTest, AddsReplacesAndRemoves) {
  Apply({Put("c", "kfor"), Put("a", "kfor"), Put("b", "unmik")});
  EXPECT_THAT(Matching("kfor"), ElementsAre("a", "c"));
  Apply({Put("b", "kfor"), Removal("c"), Put("d", "unmik OR kfor")});
  EXPECT_THAT(Matching("kfor"), ElementsAre("a", "b", "d"));
  EXPECT_THAT(Matching("unmik"), ElementsAre("d"));
  EXPECT_EQ(engine_.Snapshot()->size(), 3U);
  MaintainAll();
  EXPECT_THAT(Matching("kfor"), ElementsAre("a", "b", "d"));
  EXPECT_EQ(engine_.Snapshot()->segments(), 1U);
  Apply({Removal("a"), Removal("b"), Removal("d")});
  EXPECT_THAT(Matching("kfor unmik"), IsEmpty());
  EXPECT_EQ(engine_.Snapshot()->segments(), 0U);
  EXPECT_FALSE(engine_.Maintain() && engine_.Maintain());
}

TEST_F(LiveEngineTest, OfSeveralChangesOfOneWatchTheLastCounts) {
  Apply({Put("w", "kfor"), Put("w", "unmik"), Put("x", "kfor"), Removal("x"), Removal("y"), Put("y", "eulex")});
  EXPECT_THAT(Matching("kfor unmik eulex"), ElementsAre("w", "y"));
  EXPECT_THAT(Matching("kfor"), IsEmpty());
}

TEST_F(LiveEngineTest, AWrongWatchChangesNothingAndTheOthersAreApplied) {
  Apply({Put("w", "kfor")});
  const auto errors = engine_.Apply({Put("w", "kfor NEAR unmik"), Put("x", "unmik"), Put("x", "(")});
  ASSERT_EQ(errors.size(), 3U);
  EXPECT_TRUE(errors[0].has_value());
  EXPECT_FALSE(errors[1].has_value());
  EXPECT_TRUE(errors[2].has_value());
  EXPECT_THAT(Matching("kfor unmik"), ElementsAre("w", "x"));
}

TEST_F(LiveEngineTest, ASnapshotStaysAsItWas) {
  Apply({Put("a", "kfor"), Put("b", "kfor")});
  const auto before = engine_.Snapshot();
  Apply({Removal("a"), Put("b", "unmik"), Put("c", "kfor")});
  MaintainAll();
  EXPECT_THAT(Matching("kfor"), ElementsAre("c"));
  EXPECT_THAT(Matching("kfor", *before), ElementsAre("a", "b"));
  EXPECT_EQ(before->Find("b")->query, "kfor");
  EXPECT_EQ(engine_.Snapshot()->Find("b")->query, "unmik");
  EXPECT_EQ(engine_.Snapshot()->Find("a"), nullptr);
}

TEST_F(LiveEngineTest, SnapshotsMayOutliveTheEngine) {
  std::shared_ptr<const WatchSnapshot> snapshot;
  {
    LiveEngine engine;
    engine.Apply({Put("a", "kfor")});
    snapshot = engine.Snapshot();
  }
  EXPECT_THAT(Matching("kfor", *snapshot), ElementsAre("a"));
}

TEST_F(LiveEngineTest, ListsSurviveAMerge) {
  std::string kfor = "KFOR OR \"Kosovo Force\"";
  const auto lists = [&](const std::string& name) { return name == "kfor" ? &kfor : nullptr; };
  EXPECT_FALSE(engine_.Apply({Put("near", "LIST(kfor) NEAR/2 troops"), Put("plain", "LIST(kfor)")}, lists)[0]);
  kfor = "something else";
  for (int i = 0; i < 50; ++i) Apply({Put(absl::StrCat("w", i), "eulex")});
  MaintainAll();
  EXPECT_EQ(engine_.Snapshot()->segments(), 1U);
  EXPECT_THAT(Matching("Kosovo Force troops"), ElementsAre("near", "plain"));
  EXPECT_EQ(engine_.Snapshot()->NormalForm("near"), "LIST(kfor) NEAR/2 troops");
  v1::Explanation explanation;
  ASSERT_TRUE(engine_.Snapshot()->Explain("plain", View(item_, index_), scratch_, explanation));
  EXPECT_EQ(explanation.clause().detail(), "LIST(kfor) stands for KFOR OR \"Kosovo Force\"");
}

TEST_F(LiveEngineTest, SaysTheSameOfAWatchAsAnEngine) {
  Apply({Put("b", "kfor NEAR/3 clash*"), Put("c", "unmik"), Put("d", "eulex"), Put("e", "osce")});
  Apply({Put("a", "kfor AND language:en")});
  Apply({Removal("c")});
  const auto snapshot = engine_.Snapshot();
  EXPECT_EQ(snapshot->segments(), 2U);
  EXPECT_THAT(snapshot->Needs(), ElementsAre("language"));
  EXPECT_THAT(Matching("KFOR troops clashed"), ElementsAre("b"));
  EXPECT_EQ(counts_.unknown, 1U);
  EXPECT_EQ(counts_.candidates, 2U);
  const View view(item_, index_);
  std::vector<Hit> hits;
  snapshot->Match(view, scratch_, hits);
  v1::WatchHit described;
  snapshot->Describe(hits[0], view, scratch_, described, true);
  EXPECT_EQ(described.watch_id(), "b");
  EXPECT_EQ(described.spans_size(), 2);
  EXPECT_EQ(described.explanation().summary(), "\"KFOR\" within 3 words of \"clashed\" in the body");
  EXPECT_THAT(snapshot->WhyCandidate("d", view, scratch_)->wanted, ElementsAre("eulex"));
  EXPECT_FALSE(snapshot->WhyCandidate("c", view, scratch_).has_value());
  v1::Explanation explanation;
  EXPECT_FALSE(snapshot->Explain("c", view, scratch_, explanation));
  EXPECT_EQ(snapshot->NormalForm("c"), "");
  std::vector<std::string> ids;
  snapshot->ForEach([&](const Watch& watch) { ids.push_back(watch.id); });
  EXPECT_THAT(ids, UnorderedElementsAre("a", "b", "d", "e"));
  Apply({Removal("a")});
  EXPECT_THAT(engine_.Snapshot()->Needs(), IsEmpty());
}

TEST_F(LiveEngineTest, ThereAreAlwaysFewSegments) {
  for (int i = 0; i < 3000; ++i) {
    Apply({Put(absl::StrCat("w", i), absl::StrCat("word", i % 50))});
    ASSERT_LE(engine_.Snapshot()->segments(), 12U);
  }
  EXPECT_EQ(Matching("word7").size(), 60U);
  MaintainAll();
  EXPECT_LE(engine_.Snapshot()->segments(), 6U);
  EXPECT_EQ(Matching("word7").size(), 60U);
}

TEST_F(LiveEngineTest, WhatIsHalfRemovedIsBuiltAnew) {
  std::vector<WatchChange> changes;
  for (int i = 0; i < 1000; ++i) changes.push_back(Put(absl::StrCat("w", i), absl::StrCat("word", i)));
  Apply(std::move(changes));
  const size_t before = engine_.Snapshot()->Bytes();
  changes.clear();
  for (int i = 0; i < 900; ++i) changes.push_back(Removal(absl::StrCat("w", i)));
  Apply(std::move(changes));
  MaintainAll();
  EXPECT_LT(engine_.Snapshot()->Bytes(), before / 3);
  EXPECT_THAT(Matching("word899 word900"), ElementsAre("w900"));
}

TEST_F(LiveEngineTest, TheDearestWatchesAreNamed) {
  Apply({Put("cheap", "kfor"), Put("dear", "(kfor NEAR/50 the) SENT (the NEAR/50 kfor)"), Put("rare", "unmik")});
  engine_.SetTime(absl::FromUnixSeconds(1'000'000));
  std::string text;
  for (int i = 0; i < 30; ++i) text += "the kfor the ";
  for (int i = 0; i < 160; ++i) Matching(text);
  const std::vector<WatchCost> dearest = engine_.DearestWatches(10);
  ASSERT_EQ(dearest.size(), 2U);
  EXPECT_EQ(dearest[0].id, "dear");
  EXPECT_GT(dearest[0].share_of_time, 0.2);
  EXPECT_LE(dearest[0].share_of_time, 1);
  EXPECT_EQ(dearest[0].candidates, 160U);
  EXPECT_EQ(dearest[1].hits, 160U);
  engine_.SetTime(absl::FromUnixSeconds(1'000'000 + 3900));
  EXPECT_THAT(engine_.DearestWatches(10), IsEmpty());
}

// "strikes" was rare when the watches were added, and becomes what every Item has.
TEST_F(LiveEngineTest, OtherKeysAreChosenWhenAWordBecomesCommon) {
  std::vector<WatchChange> changes;
  for (int i = 0; i < 100; ++i) {
    changes.push_back(Put(absl::StrCat("w", i), absl::StrCat("strikes AND (town", i, " OR city", i, ")")));
  }
  Apply(std::move(changes));
  const std::string some = "strikes in town7, city8, town9 and elsewhere.", none = "strikes again in another place.";
  EXPECT_THAT(Matching(none), IsEmpty());
  EXPECT_EQ(counts_.candidates, 100U);
  for (int i = 0; i < 17'000; ++i) {
    ASSERT_EQ(Matching(i % 2 == 0 ? none : some).size(), i % 2 == 0 ? 0U : 3U);
    if (i % 100 == 0) MaintainAll();
  }
  EXPECT_EQ(engine_.rebuilt_for_shares(), 1U);
  EXPECT_THAT(Matching(some), ElementsAre("w7", "w8", "w9"));
  EXPECT_EQ(counts_.candidates, 3U);
  EXPECT_THAT(Matching(none), IsEmpty());
  EXPECT_EQ(counts_.candidates, 0U);
}

}  // namespace
}  // namespace wirewatch::watch

#include "wirewatch/watch/shared_lists.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wirewatch/watch/engine.h"

namespace wirewatch::watch {
namespace {

using ::testing::HasSubstr;

class SharedListsTest : public ::testing::Test {
 protected:
  SharedListsTest() {
    for (int i = 0; i < 500; ++i) absl::StrAppend(&forces_, " OR word", i, "x");
  }

  std::optional<QueryError> Add(const std::string& id, const std::string& query) {
    return engine_.Add({.id = id, .query = query, .timezone = absl::UTCTimeZone()}, [this](const std::string& name) {
      return name == "forces" ? &forces_ : name == "outer" ? &outer_ : nullptr;
    });
  }

  std::vector<std::string> Matching(const std::string& body) {
    item_.set_body(body);
    index_.Build(item_);
    std::vector<Hit> hits;
    engine_.Match(View(item_, index_), scratch_, hits);
    std::vector<std::string> ids;
    for (const Hit& hit : hits) ids.push_back(hit.watch->id);
    return ids;
  }

  v1::Explanation Explained(const std::string& id) {
    v1::Explanation explanation;
    EXPECT_TRUE(engine_.Explain(id, View(item_, index_), scratch_, explanation)) << id;
    return explanation;
  }

  std::string forces_ = "kfor OR \"kosovo force\" OR unmi* OR NATO-led OR \"peacekeeping mission in kosovo\"";
  std::string outer_ = "LIST(forces) OR police";
  Engine engine_;
  Scratch scratch_;
  v1::Item item_;
  text::TextIndex index_;
};

TEST_F(SharedListsTest, WatchesThatNameAListHaveItInCommon) {
  // The program does not tell all of them, so each has a tree and a plan.
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(Add(absl::StrCat("w", i), absl::StrCat("LIST(forces) SENT near", i)));
  const size_t bytes = engine_.Bytes();
  for (int i = 100; i < 200; ++i) EXPECT_FALSE(Add(absl::StrCat("w", i), absl::StrCat("LIST(forces) SENT near", i)));
  EXPECT_LT(engine_.Bytes() - bytes,
            100 * (4000U + 4 * forces_.size()));  // programs name each word; trees and plans do not
  EXPECT_THAT(Matching("They saw KFOR near150. And near151."), ::testing::ElementsAre("w150"));
  EXPECT_THAT(Matching("The NATO-led near7 is word499x."), ::testing::ElementsAre("w7"));
  EXPECT_THAT(Matching("near8, the peacekeeping mission in Kosovo"), ::testing::ElementsAre("w8"));
  EXPECT_THAT(Matching("near8, the peacekeeping mission of Kosovo"), ::testing::IsEmpty());

  for (int i = 1; i < 200; ++i) EXPECT_TRUE(engine_.Remove(absl::StrCat("w", i)));
  EXPECT_THAT(Matching("The NATO-led near0 is word499x."), ::testing::ElementsAre("w0"));
  EXPECT_TRUE(engine_.Remove("w0"));
  EXPECT_FALSE(Add("w0", "LIST(forces) SENT near0"));
  EXPECT_THAT(Matching("The NATO-led near0 is word499x."), ::testing::ElementsAre("w0"));
}

TEST_F(SharedListsTest, WhatIsAroundAListCounts) {
  EXPECT_FALSE(Add("plain", "LIST(forces) SENT near"));
  EXPECT_FALSE(Add("cased", "CASE(LIST(forces)) SENT near"));
  EXPECT_FALSE(Add("exact", "EXACT(LIST(forces)) SENT near"));
  EXPECT_THAT(Matching("kfor near"), ::testing::ElementsAre("cased", "exact", "plain"));
  EXPECT_THAT(Matching("KFOR near"), ::testing::ElementsAre("plain"));
  EXPECT_THAT(Matching("kfór near"), ::testing::ElementsAre("cased", "plain"));
}

TEST_F(SharedListsTest, AListThatChangesChangesForThoseWhoComeLater) {
  EXPECT_FALSE(Add("before", "LIST(forces) SENT near"));
  forces_ = "eulex OR osce";
  EXPECT_FALSE(Add("after", "LIST(forces) SENT near"));
  EXPECT_THAT(Matching("kfor near"), ::testing::ElementsAre("before"));
  EXPECT_THAT(Matching("eulex near"), ::testing::ElementsAre("after"));
  EXPECT_EQ(engine_.NormalForm("before"), "LIST(forces) SENT near");
}

TEST_F(SharedListsTest, AListInAListChangesToo) {
  EXPECT_FALSE(Add("before", "LIST(outer) SENT near"));
  forces_ = "eulex OR osce";
  EXPECT_FALSE(Add("after", "LIST(outer) SENT near"));
  EXPECT_THAT(Matching("kfor near"), ::testing::ElementsAre("before"));
  EXPECT_THAT(Matching("eulex near"), ::testing::ElementsAre("after"));
  EXPECT_THAT(Matching("police near"), ::testing::ElementsAre("after", "before"));
}

TEST_F(SharedListsTest, ClausesInAListStandWhereTheWatchNamesIt) {
  EXPECT_FALSE(Add("first", "LIST(forces) SENT near"));
  EXPECT_FALSE(Add("second", "near SENT LIST(forces)"));
  Matching("kfor near");
  const v1::Clause first = Explained("first").clause().operands(0);
  EXPECT_EQ(first.operation(), "LIST");
  EXPECT_EQ(first.query_begin(), 0U);
  EXPECT_EQ(first.operands(0).query_end(), 12U);
  const v1::Clause second = Explained("second").clause().operands(1);
  EXPECT_EQ(second.query_begin(), 10U);
  EXPECT_EQ(second.query_end(), 22U);
  EXPECT_EQ(second.operands(0).query_begin(), 10U);
  EXPECT_EQ(second.operands(0).operands(0).query_end(), 22U);
}

TEST_F(SharedListsTest, WhatIsWrongInAListIsToldAtTheNameOfIt) {
  forces_ = "kfor OR STEM(xx:forces)";
  const auto error = Add("w", "near SENT LIST(forces)");
  ASSERT_TRUE(error);
  EXPECT_EQ(error->offset, 10U);
  EXPECT_THAT(error->message, HasSubstr("in the list \"forces\": "));
  forces_ = "kfor";
  EXPECT_FALSE(Add("w", "near SENT LIST(forces)"));
  EXPECT_THAT(Matching("kfor near"), ::testing::ElementsAre("w"));
}

TEST_F(SharedListsTest, AnIndexFileGivesThemBackInCommon) {
  for (int i = 0; i < 50; ++i) EXPECT_FALSE(Add(absl::StrCat("w", i), absl::StrCat("LIST(forces) SENT near", i)));
  const std::filesystem::path file = std::filesystem::path(::testing::TempDir()) / "shared_lists_test.index";
  ASSERT_TRUE(engine_.Save(file).ok());
  auto loaded = Engine::Load(file, {});
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_LE((*loaded)->Bytes(), engine_.Bytes());
  Matching("kfor near7");
  std::vector<Hit> hits;
  (*loaded)->Match(View(item_, index_), scratch_, hits);
  ASSERT_EQ(hits.size(), 1U);
  EXPECT_EQ(hits[0].watch->id, "w7");
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace wirewatch::watch

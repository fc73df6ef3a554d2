// The engine against the reference, which tries everything: random queries over a few words, random Items, the same
// hits. More pairs with WIREWATCH_PROPERTY_PAIRS.
#include <gtest/gtest.h>

#include <cstdlib>

#include "absl/strings/numbers.h"
#include "wirewatch/watch/engine.h"
#include "wirewatch/watch/reference_evaluate.h"
#include "wirewatch/watch/reference_queries.h"
#include "wirewatch/watch/watch_fixture.h"

namespace wirewatch::watch {
namespace {

using reference::ListTexts;
using reference::Query;
using reference::Random;
using reference::Reference;
using reference::Story;

// Many queries, as written and in their normal forms.
struct Queries {
  Queries(Random& random, bool stems_in_windows, int count) {
    reference::QueryMaker maker(random, stems_in_windows);
    for (int i = 0; i < count; ++i) {
      queries.push_back(maker.Any(3));
      ListTexts lists;
      written.push_back(reference::Writer(lists).Write(queries.back()));
      const auto list = [&](const std::string& name) { return lists.contains(name) ? &lists.at(name) : nullptr; };
      const auto add = [&](const std::string& id, const std::string& query) {
        const auto error = engine.Add({.id = id, .query = query, .timezone = absl::UTCTimeZone()}, list);
        ASSERT_FALSE(error.has_value()) << query << ": " << error->message;
      };
      add(absl::StrCat(i), written.back());
      add(absl::StrCat(i), engine.NormalForm(absl::StrCat(i)));
      if (!lists.empty())
        absl::StrAppend(&written.back(), ", where ", absl::StrJoin(lists, "; ", absl::PairFormatter(" is ")));
    }
  }

  Engine engine;
  Scratch scratch;
  std::vector<Query> queries;
  std::vector<std::string> written;
};

// How many hits there were.
int Compare(const Story& story, const v1::Item& item, Queries& all) {
  const Reference reference(story);
  text::TextIndex index;
  index.Build(item);
  std::vector<Hit> found;
  const MatchCounts counts = all.engine.Match(View(item, index), all.scratch, found);
  std::set<std::string> ids;
  for (const Hit& hit : found) ids.insert(hit.watch->id);
  int hits = 0;
  uint32_t unknown = 0;
  for (size_t i = 0; i < all.queries.size(); ++i) {
    const reference::Truth expected = reference.Holds(all.queries[i]);
    hits += expected == reference::kYes ? 1 : 0;
    unknown += expected == reference::kMaybe ? 1 : 0;
    EXPECT_EQ(ids.contains(absl::StrCat(i)), expected == reference::kYes) << all.written[i] << "\n"
                                                                          << item.DebugString();
  }
  EXPECT_EQ(counts.unknown, unknown) << item.DebugString();
  EXPECT_EQ(counts.over_budget, 0U);
  return hits;
}

TEST(ReferenceTest, TheEngineFindsWhatTryingEverythingFinds) {
  int pairs = 20'000;
  if (const char* given = std::getenv("WIREWATCH_PROPERTY_PAIRS")) {
    ASSERT_TRUE(absl::SimpleAtoi(given, &pairs));
  }
  constexpr int kQueries = 200, kTexts = 50;
  const int all = pairs;
  int hits = 0;
  for (uint64_t round = 0; pairs > 0 && !HasFailure(); ++round) {
    SCOPED_TRACE(absl::StrCat("round ", round));
    Random random(round + 1);
    const bool stems_in_windows = round % 2 == 0;
    Queries queries(random, stems_in_windows, kQueries);
    for (int i = 0; i < kTexts && !HasFailure(); ++i, pairs -= kQueries) {
      v1::Item item;
      const Story story = reference::StoryMaker(random, stems_in_windows, item).Take();
      hits += Compare(story, item, queries);
    }
  }
  EXPECT_GT(hits, all / 10);
  EXPECT_LT(hits, all / 2);
}

}  // namespace
}  // namespace wirewatch::watch

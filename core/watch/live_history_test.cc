// Random histories of a LiveEngine against an Engine that is made anew and the reference, which tries everything.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wirewatch/watch/live_engine.h"
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

// A query with the lists that it was written with; each has a namespace of its own, as watches' files do.
struct Written {
  Query query;
  std::string text;
  ListTexts lists;
};

// Queries and Items, and what each of the ones comes to on each of the others. Not changed once it is made.
struct World {
  World(uint64_t seed, int query_count, int item_count) {
    Random random(seed);
    const bool stems_in_windows = seed % 2 == 0;
    reference::QueryMaker maker(random, stems_in_windows);
    for (int i = 0; i < query_count; ++i) {
      Written& written = queries.emplace_back();
      written.query = maker.Any(3);
      written.text = reference::Writer(written.lists).Write(written.query);
    }
    for (int i = 0; i < item_count; ++i) {
      const Story story = reference::StoryMaker(random, stems_in_windows, items.emplace_back()).Take();
      indexes.emplace_back().Build(items.back());
      const Reference reference(story);
      std::vector<reference::Truth>& row = truths.emplace_back();
      for (const Written& written : queries) row.push_back(reference.Holds(written.query));
    }
  }

  // The revision says which query it is.
  Watch WatchOf(const std::string& id, size_t query) const {
    return {.id = id, .revision = query, .query = queries[query].text, .timezone = absl::UTCTimeZone()};
  }
  Lists ListsOf(size_t query) const {
    return [&lists = queries[query].lists](const std::string& name) {
      return lists.contains(name) ? &lists.at(name) : nullptr;
    };
  }

  std::vector<Written> queries;
  std::deque<v1::Item> items;
  std::deque<text::TextIndex> indexes;
  std::vector<std::vector<reference::Truth>> truths;  // by Item, by query
};

std::vector<std::string> IdsOf(const std::vector<Hit>& hits) {
  std::vector<std::string> ids;
  for (const Hit& hit : hits) ids.push_back(absl::StrCat(hit.watch->id, " ", hit.watch->revision));
  return ids;
}

class History {
 public:
  History(uint64_t seed, const World& world) : random_(seed), world_(world) {}

  // One group of random changes; those with lists go alone, as only one set of lists can be given.
  void Change(LiveEngine& engine) {
    std::vector<WatchChange> group;
    const int count = random_.Chance(10) ? 60 : random_.Below(8);
    size_t wrong = 0;
    for (int i = 0; i < count; ++i) {
      const std::string id = absl::StrCat("w", random_.Below(80));
      if (random_.Chance(30)) {
        there_.erase(id);
        group.push_back({id, std::nullopt});
        continue;
      }
      if (random_.Chance(5)) {
        group.push_back({id, Watch{.id = id, .query = "kfor NEAR (", .timezone = absl::UTCTimeZone()}});
        ++wrong;
        continue;
      }
      const auto query = static_cast<size_t>(random_.Below(static_cast<int>(world_.queries.size())));
      if (!world_.queries[query].lists.empty()) {
        Apply(engine, std::move(group), wrong, NoLists);
        group.clear();
        wrong = 0;
      }
      there_[id] = query;
      group.push_back({id, world_.WatchOf(id, query)});
      if (world_.queries[query].lists.empty()) continue;
      Apply(engine, std::move(group), 0, world_.ListsOf(query));
      group.clear();
    }
    if (random_.Chance(2)) {
      there_.clear();
      for (int i = 0; i < 80; ++i) group.push_back({absl::StrCat("w", i), std::nullopt});
    }
    Apply(engine, std::move(group), wrong, NoLists);
  }

  const std::map<std::string, size_t>& there() const { return there_; }

 private:
  static void Apply(LiveEngine& engine, std::vector<WatchChange> group, size_t wrong, const Lists& lists) {
    const auto errors = engine.Apply(std::move(group), lists);
    EXPECT_EQ(std::count_if(errors.begin(), errors.end(), [](const auto& error) { return error.has_value(); }), wrong);
  }

  Random random_;
  const World& world_;
  std::map<std::string, size_t> there_;  // by id: its query
};

void Compare(const World& world, const std::map<std::string, size_t>& there, const WatchSnapshot& snapshot, size_t item,
             SnapshotScratch& scratch) {
  const View view(world.items[item], world.indexes[item]);
  Engine anew;
  std::vector<std::string> expected;
  uint32_t unknown = 0;
  for (const auto& [id, query] : there) {
    EXPECT_FALSE(anew.Add(world.WatchOf(id, query), world.ListsOf(query)).has_value());
    const reference::Truth truth = world.truths[item][query];
    if (truth == reference::kYes) expected.push_back(absl::StrCat(id, " ", query));
    unknown += truth == reference::kMaybe ? 1 : 0;
  }
  std::vector<Hit> hits;
  Scratch own;
  const MatchCounts of_anew = anew.Match(view, own, hits);
  EXPECT_EQ(IdsOf(hits), expected);
  const MatchCounts counts = snapshot.Match(view, scratch, hits);
  EXPECT_EQ(IdsOf(hits), expected);
  EXPECT_EQ(counts.unknown, unknown);
  EXPECT_EQ(counts.over_budget, of_anew.over_budget);
  EXPECT_EQ(snapshot.size(), there.size());
  EXPECT_EQ(snapshot.Needs(), anew.Needs());
  if (there.empty()) return;
  const auto& [id, query] = *there.begin();
  EXPECT_EQ(snapshot.NormalForm(id), anew.NormalForm(id));
  v1::Explanation explanation, explanation_anew;
  EXPECT_TRUE(snapshot.Explain(id, view, scratch, explanation));
  EXPECT_TRUE(anew.Explain(id, view, own, explanation_anew));
  EXPECT_EQ(explanation.SerializeAsString(), explanation_anew.SerializeAsString());
}

TEST(LiveHistoryTest, IsAsIfMadeAnewAfterEachGroup) {
  for (uint64_t seed = 1; seed <= 12 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    const World world(seed, 60, 20);
    History history(seed, world);
    Random random(seed);
    LiveEngine engine({.background = false});
    SnapshotScratch scratch;
    for (int group = 0; group < 80 && !testing::Test::HasFailure(); ++group) {
      history.Change(engine);
      if (random.Chance(20)) engine.Maintain();
      Compare(world, history.there(), *engine.Snapshot(), static_cast<size_t>(random.Below(20)), scratch);
    }
  }
}

// Threads that match with whatever snapshot there is; it says itself which watches it has.
class Readers {
 public:
  Readers(const World& world, const LiveEngine& engine, int count) : world_(world), engine_(engine) {
    for (int i = 0; i < count; ++i) threads_.emplace_back([this, i] { Run(static_cast<uint64_t>(i)); });
  }
  // Whether all matches were right.
  bool Stop() {
    stopping_ = true;
    for (std::thread& thread : threads_) thread.join();
    EXPECT_GT(matches_.load(), 0U);
    return wrong_.load() == 0;
  }

 private:
  void Run(uint64_t seed) {
    Random random(seed);
    SnapshotScratch scratch;
    text::TextIndex index;  // of one thread, as a Document is
    std::vector<Hit> hits;
    while (!stopping_) {
      const std::shared_ptr<const WatchSnapshot> snapshot = engine_.Snapshot();
      const auto item = static_cast<size_t>(random.Below(static_cast<int>(world_.items.size())));
      std::map<std::string, uint64_t> expected;
      std::map<std::string, uint64_t> groups;
      snapshot->ForEach([&](const Watch& watch) {
        if (watch.id.starts_with("group"))
          groups[watch.id] = watch.revision;
        else if (world_.truths[item][watch.revision] == reference::kYes)
          expected[watch.id] = watch.revision;
      });
      index.Build(world_.items[item]);
      snapshot->Match(View(world_.items[item], index), scratch, hits);
      std::map<std::string, uint64_t> found;
      for (const Hit& hit : hits) found[hit.watch->id] = hit.watch->revision;
      const bool whole = groups.size() < 2 || groups["group a"] == groups["group b"];
      wrong_ += found == expected && whole ? 0 : 1;
      ++matches_;
    }
  }

  const World& world_;
  const LiveEngine& engine_;
  std::atomic<bool> stopping_ = false;
  std::atomic<uint64_t> wrong_ = 0, matches_ = 0;
  std::vector<std::thread> threads_;
};

TEST(LiveHistoryTest, ThreadsSeeWholeGroupsWhileOthersMergeAndChange) {
  const World world(5, 60, 20);
  History history(5, world);
  LiveEngine engine;
  Readers readers(world, engine, 3);
  SnapshotScratch scratch;
  for (uint64_t group = 0; group < 300; ++group) {
    history.Change(engine);
    const Watch nothing = {.id = "", .revision = group, .query = "nowhere AND nobody", .timezone = absl::UTCTimeZone()};
    engine.Apply({{"group a", nothing}, {"group b", nothing}});
    EXPECT_EQ(engine.Snapshot()->size(), history.there().size() + 2);
  }
  EXPECT_TRUE(readers.Stop());
  engine.Apply({{"group a", std::nullopt}, {"group b", std::nullopt}});
  for (size_t item = 0; item < 20; ++item) Compare(world, history.there(), *engine.Snapshot(), item, scratch);
}

// Changes to watches that are just being merged, of which the background has copies.
TEST(LiveHistoryTest, WhatChangesDuringAMergeIsChanged) {
  for (int round = 0; round < 20; ++round) {
    LiveEngine engine({.background = false});
    const auto put = [](int id, const char* query) {
      return WatchChange{absl::StrCat("w", id), Watch{.id = "", .query = query, .timezone = absl::UTCTimeZone()}};
    };
    std::vector<WatchChange> group;
    for (int i = 0; i < 3000; ++i) group.push_back(put(i, "kfor"));
    engine.Apply(std::move(group));
    group.clear();
    for (int i = 3000; i < 4400; ++i) group.push_back(put(i, "kfor"));
    engine.Apply(std::move(group));
    std::thread maintaining([&] {
      while (engine.Maintain()) {
      }
    });
    for (int i = 0; i < 4400; i += 100) engine.Apply({put(i, "unmik"), {absl::StrCat("w", i + 1), std::nullopt}});
    maintaining.join();
    while (engine.Maintain()) {
    }
    const v1::Item item = BodyItem("kfor");
    text::TextIndex index;
    index.Build(item);
    SnapshotScratch scratch;
    std::vector<Hit> hits;
    engine.Snapshot()->Match(View(item, index), scratch, hits);
    EXPECT_EQ(hits.size(), 4400U - 88U);
    EXPECT_EQ(engine.Snapshot()->size(), 4400U - 44U);
  }
}

}  // namespace
}  // namespace wirewatch::watch

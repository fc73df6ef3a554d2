#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "wirewatch/watch/c/watch_c_fixture.h"

namespace wirewatch::watch::c {
namespace {

TEST(ThreadsInCTest, WatchesChangeWhileOthersMatch) {
  const auto engine = NewEngine();
  ASSERT_EQ(Set(engine, "stays", "a"), "");
  ASSERT_EQ(SetList(engine, "l", "b"), "");
  std::atomic<bool> done = false;
  std::atomic<uint64_t> matched = 0, wrong = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      const auto matcher = NewMatcher(engine);
      while (!done) {
        const std::vector<std::string> hits = Match(matcher, "a b");
        const auto has = [&](const char* id) { return std::find(hits.begin(), hits.end(), id) != hits.end(); };
        // The two that come and go do so together.
        if (!has("stays") || has("one") != has("two")) ++wrong;
        for (const std::string& id : hits) {
          size_t count = 0;
          const auto status = wirewatch_watch_matcher_find_spans(matcher.get(), id.c_str(), &count, nullptr, nullptr);
          if (status != WIREWATCH_WATCH_OK && (id == "stays" || status != WIREWATCH_WATCH_NOT_FOUND)) ++wrong;
        }
        ++matched;
      }
    });
  }
  const Held<wirewatch_watch_changes> add(wirewatch_watch_changes_create());
  const Held<wirewatch_watch_changes> remove(wirewatch_watch_changes_create());
  for (const char* id : {"one", "two"}) {
    const auto definition = Defined(id, "LIST(l)");
    ASSERT_EQ(wirewatch_watch_changes_set(add.get(), &definition, nullptr), WIREWATCH_WATCH_OK);
    ASSERT_EQ(wirewatch_watch_changes_remove(remove.get(), id, nullptr), WIREWATCH_WATCH_OK);
  }
  for (int i = 0; i < 300 || matched < 300; ++i) {
    ASSERT_EQ(wirewatch_watch_engine_apply(engine.get(), add.get(), nullptr), WIREWATCH_WATCH_OK);
    ASSERT_EQ(SetList(engine, "l", i % 2 == 0 ? "a" : "b"), "");
    ASSERT_EQ(wirewatch_watch_engine_apply(engine.get(), remove.get(), nullptr), WIREWATCH_WATCH_OK);
  }
  done = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0U);
}

TEST(ThreadsInCTest, AMatcherOutlivesItsEngine) {
  auto engine = NewEngine();
  const auto matcher = NewMatcher(engine);
  ASSERT_EQ(Set(engine, "w", "a"), "");
  engine.reset();
  EXPECT_THAT(Match(matcher, "a"), ::testing::ElementsAre("w"));
}

}  // namespace
}  // namespace wirewatch::watch::c

#include "wirewatch/watch/engine_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "wirewatch/text/term_hash.h"
#include "wirewatch/watch/dialect.h"
#include "wirewatch/watch/reference_evaluate.h"
#include "wirewatch/watch/reference_queries.h"
#include "wirewatch/watch/watch_fixture.h"

namespace wirewatch::watch {
namespace {

using reference::ListTexts;
using reference::Random;
using ::testing::HasSubstr;

std::unique_ptr<Engine> Again(const Engine& engine, Engine::Options options = {}) {
  auto again = EngineFile::Read(EngineFile::Write(engine, ""), std::move(options), std::nullopt);
  EXPECT_TRUE(again.ok()) << again.status();
  return again.ok() ? *std::move(again) : nullptr;
}

// Random watches, some of which have been changed or removed.
void Fill(Engine& engine, Random& random, int count, int first = 0) {
  reference::QueryMaker maker(random, true);
  for (int i = first; i < first + count; ++i) {
    ListTexts lists;
    const std::string query = reference::Writer(lists).Write(maker.Any(3));
    const auto list = [&](const std::string& name) { return lists.contains(name) ? &lists.at(name) : nullptr; };
    absl::TimeZone zone;
    ASSERT_TRUE(absl::LoadTimeZone(i % 3 == 0 ? "Europe/Belgrade" : "UTC", &zone));
    const auto error = engine.Add({.id = absl::StrCat(i % 90),
                                   .revision = static_cast<uint64_t>(i),
                                   .severity = i % 2 == 0 ? v1::SEVERITY_HIGH : v1::SEVERITY_LOW,
                                   .query = query,
                                   .timezone = zone},
                                  list);
    ASSERT_FALSE(error.has_value()) << query << ": " << error->message;
    if (i % 7 == 0) engine.Remove(absl::StrCat((i * 3) % 90));
  }
}

// All that an Engine says of an Item.
std::string Told(const Engine& engine, const View& view) {
  Scratch scratch;
  std::vector<Hit> hits;
  const MatchCounts counts = engine.Match(view, scratch, hits);
  std::string told = absl::StrCat(counts.candidates, " ", counts.unknown, " ", counts.over_budget, "\n");
  for (const Hit& hit : hits) {
    v1::WatchHit described;
    engine.Describe(hit, view, scratch, described, true);
    absl::StrAppend(&told, described.ShortDebugString(), "\n");
  }
  for (int i = 0; i < 90; ++i) {
    const std::string id = absl::StrCat(i);
    v1::Explanation explanation;
    absl::StrAppend(&told, id, engine.Explain(id, view, scratch, explanation) ? " " : " is gone ",
                    explanation.ShortDebugString(), engine.NormalForm(id));
    if (const auto why = engine.WhyCandidate(id, view, scratch)) {
      absl::StrAppend(&told, why->candidate, why->always, absl::StrJoin(why->there, "|"), "; ",
                      absl::StrJoin(why->wanted, "|"), "\n");
    }
  }
  return told;
}

void ExpectSame(const Engine& engine, const Engine& again, Random& random) {
  EXPECT_EQ(again.size(), engine.size());
  EXPECT_EQ(again.Needs(), engine.Needs());
  EXPECT_EQ(again.unanchored(), engine.unanchored());
  EXPECT_EQ(again.common(), engine.common());
  for (int i = 0; i < 5; ++i) {
    v1::Item item;
    reference::StoryMaker(random, true, item).Take();
    text::TextIndex index;
    index.Build(item);
    ASSERT_EQ(Told(again, View(item, index)), Told(engine, View(item, index)));
  }
}

TEST(EngineFile, WhatIsLoadedDoesTheSame) {
  for (uint64_t round = 1; round <= 20 && !HasFailure(); ++round) {
    SCOPED_TRACE(round);
    Random random(round);
    Engine engine;
    Fill(engine, random, 120);
    const std::unique_ptr<Engine> again = Again(engine);
    ASSERT_NE(again, nullptr);
    ExpectSame(engine, *again, random);
    EXPECT_LE(again->Bytes(), engine.Bytes());
    // And goes on as the other does.
    Random same = random;
    Fill(engine, random, 60, 120);
    Fill(*again, same, 60, 120);
    ExpectSame(engine, *again, random);
    ExpectSame(engine, *Again(*again), random);
  }
}

TEST(EngineFile, WordsAsLuceneHasThemWithoutQueries) {
  const Engine::Options options = {.words = Words::kPlain, .explains = false};
  Engine engine(options);
  int number = 0;
  for (const char* query : {"\"b a\"~3", "a OR \"c d\"", "+a* +b", "+a -d", "c~1", "+\"a b*\" +c", "\"c a b\""}) {
    Translation translation = Translate(query, Dialect::kLucene, {.keep_moves = true, .notes = false});
    ASSERT_FALSE(translation.error.has_value()) << query;
    ASSERT_FALSE(
        engine.Add({.id = absl::StrCat(number++), .query = {}, .timezone = {}}, std::move(translation.expression))
            .has_value());
  }
  const std::unique_ptr<Engine> again = Again(engine, options);
  ASSERT_NE(again, nullptr);
  std::set<size_t> counts;
  for (const char* body : {"a b c", "b a", "c d a", "d", "abc cc x b", "c a b d"}) {
    text::TextIndex index;
    index.BuildPlain(body);
    const v1::Item item = BodyItem(body);
    Scratch scratch, scratch_again;
    engine.MatchSlots(View(item, index), scratch);
    again->MatchSlots(View(item, index), scratch_again);
    EXPECT_EQ(scratch_again.hits, scratch.hits) << body;
    counts.insert(scratch.hits.size());
  }
  EXPECT_GT(counts.size(), 2U);
  EXPECT_EQ(EngineFile::Read(EngineFile::Write(engine, ""), {}, {}).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST(EngineFile, AnEmptyEngine) {
  Engine engine;
  const std::unique_ptr<Engine> again = Again(engine);
  ASSERT_NE(again, nullptr);
  EXPECT_EQ(again->size(), 0U);
}

TEST(EngineFile, BytesThatAreNotTheseAreRefused) {
  Engine engine;
  Random random(7);
  Fill(engine, random, 40);
  const std::string bytes = EngineFile::Write(engine, "these");
  EXPECT_TRUE(EngineFile::Read(bytes, {}, "these").ok());
  EXPECT_EQ(EngineFile::Read(bytes, {}, "others").status().code(), absl::StatusCode::kFailedPrecondition);
  for (size_t size = 0; size < bytes.size(); size += size < 64 ? 1 : 13) {
    EXPECT_FALSE(EngineFile::Read(std::string_view(bytes).substr(0, size), {}, std::nullopt).ok()) << size;
  }
  EXPECT_FALSE(EngineFile::Read(bytes + '\0', {}, std::nullopt).ok());
  for (size_t at = 0; at < bytes.size(); ++at) {
    std::string flipped = bytes;
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << at % 8));
    // What it is of is told by the head alone; all else is checked.
    EXPECT_FALSE(EngineFile::Read(flipped, {}, "these").ok()) << at;
  }
}

// With a checksum that is right again: whatever is taken must be of use without harm.
TEST(EngineFile, BytesThatWereMadeToHarmDoNone) {
  Random random(11);
  Engine engine;
  Fill(engine, random, 60);
  const std::string bytes = EngineFile::Write(engine, "");
  v1::Item item;
  reference::StoryMaker(random, true, item).Take();
  text::TextIndex index;
  index.Build(item);
  int taken = 0, refused = 0;
  for (size_t at = 40; at + 8 < bytes.size(); ++at) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(at % 3 == 0 ? 0xFF : changed[at] + (at % 3 == 1 ? 1 : -1));
    const uint64_t sum = text::HashTerm(std::string_view(changed).substr(0, changed.size() - 8));
    changed.replace(changed.size() - 8, 8, reinterpret_cast<const char*>(&sum), 8);
    auto read = EngineFile::Read(changed, {}, std::nullopt);
    read.ok() ? ++taken : ++refused;
    if (!read.ok() || at % 23 != 0) continue;
    Told(**read, View(item, index));
    for (int i = 0; i < 90; ++i) (*read)->Remove(absl::StrCat(i));
    Told(**read, View(item, index));
  }
  EXPECT_GT(taken, 100);
  EXPECT_GT(refused, 100);
}

TEST(EngineFile, OnTheDisk) {
  const std::filesystem::path folder = std::filesystem::path(::testing::TempDir()) / "engine_file_test";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  const std::filesystem::path file = folder / "watches.index";
  EXPECT_EQ(Engine::Load(file, {}).status().code(), absl::StatusCode::kNotFound);
  Engine engine;
  ASSERT_FALSE(engine.Add({.id = "a", .query = "KFOR", .timezone = {}}).has_value());
  ASSERT_TRUE(engine.Save(file, "first").ok());
  ASSERT_FALSE(engine.Add({.id = "b", .query = "headline:KFOR", .timezone = {}}).has_value());
  ASSERT_TRUE(engine.Save(file, "second").ok());
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1);
  EXPECT_EQ(Engine::Load(file, {}, "first").status().code(), absl::StatusCode::kFailedPrecondition);
  const auto loaded = Engine::Load(file, {}, "second");
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ((*loaded)->size(), 2U);
  EXPECT_EQ((*loaded)->NormalForm("b"), "headline:KFOR");
  std::ofstream(file, std::ios::app) << "more";
  EXPECT_THAT(std::string(Engine::Load(file, {}).status().message()), HasSubstr("watches.index: "));
  EXPECT_FALSE(engine.Save(folder / "none" / "x").ok());
}

}  // namespace
}  // namespace wirewatch::watch

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "wirewatch/watch/c/watch_c_fixture.h"

namespace wirewatch::watch::c {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

TEST(EngineInCTest, AListThatChangesChangesItsWatches) {
  const auto engine = NewEngine();
  const auto matcher = NewMatcher(engine);
  EXPECT_EQ(SetList(engine, "inner", "a"), "");
  EXPECT_EQ(SetList(engine, "outer", "LIST(inner) OR x"), "");
  EXPECT_EQ(Set(engine, "w", "LIST(outer) q"), "");
  EXPECT_THAT(Match(matcher, "a q"), ElementsAre("w"));
  EXPECT_EQ(SetList(engine, "inner", "b"), "");
  EXPECT_THAT(Match(matcher, "a q"), IsEmpty());
  EXPECT_THAT(Match(matcher, "b q"), ElementsAre("w"));
  EXPECT_EQ(Set(engine, "w", "q"), "");
  EXPECT_EQ(SetList(engine, "inner", "c"), "");
  EXPECT_THAT(Match(matcher, "b q"), ElementsAre("w"));
}

TEST(EngineInCTest, AListThatItsWatchesCannotUseStaysAsItWas) {
  const auto engine = NewEngine();
  const auto matcher = NewMatcher(engine);
  EXPECT_EQ(SetList(engine, "l", "a"), "");
  EXPECT_EQ(Set(engine, "w", "LIST(l) NEAR/2 q"), "");
  EXPECT_THAT(SetList(engine, "l", "a AND b"), StartsWith("INVALID_QUERY w "));
  EXPECT_THAT(SetList(engine, "l", "(a"), StartsWith("INVALID_QUERY l "));
  EXPECT_THAT(SetList(engine, "l", "LIST(l)"), StartsWith("INVALID_QUERY l "));
  EXPECT_THAT(Match(matcher, "a q"), ElementsAre("w"));
}

TEST(EngineInCTest, ChangesAreMadeTogetherOrNotAtAll) {
  const auto engine = NewEngine();
  const auto matcher = NewMatcher(engine);
  EXPECT_EQ(Set(engine, "old", "a"), "");
  const Held<wirewatch_watch_changes> changes(wirewatch_watch_changes_create());
  auto definition = Defined("new", "LIST(l)");
  wirewatch_watch_error* error = nullptr;
  EXPECT_EQ(wirewatch_watch_changes_set(changes.get(), &definition, nullptr), WIREWATCH_WATCH_OK);
  EXPECT_EQ(wirewatch_watch_changes_remove(changes.get(), "old", nullptr), WIREWATCH_WATCH_OK);
  EXPECT_EQ(wirewatch_watch_changes_remove(changes.get(), "nobody", nullptr), WIREWATCH_WATCH_OK);
  EXPECT_EQ(wirewatch_watch_engine_apply(engine.get(), changes.get(), &error), WIREWATCH_WATCH_INVALID_QUERY);
  EXPECT_THAT(Told(error), HasSubstr("there is no list \"l\""));
  EXPECT_THAT(Match(matcher, "a"), ElementsAre("old"));
  EXPECT_EQ(wirewatch_watch_changes_set_list(changes.get(), "l", "a", 1, nullptr), WIREWATCH_WATCH_OK);
  EXPECT_EQ(wirewatch_watch_engine_apply(engine.get(), changes.get(), nullptr), WIREWATCH_WATCH_OK);
  EXPECT_THAT(Match(matcher, "a"), ElementsAre("new"));

  const Held<wirewatch_watch_changes> more(wirewatch_watch_changes_create());
  EXPECT_EQ(wirewatch_watch_changes_remove_list(more.get(), "l", nullptr), WIREWATCH_WATCH_OK);
  EXPECT_EQ(wirewatch_watch_engine_apply(engine.get(), more.get(), nullptr), WIREWATCH_WATCH_INVALID_QUERY);
  EXPECT_EQ(wirewatch_watch_changes_remove(more.get(), "new", nullptr), WIREWATCH_WATCH_OK);
  EXPECT_EQ(wirewatch_watch_engine_apply(engine.get(), more.get(), nullptr), WIREWATCH_WATCH_OK);
  EXPECT_THAT(Match(matcher, "a"), IsEmpty());
}

TEST(EngineInCTest, ErrorsOfADialectHaveTheirPlaceInItsText) {
  const auto engine = NewEngine();
  EXPECT_THAT(Set(engine, "w", "KFOR AND\n(city:x OR b)", "brandwatch"), StartsWith("INVALID_QUERY w 10: "));
  EXPECT_THAT(Set(engine, "w", "KFOR OR --", "meltwater"), StartsWith("INVALID_QUERY w 8: "));
  EXPECT_THAT(Set(engine, "w", "a", "google"), HasSubstr("meltwater"));
}

TEST(EngineInCTest, WhatIsPlannedAndWrongHasItsPlace) {
  const auto engine = NewEngine();
  EXPECT_THAT(Set(engine, "w", "kfor AND published>=2026-13"), StartsWith("INVALID_QUERY w 9: "));
  EXPECT_THAT(Set(engine, "", "a"), HasSubstr("id is empty"));
  EXPECT_THAT(Set(engine, std::string(2000, 'x').c_str(), "a"), StartsWith("TOO_LARGE"));
  EXPECT_THAT(Set(engine, "w", std::string(70'000, 'x').c_str()), StartsWith("TOO_LARGE w"));
}

TEST(EngineInCTest, DatesAreThoseOfTheTimeZone) {
  const auto engine = NewEngine();
  auto definition = Defined("w", "published:2026-06-13");
  definition.timezone = "Asia/Tokyo";
  EXPECT_EQ(wirewatch_watch_engine_set(engine.get(), &definition, nullptr), WIREWATCH_WATCH_OK);
  const auto matcher = NewMatcher(engine);
  const Held<wirewatch_watch_item> item(wirewatch_watch_item_create());
  const auto put = [&](const char* time) {
    EXPECT_EQ(wirewatch_watch_item_put(item.get(), "published", time, WIREWATCH_WATCH_NUL, nullptr),
              WIREWATCH_WATCH_OK);
  };
  put("2026-06-12T20:00:00Z");
  EXPECT_THAT(Match(matcher, item), ElementsAre("w"));
  put("2026-06-13T20:00:00Z");
  EXPECT_THAT(Match(matcher, item), IsEmpty());
  put("2026-06-13");
  EXPECT_THAT(Match(matcher, item), ElementsAre("w"));
  definition.timezone = "Mars/Olympus";
  EXPECT_EQ(wirewatch_watch_engine_set(engine.get(), &definition, nullptr), WIREWATCH_WATCH_INVALID_ARGUMENT);
}

TEST(EngineInCTest, PlainWordsAreThoseOfLucene) {
  wirewatch_watch_engine_options options = WIREWATCH_WATCH_ENGINE_OPTIONS_INIT;
  options.words = WIREWATCH_WATCH_WORDS_PLAIN;
  const auto engine = NewEngine(&options);
  const auto matcher = NewMatcher(engine);
  EXPECT_EQ(Set(engine, "accent", "Zvecan", "lucene"), "");
  EXPECT_EQ(Set(engine, "sloppy", "\"a b c\"~2", "lucene"), "");
  EXPECT_THAT(Match(matcher, "zve\u010dan"), IsEmpty());
  EXPECT_THAT(Match(matcher, "Zvecan a x b c"), ElementsAre("accent", "sloppy"));
  EXPECT_THAT(Match(matcher, "c b a"), IsEmpty());
}

TEST(EngineInCTest, WithoutExplanationsItMatchesAllTheSame) {
  wirewatch_watch_engine_options options = WIREWATCH_WATCH_ENGINE_OPTIONS_INIT;
  options.explains = 0;
  const auto engine = NewEngine(&options);
  const auto matcher = NewMatcher(engine);
  EXPECT_EQ(Set(engine, "w", "a NEAR/1 b"), "");
  EXPECT_THAT(Match(matcher, "b a"), ElementsAre("w"));
  size_t count = 0;
  EXPECT_EQ(wirewatch_watch_matcher_find_spans(matcher.get(), "w", &count, nullptr, nullptr),
            WIREWATCH_WATCH_UNSUPPORTED);
}

TEST(EngineInCTest, FrequenciesAreThoseOfTheCommand) {
  wirewatch_watch_engine_options options = WIREWATCH_WATCH_ENGINE_OPTIONS_INIT;
  options.frequencies = "no table";
  options.frequencies_size = WIREWATCH_WATCH_NUL;
  wirewatch_watch_engine* engine = nullptr;
  wirewatch_watch_error* error = nullptr;
  EXPECT_EQ(wirewatch_watch_engine_create(&options, &engine, &error), WIREWATCH_WATCH_INVALID_ARGUMENT);
  EXPECT_THAT(Told(error), HasSubstr("frequencies: "));
}

TEST(EngineInCTest, StructsOfOtherVersions) {
  // Shorter than this library's: the rest is as it is by default.
  wirewatch_watch_engine_options options = WIREWATCH_WATCH_ENGINE_OPTIONS_INIT;
  options.struct_size = offsetof(wirewatch_watch_engine_options, explains);
  options.explains = 0;
  const auto engine = NewEngine(&options);
  const auto matcher = NewMatcher(engine);
  EXPECT_EQ(Set(engine, "w", "a"), "");
  EXPECT_THAT(Match(matcher, "a"), ElementsAre("w"));
  size_t count = 0;
  EXPECT_EQ(wirewatch_watch_matcher_find_spans(matcher.get(), "w", &count, nullptr, nullptr), WIREWATCH_WATCH_OK);
  // Longer: fine as long as nothing is asked for.
  struct Longer {
    wirewatch_watch_definition known;
    uint64_t more;
  } longer = {Defined("x", "a"), 0};
  longer.known.struct_size = sizeof(longer);
  EXPECT_EQ(wirewatch_watch_engine_set(engine.get(), &longer.known, nullptr), WIREWATCH_WATCH_OK);
  longer.more = 1;
  EXPECT_EQ(wirewatch_watch_engine_set(engine.get(), &longer.known, nullptr), WIREWATCH_WATCH_INVALID_ARGUMENT);
  longer.known.struct_size = 0;
  EXPECT_EQ(wirewatch_watch_engine_set(engine.get(), &longer.known, nullptr), WIREWATCH_WATCH_INVALID_ARGUMENT);
  // What is told is no longer than the caller's.
  wirewatch_watch_counts counts = {offsetof(wirewatch_watch_counts, unknown), 0, 77, 77};
  EXPECT_EQ(wirewatch_watch_matcher_get_counts(matcher.get(), &counts, nullptr), WIREWATCH_WATCH_OK);
  EXPECT_EQ(counts.unknown, 77U);
}

}  // namespace
}  // namespace wirewatch::watch::c

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "wirewatch/testing/plugin_harness.h"

namespace wirewatch::analyses {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kOptions[] = R"(
lists:
  kfor: KFOR OR "Kosovo Force"
watches:
  - id: kfor-force
    severity: high
    title: KFOR uses force
    labels: { desk: balkans, area: kosovo }
    query: |
      LIST(kfor) NEAR/15 (force OR clash*)
  - id: other
    query: |
      UNMIK
)";

v1::Item Story() {
  v1::Item item;
  item.set_body("On Monday KFOR soldiers clashed with a crowd.");
  return item;
}

TEST(WatchTest, AHitIsAnAnnotationAndASignal) {
  const auto watch = testing::CreatePlugin<Analysis>(kOptions);
  const testing::Outcome outcome = testing::Analyze(*watch, Story());
  ASSERT_EQ(outcome.item.watch_hits_size(), 1);
  EXPECT_EQ(outcome.item.watch_hits(0).watch_id(), "kfor-force");
  EXPECT_EQ(outcome.item.watch_hits(0).spans_size(), 2);
  EXPECT_FALSE(outcome.item.watch_hits(0).has_explanation());
  ASSERT_EQ(outcome.signals.size(), 1u);
  const v1::Signal& signal = outcome.signals[0];
  EXPECT_EQ(signal.kind(), v1::SIGNAL_KIND_HIT);
  EXPECT_EQ(signal.severity(), v1::SEVERITY_HIGH);
  EXPECT_EQ(signal.title(), "KFOR uses force");
  ASSERT_EQ(signal.labels_size(), 2);
  EXPECT_EQ(signal.labels(0).name(), "area");
  EXPECT_EQ(signal.explanation().summary(), "\"KFOR\" within 15 words of \"clashed\" in the body");
}

TEST(WatchTest, ExplanationsMayBeLeftOut) {
  const auto watch = testing::CreatePlugin<Analysis>(std::string("explain: false") + kOptions);
  EXPECT_FALSE(testing::Analyze(*watch, Story()).signals[0].has_explanation());
}

TEST(WatchTest, NeedsWhatItsWatchesRead) {
  const auto watch =
      testing::CreatePlugin<Analysis>("watches: [{id: a, query: 'language:en AND agency:tass'}, {id: b, query: kfor}]");
  EXPECT_THAT(watch->Needs(), ElementsAre("dateline", "language"));
}

TEST(WatchTest, ErrorsHaveTheirPlaceInTheQuery) {
  EXPECT_THAT(testing::OptionErrors("watches:\n  - id: a\n    query: |\n      KFOR\n      NEAR force\n"),
              HasSubstr("options.yaml:5:7: error: NEAR without how many"));
  EXPECT_THAT(testing::OptionErrors("watches: [{id: a, query: b}, {id: a, query: c}]"), HasSubstr("already a watch"));
  EXPECT_THAT(testing::OptionErrors("watches: [{id: 'a b', query: b}]"), HasSubstr("is no id for a watch"));
  EXPECT_THAT(testing::OptionErrors("watches: [{id: a, query: [b]}]"), HasSubstr("must be text, not a list"));
  EXPECT_THAT(testing::OptionErrors("watches: [{id: a, query: b, timezone: Mars}]"),
              HasSubstr("no time zone is known"));
  EXPECT_THAT(testing::OptionErrors("{lists: {x: 'a NEAR b'}, watches: [{id: a, query: LIST(x)}]}"),
              HasSubstr("NEAR without how many"));
  EXPECT_THAT(testing::OptionErrors("files: none/*.yaml"), HasSubstr("no file of watches is named by none/*.yaml"));
  EXPECT_THAT(testing::OptionErrors(""), HasSubstr("there are no watches"));
}

TEST(WatchTest, AWatchMayBeWrittenInADialect) {
  const auto watch = testing::CreatePlugin<Analysis>(
      "watches: [{id: a, dialect: meltwater, query: KFOR near soldiers or UNMIK}, {id: b, query: KFOR}]");
  EXPECT_EQ(testing::Analyze(*watch, Story()).item.watch_hits_size(), 2);
}

TEST(WatchTest, ErrorsOfADialectHaveTheirPlaceInItsText) {
  const std::string errors = testing::OptionErrors(
      "watches:\n  - id: a\n    dialect: brandwatch\n    query: |\n      KFOR AND\n      (city:x OR NEAR/1f)\n");
  EXPECT_THAT(errors, HasSubstr("options.yaml:6:18: error: \"NEAR/1f\" was not expected here"));
  const std::string refused = testing::OptionErrors(
      "watches:\n  - id: a\n    dialect: brandwatch\n    query: |\n      KFOR AND\n      (city:x OR rating:3)\n");
  EXPECT_THAT(refused, HasSubstr("options.yaml:6:8: error: city:x is refused: nothing is known of it"));
  EXPECT_THAT(refused, HasSubstr("options.yaml:6:18: error: rating:3 is refused"));
  // What only arming finds: a word without letters.
  EXPECT_THAT(
      testing::OptionErrors("watches:\n  - id: a\n    dialect: meltwater\n    query: |\n      KFOR OR\n      --\n"),
      HasSubstr("options.yaml:6:7: error: "));
  EXPECT_THAT(testing::OptionErrors("watches: [{id: a, dialect: google, query: b}]"), HasSubstr("meltwater"));
}

TEST(WatchTest, AFileMayBeWrittenInADialect) {
  std::string folder = (std::filesystem::temp_directory_path() / "wirewatch-watch-XXXXXX").string();
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  std::ofstream(folder + "/a.yaml") << "dialect: lucene\nlists: {kfor: 'KFOR AND (a OR soldiers)'}\n"
                                       "watches: [{id: a, query: unmik soldiers},\n"
                                       "          {id: b, dialect: wirewatch, query: LIST(kfor)}]\n";
  const auto watch = testing::CreatePlugin<Analysis>("files: '*.yaml'", true, folder);
  EXPECT_EQ(testing::Analyze(*watch, Story()).item.watch_hits_size(), 2);
  std::filesystem::remove_all(folder);
}

TEST(WatchTest, FilesShareTheirLists) {
  std::string folder = (std::filesystem::temp_directory_path() / "wirewatch-watch-XXXXXX").string();
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  std::ofstream(folder + "/a.yaml") << "lists: {kfor: KFOR}\nwatches: [{id: a, query: LIST(kfor)}]\n";
  std::ofstream(folder + "/b.yaml") << "watches: [{id: b, query: LIST(kfor) AND crowd}]\n";
  const auto watch = testing::CreatePlugin<Analysis>("files: '*.yaml'", true, folder);
  EXPECT_EQ(testing::Analyze(*watch, Story()).item.watch_hits_size(), 2);
  std::ofstream(folder + "/c.yaml") << "lists: {kfor: UNMIK}\nwatches: [{id: c, query: d}]\n";
  EXPECT_THAT(testing::OptionErrors("files: '*.yaml'", folder),
              HasSubstr("c.yaml:1:9: error: there is already a list"));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace wirewatch::analyses

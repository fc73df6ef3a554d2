#include "wirewatch/scenario/match.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wirewatch/alerts/times.h"
#include "wirewatch/config/yaml.h"
#include "wirewatch/v1/item.pb.h"

namespace wirewatch::scenario {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const absl::Time kStart = absl::FromUnixSeconds(1'750'000'000);

v1::Item Example() {
  v1::Item item;
  item.set_headline("Shots on the bridge");
  item.set_body("Two guards were wounded.\nThe bridge is closed.");
  item.mutable_outlet()->set_name("KTA");
  item.mutable_language()->set_tag("en");
  item.mutable_language()->set_confidence(0.97F);
  item.set_word_count(11);
  item.set_urgency(0);
  item.set_pub_status(v1::PUB_STATUS_USABLE);
  alerts::SetTime(item.mutable_arrival(), kStart + absl::Minutes(2));
  for (const char* watch : {"border", "bridge", "guards"}) item.add_watch_hits()->set_watch_id(watch);
  item.mutable_watch_hits(0)->set_severity(v1::SEVERITY_HIGH);
  v1::Span& span = *item.mutable_watch_hits(1)->add_spans();
  span.set_part(v1::PART_HEADLINE);
  span.set_begin(13);
  span.set_end(19);
  return item;
}

// "path: expected / found" of everything that does not hold, or what is wrong with the pattern.
std::vector<std::string> Misses(const std::string& yaml, const v1::Item& item = Example()) {
  Diagnostics diagnostics;
  const std::optional<Node> pattern = config::ParseYaml(yaml, "t.yaml", diagnostics);
  if (!pattern) return {diagnostics.ToString()};
  const Shape::Field field{"item", &ShapeOf(*v1::Item::descriptor())};
  CheckPattern(*pattern, *field.shape, false, diagnostics);
  if (!diagnostics.ok()) return {diagnostics.ToString()};
  const Value value = FromMessage(item, &item);
  std::vector<std::string> misses;
  for (const Mismatch& mismatch : Match(*pattern, &value, field, kStart).mismatches) {
    misses.push_back(absl::StrCat(mismatch.path, ": ", mismatch.expected, " / ", mismatch.found));
  }
  return misses;
}

TEST(MatchTest, PlainValues) {
  EXPECT_THAT(Misses("headline: Shots on the bridge"), IsEmpty());
  EXPECT_THAT(Misses("headline: Shots"), ElementsAre("item.headline: Shots / Shots on the bridge"));
  EXPECT_THAT(Misses("word_count: 11"), IsEmpty());
  EXPECT_THAT(Misses("word_count: 12"), ElementsAre("item.word_count: 12 / 11"));
  EXPECT_THAT(Misses("pub_status: usable"), IsEmpty());
  EXPECT_THAT(Misses("pub_status: canceled"), ElementsAre("item.pub_status: canceled / usable"));
  EXPECT_THAT(Misses("completeness: none"), IsEmpty());
}

TEST(MatchTest, WhatIsNotSetHasTheValueThatMeansSo) {
  EXPECT_THAT(Misses("{urgency: 0, by: '', language: {declared: false}, slugline: ~}"), IsEmpty());
  EXPECT_THAT(Misses("headline: ~"), ElementsAre("item.headline: nothing / Shots on the bridge"));
  EXPECT_THAT(Misses("{dateline: {place: SARAVNO}}"), ElementsAre("item.dateline: {place: SARAVNO} / nothing"));
  EXPECT_THAT(Misses("dateline: SARAVNO"), ElementsAre("item.dateline: SARAVNO / nothing"));
}

TEST(MatchTest, ABlockScalarEndsWithALineBreakThatTheTextNeedNotHave) {
  EXPECT_THAT(Misses("body: |\n  Two guards were wounded.\n  The bridge is closed.\n"), IsEmpty());
}

TEST(MatchTest, FloatsOf32BitsEqualWhatWasWritten) {
  EXPECT_THAT(Misses("language: {confidence: 0.97}"), IsEmpty());
  EXPECT_THAT(Misses("language: {confidence: 0.98}"), ElementsAre("item.language.confidence: 0.98 / 0.97"));
}

TEST(MatchTest, Operators) {
  EXPECT_THAT(Misses("headline: {contains: bridge, matches: '^Shots .* bridge$', not: Shots}"), IsEmpty());
  EXPECT_THAT(Misses("headline: {contains: dam}"), ElementsAre("item.headline: contains dam / Shots on the bridge"));
  EXPECT_THAT(Misses("headline: {not: Shots on the bridge}"),
              ElementsAre("item.headline: not Shots on the bridge / Shots on the bridge"));
  EXPECT_THAT(Misses("word_count: {at_least: 11, at_most: 11}"), IsEmpty());
  EXPECT_THAT(Misses("word_count: {at_most: 10}"), ElementsAre("item.word_count: at most 10 / 11"));
}

TEST(MatchTest, TimesCountFromTheStart) {
  EXPECT_THAT(Misses("arrival: +2m"), IsEmpty());
  EXPECT_THAT(Misses("arrival: {at_least: +1m, at_most: 2025-06-15T15:08:40Z}"), IsEmpty());
  EXPECT_THAT(Misses("arrival: +3m"), ElementsAre("item.arrival: +3m / 2025-06-15T15:08:40Z"));
}

TEST(MatchTest, MainFields) {
  EXPECT_THAT(Misses("{outlet: KTA, language: en, watch_hits: bridge}"), IsEmpty());
  EXPECT_THAT(Misses("watch_hits: [{watch_id: bridge, spans: [bridge]}]"), IsEmpty());
  EXPECT_THAT(Misses("outlet: {contains: KTA}"), ElementsAre("t.yaml:1:10: error: Outlet has no \"contains\""));
}

TEST(MatchTest, ListsHoldInOrderWithOthersBetween) {
  EXPECT_THAT(Misses("watch_hits: [border, guards]"), IsEmpty());
  EXPECT_THAT(Misses("watch_hits: [guards, border]"), testing::SizeIs(1));
  EXPECT_THAT(Misses("watch_hits: {any_order: [guards, border]}"), IsEmpty());
  EXPECT_THAT(Misses("watch_hits: []"), testing::SizeIs(3));
  EXPECT_THAT(Misses("alt_ids: []"), IsEmpty());
}

TEST(MatchTest, ExactListsHoldNothingMore) {
  EXPECT_THAT(Misses("watch_hits: {exact: [border, bridge, guards]}"), IsEmpty());
  const std::vector<std::string> misses = Misses("watch_hits: {exact: [border, guards]}");
  ASSERT_EQ(misses.size(), 1U);
  EXPECT_THAT(misses[0], testing::StartsWith("item.watch_hits[1]: nothing more / {watch_id: bridge"));
  EXPECT_THAT(Misses("watch_hits: {exact: [border, bridge, dam, guards]}"),
              ElementsAre("item.watch_hits[2]: dam / nothing like it"));
}

TEST(MatchTest, WhatAllOrNoneAreAndHowManyThereAre) {
  EXPECT_THAT(Misses("watch_hits: {count: 3, none: dam, all: {watch_id: {matches: '^[bg]'}}}"), IsEmpty());
  EXPECT_THAT(Misses("watch_hits: {count: {at_least: 4}}"), ElementsAre("item.watch_hits.count: at least 4 / 3"));
  EXPECT_THAT(Misses("watch_hits: {none: bridge}"), testing::SizeIs(1));
  EXPECT_THAT(Misses("watch_hits: {all: {severity: high}}"), testing::SizeIs(2));
}

TEST(MatchTest, ExactTablesHaveNothingMore) {
  EXPECT_THAT(Misses("language: {exact: {tag: en, confidence: 0.97}}"), IsEmpty());
  EXPECT_THAT(Misses("language: {exact: {tag: en}}"), ElementsAre("item.language.confidence: nothing / 0.97"));
}

TEST(MatchTest, TheNearestIsShownForWhatIsMissing) {
  EXPECT_THAT(Misses("watch_hits: [{watch_id: border, severity: low}]"),
              ElementsAre("item.watch_hits[0].severity: low / high"));
}

TEST(MatchTest, WhatElseIsThereIsShownWithWhatIsMissing) {
  const std::vector<std::string> misses = Misses("watch_hits: [guards, dam]");
  EXPECT_THAT(misses, ElementsAre("item.watch_hits[1]: dam / nothing like it"));
}

TEST(MatchTest, MistakesInPatternsAreToldWithTheirPlace) {
  EXPECT_THAT(Misses("headlin: x"),
              ElementsAre("t.yaml:1:1: error: Item has no \"headlin\" (did you mean \"headline\"?)"));
  EXPECT_THAT(Misses("word_count: many"), ElementsAre("t.yaml:1:13: error: expected a number, found many"));
  EXPECT_THAT(Misses("arrival: noon"), testing::ElementsAre(testing::HasSubstr("expected a time such as")));
  EXPECT_THAT(Misses("pub_status: useable"), testing::ElementsAre(testing::HasSubstr("did you mean \"usable\"?")));
  EXPECT_THAT(Misses("headline: {contain: x}"), testing::ElementsAre(testing::HasSubstr("did you mean \"contains\"?")));
  EXPECT_THAT(Misses("headline: {matches: '('}"), testing::ElementsAre(testing::HasSubstr("not a regular expression")));
  EXPECT_THAT(Misses("watch_hits: {watch_id: border}"), testing::ElementsAre(testing::HasSubstr("behind a dash")));
}

TEST(MatchTest, TheDifferenceShowsWhatHoldsAroundWhatDoesNot) {
  Diagnostics diagnostics;
  const Node pattern =
      *config::ParseYaml("{headline: Shots on the bridge, language: {tag: de}}", "t.yaml", diagnostics);
  const v1::Item item = Example();
  const Value value = FromMessage(item, &item);
  std::string lines;
  for (const DifferenceLine& line : Match(pattern, &value, {"item", &ShapeOf(*v1::Item::descriptor())}, kStart).lines) {
    absl::StrAppend(&lines, std::string(1, line.mark), std::string(2 * static_cast<size_t>(line.depth), ' '), line.text,
                    "\n");
  }
  EXPECT_EQ(lines,
            " item:\n"
            "   headline: Shots on the bridge\n"
            "   language:\n"
            "-    tag: de\n"
            "+    tag: en\n");
}

}  // namespace
}  // namespace wirewatch::scenario

// Any bytes as choices among what the grammar allows: a few queries of any depth and an Item with annotations. The
// engine, a condition and the reference, which tries everything, come to the same.
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wirewatch/text/text_index.h"
#include "wirewatch/v1/item.pb.h"
#include "wirewatch/watch/condition.h"
#include "wirewatch/watch/engine.h"
#include "wirewatch/watch/reference_evaluate.h"
#include "wirewatch/watch/reference_queries.h"

namespace wirewatch::watch {
namespace {

constexpr int kQueries = 3, kDepth = 3;
constexpr v1::Truth kTruths[] = {v1::TRUTH_FALSE, v1::TRUTH_UNKNOWN, v1::TRUTH_TRUE};

void Require(bool condition, const char* what, const std::string& query, const v1::Item& item) {
  if (condition) return;
  std::cerr << what << ": " << query << "\n" << item.DebugString() << "\n";
  std::abort();
}

void Compare(std::span<const uint8_t> choices) {
  reference::Random random(choices);
  const bool stems_in_windows = random.Chance(50);
  v1::Item item;
  const reference::Story story = reference::StoryMaker(random, stems_in_windows, item).Take();
  const reference::Reference reference(story);
  text::TextIndex index;
  index.Build(item);
  const View view(item, index);
  reference::QueryMaker maker(random, stems_in_windows);
  Engine engine;
  Scratch scratch;
  std::vector<std::string> written;
  std::vector<reference::Truth> expected;
  for (int i = 0; i < kQueries; ++i) {
    const reference::Query query = maker.Any(kDepth);
    reference::ListTexts lists;
    written.push_back(reference::Writer(lists).Write(query));
    const auto list = [&](const std::string& name) { return lists.contains(name) ? &lists.at(name) : nullptr; };
    Watch watch{.id = absl::StrCat(i), .query = written.back(), .timezone = absl::UTCTimeZone()};
    Require(!engine.Add(std::move(watch), list), "it is read", written.back(), item);
    expected.push_back(reference.Holds(query));
    v1::Explanation explanation;
    Require(engine.Explain(absl::StrCat(i), view, scratch, explanation), "it is explained", written.back(), item);
    Require(explanation.clause().truth() == kTruths[expected.back()], "the explanation", written.back(), item);
    // Conditions have no lists.
    if (!lists.empty()) continue;
    const auto condition = Condition::Compile(engine.NormalForm(absl::StrCat(i)));
    Require(condition.ok() && (*condition)->Evaluate(view) == kTruths[expected.back()], "the condition", written.back(),
            item);
  }
  std::vector<Hit> hits;
  const MatchCounts counts = engine.Match(view, scratch, hits);
  std::set<std::string> found;
  for (const Hit& hit : hits) found.insert(hit.watch->id);
  uint32_t unknown = 0;
  for (int i = 0; i < kQueries; ++i) {
    Require(found.contains(absl::StrCat(i)) == (expected[i] == reference::kYes), "the hit", written[i], item);
    unknown += expected[i] == reference::kMaybe ? 1 : 0;
  }
  Require(counts.unknown == unknown && counts.over_budget == 0, "unknown or over budget", written[0], item);
}

}  // namespace
}  // namespace wirewatch::watch

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  wirewatch::watch::Compare({data, size});
  return 0;
}

#include "wirewatch/scenario/examples.h"

#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace wirewatch::scenario {
namespace {

CaseResult Compare(const Example& example, std::string name, const Outcome& outcome) {
  CaseResult result;
  result.name = std::move(name);
  result.at = example.at;
  std::set<std::string> raised;
  std::string why;
  for (const Outcome::Raised& signal : outcome.signals) {
    raised.insert(signal.signal.watch_id());
    if (signal.signal.watch_id() == example.watch_id) why = signal.signal.explanation().summary();
  }
  if (!outcome.stops.empty()) {
    result.mismatches.push_back({example.at, "stops", "nothing", outcome.stops});
  } else if (example.hit && !raised.contains(example.watch_id)) {
    result.mismatches.push_back({example.at, "signals", absl::StrCat("one of ", example.watch_id),
                                 raised.empty() ? "none" : absl::StrCat("those of ", absl::StrJoin(raised, ", "))});
  } else if (!example.hit && raised.contains(example.watch_id)) {
    result.mismatches.push_back(
        {example.at, "signals", absl::StrCat("none of ", example.watch_id), why.empty() ? "one" : why});
  }
  if (!result.mismatches.empty()) result.status = CaseResult::Status::kFailed;
  return result;
}

}  // namespace

std::optional<std::vector<CaseResult>> RunExamples(TestedPipeline& pipeline,
                                                   const std::function<bool(const std::string& name)>& wanted,
                                                   int workers, Diagnostics& diagnostics) {
  const std::optional<std::vector<Example>> examples = pipeline.Examples(diagnostics);
  if (!examples) return std::nullopt;
  std::vector<CaseResult> results;
  std::map<std::filesystem::path, Outcome> outcomes;
  for (const Example& example : *examples) {
    std::string name = absl::StrCat(example.watch_id, example.hit ? " hits " : " misses ", example.file.text);
    if (!wanted(name)) continue;
    const absl::Time began = absl::Now();
    auto known = outcomes.find(example.file.resolved);
    if (known == outcomes.end()) {
      std::optional<Outcome> outcome = pipeline.RunExample(example.file, example.at, workers, diagnostics);
      if (!outcome) return std::nullopt;
      known = outcomes.emplace(example.file.resolved, *std::move(outcome)).first;
    }
    results.push_back(Compare(example, std::move(name), known->second));
    results.back().took = absl::Now() - began;
  }
  return results;
}

}  // namespace wirewatch::scenario

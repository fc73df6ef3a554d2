#include "wirewatch/scenario/result.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "wirewatch/alerts/times.h"
#include "wirewatch/scenario/line_diff.h"

namespace wirewatch::scenario {
namespace {

class Judgement {
 public:
  Judgement(const Case& of, const Outcome& outcome) : case_(of), outcome_(outcome), value_(ToValue(outcome, of.start)) {
    result_.name = of.name;
    result_.at = of.at;
  }

  void Expectations() {
    // What came before the end says little.
    if (!outcome_.stops.empty() && case_.expect.Find("stops") == nullptr) return Nothing("stops");
    for (const Node::Entry& entry : case_.expect.entries()) {
      Take(Match(entry.value, value_.Find(entry.key), *OutcomeShape().Find(entry.key), case_.start));
    }
    // Nothing goes wrong silently.
    for (const char* trouble : {"quarantined", "failed"}) {
      if (case_.expect.Find(trouble) == nullptr) Nothing(trouble);
    }
  }

  void Golden(bool update) {
    const std::filesystem::path& file = case_.golden->resolved;
    const std::string came = GoldenText(case_, outcome_);
    std::ifstream stream(file, std::ios::binary);
    const std::string golden{std::istreambuf_iterator<char>(stream), {}};
    if (stream.is_open() && golden == came) return;
    if (update) return Write(file, came);
    result_.golden_difference = UnifiedDiff(golden, came, case_.golden->text, "what came out");
    result_.mismatches.push_back({case_.at, "golden", absl::StrCat("what ", case_.golden->text, " holds"),
                                  stream.is_open() ? "something else" : "no such file"});
    result_.notes.push_back("when this is right: wirewatch test --update writes the golden file");
  }

  CaseResult Take() {
    if (result_.mismatches.empty()) return std::move(result_);
    result_.status = CaseResult::Status::kFailed;
    NoteLater();
    return std::move(result_);
  }

 private:
  void Nothing(const char* trouble) {
    Take(Match(Node::Null(case_.at), value_.Find(trouble), *OutcomeShape().Find(trouble), case_.start));
  }

  void Take(Comparison comparison) {
    if (comparison.ok()) return;
    std::move(comparison.mismatches.begin(), comparison.mismatches.end(), std::back_inserter(result_.mismatches));
    std::move(comparison.lines.begin(), comparison.lines.end(), std::back_inserter(result_.lines));
  }

  void Write(const std::filesystem::path& file, const std::string& text) {
    std::error_code error;
    std::filesystem::create_directories(file.parent_path(), error);
    std::ofstream stream(file, std::ios::binary);
    stream << text;
    stream.close();
    if (stream.fail()) {
      result_.mismatches.push_back(
          {case_.at, "golden", absl::StrCat(case_.golden->text, " is written"), "it cannot be written"});
    } else {
      result_.notes.push_back(absl::StrCat("wrote ", case_.golden->text));
    }
  }

  // An Alert that waits is the usual reason why a case that ends with `advance` has none.
  void NoteLater() {
    for (const v1::AlertEvent& event : outcome_.later) {
      if (event.type() != v1::ALERT_EVENT_TYPE_RAISED) continue;
      result_.notes.push_back(absl::StrCat(
          "an Alert of ", absl::StrJoin(event.alert().watch_ids(), ", "), " still waits: it would be raised ",
          Value::Duration(alerts::GetTime(event.at()) - case_.start).text, " after the start"));
    }
  }

  const Case& case_;
  const Outcome& outcome_;
  const Value value_;
  CaseResult result_;
};

}  // namespace

CaseResult Judge(const Case& of, const Outcome& outcome, bool update) {
  Judgement judgement(of, outcome);
  if (!of.expect.is_null()) judgement.Expectations();
  if (of.golden) judgement.Golden(update);
  return judgement.Take();
}

std::string GoldenText(const Case& of, const Outcome& outcome) {
  Value all = ToValue(outcome, of.start);
  Value shown;
  for (auto& [name, value] : all.fields) {
    if (name == "no_alerts" || (value.is_list() && value.items.empty() && name != "alerts")) continue;
    // What Signals say stands below `signals`, once.
    const std::string_view said = name == "items" ? "signals" : name == "alerts" ? "evidence" : "";
    for (Value& one : value.items)
      std::erase_if(one.fields, [said](const Value::Field& field) { return field.first == said; });
    shown.Add(name, std::move(value));
  }
  return absl::StrCat("# ", of.name, "\n# Written by wirewatch test --update.\n", AsBlock(shown));
}

}  // namespace wirewatch::scenario

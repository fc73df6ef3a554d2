#include "wirewatch/watch/plan.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "wirewatch/watch/dates.h"
#include "wirewatch/watch/shared_lists.h"

namespace wirewatch::watch {
namespace {

constexpr size_t kLanguageLetters = 2;  // ISO 639-1; stemmers also go by longer names, which no Item bears

class Planner {
 public:
  Planner(absl::TimeZone zone, PatternTable& patterns, Words words, SharedLists* lists,
          const PlannedWords* planned = nullptr)
      : timezone_(zone), patterns_(patterns), words_(words), lists_(lists), planned_(planned) {}

  std::variant<Plan, QueryError> Run(const Expression& e) {
    Plan plan = Make(e, TermPattern::Spelling::kFolded);
    if (!error_) return plan;
    ReleasePatterns(plan, patterns_);
    return *std::move(error_);
  }

 private:
  Plan Make(const Expression& e, TermPattern::Spelling spelling) {
    Plan plan;
    plan.expression = &e;
    if (planned_ != nullptr && IsOfWords(e.operation)) {
      plan.words = (*planned_)();
      return plan;
    }
    switch (e.operation) {
      case Operation::kWord:
        AddWord(e, spelling, plan);
        return plan;
      case Operation::kPhrase:
        for (const auto& word : e.operands) AddWord(*word, spelling, plan);
        // A dash between words is no token, and no error as long as something is left.
        if (plan.words.empty()) Fail(e, "the phrase has no letters or digits");
        return plan;
      case Operation::kStem:
        MakeStem(e, plan);
        return plan;
      case Operation::kField:
      case Operation::kRange:
        return MakeField(e, spelling);
      case Operation::kCase:
        spelling = TermPattern::Spelling::kCase;
        break;
      case Operation::kExact:
        spelling = TermPattern::Spelling::kExact;
        break;
      case Operation::kList:
        plan.list = MakeList(e, spelling);
        return plan;
      default:
        break;
    }
    for (const auto& operand : e.operands) plan.parts.push_back(Make(*operand, spelling));
    return plan;
  }

  std::shared_ptr<const Plan> MakeList(const Expression& e, TermPattern::Spelling spelling) {
    const SharedLists::Key key = {e.operands[0], spelling, timezone_};
    // Words that have been planned before have to be taken in any case.
    if (lists_ != nullptr && planned_ == nullptr) {
      if (std::shared_ptr<const Plan> there = lists_->Find(key)) return there;
    }
    const bool failed = error_.has_value();
    Plan plan = Make(*e.operands[0], spelling);
    if (error_ && !failed) {
      // What stands in a list has no place in the query.
      error_->offset = e.begin;
      error_->message = absl::StrCat("in the list \"", e.name, "\": ", error_->message);
    }
    std::shared_ptr<const Plan> made(new Plan(std::move(plan)), [&patterns = patterns_, tree = e.operands[0]](Plan* p) {
      ReleasePatterns(*p, patterns);
      delete p;
    });
    return lists_ == nullptr || error_ ? made : lists_->Keep(key, std::move(made));
  }

  static bool IsOfWords(Operation operation) {
    return operation == Operation::kWord || operation == Operation::kPhrase || operation == Operation::kStem;
  }

  void Fail(const Expression& at, std::string message, std::string hint = "") {
    if (!error_) error_ = QueryError{at.begin, std::move(message), std::move(hint)};
  }

  void AddWord(const Expression& e, TermPattern::Spelling spelling, Plan& plan) {
    std::vector<Spellings> word = words_ == Words::kPlain ? PlanPlainWord(e.text, e.edits, patterns_)
                                                          : PlanWord(e.text, e.edits, spelling, patterns_);
    if (word.empty() && plan.operation() == Operation::kWord) {
      Fail(e, absl::StrCat("\"", e.text, "\" has no letters or digits to search for"));
    }
    std::move(word.begin(), word.end(), std::back_inserter(plan.words));
  }

  void MakeStem(const Expression& e, Plan& plan) {
    if (e.name.size() != kLanguageLetters || !HasStemmer(e.name)) {
      return Fail(e, absl::StrCat("there is no stemmer for the language \"", e.name, "\""),
                  "search with a wildcard: provok*");
    }
    TermPattern pattern;
    pattern.kind = TermPattern::Kind::kStem;
    pattern.language = e.name;
    pattern.form = Stem(e.name, e.operands[0]->text);
    plan.words.push_back({{patterns_.Intern(pattern)}});
  }

  Plan MakeField(const Expression& e, TermPattern::Spelling spelling) {
    Plan plan;
    plan.expression = &e;
    plan.field = FindField(e.name);
    plan.timezone = timezone_;
    switch (plan.field->kind) {
      case FieldKind::kDate:
        MakeDates(e, plan);
        break;
      case FieldKind::kNumber:
        MakeNumbers(e, plan);
        break;
      default:
        if (e.operation == Operation::kRange) MakeNumbers(e, plan);
        for (const auto& operand : e.operands) plan.parts.push_back(Make(*operand, spelling));
        break;
    }
    return plan;
  }

  void MakeNumbers(const Expression& e, Plan& plan) {
    plan.least = ReadNumber(e, e.low, e.low_open ? 1 : 0);
    plan.most = ReadNumber(e, e.high, e.high_open ? -1 : 0);
    if (plan.least && plan.most && *plan.least > *plan.most) FailEmptyRange(e);
  }

  void MakeDates(const Expression& e, Plan& plan) {
    for (const auto* bound : {&e.low, &e.high}) {
      if (bound->empty()) continue;
      const std::optional<DateSpan> date = ParseDate(*bound, timezone_);
      if (!date) {
        return Fail(e, absl::StrCat("\"", *bound, "\" is no date"),
                    "write 2026, 2026-06, 2026-06-12 or 2026-06-12T18:30");
      }
      if (bound == &e.low) plan.from = e.low_open ? date->end : date->begin;
      if (bound == &e.high) plan.until = e.high_open ? date->begin : date->end;
    }
    if (plan.from && plan.until && *plan.from >= *plan.until) FailEmptyRange(e);
  }

  void FailEmptyRange(const Expression& e) {
    Fail(e, "the range ends before it begins", absl::StrCat("write ", e.name, ":[", e.high, " TO ", e.low, "]"));
  }

  std::optional<double> ReadNumber(const Expression& e, const std::string& text, double step) {
    if (text.empty()) return std::nullopt;
    double value = 0;
    if (!absl::SimpleAtod(text, &value) || !std::isfinite(value)) {
      Fail(e, absl::StrCat("\"", text, "\" is no number"), absl::StrCat("write ", e.name, ">=500"));
    }
    return step > 0 ? std::floor(value) + 1 : step < 0 ? std::ceil(value) - 1 : value;
  }

  absl::TimeZone timezone_;
  PatternTable& patterns_;
  const Words words_;
  SharedLists* const lists_;
  const PlannedWords* const planned_;
  std::optional<QueryError> error_;
};

void CollectNeeds(const Plan& plan, std::set<std::string>& needs) {
  if (plan.field != nullptr && !plan.field->needs.empty()) needs.emplace(plan.field->needs);
  if (plan.operation() == Operation::kStem) needs.emplace("language");
  if (plan.operation() == Operation::kSaid) needs.emplace("quotes");
  for (const Plan& operand : plan.operands()) CollectNeeds(operand, needs);
}

}  // namespace

std::variant<Plan, QueryError> MakePlan(const Expression& expression, absl::TimeZone timezone, PatternTable& patterns,
                                        Words words, SharedLists* lists) {
  return Planner(timezone, patterns, words, lists).Run(expression);
}

std::variant<Plan, QueryError> RemakePlan(const Expression& expression, absl::TimeZone timezone, PatternTable& patterns,
                                          const PlannedWords& next, SharedLists& lists) {
  return Planner(timezone, patterns, Words::kFolded, &lists, &next).Run(expression);
}

void ReleasePatterns(const Plan& plan, PatternTable& patterns) {
  for (const Spellings& spellings : plan.words) {
    for (const Sequence& sequence : spellings) {
      for (const PatternId id : sequence) patterns.Release(id);
    }
  }
  for (const Plan& operand : plan.parts) ReleasePatterns(operand, patterns);
}

std::vector<std::string> NeedsOf(const Plan& plan) {
  std::set<std::string> needs;
  CollectNeeds(plan, needs);
  return {needs.begin(), needs.end()};
}

}  // namespace wirewatch::watch

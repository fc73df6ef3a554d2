#include "wirewatch/watch/explain.h"

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/watch/explain_values.h"
#include "wirewatch/watch/item_fields.h"

namespace wirewatch::watch {
namespace {

constexpr size_t kMaxSummarised = 4;  // clauses of an AND that the sentence names

std::string OperationName(const Expression& e) {
  const auto counted = [&e](const char* name) { return absl::StrCat(name, "/", e.number); };
  switch (e.operation) {
    case Operation::kWord:
      return "TERM";
    case Operation::kPhrase:
      return e.sloppy ? absl::StrCat("PHRASE~", e.number) : "PHRASE";
    case Operation::kAnd:
      return "AND";
    case Operation::kOr:
      return "OR";
    case Operation::kNot:
      return "NOT";
    case Operation::kNear:
      return counted("NEAR");
    case Operation::kOnear:
      return counted("ONEAR");
    case Operation::kSent:
      return "SENT";
    case Operation::kPara:
      return "PARA";
    case Operation::kNotIn:
      return "NOTIN";
    case Operation::kNotNear:
      return counted("NOTNEAR");
    case Operation::kCase:
      return "CASE";
    case Operation::kExact:
      return "EXACT";
    case Operation::kStem:
      return "STEM";
    case Operation::kAtLeast:
      return counted("ATLEAST");
    case Operation::kMin:
      return counted("MIN");
    case Operation::kScore:
      return "SCORE";
    case Operation::kLead:
      return "LEAD";
    case Operation::kFirst:
      return counted("FIRST");
    case Operation::kField:
    case Operation::kRange:
      return absl::StrCat(e.name, ":");
    case Operation::kSaid:
      return "SAID";
    case Operation::kList:
      return "LIST";
  }
  return "";
}

bool IsLeaf(const Plan& plan) { return !plan.words.empty(); }

bool IsItemField(const Plan& plan) {
  return plan.field != nullptr && plan.field->kind != FieldKind::kText && plan.field->kind != FieldKind::kQuote;
}

bool HasSpans(const Plan& plan) { return !IsItemField(plan) || plan.field->kind == FieldKind::kAnnotation; }

const char* NameOf(v1::Part part) {
  switch (part) {
    case v1::PART_HEADLINE:
      return "the headline";
    case v1::PART_SUBHEADLINE:
      return "the subheadline";
    case v1::PART_LEAD:
      return "the lead";
    case v1::PART_BODY:
      return "the body";
    case v1::PART_CAPTION:
      return "a caption";
    default:
      return "the text";
  }
}

class Explainer {
 public:
  explicit Explainer(Evaluator& evaluator) : evaluator_(evaluator), view_(evaluator.view()) {}

  void Fill(const Plan& plan, const Scope& scope, v1::Clause& clause) {
    ++clauses_;
    const Expression& e = *plan.expression;
    clause.set_operation(OperationName(e));
    clause.set_text(Print(e));
    // What stands in a list has no place of its own in the query.
    const Expression& place = list_ != nullptr ? *list_ : e;
    clause.set_query_begin(place.begin);
    clause.set_query_end(place.end);
    clause.set_truth(evaluator_.Evaluate(plan, scope));
    if (clause.truth() == v1::TRUTH_TRUE && HasSpans(plan)) {
      List<Place> words;
      evaluator_.Evidence(plan, scope, words);
      clause.set_matches(AddSpans(view_, std::move(words), *clause.mutable_spans()));
    }
    clause.set_detail(DetailOf(plan));
    if (IsItemField(plan)) return;
    const Inside inside(*this, plan, scope);
    const Expression* const outer = list_;
    if (outer == nullptr && e.operation == Operation::kList) list_ = &e;
    size_t left_out = 0;
    for (const Plan& operand : plan.operands()) {
      clauses_ < kMaxClauses ? Fill(operand, inside.scope, *clause.add_operands()) : static_cast<void>(++left_out);
    }
    list_ = outer;
    if (left_out > 0) {
      absl::StrAppend(clause.mutable_detail(), clause.detail().empty() ? "" : "; ", left_out, " operands not shown");
    }
  }

  // A sentence without full stop: what a clause came to, and by what.
  std::string Sentence(const Plan& plan, const Scope& scope) {
    switch (evaluator_.Evaluate(plan, scope)) {
      case v1::TRUTH_TRUE:
        return WhyTrue(plan, scope);
      case v1::TRUTH_FALSE:
        return WhyFalse(plan, scope);
      default:
        return WhyUnknown(plan, scope);
    }
  }

 private:
  std::string DetailOf(const Plan& plan) {
    if (plan.operation() == Operation::kList) {
      return absl::StrCat(Print(*plan.expression), " stands for ", Print(*plan.operands()[0].expression));
    }
    return IsItemField(plan) ? ValuesText(plan) : "";
  }

  std::string ValuesText(const Plan& plan) { return watch::ValuesText(plan, evaluator_); }

  // Where the operands are looked for, while it lives: for SENT and PARA the first section that satisfies both, for
  // quotes and SAID the first quote that satisfies it.
  struct Inside {
    Inside(Explainer& explainer, const Plan& plan, const Scope& outer) : scope(outer) {
      Evaluator& evaluator = explainer.evaluator_;
      if (Evaluator::IsOfOneQuote(plan)) {
        for (auto& [speech, words] : evaluator.QuotesFor(plan, outer)) {
          quote.emplace(evaluator, plan, speech);
          scope = std::move(words);
          if (evaluator.Evaluate(plan.operands()[0], scope) == v1::TRUTH_TRUE) return;
          quote.reset();
          scope = outer;
        }
      } else {
        scope = explainer.InnerScope(plan, outer);
      }
    }
    Scope scope;
    std::optional<Evaluator::InQuote> quote;
  };

  Scope InnerScope(const Plan& plan, const Scope& scope) {
    switch (plan.operation()) {
      case Operation::kLead:
      case Operation::kFirst:
        return evaluator_.Narrow(plan, scope);
      case Operation::kField:
        return IsItemField(plan) || Evaluator::IsOfOneQuote(plan) ? scope : evaluator_.Narrow(plan, scope);
      case Operation::kSent:
      case Operation::kPara:
        for (Scope& section : evaluator_.Sections(plan.operation(), scope)) {
          if (evaluator_.Evaluate(plan.operands()[0], section) == v1::TRUTH_TRUE &&
              evaluator_.Evaluate(plan.operands()[1], section) == v1::TRUTH_TRUE) {
            return std::move(section);
          }
        }
        return scope;
      default:
        return scope;
    }
  }

  std::string TextOf(const Place& place) const {
    const std::string_view text = view_.text().parts()[place.part].text;
    return Quoted(text.substr(place.byte_begin, place.byte_end - place.byte_begin));
  }

  std::string InPart(const Place& place) const {
    return absl::StrCat(" in ", NameOf(view_.text().parts()[place.part].part));
  }

  List<Place> PlacesOf(const Plan& plan, const Scope& scope) {
    List<Place> places;
    evaluator_.Find(plan, scope, places);
    return places;
  }

  std::string WhyTrue(const Plan& plan, const Scope& scope) {
    if (IsItemField(plan)) {
      const std::string values = ValuesText(plan);
      return values.empty() ? Print(*plan.expression) : values;
    }
    switch (plan.operation()) {
      case Operation::kAnd:
        return AllOf(plan, scope);
      case Operation::kOr:
      case Operation::kMin:
      case Operation::kScore:
        return FirstTrue(plan, scope);
      case Operation::kNot:
        return NoneOf(*plan.operands()[0].expression);
      case Operation::kNear:
      case Operation::kOnear:
        return NearText(plan, scope);
      case Operation::kNotIn:
      case Operation::kNotNear:
        return OneOf(plan, scope);
      default:
        break;
    }
    if (IsLeaf(plan)) return OneOf(plan, scope);
    if (plan.operation() == Operation::kSent || plan.operation() == Operation::kPara) {
      return absl::StrCat(AllOf(plan, Inside(*this, plan, scope).scope), ", in one ",
                          plan.operation() == Operation::kSent ? "sentence" : "paragraph");
    }
    const Inside inside(*this, plan, scope);
    std::string inner = WhyTrue(plan.operands()[0], inside.scope);
    if (Evaluator::IsOfOneQuote(plan)) return absl::StrCat(inner, ", in one quote");
    if (plan.operation() == Operation::kAtLeast) {
      return absl::StrCat(inner, ", at least ", plan.expression->number, " times");
    }
    return inner;
  }

  // A NOT that holds: `no kfor`, `none of kfor, unmik`.
  static std::string NoneOf(const Expression& excluded) {
    if (excluded.operation != Operation::kOr) return absl::StrCat("no ", Print(excluded));
    std::string text = "none of ";
    for (size_t i = 0; i < std::min(excluded.operands.size(), kMaxSummarised); ++i) {
      absl::StrAppend(&text, i == 0 ? "" : ", ", Print(*excluded.operands[i]));
    }
    return excluded.operands.size() > kMaxSummarised ? text + ", …" : text;
  }

  std::string AllOf(const Plan& plan, const Scope& scope) {
    std::string text;
    for (size_t i = 0; i < std::min(plan.operands().size(), kMaxSummarised); ++i) {
      absl::StrAppend(&text, i == 0 ? "" : ", and ", WhyTrue(plan.operands()[i], scope));
    }
    return plan.operands().size() > kMaxSummarised ? text + ", and so on" : text;
  }

  std::string FirstTrue(const Plan& plan, const Scope& scope) {
    for (const Plan& operand : plan.operands()) {
      if (evaluator_.Evaluate(operand, scope) == v1::TRUTH_TRUE) return WhyTrue(operand, scope);
    }
    return Print(*plan.expression);
  }

  std::string OneOf(const Plan& plan, const Scope& scope) {
    const List<Place> places = PlacesOf(plan, scope);
    if (places.empty()) return Print(*plan.expression);
    const std::string times = places.size() > 1 ? absl::StrCat(" (", places.size(), " times)") : "";
    return absl::StrCat(TextOf(places[0]), InPart(places[0]), times);
  }

  // The first pair, each operand named by the words that it matched there.
  std::string NearText(const Plan& plan, const Scope& scope) {
    const List<Place> pairs = PlacesOf(plan, scope);
    if (pairs.empty()) return Print(*plan.expression);
    const Scope around = {{pairs[0].part, pairs[0].begin, pairs[0].end}};
    const List<Place> lefts = PlacesOf(plan.operands()[0], around);
    const List<Place> rights = PlacesOf(plan.operands()[1], around);
    if (lefts.empty() || rights.empty()) return absl::StrCat(TextOf(pairs[0]), InPart(pairs[0]));
    return absl::StrCat(
        TextOf(lefts[0]), plan.operation() == Operation::kOnear ? " at most " : " within ", plan.expression->number,
        plan.operation() == Operation::kOnear ? " words before " : " words of ", TextOf(rights[0]), InPart(pairs[0]));
  }

  // The first clause that does not hold.
  std::string WhyFalse(const Plan& plan, const Scope& scope) {
    const std::string text = Print(*plan.expression);
    if (IsItemField(plan)) return absl::StrCat(text, " does not hold: ", ValuesText(plan));
    switch (plan.operation()) {
      case Operation::kAnd:
      case Operation::kNear:
      case Operation::kOnear:
      case Operation::kSent:
      case Operation::kPara:
        for (const Plan& operand : plan.operands()) {
          if (evaluator_.Evaluate(operand, scope) == v1::TRUTH_FALSE) return WhyFalse(operand, scope);
        }
        return absl::StrCat("both are there, but not as ", text, " asks");
      case Operation::kNot:
        return absl::StrCat(WhyTrue(plan.operands()[0], scope), ", which ", text, " excludes");
      case Operation::kCase:
      case Operation::kList:
        return absl::StrCat("nothing matches ", text);
      case Operation::kSaid:
        return absl::StrCat("no quote is as ", text, " asks");
      case Operation::kLead:
      case Operation::kFirst:
      case Operation::kField:
        if (Evaluator::IsOfOneQuote(plan)) return absl::StrCat("no quote is as ", text, " asks");
        return absl::StrCat(WhyFalse(plan.operands()[0], evaluator_.Narrow(plan, scope)), ", as ", text, " asks");
      case Operation::kNotIn:
      case Operation::kNotNear:
        if (evaluator_.Evaluate(plan.operands()[0], scope) == v1::TRUTH_FALSE)
          return WhyFalse(plan.operands()[0], scope);
        return absl::StrCat("every occurrence is one that ", text, " excludes");
      default:
        return absl::StrCat(text, IsLeaf(plan) ? " does not occur" : " does not hold");
    }
  }

  std::string WhyUnknown(const Plan& plan, const Scope& scope) {
    if (evaluator_.over_budget()) return "it takes too much work on this text";
    const bool is_quote = plan.field != nullptr && plan.field->kind == FieldKind::kQuote;
    if ((is_quote || plan.operation() == Operation::kSaid) && !IsKnown(view_.item(), "quotes"))
      return absl::StrCat(Print(*plan.expression), " is unknown: no step has looked for quotes");
    if (!IsItemField(plan)) {
      const Scope inner = Inside(*this, plan, scope).scope;
      for (const Plan& operand : plan.operands()) {
        const v1::Truth truth = evaluator_.Evaluate(operand, inner);
        if (truth == v1::TRUTH_UNKNOWN || truth == v1::TRUTH_UNSPECIFIED) return WhyUnknown(operand, inner);
      }
    }
    const std::string text = Print(*plan.expression);
    if (plan.operation() == Operation::kStem) return absl::StrCat(text, " is unknown: the language is not known");
    return IsItemField(plan) ? absl::StrCat(text, " is unknown: ", ValuesText(plan))
                             : absl::StrCat(text, " is unknown");
  }

  Evaluator& evaluator_;
  const View& view_;
  const Expression* list_ = nullptr;  // whose operand is being told of; the outermost
  int clauses_ = 0;
};

}  // namespace

void Explain(const Plan& plan, Evaluator& evaluator, v1::Explanation& explanation) {
  Explainer explainer(evaluator);
  explainer.Fill(plan, evaluator.whole(), *explanation.mutable_clause());
  explanation.set_summary(explainer.Sentence(plan, evaluator.whole()));
}

uint32_t AddSpans(const View& view, List<Place> places, google::protobuf::RepeatedPtrField<v1::Span>& spans) {
  const auto key = [](const Place& place) { return std::tie(place.part, place.byte_begin, place.byte_end); };
  std::sort(places.begin(), places.end(), [&](const Place& a, const Place& b) { return key(a) < key(b); });
  places.erase(
      std::unique(places.begin(), places.end(), [&](const Place& a, const Place& b) { return key(a) == key(b); }),
      places.end());
  for (const Place& place : places) {
    if (spans.size() == kMaxSpans) break;
    const text::PartIndex& part = view.text().parts()[place.part];
    v1::Span& span = *spans.Add();
    span.set_part(part.part);
    span.set_part_index(part.part_index);
    span.set_begin(place.byte_begin);
    span.set_end(place.byte_end);
  }
  return static_cast<uint32_t>(places.size());
}

}  // namespace wirewatch::watch

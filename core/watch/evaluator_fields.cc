// Clauses over fields and annotations.
#include <algorithm>

#include "wirewatch/watch/evaluator.h"
#include "wirewatch/watch/item_fields.h"

namespace wirewatch::watch {
namespace {

v1::Truth TruthOf(bool holds) { return holds ? v1::TRUTH_TRUE : v1::TRUTH_FALSE; }

// The annotation that a clause reads; "" for facts that only the source gives.
std::string_view AnnotationOf(const FieldInfo& field) { return field.name == "topic" ? "topics" : field.needs; }

}  // namespace

v1::Truth Evaluator::EvaluateField(const Plan& plan, const Scope& scope) {
  switch (plan.field->kind) {
    case FieldKind::kQuote:
      if (IsOfOneQuote(plan)) return EvaluateQuotes(plan, scope);
      if (!IsKnown(view_.item(), plan.field->needs)) return v1::TRUTH_UNKNOWN;
      return Evaluate(plan.operands()[0], Narrow(plan, scope));
    case FieldKind::kItem:
      return IsCodeField(plan.field->name) ? EvaluateCodes(plan) : EvaluateValues(plan);
    case FieldKind::kAnnotation:
      return EvaluateValues(plan);
    default:
      return Evaluate(plan.operands()[0], Narrow(plan, scope));
  }
}

v1::Truth Evaluator::EvaluateCodes(const Plan& plan) {
  const std::string_view field = plan.field->name;
  const List<std::string_view> values = ValuesOf(view_.item(), field);
  if (values.empty() && field == "language") return v1::TRUTH_UNKNOWN;
  return TruthOf(std::any_of(values.begin(), values.end(), [&](std::string_view value) {
    const std::string code(value);
    return MatchesCode(*plan.expression->operands[0], field, std::span(&code, 1));
  }));
}

std::span<const FieldValue> Evaluator::ValuesFor(const Plan& plan) {
  FieldTexts& texts = FieldTexts::Of(view_, scratch_);
  if (said_ && plan.field->name == "speaker") return {&texts.SpeakerOf(*said_), 1};
  return texts.Values(plan.field->name);
}

v1::Truth Evaluator::EvaluateValues(const Plan& plan) {
  const std::span<const FieldValue> values = ValuesFor(plan);
  const std::string_view annotation = AnnotationOf(*plan.field);
  if (values.empty() && !annotation.empty() && !IsKnown(view_.item(), annotation)) return v1::TRUTH_UNKNOWN;
  for (const FieldValue& value : values) {
    const v1::Truth truth = EvaluateValue(plan, value);
    if (truth != v1::TRUTH_FALSE) return truth;  // unknown: there was too much work
  }
  return v1::TRUTH_FALSE;
}

v1::Truth Evaluator::EvaluateValue(const Plan& plan, const FieldValue& value) {
  if (!Spend()) return v1::TRUTH_UNKNOWN;
  if (plan.operation() == Operation::kRange) {
    // As fine as scores are: 0.6 is 0.6.
    return TruthOf((!plan.least || value.number >= static_cast<float>(*plan.least)) &&
                   (!plan.most || value.number <= static_cast<float>(*plan.most)));
  }
  if (IsCodeField(plan.field->name)) {
    return TruthOf(MatchesCode(*plan.expression->operands[0], plan.field->name, value.ids));
  }
  FieldTexts& texts = FieldTexts::Of(view_, scratch_);
  texts.scratch().leaves.clear();
  Evaluator inner(texts.view(), patterns_, texts.scratch());
  inner.value_ = &value;
  inner.steps_ = steps_;
  const v1::Truth truth = inner.Evaluate(plan.operands()[0], value.scope);
  steps_ = inner.steps_;
  return truth;
}

v1::Truth Evaluator::EvaluateRange(const Plan& plan) {
  if (plan.field->kind == FieldKind::kAnnotation) return EvaluateValues(plan);
  if (plan.field->kind == FieldKind::kDate) {
    const std::optional<absl::Time> time = PublishedTime(view_.item(), plan.timezone);
    if (!time) return v1::TRUTH_UNKNOWN;
    return TruthOf((!plan.from || *time >= *plan.from) && (!plan.until || *time < *plan.until));
  }
  const uint32_t words = WordsOf(view_);
  return TruthOf((!plan.least || words >= *plan.least) && (!plan.most || words <= *plan.most));
}

bool Evaluator::IsOfOneQuote(const Plan& plan) {
  if (plan.operation() == Operation::kSaid) return true;
  return plan.field != nullptr && plan.field->kind == FieldKind::kQuote && plan.field->name != "unquoted";
}

List<std::pair<size_t, Scope>> Evaluator::QuotesFor(const Plan& plan, const Scope& scope) {
  List<std::pair<size_t, Scope>> quotes;
  const std::vector<Speech>& speeches = FieldTexts::Of(view_, scratch_).speeches();
  const bool only_marked = plan.field != nullptr && plan.field->name == "quote.direct";
  for (size_t i = 0; i < speeches.size() && Spend(); ++i) {
    if (said_ && *said_ != i) continue;
    Scope words = Intersect(scope, only_marked ? speeches[i].marked : speeches[i].content);
    if (!words.empty()) quotes.emplace_back(i, std::move(words));
  }
  return quotes;
}

v1::Truth Evaluator::EvaluateQuotes(const Plan& plan, const Scope& scope) {
  if (!IsKnown(view_.item(), "quotes")) return v1::TRUTH_UNKNOWN;
  bool unknown = false;
  for (const auto& [speech, words] : QuotesFor(plan, scope)) {
    const InQuote in(*this, plan, speech);
    const v1::Truth truth = Evaluate(plan.operands()[0], words);
    if (truth == v1::TRUTH_TRUE) return truth;
    unknown |= truth != v1::TRUTH_FALSE;
  }
  return unknown || over_budget() ? v1::TRUTH_UNKNOWN : v1::TRUTH_FALSE;
}

void Evaluator::ValueEvidence(const Plan& plan, List<Place>& words) {
  const std::span<const text::PartIndex> parts = view_.text().parts();
  for (const FieldValue& value : ValuesFor(plan)) {
    if (EvaluateValue(plan, value) != v1::TRUTH_TRUE) continue;
    for (const v1::Span* span : value.spans) {
      for (uint32_t i = 0; i < parts.size(); ++i) {
        if (parts[i].part != span->part() || parts[i].part_index != span->part_index()) continue;
        const Window window = WindowOf(view_.text(), *span);
        words.push_back({i, window.begin, window.end, span->begin(), span->end(), 0, 0});
      }
    }
  }
}

void Evaluator::QuoteEvidence(const Plan& plan, const Scope& scope, List<Place>& words) {
  for (const auto& [speech, inside] : QuotesFor(plan, scope)) {
    const InQuote in(*this, plan, speech);
    if (Evaluate(plan.operands()[0], inside) == v1::TRUTH_TRUE) Evidence(plan.operands()[0], inside, words);
  }
}

}  // namespace wirewatch::watch

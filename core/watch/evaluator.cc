#include "wirewatch/watch/evaluator.h"

#include <algorithm>

#include "wirewatch/watch/item_fields.h"

namespace wirewatch::watch {
namespace {

v1::Truth Not(v1::Truth truth) {
  if (truth == v1::TRUTH_TRUE) return v1::TRUTH_FALSE;
  return truth == v1::TRUTH_FALSE ? v1::TRUTH_TRUE : v1::TRUTH_UNKNOWN;
}

}  // namespace

Evaluator::Evaluator(const View& view, const PatternTable& patterns, Scratch& scratch)
    : view_(view), patterns_(patterns), scratch_(scratch) {
  const std::span<const text::PartIndex> parts = view.text().parts();
  whole_.reserve(parts.size());
  for (uint32_t i = 0; i < parts.size(); ++i) whole_.push_back({i, 0, parts[i].positions});
}

v1::Truth Evaluator::Evaluate(const Plan& plan, const Scope& scope) {
  if (!Spend()) return v1::TRUTH_UNKNOWN;
  switch (plan.operation()) {
    case Operation::kAnd: {
      const Tally tally = Count(plan, scope);
      if (tally.yes + tally.unknown < plan.operands().size()) return v1::TRUTH_FALSE;
      return tally.unknown > 0 ? v1::TRUTH_UNKNOWN : v1::TRUTH_TRUE;
    }
    case Operation::kOr: {
      const Tally tally = Count(plan, scope);
      if (tally.yes > 0) return v1::TRUTH_TRUE;
      return tally.unknown > 0 ? v1::TRUTH_UNKNOWN : v1::TRUTH_FALSE;
    }
    case Operation::kMin: {
      const Tally tally = Count(plan, scope);
      if (tally.yes >= plan.expression->number) return v1::TRUTH_TRUE;
      return tally.yes + tally.unknown >= plan.expression->number ? v1::TRUTH_UNKNOWN : v1::TRUTH_FALSE;
    }
    case Operation::kNot:
      return Not(Evaluate(plan.operands()[0], scope));
    case Operation::kCase:
    case Operation::kExact:
    case Operation::kList:
      return Evaluate(plan.operands()[0], scope);
    case Operation::kSent:
    case Operation::kPara:
      return EvaluateSections(plan, scope);
    case Operation::kAtLeast:
      return EvaluateAtLeast(plan, scope);
    case Operation::kScore:
      return EvaluateScore(plan, scope);
    case Operation::kLead:
    case Operation::kFirst:
      return Evaluate(plan.operands()[0], Narrow(plan, scope));
    case Operation::kField:
      return EvaluateField(plan, scope);
    case Operation::kRange:
      return EvaluateRange(plan);
    case Operation::kSaid:
      return EvaluateQuotes(plan, scope);
    default:
      return EvaluatePlaces(plan, scope);
  }
}

// Stops as soon as the operands left cannot change what AND, OR or MIN comes to.
Evaluator::Tally Evaluator::Count(const Plan& plan, const Scope& scope) {
  Tally tally;
  for (const Plan& operand : plan.operands()) {
    const v1::Truth truth = Evaluate(operand, scope);
    if (truth == v1::TRUTH_TRUE) ++tally.yes;
    if (truth == v1::TRUTH_UNKNOWN) ++tally.unknown;
    if (plan.operation() == Operation::kAnd && truth == v1::TRUTH_FALSE) break;
    if (plan.operation() == Operation::kOr && truth == v1::TRUTH_TRUE) break;
    if (plan.operation() == Operation::kMin && tally.yes >= plan.expression->number) break;
  }
  return tally;
}

v1::Truth Evaluator::EvaluateScore(const Plan& plan, const Scope& scope) {
  double least = 0;
  double most = 0;
  for (size_t i = 0; i < plan.operands().size(); ++i) {
    const v1::Truth truth = Evaluate(plan.operands()[i], scope);
    const double weight = plan.expression->weights[i];
    if (truth == v1::TRUTH_TRUE || (truth == v1::TRUTH_UNKNOWN && weight < 0)) least += weight;
    if (truth == v1::TRUTH_TRUE || (truth == v1::TRUTH_UNKNOWN && weight > 0)) most += weight;
  }
  if (least >= plan.expression->threshold) return v1::TRUTH_TRUE;
  return most >= plan.expression->threshold ? v1::TRUTH_UNKNOWN : v1::TRUTH_FALSE;
}

v1::Truth Evaluator::EvaluateSections(const Plan& plan, const Scope& scope) {
  bool unknown = false;
  for (const Scope& section : Sections(plan.operation(), scope)) {
    const v1::Truth left = Evaluate(plan.operands()[0], section);
    if (left == v1::TRUTH_FALSE) continue;
    const v1::Truth right = Evaluate(plan.operands()[1], section);
    if (left == v1::TRUTH_TRUE && right == v1::TRUTH_TRUE) return v1::TRUTH_TRUE;
    unknown |= right != v1::TRUTH_FALSE;
  }
  return unknown ? v1::TRUTH_UNKNOWN : v1::TRUTH_FALSE;
}

v1::Truth Evaluator::EvaluateAtLeast(const Plan& plan, const Scope& scope) {
  List<Place> places;
  Find(plan.operands()[0], scope, places);
  if (over_budget()) return v1::TRUTH_UNKNOWN;
  if (CountDisjoint(std::move(places)) >= plan.expression->number)
    return MayLosePlaces(plan.operands()[0]) ? v1::TRUTH_UNKNOWN : v1::TRUTH_TRUE;
  return MayGainPlaces(plan.operands()[0], scope) ? v1::TRUTH_UNKNOWN : v1::TRUTH_FALSE;
}

v1::Truth Evaluator::EvaluatePlaces(const Plan& plan, const Scope& scope) {
  const bool may_be_id = plan.operation() == Operation::kWord || plan.operation() == Operation::kPhrase;
  if (value_ != nullptr && may_be_id && IsOneOf(*plan.expression, value_->ids)) return v1::TRUTH_TRUE;
  List<Place> places;
  Find(plan, scope, places);
  if (over_budget()) return v1::TRUTH_UNKNOWN;
  if (!places.empty()) return MayLosePlaces(plan) ? v1::TRUTH_UNKNOWN : v1::TRUTH_TRUE;
  return MayGainPlaces(plan, scope) ? v1::TRUTH_UNKNOWN : v1::TRUTH_FALSE;
}

bool Evaluator::HasHiddenStems(const Plan& plan) const {
  if (plan.operation() == Operation::kStem) return !LanguageIsKnown(view_.item());
  return std::any_of(plan.operands().begin(), plan.operands().end(),
                     [this](const Plan& p) { return HasHiddenStems(p); });
}

bool Evaluator::MayLosePlaces(const Plan& plan) {
  if (!HasHiddenStems(plan)) return false;
  switch (plan.operation()) {
    case Operation::kStem:
      return false;
    case Operation::kNotIn:
    case Operation::kNotNear:
      return MayLosePlaces(plan.operands()[0]) || MayGainPlaces(plan.operands()[1], whole_);
    default:
      return std::any_of(plan.operands().begin(), plan.operands().end(),
                         [this](const Plan& p) { return MayLosePlaces(p); });
  }
}

bool Evaluator::MayGainPlaces(const Plan& plan, const Scope& scope) {
  if (!HasHiddenStems(plan)) return false;
  const auto possible = [&](const Plan& operand) { return Evaluate(operand, scope) != v1::TRUTH_FALSE; };
  switch (plan.operation()) {
    case Operation::kStem:
      return true;
    case Operation::kNear:
    case Operation::kOnear:
      return possible(plan.operands()[0]) && possible(plan.operands()[1]);
    case Operation::kNotIn:
    case Operation::kNotNear:
      return MayGainPlaces(plan.operands()[0], scope) ||
             (possible(plan.operands()[0]) && MayLosePlaces(plan.operands()[1]));
    default:
      return std::any_of(plan.operands().begin(), plan.operands().end(),
                         [&](const Plan& operand) { return MayGainPlaces(operand, scope); });
  }
}

void Evaluator::Evidence(const Plan& plan, const Scope& scope, List<Place>& words) {
  switch (plan.operation()) {
    case Operation::kNot:
      return;
    case Operation::kRange:
      if (plan.field->kind == FieldKind::kAnnotation) ValueEvidence(plan, words);
      return;
    case Operation::kLead:
    case Operation::kFirst:
      return Evidence(plan.operands()[0], Narrow(plan, scope), words);
    case Operation::kSaid:
      return QuoteEvidence(plan, scope, words);
    case Operation::kField:
      if (IsOfOneQuote(plan)) return QuoteEvidence(plan, scope, words);
      if (plan.field->kind == FieldKind::kAnnotation) return ValueEvidence(plan, words);
      if (plan.field->kind != FieldKind::kItem) Evidence(plan.operands()[0], Narrow(plan, scope), words);
      return;
    case Operation::kSent:
    case Operation::kPara:
      for (const Scope& section : Sections(plan.operation(), scope)) {
        if (Evaluate(plan.operands()[0], section) != v1::TRUTH_TRUE) continue;
        if (Evaluate(plan.operands()[1], section) != v1::TRUTH_TRUE) continue;
        for (const Plan& operand : plan.operands()) Evidence(operand, section, words);
      }
      return;
    case Operation::kAnd:
    case Operation::kOr:
    case Operation::kMin:
    case Operation::kScore:
    case Operation::kCase:
    case Operation::kExact:
    case Operation::kList:
    case Operation::kAtLeast:
      for (const Plan& operand : plan.operands()) {
        if (Evaluate(operand, scope) == v1::TRUTH_TRUE) Evidence(operand, scope, words);
      }
      return;
    default: {
      List<Place> places;
      Find(plan, scope, places);
      for (const Place& place : places) Leaves(place, words);
    }
  }
}

void Evaluator::Leaves(const Place& place, List<Place>& words) const {
  if (place.leaf_count == 0) return words.push_back(place);
  const auto first = scratch_.leaves.begin() + place.first_leaf;
  words.insert(words.end(), first, first + place.leaf_count);
}

size_t CountDisjoint(List<Place> places) {
  std::sort(places.begin(), places.end(),
            [](const Place& a, const Place& b) { return std::tie(a.part, a.end) < std::tie(b.part, b.end); });
  size_t count = 0;
  const Place* last = nullptr;
  for (const Place& place : places) {
    if (last != nullptr && last->part == place.part && place.begin < last->end) continue;
    last = &place;
    ++count;
  }
  return count;
}

}  // namespace wirewatch::watch

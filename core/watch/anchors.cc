#include "wirewatch/watch/anchors.h"

#include <algorithm>

namespace wirewatch::watch {
namespace {

// Short words are common, and wildcards must be held against every term of an Item. Only the order of costs matters.
double CostOf(const TermPattern& pattern) {
  const auto length = static_cast<double>(std::max<size_t>(pattern.form.size(), 1));
  switch (pattern.kind) {
    case TermPattern::Kind::kForm:
      return 100 / (length * length);
    case TermPattern::Kind::kGlob: {
      const auto letters = static_cast<double>(
          std::count_if(pattern.form.begin(), pattern.form.end(), [](char c) { return c != '*' && c != '?'; }));
      return 50 + 400 / (letters * letters + 1);
    }
    case TermPattern::Kind::kFuzzy:
      return 100 + 400 / length;
    case TermPattern::Kind::kStem:
      return 100 + 200 / length;
  }
  return 1000;
}

class AnchorFinder {
 public:
  explicit AnchorFinder(const PatternTable& patterns) : patterns_(patterns) {}

  std::optional<Anchors> Of(const Plan& plan) const {
    switch (plan.operation()) {
      case Operation::kWord:
      case Operation::kPhrase:
      case Operation::kStem:
        return OfPhrase(plan);
      case Operation::kAnd:
      case Operation::kNear:
      case Operation::kOnear:
      case Operation::kSent:
      case Operation::kPara:
        return Cheapest(OfEach(plan), plan.operands.size());
      case Operation::kMin:
        return Cheapest(OfEach(plan), plan.expression->number);
      case Operation::kOr:
        return Cheapest(OfEach(plan), 1);
      case Operation::kScore:
        return OfScore(plan);
      case Operation::kNotIn:
      case Operation::kNotNear:
      case Operation::kCase:
      case Operation::kExact:
      case Operation::kAtLeast:
      case Operation::kLead:
      case Operation::kFirst:
      case Operation::kList:
        return Of(plan.operands[0]);
      case Operation::kField:
        return plan.field->kind == FieldKind::kText ? Of(plan.operands[0]) : std::nullopt;
      default:
        return std::nullopt;
    }
  }

 private:
  using Each = std::vector<std::optional<Anchors>>;

  Each OfEach(const Plan& plan) const {
    Each each;
    for (const Plan& operand : plan.operands) each.push_back(Of(operand));
    return each;
  }

  // Every word must be there, each in one of its spellings, each spelling with all its patterns.
  std::optional<Anchors> OfPhrase(const Plan& plan) const {
    Each words;
    for (const Spellings& spellings : plan.words) {
      Each each;
      for (const Sequence& sequence : spellings) {
        const auto cheapest = std::min_element(sequence.begin(), sequence.end(), [this](PatternId a, PatternId b) {
          return CostOf(patterns_[a]) < CostOf(patterns_[b]);
        });
        each.push_back(Anchors{{*cheapest}, CostOf(patterns_[*cheapest])});
      }
      words.push_back(Cheapest(std::move(each), 1));
    }
    const size_t count = words.size();
    return Cheapest(std::move(words), count);
  }

  // If `needed` of them must hold, one of any (count - needed + 1) does: the union of the cheapest so many.
  static std::optional<Anchors> Cheapest(Each each, size_t needed) {
    const size_t take = each.size() - std::min(needed, each.size()) + 1;
    std::vector<Anchors> there;
    for (std::optional<Anchors>& anchors : each) {
      if (anchors) there.push_back(*std::move(anchors));
    }
    if (there.size() < take) return std::nullopt;
    std::sort(there.begin(), there.end(), [](const Anchors& a, const Anchors& b) { return a.cost < b.cost; });
    there.resize(take);
    return Union(there);
  }

  static Anchors Union(const std::vector<Anchors>& each) {
    Anchors all;
    for (const Anchors& anchors : each) {
      all.patterns.insert(all.patterns.end(), anchors.patterns.begin(), anchors.patterns.end());
      all.cost += anchors.cost;
    }
    std::sort(all.patterns.begin(), all.patterns.end());
    all.patterns.erase(std::unique(all.patterns.begin(), all.patterns.end()), all.patterns.end());
    return all;
  }

  // A positive threshold is reached only if something with a positive weight holds.
  std::optional<Anchors> OfScore(const Plan& plan) const {
    if (plan.expression->threshold <= 0) return std::nullopt;
    Each each;
    for (size_t i = 0; i < plan.operands.size(); ++i) {
      if (plan.expression->weights[i] > 0) each.push_back(Of(plan.operands[i]));
    }
    return each.empty() ? std::nullopt : Cheapest(std::move(each), 1);
  }

  const PatternTable& patterns_;
};

}  // namespace

std::optional<Anchors> AnchorsOf(const Plan& plan, const PatternTable& patterns) {
  return AnchorFinder(patterns).Of(plan);
}

}  // namespace wirewatch::watch

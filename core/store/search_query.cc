#include "wirewatch/store/search_query.h"

#include <utility>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "wirewatch/watch/evaluator.h"
#include "wirewatch/watch/parser.h"
#include "wirewatch/watch/view.h"

namespace wirewatch::store {

// Follows the plan as watch::CoverOf() does, but with sets of Items: nullopt stands for all of them.
class SearchQuery::Finder {
 public:
  using Items = std::optional<BlockItems>;
  Finder(const watch::PatternTable& patterns, SearchFile& file, uint64_t pipeline, uint64_t block)
      : patterns_(patterns), file_(file), pipeline_(pipeline), block_(block) {}

  Items Of(const watch::Plan& plan) {
    using watch::Operation;
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
        return OfAll(plan);
      case Operation::kMin:
        return plan.expression->number >= plan.operands().size() ? OfAll(plan) : OfAny(plan);
      case Operation::kOr:
        return OfAny(plan);
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
        return Of(plan.operands()[0]);
      case Operation::kField:
        return plan.field->kind == watch::FieldKind::kText ? Of(plan.operands()[0]) : std::nullopt;
      default:
        return std::nullopt;
    }
  }
  const absl::Status& status() const { return status_; }

 private:
  static void Intersect(Items& into, const Items& with) {
    if (!into) {
      into = with;
    } else if (with) {
      *into &= *with;
    }
  }
  static void Unite(Items& into, const Items& with) {
    if (into && with) {
      *into |= *with;
    } else {
      into.reset();
    }
  }
  static bool IsEmpty(const Items& items) { return items && items->none(); }

  Items OfAll(const watch::Plan& plan) {
    Items all;
    for (const watch::Plan& operand : plan.operands()) {
      Intersect(all, Of(operand));
      if (IsEmpty(all)) break;
    }
    return all;
  }
  Items OfAny(const watch::Plan& plan) {
    Items any = BlockItems();
    for (const watch::Plan& operand : plan.operands()) {
      Unite(any, Of(operand));
      if (!any) break;
    }
    return any;
  }
  // A positive threshold is reached only if something with a positive weight holds.
  Items OfScore(const watch::Plan& plan) {
    if (plan.expression->threshold <= 0) return std::nullopt;
    Items any = BlockItems();
    for (size_t i = 0; i < plan.operands().size() && any; ++i) {
      if (plan.expression->weights[i] > 0) Unite(any, Of(plan.operands()[i]));
    }
    return any;
  }
  // Every word must be there, each in one of its spellings, each spelling with all its patterns.
  Items OfPhrase(const watch::Plan& plan) {
    Items all;
    for (const watch::Spellings& spellings : plan.words) {
      Items any = BlockItems();
      for (const watch::Sequence& sequence : spellings) {
        Items sequence_items;
        for (const watch::PatternId id : sequence) Intersect(sequence_items, OfPattern(patterns_[id]));
        Unite(any, sequence_items);
      }
      if (!spellings.empty()) Intersect(all, any);
      if (IsEmpty(all)) break;
    }
    return all;
  }
  // Stems are those of words as written, which the index does not keep.
  Items OfPattern(const watch::TermPattern& pattern) {
    if (pattern.kind == watch::TermPattern::Kind::kStem || !status_.ok()) return std::nullopt;
    absl::StatusOr<BlockItems> found = file_.Find(pipeline_, block_, pattern);
    if (found.ok()) return *found;
    status_ = found.status();
    return std::nullopt;
  }

  const watch::PatternTable& patterns_;
  SearchFile& file_;
  const uint64_t pipeline_;
  const uint64_t block_;
  absl::Status status_;
};

absl::StatusOr<std::unique_ptr<SearchQuery>> SearchQuery::Compile(std::string_view query) {
  auto compiled = std::make_unique<SearchQuery>();
  auto parsed = watch::Parse(query);
  if (const auto* error = std::get_if<watch::QueryError>(&parsed)) return watch::ToStatus(*error, query);
  compiled->expression_ = std::get<std::shared_ptr<const watch::Expression>>(std::move(parsed));
  auto planned = watch::MakePlan(*compiled->expression_, absl::UTCTimeZone(), compiled->patterns_);
  if (const auto* error = std::get_if<watch::QueryError>(&planned)) return watch::ToStatus(*error, query);
  compiled->plan_ = std::get<watch::Plan>(std::move(planned));
  return compiled;
}

absl::StatusOr<std::optional<BlockItems>> SearchQuery::Candidates(SearchFile& file, uint64_t pipeline,
                                                                  uint64_t block) const {
  Finder finder(patterns_, file, pipeline, block);
  std::optional<BlockItems> candidates = finder.Of(plan_);
  if (!finder.status().ok()) return finder.status();
  return candidates;
}

bool SearchQuery::Matches(const v1::Item& item) {
  index_.Build(item);
  scratch_.Begin();
  const watch::View view(item, index_);
  return watch::Evaluator(view, patterns_, scratch_).Evaluate(plan_) == v1::TRUTH_TRUE;
}

}  // namespace wirewatch::store

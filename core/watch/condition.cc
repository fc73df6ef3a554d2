#include "wirewatch/watch/condition.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/watch/evaluator.h"
#include "wirewatch/watch/parser.h"

namespace wirewatch::watch {

struct Condition::Rep {
  std::shared_ptr<const Expression> expression;
  PatternTable patterns;
  Plan plan;
};

Condition::Condition(std::unique_ptr<const Rep> rep) : rep_(std::move(rep)) {}
Condition::~Condition() = default;

absl::StatusOr<std::shared_ptr<const Condition>> Condition::Compile(std::string_view query) {
  auto rep = std::make_unique<Rep>();
  auto parsed = Parse(query);
  if (const auto* error = std::get_if<QueryError>(&parsed)) return ToStatus(*error, query);
  rep->expression = std::get<std::shared_ptr<const Expression>>(std::move(parsed));
  auto planned = MakePlan(*rep->expression, absl::UTCTimeZone(), rep->patterns);
  if (const auto* error = std::get_if<QueryError>(&planned)) return ToStatus(*error, query);
  rep->plan = std::get<Plan>(std::move(planned));
  return std::shared_ptr<const Condition>(new Condition(std::move(rep)));
}

v1::Truth Condition::Evaluate(const View& view) const {
  Scratch scratch;
  scratch.Begin();
  return Evaluator(view, rep_->patterns, scratch).Evaluate(rep_->plan);
}

std::vector<std::string> Condition::Needs() const { return NeedsOf(rep_->plan); }

}  // namespace wirewatch::watch

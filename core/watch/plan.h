// Plan: an Expression made ready for evaluation: words as patterns, fields as places to look, dates as instants. Refers
// to its Expression and to the PatternTable that it was compiled with; immutable afterwards, any thread.
#ifndef WIREWATCH_WATCH_PLAN_H_
#define WIREWATCH_WATCH_PLAN_H_

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/time/time.h"
#include "wirewatch/watch/expression.h"
#include "wirewatch/watch/parser.h"
#include "wirewatch/watch/term_pattern.h"

namespace wirewatch::watch {

class SharedLists;

// Patterns at consecutive positions.
using Sequence = absl::InlinedVector<PatternId, 4>;
// Ways to write one stretch of a word: `a-b` is a b and ab.
using Spellings = std::vector<Sequence>;

struct Plan {
  const Expression* expression = nullptr;
  std::vector<Plan> parts;                // the operands, unless it is a LIST
  std::shared_ptr<const Plan> list;       // kList: its operand, which plans may have in common; gives its patterns back
  std::vector<Spellings> words;           // kWord, kPhrase, kStem: what must follow each other
  const FieldInfo* field = nullptr;       // kField, kRange
  std::optional<absl::Time> from, until;  // kRange over a date: from <= t < until
  std::optional<double> least, most;      // kRange over a number, both included
  absl::TimeZone timezone;                // kRange over a date

  Operation operation() const { return expression->operation; }
  std::span<const Plan> operands() const { return list != nullptr ? std::span(list.get(), 1) : std::span(parts); }
};

// A word of a query in all its spellings, one behind the other; empty if it has no letters, digits or signs that are
// searched.
std::vector<Spellings> PlanWord(std::string_view word, uint32_t edits, TermPattern::Spelling spelling,
                                PatternTable& patterns);

// The same for plain words: one stretch for each, in one spelling.
std::vector<Spellings> PlanPlainWord(std::string_view word, uint32_t edits, PatternTable& patterns);

// Makes the plan of `expression`, which must outlive it, as must the table. A QueryError for what can only be seen now:
// words without letters, dates that are none, languages without a stemmer. Whether there are steps for the annotations
// that it reads is for those to say who know the steps: NeedsOf(). With `lists`, LISTs that it has in common with other
// plans of the same table have one plan.
enum class Words : uint8_t {
  kFolded,  // as the watch language has them, for TextIndex::Build()
  kPlain,   // as Lucene has them, for TextIndex::BuildPlain()
};
std::variant<Plan, QueryError> MakePlan(const Expression& expression, absl::TimeZone timezone, PatternTable& patterns,
                                        Words words = Words::kFolded, SharedLists* lists = nullptr);

// The same of an expression whose words have been planned before: `next` gives those of one word, phrase or stem after
// the other, from left to right, of patterns that have been interned.
using PlannedWords = std::function<std::vector<Spellings>()>;
std::variant<Plan, QueryError> RemakePlan(const Expression& expression, absl::TimeZone timezone, PatternTable& patterns,
                                          const PlannedWords& next, SharedLists& lists);

// Gives the plan's patterns back to the table, except those of its LISTs, which do it themselves.
void ReleasePatterns(const Plan& plan, PatternTable& patterns);

// Annotations that it reads and that steps have to provide, sorted.
std::vector<std::string> NeedsOf(const Plan& plan);

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_PLAN_H_

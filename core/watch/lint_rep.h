// The rules behind Lint(), in three files: on how clauses stand to each other (lint.cc), on words (lint_words.cc), and
// on what a watch costs (lint_cost.cc). Private to these. One thread, one query.
#ifndef WIREWATCH_WATCH_LINT_REP_H_
#define WIREWATCH_WATCH_LINT_REP_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wirewatch/watch/implication.h"
#include "wirewatch/watch/lexer.h"
#include "wirewatch/watch/lint.h"

namespace wirewatch::watch {

class Linter {
 public:
  Linter(std::string_view query, const LintOptions& options);

  void Visit(const Expression& e) { Visit(e, Context{}); }
  void CheckCost(const Expression& e);
  void CheckList(const Expression& e);
  std::vector<LintFinding> Findings() &&;

 private:
  using Spelling = TermPattern::Spelling;
  // Where a clause stands.
  struct Context {
    Spelling spelling = Spelling::kFolded;
    bool excluded = false;       // by a NOT, NOTIN or NOTNEAR
    bool in_item_field = false;  // held against a fact of the Item
    bool excepted = false;       // in part, by a NOTIN or NOTNEAR around it
  };

  void Visit(const Expression& e, const Context& context);
  void VisitOperands(const Expression& e, const Context& context);

  // lint.cc
  void CheckAnd(const Expression& e, const Context& context);
  void CheckOr(const Expression& e, const Context& context);
  void CheckRedundant(const Expression& e, const Context& context);
  void CheckContradiction(const Expression& e, const Context& context);
  void CheckLanguages(const Expression& e);
  void CheckSpeaker(const Expression& e);
  void CheckRepeated(const Expression& e, const Context& context);
  void CheckNear(const Expression& e, const Context& context);
  void CheckNotIn(const Expression& e, const Context& context);
  void CheckFirst(const Expression& e);
  void CheckMin(const Expression& e);
  void CheckScore(const Expression& e);
  void PutWithout(std::string_view rule, const Expression& e, size_t dropped, std::string message);

  // lint_words.cc
  void CheckOperatorWords(const Expression& e);
  void CheckSingleQuotes(const Expression& e);
  void CheckWord(const Expression& e, const Context& context);
  void CheckWildcard(const Expression& e, const Context& context);
  void CheckCapitals(const Expression& e, const Context& context);
  void CheckNegatingPrefix(const Expression& e, const Context& context);
  void CheckPhrase(const Expression& e, const Context& context);

  // The finding is at the whole of `e`.
  void Put(std::string_view rule, const Expression& e, std::string message, std::string rewrite = "");
  void Put(std::string_view rule, uint32_t begin, uint32_t end, std::string message, std::string rewrite = "");
  // Bytes of an expression with the parentheses that belong to it: its own begin and end are those of its operands.
  std::pair<uint32_t, uint32_t> RangeOf(const Expression& e) const;

  std::string_view query_;
  const std::string folded_;  // the query
  const LintOptions& options_;
  Implication implication_;
  std::vector<Lexeme> lexemes_;
  std::vector<LintFinding> findings_;
};

// Among the commonest of a few languages, folded.
bool IsCommonWord(std::string_view folded);
// Words of a query in folded form, of all spellings.
std::vector<std::string> FormsOf(std::string_view word);

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_LINT_REP_H_

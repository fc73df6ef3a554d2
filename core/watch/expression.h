// Expression: a query of the watch language as a tree. Built by Parse(), immutable afterwards; any thread.
#ifndef WIREWATCH_WATCH_EXPRESSION_H_
#define WIREWATCH_WATCH_EXPRESSION_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace wirewatch::watch {

enum class Operation : uint8_t {
  kWord,     // text
  kPhrase,   // operands: words at consecutive positions; number: slack of "…"~n, 0 for a plain phrase
  kAnd,      // operands
  kOr,       // operands
  kNot,      // one operand
  kNear,     // two operands, number: tokens strictly between
  kOnear,    // the same, in this order
  kSent,     // two operands
  kPara,     // two operands
  kNotIn,    // two operands
  kNotNear,  // two operands, number
  kCase,     // one operand: CASE(…), { … }
  kExact,    // one operand
  kStem,     // one operand, name: language
  kAtLeast,  // one operand, number
  kMin,      // operands, number
  kScore,    // operands with weights, threshold
  kLead,     // one operand
  kFirst,    // one operand, number
  kField,    // name; one operand
  kRange,    // name; low, high: either may be empty, and may itself be outside (low_open, high_open)
  kSaid,     // one operand: what one quote satisfies
  kList,     // name; one operand: what the list stands for
};

struct Expression {
  Operation operation = Operation::kWord;
  std::string text = {};  // words: as written
  std::string name = {};  // fields, lists, languages
  uint32_t number = 0;
  uint32_t edits = 0;   // word~1, word~2
  bool sloppy = false;  // "…"~n
  // With `sloppy`: counted as Lucene does, by moves: at most `number` = max(p - i) - min(p - i) over the positions p of
  // the words i. Never read by Parse(); Print() shows it as if it were a window.
  bool moves = false;
  double threshold = 0;
  std::string low = {}, high = {};
  bool low_open = false, high_open = false;
  std::vector<std::shared_ptr<const Expression>> operands = {};
  std::vector<double> weights = {};
  uint32_t begin = 0, end = 0;  // bytes in the query; inside a list those of its LIST(…)
};

// The query in its normal form: operators spelt out, parentheses where they are needed. Parse(Print(x)) is x.
std::string Print(const Expression& expression);
// The same, in parentheses unless it is a word, phrase, function or field.
std::string PrintOperand(const Expression& expression);

bool HasWildcard(std::string_view word);

// Whether it has occurrences that can be counted and measured between: words, phrases, wildcards, ORs of these, and
// NEAR, ONEAR, NOTIN and NOTNEAR of these. nullptr if so, else the part of it that has none.
const Expression* FindWithoutOccurrences(const Expression& expression);

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_EXPRESSION_H_

// Lint: what is right by the grammar of the watch language and yet is hardly what its author means, or costs more than
// it looks. The rules stand in docs/watches.md. Pure functions; any thread. Work is bounded by the size of the query.
#ifndef WIREWATCH_WATCH_LINT_H_
#define WIREWATCH_WATCH_LINT_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wirewatch/watch/expression.h"
#include "wirewatch/watch/frequencies.h"

namespace wirewatch::watch {

enum class LintKind : uint8_t {
  kMistake,  // almost surely not meant
  kDoubt,    // to be looked at
  kCost,     // means what it says, and is dear
};
std::string_view NameOf(LintKind kind);  // "mistake", "doubt", "cost"

struct LintRule {
  std::string_view id;
  LintKind kind;
  std::string_view summary;
};
// All rules, by id.
std::span<const LintRule> LintRules();

struct LintFinding {
  const LintRule* rule = nullptr;
  uint32_t begin = 0, end = 0;  // bytes in the query
  std::string message;          // one sentence without full stop
  std::string rewrite;          // what to write in place of these bytes; empty: nothing that is sure to be meant
};

struct LintOptions {
  const Frequencies* frequencies = nullptr;  // what is common; without them a short list of words
  bool is_list = false;                      // what a LIST stands for: it is not held against Items by itself
};

// Findings by place; `expression` is what Parse() made of `query`. What stands in a LIST is not looked at for itself.
std::vector<LintFinding> Lint(std::string_view query, const Expression& expression, const LintOptions& options = {});

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_LINT_H_

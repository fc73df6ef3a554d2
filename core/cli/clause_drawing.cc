#include "wirewatch/cli/clause_drawing.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "wirewatch/alerts/snippet.h"
#include "wirewatch/cli/watch_report.h"
#include "wirewatch/text/printable.h"

namespace wirewatch::cli {
namespace {

constexpr int kMaxPlaces = 4;

// Where a clause without operands was found: `  "KFOR" body 8-12, …`.
std::string Places(const v1::Item& item, const v1::Clause& clause) {
  std::string places;
  for (int i = 0; i < std::min(clause.spans_size(), kMaxPlaces); ++i) {
    const v1::Span& span = clause.spans(i);
    absl::StrAppend(&places, i == 0 ? "  " : ", ", "\"", text::Printable(alerts::SpanText(item, span)), "\" ",
                    NameOf(span.part()), " ", span.begin(), "-", span.end());
  }
  return clause.spans_size() > kMaxPlaces ? places + ", …" : places;
}

const char* TruthMark(v1::Truth truth) {
  switch (truth) {
    case v1::TRUTH_TRUE:
      return "+";
    case v1::TRUTH_FALSE:
      return "-";
    case v1::TRUTH_UNKNOWN:
      return "?";
    default:
      return " ";
  }
}

void DrawClause(const v1::Clause& clause, int depth, const v1::Item* item, std::string& out) {
  absl::StrAppend(&out, std::string(static_cast<size_t>(4 + 2 * depth), ' '), TruthMark(clause.truth()), " ");
  absl::StrAppend(&out,
                  clause.operands().empty() || clause.operation().ends_with(":") ? clause.text() : clause.operation());
  if (item != nullptr && clause.operands().empty()) out += Places(*item, clause);
  if (clause.matches() > 1) absl::StrAppend(&out, "  ×", clause.matches());
  if (!clause.detail().empty() && clause.operation() != "LIST")
    absl::StrAppend(&out, "  (", text::Printable(clause.detail()), ")");
  out += '\n';
  // Of alternatives, one that holds says it all; a long list of those that do not says nothing.
  const bool alternatives = clause.truth() == v1::TRUTH_TRUE && clause.operation() == "OR";
  int left_out = 0;
  for (const v1::Clause& operand : clause.operands()) {
    if (alternatives && operand.truth() == v1::TRUTH_FALSE) {
      ++left_out;
    } else {
      DrawClause(operand, depth + 1, item, out);
    }
  }
  if (left_out > 0)
    absl::StrAppend(&out, std::string(static_cast<size_t>(6 + 2 * depth), ' '), "- ", left_out, " more\n");
}

}  // namespace

std::string DrawClauses(const v1::Clause& clause, const v1::Item* item) {
  std::string out;
  DrawClause(clause, 0, item, out);
  return out;
}

}  // namespace wirewatch::cli

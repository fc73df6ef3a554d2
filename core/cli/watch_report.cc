#include "wirewatch/cli/watch_report.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "wirewatch/text/printable.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::cli {
namespace {

constexpr size_t kMaxHeadlineBytes = 120;
constexpr char kBold[] = "\x1b[1m", kPlain[] = "\x1b[0m";

std::string HeadlineOf(const v1::Item& item) {
  const std::string& text = item.headline().empty() ? item.body() : item.headline();
  const bool cut = text.size() > kMaxHeadlineBytes;
  return text::Printable(text.substr(0, text::FloorBoundary(text, std::min(text.size(), kMaxHeadlineBytes)))) +
         (cut ? "…" : "");
}

}  // namespace

std::string NameOf(const v1::Item& item) { return absl::StrCat(item.id().substr(0, 12), "  ", HeadlineOf(item)); }

std::string NameOf(v1::Part part) {
  const std::string name = v1::Part_Name(part);
  return absl::AsciiStrToLower(absl::StripPrefix(name, "PART_"));
}

std::string Excerpt(const v1::Item& item, const alerts::Spans& matches, bool colours) {
  const alerts::Snippet snippet = alerts::CutSnippet(item, alerts::ChooseSnippet(item, matches), matches);
  std::string shown;
  size_t at = 0;
  const auto add = [&](size_t end) { shown += text::Printable(snippet.text.substr(at, end - at)), at = end; };
  for (const v1::Span& highlight : snippet.highlights) {
    add(highlight.begin());
    shown += colours ? kBold : "[";
    add(highlight.end());
    shown += colours ? kPlain : "]";
  }
  add(snippet.text.size());
  return shown;
}

boost::json::object ToJson(const v1::Item& item) {
  return {{"id", item.id()}, {"headline", item.headline()}, {"origin", item.provenance().origin()}};
}

boost::json::array ToJson(const v1::Item& item, const alerts::Spans& matches) {
  boost::json::array spans;
  for (const v1::Span& span : matches) {
    spans.push_back(boost::json::object{{"part", NameOf(span.part())},
                                        {"begin", span.begin()},
                                        {"end", span.end()},
                                        {"text", std::string(alerts::SpanText(item, span))}});
  }
  return spans;
}

double Nearness(const v1::Clause& clause) {
  constexpr double kExcluded = 0.5;  // everything asked for may be there, and something that is not wanted
  constexpr double kApart = 0.9;     // all is there, but not as it should stand
  if (clause.truth() == v1::TRUTH_TRUE) return 1;
  if (clause.operation() == "NOT") return kExcluded;
  if (clause.operands().empty()) return 0;
  double sum = 0, most = 0;
  for (const v1::Clause& operand : clause.operands()) {
    const double nearness = Nearness(operand);
    sum += nearness;
    most = std::max(most, nearness);
  }
  return kApart * (clause.operation() == "OR" ? most : sum / clause.operands_size());
}

}  // namespace wirewatch::cli

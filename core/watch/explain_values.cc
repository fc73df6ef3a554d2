#include "wirewatch/watch/explain_values.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wirewatch/text/utf8.h"
#include "wirewatch/watch/item_fields.h"

namespace wirewatch::watch {
namespace {

constexpr size_t kMaxQuotedBytes = 60;
constexpr size_t kMaxValues = 3;

std::string NameOf(const FieldValue& value, std::string_view field) {
  if (field == "place-within" || value.texts.empty()) {
    std::string ids;
    for (const std::string& id : value.ids) absl::StrAppend(&ids, ids.empty() ? "" : "/", id);
    return ids;
  }
  return field == "tone" ? absl::StrCat(value.texts[0], " ", value.number) : value.texts[0];
}

// Of the values those that hold, or all.
std::vector<std::string> NamesOf(const Plan& plan, Evaluator& evaluator) {
  std::vector<std::string> names;
  std::vector<std::string> holding;
  for (const FieldValue& value : evaluator.ValuesFor(plan)) {
    const std::string name = NameOf(value, plan.field->name);
    if (evaluator.EvaluateValue(plan, value) == v1::TRUTH_TRUE) holding.push_back(name);
    names.push_back(name);
  }
  return holding.empty() ? names : holding;
}

}  // namespace

std::string Quoted(std::string_view text) {
  const std::string_view cut = text.substr(0, text::FloorBoundary(text, std::min(text.size(), kMaxQuotedBytes)));
  return absl::StrCat("\"", std::string(cut), cut.size() < text.size() ? "…" : "", "\"");
}

std::string ValuesText(const Plan& plan, Evaluator& evaluator) {
  const v1::Item& item = evaluator.view().item();
  const std::string name(plan.field->name);
  if (plan.field->kind == FieldKind::kDate) {
    const auto time = PublishedTime(item, plan.timezone);
    return time ? absl::StrCat(name, " is ", absl::FormatTime("%Y-%m-%dT%H:%M%Ez", *time, plan.timezone))
                : absl::StrCat(name, " is not known");
  }
  if (plan.field->kind == FieldKind::kNumber) return "";
  std::vector<std::string> values;
  if (plan.field->kind == FieldKind::kItem && IsCodeField(name)) {
    for (const std::string_view value : ValuesOf(item, name)) values.emplace_back(value);
  } else {
    values = NamesOf(plan, evaluator);
  }
  if (values.empty()) {
    if (plan.field->kind != FieldKind::kAnnotation) return absl::StrCat(name, " is not known");
    const std::string needs(plan.field->needs);
    return IsKnown(item, needs) ? absl::StrCat("there is no ", name) : absl::StrCat("no step has looked for ", needs);
  }
  std::string text = absl::StrCat(name, " is ");
  for (size_t i = 0; i < std::min(values.size(), kMaxValues); ++i) {
    absl::StrAppend(&text, i == 0 ? "" : ", ", Quoted(values[i]));
  }
  return values.size() > kMaxValues ? text + ", …" : text;
}

}  // namespace wirewatch::watch

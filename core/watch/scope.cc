// Where to look: LEAD, FIRST, text fields, sentences and paragraphs.
#include <algorithm>

#include "wirewatch/watch/evaluator.h"

namespace wirewatch::watch {
namespace {

Window WindowOf(const text::PartIndex& part, uint32_t index, const text::Section& section) {
  if (section.first_token >= section.last_token) return {index, 0, 0};
  const text::Token& last = part.tokens[section.last_token - 1];
  return {index, part.tokens[section.first_token].position, last.position + 1};
}

// Position of the first token of the text proper.
uint32_t BeginOfText(const text::PartIndex& part) {
  const auto first = std::find_if(part.tokens.begin(), part.tokens.end(),
                                  [&](const text::Token& token) { return token.begin >= part.text_begin; });
  return first == part.tokens.end() ? part.positions : first->position;
}

// The first paragraph in which there is something to search.
Window FirstParagraph(const text::PartIndex& part, uint32_t index) {
  for (const text::Section& paragraph : part.paragraphs) {
    for (uint32_t i = paragraph.first_token; i < paragraph.last_token; ++i) {
      if (part.tokens[i].searchable && part.tokens[i].begin >= part.text_begin) return WindowOf(part, index, paragraph);
    }
  }
  return {index, 0, 0};
}

v1::Part PartOf(std::string_view field) {
  if (field == "headline") return v1::PART_HEADLINE;
  if (field == "subheadline") return v1::PART_SUBHEADLINE;
  if (field == "body") return v1::PART_BODY;
  return v1::PART_CAPTION;
}

}  // namespace

Scope Evaluator::Narrow(const Plan& plan, const Scope& scope) {
  switch (plan.operation()) {
    case Operation::kLead:
      return Intersect(scope, LeadOf());
    case Operation::kFirst:
      return Intersect(scope, FirstOf(plan.expression->number));
    default:
      if (plan.field->kind == FieldKind::kQuote) return Intersect(scope, FieldTexts::Of(view_, scratch_).unquoted());
      return Intersect(scope, PartsOf(plan.field->name));
  }
}

Scope Evaluator::LeadOf() const {
  Scope lead = PartsOf("lead");
  const Scope headline = PartsOf("headline");
  lead.insert(lead.end(), headline.begin(), headline.end());
  return lead;
}

// Counted through a lead that stands apart, then through the body.
Scope Evaluator::FirstOf(uint32_t tokens) const {
  Scope first;
  const std::span<const text::PartIndex> parts = view_.text().parts();
  for (const v1::Part wanted : {v1::PART_LEAD, v1::PART_BODY}) {
    for (uint32_t i = 0; i < parts.size() && tokens > 0; ++i) {
      if (parts[i].part != wanted) continue;
      const uint32_t begin = BeginOfText(parts[i]);
      const uint32_t length = std::min(tokens, parts[i].positions - begin);
      first.push_back({i, begin, begin + length});
      tokens -= length;
    }
  }
  return first;
}

Scope Evaluator::PartsOf(std::string_view field) const {
  Scope scope;
  const std::span<const text::PartIndex> parts = view_.text().parts();
  if (field == "lead") {
    for (uint32_t i = 0; i < parts.size(); ++i) {
      if (parts[i].part == v1::PART_LEAD && parts[i].positions > 0) return {{i, 0, parts[i].positions}};
    }
    for (uint32_t i = 0; i < parts.size(); ++i) {
      if (parts[i].part == v1::PART_BODY) return {FirstParagraph(parts[i], i)};
    }
    return scope;
  }
  for (uint32_t i = 0; i < parts.size(); ++i) {
    // A lead that stands apart is body too: it was cut off the text.
    const bool is_lead_of_body = field == "body" && parts[i].part == v1::PART_LEAD;
    if (parts[i].part == PartOf(field) || is_lead_of_body) scope.push_back({i, 0, parts[i].positions});
  }
  return scope;
}

List<Scope> Evaluator::Sections(Operation operation, const Scope& scope) const {
  List<Scope> sections;
  const std::span<const text::PartIndex> parts = view_.text().parts();
  for (uint32_t i = 0; i < parts.size(); ++i) {
    if (std::none_of(scope.begin(), scope.end(), [i](const Window& window) { return window.part == i; })) continue;
    for (const text::Section& section : operation == Operation::kSent ? parts[i].sentences : parts[i].paragraphs) {
      Scope found = Intersect(scope, {WindowOf(parts[i], i, section)});
      if (!found.empty()) sections.push_back(std::move(found));
    }
  }
  return sections;
}

}  // namespace wirewatch::watch

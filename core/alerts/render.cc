#include "wirewatch/alerts/render.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/alerts/snippet.h"

namespace wirewatch::alerts {
namespace {

constexpr size_t kSpanTextBytes = 1024;  // a span over half the Item says nothing more

void FillSpan(const v1::Item& item, v1::Span& span) {
  std::string_view text = SpanText(item, span);
  if (text.size() > kSpanTextBytes) {
    size_t end = kSpanTextBytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    text = text.substr(0, end);
  }
  span.set_text(text.data(), text.size());
}

void FillClause(const v1::Item& item, v1::Clause& clause) {
  for (v1::Span& span : *clause.mutable_spans()) FillSpan(item, span);
  for (v1::Clause& operand : *clause.mutable_operands()) FillClause(item, operand);
}

// Cuts what is longer than the Item's rights allow.
v1::Span WithinRights(const v1::Item& item, const v1::Evidence& evidence) {
  const size_t allowed = item.rights().snippet_chars();
  if (allowed == 0 || allowed >= kLongestSnippet) return evidence.snippet_span();
  return ChooseSnippet(item, evidence.spans(), allowed);
}

void FillText(const v1::Item& item, v1::Evidence& evidence) {
  Snippet snippet = CutSnippet(item, WithinRights(item, evidence), evidence.spans());
  for (v1::Span& highlight : snippet.highlights) {
    highlight.set_text(snippet.text.substr(highlight.begin(), highlight.end() - highlight.begin()));
    *evidence.add_highlights() = std::move(highlight);
  }
  evidence.set_snippet(std::move(snippet.text));
  for (v1::Span& span : *evidence.mutable_spans()) FillSpan(item, span);
  if (evidence.has_explanation() && evidence.explanation().has_clause()) {
    FillClause(item, *evidence.mutable_explanation()->mutable_clause());
  }
}

void FillFacts(const v1::Item& item, v1::Evidence& evidence) {
  evidence.set_outlet(item.outlet().name().empty() ? item.domain() : item.outlet().name());
  for (const std::string* url : {&item.canonical_url(), &item.final_url(), &item.url()}) {
    if (evidence.url().empty()) evidence.set_url(*url);
  }
  if (item.has_published()) *evidence.mutable_published() = item.published();
  if (item.has_rights()) *evidence.mutable_rights() = item.rights();
  evidence.set_language(item.language().tag());
}

// Whether an Item may be passed on to such a reader. What is not known counts as internal.
bool MayReach(v1::Forward reader, v1::Forward forward) {
  if (reader == v1::FORWARD_UNSPECIFIED) return true;
  return (forward == v1::FORWARD_UNSPECIFIED ? v1::FORWARD_INTERNAL : forward) >= reader;
}

// From all of it to the link only; enumerators stand in that order.
v1::Display TheLess(v1::Display a, v1::Display b) { return std::max(a, b); }

void RenderEvidence(const v1::Item& item, const RenderOptions& options, v1::Evidence& evidence) {
  FillFacts(item, evidence);
  if (!MayReach(options.reader, item.rights().forward())) {
    evidence.set_withheld(options.reader == v1::FORWARD_EXTERNAL ? "the Item may not be passed on outside"
                                                                 : "the Item may not be passed on");
    return;
  }
  const bool known = item.rights().display() != v1::DISPLAY_UNSPECIFIED;
  const bool stated = options.unknown_rights != v1::DISPLAY_UNSPECIFIED;
  const v1::Display allowed = known ? item.rights().display() : stated ? options.unknown_rights : v1::DISPLAY_HEADLINE;
  const v1::Display display = TheLess(allowed, options.most);
  const char* const who = display != allowed ? "the recipient may see"
                          : known            ? "the Item's rights allow"
                                             : "the Item's rights are not known, which allows";
  if (display == v1::DISPLAY_LINK) {
    evidence.set_withheld(absl::StrCat(who, " no more than a link"));
    return;
  }
  evidence.set_headline(item.headline());
  if (evidence.standing() == v1::EVIDENCE_STANDING_RETRACTED) {
    evidence.set_withheld("its publisher has retracted it");
  } else if (display == v1::DISPLAY_HEADLINE) {
    evidence.set_withheld(absl::StrCat(who, " no more than headline and link"));
  } else {
    FillText(item, evidence);
  }
}

}  // namespace

ItemLookup ArchiveOf(store::Store& store) {
  return [&store](std::string_view pipeline, std::string_view id,
                  uint32_t version) -> absl::StatusOr<std::optional<v1::Item>> {
    absl::StatusOr<std::optional<std::string>> bytes = store.ReadItem(pipeline, id, version);
    if (!bytes.ok()) return bytes.status();
    if (!bytes->has_value()) return std::nullopt;
    v1::Item item;
    if (!item.ParseFromString(**bytes)) {
      return absl::InternalError(absl::StrCat("the archived Item ", std::string(id), " cannot be parsed"));
    }
    return item;
  };
}

absl::Status RenderAlert(v1::Alert& alert, const ItemLookup& lookup, const RenderOptions& options) {
  for (v1::Evidence& evidence : *alert.mutable_evidence()) {
    if (evidence.item_id().empty()) continue;
    absl::StatusOr<std::optional<v1::Item>> item =
        lookup(alert.pipeline(), evidence.item_id(), evidence.item_version());
    if (!item.ok()) return item.status();
    if (item->has_value()) {
      RenderEvidence(**item, options, evidence);
    } else {
      evidence.set_withheld("the archive no longer has it");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::AlertEvent> RenderEntry(const store::JournalEntry& entry, const std::string& journal_id,
                                           const ItemLookup& lookup, const RenderOptions& options) {
  v1::AlertEvent event;
  if (!event.ParseFromString(entry.event)) {
    return absl::InternalError(absl::StrCat("the journal's entry ", entry.sequence, " cannot be parsed"));
  }
  event.set_journal_id(journal_id);
  event.set_sequence(entry.sequence);
  if (absl::Status rendered = RenderAlert(*event.mutable_alert(), lookup, options); !rendered.ok()) return rendered;
  return event;
}

}  // namespace wirewatch::alerts

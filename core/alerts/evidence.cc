#include "wirewatch/alerts/evidence.h"

#include <algorithm>

#include "wirewatch/alerts/snippet.h"
#include "wirewatch/alerts/times.h"

namespace wirewatch::alerts {
namespace {

void ClearTexts(v1::Clause& clause) {
  for (v1::Span& span : *clause.mutable_spans()) span.clear_text();
  for (v1::Clause& operand : *clause.mutable_operands()) ClearTexts(operand);
}

void KeepExplanation(const v1::Explanation& explanation, v1::Explanation& kept) {
  kept = explanation;
  if (kept.has_clause()) {
    if (kept.ByteSizeLong() > kExplanationBytes) kept.mutable_clause()->clear_operands();
    ClearTexts(*kept.mutable_clause());
  }
}

bool IsPartial(const v1::Signal& signal, const v1::Item& item) {
  if (item.completeness() == v1::COMPLETENESS_SNIPPET || item.completeness() == v1::COMPLETENESS_HEADLINE) return true;
  return std::any_of(item.watch_hits().begin(), item.watch_hits().end(), [&signal](const v1::WatchHit& hit) {
    return hit.partial_text() && hit.watch_id() == signal.watch_id();
  });
}

// How long after the value the thing may have happened, by the precision of the value.
absl::Duration Width(v1::TimePrecision precision) {
  switch (precision) {
    case v1::TIME_PRECISION_YEAR:
      return absl::Hours(24 * 366);
    case v1::TIME_PRECISION_MONTH:
      return absl::Hours(24 * 31);
    case v1::TIME_PRECISION_DAY:
      return absl::Hours(24);
    case v1::TIME_PRECISION_MINUTE:
      return absl::Minutes(1);
    default:
      return absl::ZeroDuration();
  }
}

void ReferToItem(const v1::Signal& signal, const v1::Item& item, absl::Time late_before, v1::Evidence& evidence) {
  evidence.set_item_id(item.id());
  evidence.set_item_version(item.version());
  evidence.set_origin(OriginOf(item));
  evidence.set_late(PublishedBefore(item, late_before));
  evidence.set_partial_text(IsPartial(signal, item));
  const v1::Span stretch = ChooseSnippet(item, signal.spans());
  if (stretch.part() != v1::PART_UNSPECIFIED) *evidence.mutable_snippet_span() = stretch;
}

}  // namespace

v1::Evidence MakeEvidence(const v1::Signal& signal, const v1::Item* item, absl::Time late_before) {
  v1::Evidence evidence;
  evidence.set_signal_id(signal.id());
  evidence.set_kind(signal.kind());
  evidence.set_step(signal.step());
  evidence.set_position(signal.position());
  if (signal.has_arrival()) *evidence.mutable_arrival() = signal.arrival();
  evidence.set_watch_id(signal.watch_id());
  evidence.set_revision(signal.revision());
  evidence.set_severity(signal.severity());
  evidence.set_span_count(static_cast<uint32_t>(signal.spans_size()));
  for (int i = 0; i < std::min(signal.spans_size(), kEvidenceSpans); ++i) {
    *evidence.add_spans() = signal.spans(i);
    evidence.mutable_spans(i)->clear_text();
  }
  if (signal.has_explanation()) KeepExplanation(signal.explanation(), *evidence.mutable_explanation());
  if (item != nullptr) ReferToItem(signal, *item, late_before, evidence);
  return evidence;
}

std::string OriginOf(const v1::Item& item) {
  for (const v1::InfoSource& source : item.info_sources()) {
    if (source.role() == "agency" && !source.name().empty()) return source.name();
  }
  for (const v1::DatelineAgency& agency : item.dateline().agencies()) {
    if (!agency.name().empty()) return agency.name();
  }
  for (const std::string* name : {&item.outlet().name(), &item.outlet().domain(), &item.domain(), &item.feed()}) {
    if (!name->empty()) return *name;
  }
  return "";
}

bool PublishedBefore(const v1::Item& item, absl::Time time) {
  if (!item.published().has_value() || item.published().flag() != v1::TIME_FLAG_UNSPECIFIED) return false;
  absl::Time latest = GetTime(item.published().value()) + Width(item.published().precision());
  if (item.has_version_created()) latest = std::max(latest, GetTime(item.version_created()));
  return latest < time;
}

}  // namespace wirewatch::alerts

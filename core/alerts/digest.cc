#include "wirewatch/alerts/digest.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wirewatch/alerts/identity.h"
#include "wirewatch/alerts/times.h"

namespace wirewatch::alerts {
namespace {

bool Stands(const v1::Evidence& evidence) {
  return evidence.standing() == v1::EVIDENCE_STANDING_UNSPECIFIED ||
         evidence.standing() == v1::EVIDENCE_STANDING_CORRECTED;
}

v1::CorrectionKind CorrectionOf(const v1::Alert& alert) {
  v1::CorrectionKind gravest = alert.corrected() ? v1::CORRECTION_KIND_CORRECTED : v1::CORRECTION_KIND_UNSPECIFIED;
  for (const v1::Evidence& evidence : alert.evidence()) {
    if (evidence.standing() == v1::EVIDENCE_STANDING_RETRACTED) return v1::CORRECTION_KIND_RETRACTED;
    if (evidence.standing() == v1::EVIDENCE_STANDING_NO_LONGER_MATCHES) {
      gravest = v1::CORRECTION_KIND_NO_LONGER_MATCHES;
    } else if (evidence.standing() == v1::EVIDENCE_STANDING_CORRECTED && gravest == v1::CORRECTION_KIND_UNSPECIFIED) {
      gravest = v1::CORRECTION_KIND_CORRECTED;
    }
  }
  return gravest;
}

// Leaves what one line shows: the latest Item that stands, else the latest.
void KeepOne(v1::Alert& alert) {
  auto& all = *alert.mutable_evidence();
  if (all.empty()) return;
  const auto standing = std::find_if(all.rbegin(), all.rend(), Stands);
  v1::Evidence shown = standing != all.rend() ? *standing : *all.rbegin();
  all.Clear();
  *all.Add() = std::move(shown);
}

void ShowItem(const v1::Evidence& evidence, v1::DigestLine& line) {
  // Of what its publisher has killed the headline goes as well: people read a digest without what went before.
  if (evidence.standing() != v1::EVIDENCE_STANDING_RETRACTED) line.set_headline(evidence.headline());
  if (evidence.headline().empty()) line.set_snippet(evidence.snippet());
  line.set_outlet(evidence.outlet().empty() ? evidence.origin() : evidence.outlet());
  line.set_url(evidence.url());
  if (evidence.has_published()) *line.mutable_published() = evidence.published();
  line.set_language(evidence.language());
  line.set_withheld(evidence.withheld());
}

v1::DigestLine LineOf(const v1::HeldAlert& held, const v1::Alert& alert, v1::CorrectionKind correction) {
  v1::DigestLine line;
  line.set_alert_id(held.alert_id());
  line.set_title(alert.title());
  line.set_severity(SeverityOf(alert));
  line.set_status(alert.status());
  if (alert.has_raised()) *line.mutable_raised() = alert.raised();
  if (alert.has_updated()) *line.mutable_updated() = alert.updated();
  line.set_item_count(alert.item_count());
  line.set_origin_count(alert.origin_count());
  line.set_correction(correction);
  line.set_late(alert.late());
  line.set_test(alert.test());
  line.set_held_events(held.events());
  *line.mutable_reasons() = held.reasons();
  if (alert.evidence_size() > 0) ShowItem(alert.evidence(0), line);
  return line;
}

// The Alert as its last event until then has it; nullopt when the journal no longer has it.
absl::StatusOr<std::optional<v1::Alert>> AlertAt(uint64_t at_sequence, const std::string& id, store::Store& store) {
  const absl::StatusOr<std::vector<store::JournalEntry>> entries = store.ReadAlertEvents(id, 1, at_sequence);
  if (!entries.ok()) return entries.status();
  v1::AlertEvent event;
  if (entries->empty() || !event.ParseFromString(entries->back().event)) return std::nullopt;
  return std::move(*event.mutable_alert());
}

bool IsOnlySilenced(const v1::HeldAlert& held) {
  return held.reasons_size() == 1 && held.reasons(0) == v1::HELD_REASON_SILENCED;
}

bool ComesFirst(const v1::DigestLine& a, const v1::DigestLine& b) {
  if (a.severity() != b.severity()) return a.severity() > b.severity();
  const absl::Time raised_a = GetTime(a.raised()), raised_b = GetTime(b.raised());
  return raised_a != raised_b ? raised_a < raised_b : a.alert_id() < b.alert_id();
}

v1::Digest HeadOf(const v1::PendingDigest& pending, const RecipientRules& rules, const DigestPlace& place,
                  const std::string& journal_id) {
  v1::Digest digest;
  digest.set_journal_id(journal_id);
  digest.set_pipeline(place.pipeline);
  digest.set_recipient(rules.id);
  digest.set_channel(place.channel);
  digest.set_language(rules.language);
  digest.set_time_zone(rules.time_zone.name());
  *digest.mutable_time() = pending.time();
  if (pending.has_since()) *digest.mutable_since() = pending.since();
  digest.set_cut_sequence(pending.cut_sequence());
  digest.set_checked(pending.checked());
  digest.set_omitted(pending.omitted());
  // The time as well: with nothing new in the journal the next one is cut at the same place.
  const std::string time = absl::StrCat(pending.time().seconds());
  const std::string cut = absl::StrCat(pending.cut_sequence());
  digest.set_id(StableId({"digest", journal_id, place.pipeline, rules.id, place.channel, time, cut}));
  return digest;
}

}  // namespace

absl::StatusOr<v1::Digest> MakeDigest(const v1::PendingDigest& pending, const RecipientRules& rules,
                                      const DigestPlace& place, store::Store& store, uint64_t at_sequence) {
  v1::Digest digest = HeadOf(pending, rules, place, store.JournalId());
  const ItemLookup lookup = ArchiveOf(store);
  std::map<std::string, std::vector<v1::DigestLine>> by_watch;
  for (const v1::HeldAlert& held : pending.held()) {
    absl::StatusOr<std::optional<v1::Alert>> alert = AlertAt(at_sequence, held.alert_id(), store);
    if (!alert.ok()) return alert.status();
    if (!alert->has_value()) {
      digest.set_omitted(digest.omitted() + 1);
      continue;
    }
    // A silence does not say whose Alerts it hid.
    const bool theirs = Matches(rules.match, **alert) && MayKnow(rules.render, **alert);
    if (IsOnlySilenced(held) && !theirs) continue;
    const v1::CorrectionKind correction = CorrectionOf(**alert);
    KeepOne(**alert);
    if (absl::Status rendered = RenderAlert(**alert, lookup, rules.render); !rendered.ok()) return rendered;
    const std::string watch = (*alert)->watch_ids_size() > 0 ? (*alert)->watch_ids(0) : "";
    by_watch[watch].push_back(LineOf(held, **alert, correction));
    digest.set_alert_count(digest.alert_count() + 1);
  }
  for (auto& [watch, lines] : by_watch) {
    std::sort(lines.begin(), lines.end(), ComesFirst);
    v1::DigestSection& section = *digest.add_sections();
    section.set_watch_id(watch);
    for (v1::DigestLine& line : lines) *section.add_lines() = std::move(line);
  }
  return digest;
}

}  // namespace wirewatch::alerts

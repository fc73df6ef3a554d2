#include "wirewatch/alerts/route.h"

#include "wirewatch/alerts/times.h"

namespace wirewatch::alerts {
namespace {

using Fate = Verdict::Fate;

constexpr Verdict kPassOver{};
constexpr Verdict kTell{.fate = Fate::kTell};
constexpr Verdict kJoinHeld{.fate = Fate::kHold};

// What lets people and systems follow along, and asks nobody to look.
bool IsBookkeeping(v1::AlertEventType type) {
  switch (type) {
    case v1::ALERT_EVENT_TYPE_CLOSED:
    case v1::ALERT_EVENT_TYPE_ACKNOWLEDGED:
    case v1::ALERT_EVENT_TYPE_DISMISSED:
    case v1::ALERT_EVENT_TYPE_ASSIGNED:
    case v1::ALERT_EVENT_TYPE_NOTED:
      return true;
    default:
      return false;
  }
}

Verdict DecideSilenceEnded(const v1::AlertEvent& event, const RecipientRules& rules) {
  if (event.silence().hidden() == 0 || !MayMatch(rules.match, event.silence().matcher())) return kPassOver;
  return rules.has_digest() ? Verdict{.fate = Fate::kHoldAll} : kTell;
}

v1::HeldReason WhyHeld(const v1::AlertEvent& event, const RecipientRules& rules, const RouteMemory& memory) {
  const absl::Time at = GetTime(event.at());
  if (rules.inhibit && !memory.GraverOpen(event.alert()).empty()) return v1::HELD_REASON_INHIBITED;
  if (event.alert().late()) return v1::HELD_REASON_LATE;
  if (IsWithin(rules.quiet_hours, at, rules.time_zone)) return v1::HELD_REASON_QUIET_HOURS;
  if (rules.cap && memory.SentAfter(at - rules.cap->per) >= rules.cap->messages) return v1::HELD_REASON_CAPPED;
  return v1::HELD_REASON_UNSPECIFIED;
}

}  // namespace

Verdict Decide(const v1::AlertEvent& event, const RecipientRules& rules, const RouteMemory& memory) {
  const bool correction = event.correction() != v1::CORRECTION_KIND_UNSPECIFIED;
  if (event.type() == v1::ALERT_EVENT_TYPE_SILENCE_MADE) return kPassOver;
  if (event.type() == v1::ALERT_EVENT_TYPE_SILENCE_ENDED) return DecideSilenceEnded(event, rules);
  if (!MayKnow(rules.render, event.alert())) return kPassOver;
  if (event.silenced_by_size() > 0 && !correction) return kPassOver;

  const v1::RoutedAlert* const known = memory.Find(event.alert_id());
  const bool told = known != nullptr && known->told();
  const bool waits = known != nullptr && known->has_held();
  if (correction && told) return kTell;
  if (correction && waits) return kJoinHeld;
  const bool news = event.new_signal_ids_size() > 0 || event.severity_before() != v1::SEVERITY_UNSPECIFIED;
  if (correction && (!news || event.silenced_by_size() > 0)) return kPassOver;
  if (IsBookkeeping(event.type())) return known != nullptr && known->told_at_once() ? kTell : kPassOver;
  if (!Matches(rules.match, event.alert())) return kPassOver;
  if (event.type() == v1::ALERT_EVENT_TYPE_RESOLVED && !told && !waits) return kPassOver;

  if (SeverityOf(event.alert()) >= v1::SEVERITY_CRITICAL) return kTell;
  if (rules.has_digest()) {
    const v1::HeldReason reason = WhyHeld(event, rules, memory);
    if (reason != v1::HELD_REASON_UNSPECIFIED) return {.fate = Fate::kHold, .reason = reason};
  }
  return {.fate = Fate::kTell, .counts = rules.cap.has_value()};
}

void Note(const v1::AlertEvent& event, const Verdict& verdict, const RecipientRules& rules, RouteMemory& memory) {
  switch (verdict.fate) {
    case Fate::kTell:
      return memory.Told(event, verdict.counts, rules.cap ? rules.cap->per : absl::ZeroDuration());
    case Fate::kHold:
      return memory.Hold(event, verdict.reason);
    case Fate::kHoldAll:
      for (const std::string& id : event.silence().hidden_alert_ids()) memory.HoldHidden(id, GetTime(event.at()));
      return;
    case Fate::kPassOver:
      return memory.PassOver(event);
  }
}

}  // namespace wirewatch::alerts

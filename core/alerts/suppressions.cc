#include "wirewatch/alerts/suppressions.h"

#include "absl/strings/str_cat.h"
#include "wirewatch/alerts/identity.h"
#include "wirewatch/alerts/times.h"

namespace wirewatch::alerts {
namespace {

v1::StopReason ReasonOf(v1::HeldReason held) {
  switch (held) {
    case v1::HELD_REASON_INHIBITED:
      return v1::STOP_REASON_INHIBITED;
    case v1::HELD_REASON_LATE:
      return v1::STOP_REASON_LATE;
    case v1::HELD_REASON_QUIET_HOURS:
      return v1::STOP_REASON_QUIET_HOURS;
    case v1::HELD_REASON_CAPPED:
      return v1::STOP_REASON_CAPPED;
    default:
      return v1::STOP_REASON_HELD_BEFORE;
  }
}

}  // namespace

store::Suppression ToStore(const v1::Suppression& suppression, const std::vector<std::string>& addresses) {
  store::Suppression row;
  for (const std::string* subject : {&suppression.item_id(), &suppression.alert_id(), &suppression.subscription()}) {
    if (row.subjects.empty() && !subject->empty()) row.subjects.push_back(*subject);
  }
  const std::string reason = absl::StrCat(static_cast<int>(suppression.reason()));
  const std::string version = absl::StrCat(suppression.item_version());
  const std::string sequence = absl::StrCat(suppression.sequence());
  std::vector<std::string_view> parts = {reason,
                                         suppression.item_id(),
                                         version,
                                         suppression.watch_id(),
                                         suppression.alert_id(),
                                         suppression.subscription(),
                                         sequence};
  for (const std::string& address : addresses) {
    row.subjects.push_back(address);
    parts.push_back(address);
  }
  row.key = StableId(parts);
  row.at = GetTime(suppression.at());
  suppression.SerializeToString(&row.entry);
  return row;
}

store::Suppression SubscribedAt(const std::string& pipeline, const std::string& subscription, uint64_t sequence,
                                absl::Time at) {
  v1::Suppression suppression;
  suppression.set_reason(v1::STOP_REASON_SUBSCRIBED_LATER);
  suppression.set_subscription(subscription);
  suppression.set_sequence(sequence);
  SetTime(suppression.mutable_at(), at);
  store::Suppression row = ToStore(suppression);
  row.pipeline = pipeline;
  return row;
}

v1::StopReason StopOf(const v1::AlertEvent& event, const Verdict& verdict, const RecipientRules& rules) {
  if (event.type() != v1::ALERT_EVENT_TYPE_RAISED && event.type() != v1::ALERT_EVENT_TYPE_UPDATED) {
    return v1::STOP_REASON_UNSPECIFIED;
  }
  switch (verdict.fate) {
    case Verdict::Fate::kHold:
      return ReasonOf(verdict.reason);
    case Verdict::Fate::kPassOver:
      break;
    default:
      return v1::STOP_REASON_UNSPECIFIED;
  }
  const bool correction = event.correction() != v1::CORRECTION_KIND_UNSPECIFIED;
  if (event.silenced_by_size() > 0) return correction ? v1::STOP_REASON_SILENCED : v1::STOP_REASON_UNSPECIFIED;
  RouteMatch match = rules.match;
  match.least_severity = v1::SEVERITY_UNSPECIFIED;
  // What the route matches is passed over only where it follows up what the recipient was not told.
  return Matches(match, event.alert()) && !Matches(rules.match, event.alert()) ? v1::STOP_REASON_BELOW_SEVERITY
                                                                               : v1::STOP_REASON_NOT_ROUTED;
}

}  // namespace wirewatch::alerts

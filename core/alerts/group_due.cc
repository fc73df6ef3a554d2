// What a Group does next, and when, if nothing comes before.
#include <algorithm>

#include "wirewatch/alerts/group.h"
#include "wirewatch/alerts/times.h"

namespace wirewatch::alerts {

Group::Next Group::NextDue(const GroupingOptions& options) const {
  const Next next = NextInLife(options);
  const bool pending = alert().status() == v1::ALERT_STATUS_PENDING;
  if (!under_embargo() || (!pending && alert().status() != v1::ALERT_STATUS_OPEN)) return next;
  const absl::Time until = GetTime(alert().embargoed_until());
  const Due end = pending ? Due::kForget : Due::kEnd;
  return next.due == end || until <= next.at ? Next{end, until} : next;
}

Group::Next Group::NextInLife(const GroupingOptions& options) const {
  const bool condition = alert().kind() == v1::ALERT_KIND_CONDITION;
  const absl::Time last_signal = GetTime(state_.last_signal());
  if (alert().status() == v1::ALERT_STATUS_PENDING) {
    if (condition && !active()) return {Due::kRaise, last_signal};
    if (!condition && !alert().test() && !options.raise_when.Holds(alert())) {
      return {Due::kForget, last_signal + options.close_after};
    }
    if (state_.urgent()) return {Due::kRaise, GetTime(state_.news_since())};
    return {Due::kRaise, GetTime(alert().opened()) + options.wait};
  }
  if (dismissed()) return NextAfterDismissal(options);
  if (alert().status() != v1::ALERT_STATUS_OPEN) return NextTold(options);
  if (!LapseReason().empty()) {
    return {Due::kLapse, state_.has_news_since() ? GetTime(state_.news_since()) : last_signal};
  }
  const Next told = NextTold(options);
  // What nobody was told of, nobody can take.
  const bool alone =
      !alert().has_acknowledgement() && alert().assignee().empty() && !alert().has_escalated() && !state_.untold();
  if (options.escalate_after == absl::ZeroDuration() || !alone || alert().severity() < v1::SEVERITY_HIGH) return told;
  // Nor what is over and waits to be told so.
  if (alert().kind() == v1::ALERT_KIND_CONDITION && !active()) return told;
  const Next escalation = {Due::kEscalate, GetTime(state_.told()) + options.escalate_after};
  return escalation.at < told.at ? escalation : told;
}

Group::Next Group::NextTold(const GroupingOptions& options) const {
  const bool condition = alert().kind() == v1::ALERT_KIND_CONDITION;
  const absl::Time last_signal = GetTime(state_.last_signal());
  if (alert().status() == v1::ALERT_STATUS_OPEN && condition && !active()) {
    // What comes and goes is told no more often than anything else.
    if (state_.urgent()) return {Due::kEnd, GetTime(state_.news_since())};
    return {Due::kEnd, std::max(GetTime(state_.last_event()) + options.interval, last_signal)};
  }
  if (state_.has_news_since()) {
    const absl::Time since = GetTime(state_.news_since());
    if (state_.urgent()) return {Due::kUpdate, since};
    return {Due::kUpdate, std::max(GetTime(state_.last_event()) + options.interval, since + options.wait)};
  }
  if (ended()) return {Due::kForget, GetTime(alert().closed()) + options.follow_up_for};
  if (!condition) return {Due::kEnd, last_signal + options.close_after};
  if (options.repeat > absl::ZeroDuration() && !alert().has_acknowledgement()) {
    return {Due::kRepeat, GetTime(state_.last_event()) + options.repeat};
  }
  return {};
}

Group::Next Group::NextAfterDismissal(const GroupingOptions& options) const {
  // What people have put aside is only told to be wrong.
  if (state_.correction() != v1::CORRECTION_KIND_UNSPECIFIED) return NextTold(options);
  if (state_.released()) return {Due::kForget, GetTime(alert().closed()) + options.follow_up_for};
  const absl::Time last_signal = GetTime(state_.last_signal());
  if (alert().kind() == v1::ALERT_KIND_HIT) return {Due::kRelease, last_signal + options.close_after};
  if (!active()) return {Due::kRelease, last_signal};
  return {};
}

}  // namespace wirewatch::alerts

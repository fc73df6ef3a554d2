// The Grouper as far as operators call.
#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/alerts/evidence.h"
#include "wirewatch/alerts/grouper.h"
#include "wirewatch/alerts/identity.h"
#include "wirewatch/alerts/times.h"

namespace wirewatch::alerts {
namespace {

// The Alert that a call is about; nullptr: about none.
const std::string* AlertOf(const v1::OperatorCall& call) {
  switch (call.call_case()) {
    case v1::OperatorCall::kAcknowledge:
      return &call.acknowledge().alert_id();
    case v1::OperatorCall::kDismiss:
      return &call.dismiss().alert_id();
    case v1::OperatorCall::kAssign:
      return &call.assign().alert_id();
    case v1::OperatorCall::kNote:
      return &call.note().alert_id();
    case v1::OperatorCall::kResolve:
      return &call.resolve().alert_id();
    default:
      return nullptr;
  }
}

}  // namespace

absl::StatusOr<Grouper::Operated> Grouper::Operate(const v1::OperatorCall& call, const Moment& at, Events& events) {
  RunDue(at.arrival, at.position, events);
  if (call.actor().empty()) return absl::InvalidArgumentError("it is not said who acts");
  if (call.has_test()) return RaiseTest(call, at, events);
  const std::string* const id = AlertOf(call);
  if (id == nullptr) return OnSilenceCall(call, at, events);
  const auto found = by_id_.find(*id);
  if (found == by_id_.end()) {
    return absl::NotFoundError(absl::StrCat("\"", pipeline_, "\" has no Alert ", *id,
                                            " that can still change; Alerts can for ",
                                            absl::FormatDuration(options_.follow_up_for), " after they have ended"));
  }
  Group& group = groups_.at(found->second);
  group.SetSilencedBy(silences_.Matching(group.alert(), at.arrival));
  Group::Acted acted = Act(call, group, at);
  if (!acted.ok()) return acted.status();
  Operated operated;
  if (acted->has_value()) {
    operated.event = events.size();
    events.push_back(*std::move(*acted));
  }
  for (const v1::AlertGroupMember& member : group.state().members()) {
    const auto condition = conditions_.find(ConditionKey(member));
    if (!member.active() && condition != conditions_.end() && condition->second == found->second) {
      conditions_.erase(condition);
    }
  }
  Changed(group);
  *operated.answer.mutable_alert() = group.alert();
  return operated;
}

Group::Acted Grouper::Act(const v1::OperatorCall& call, Group& group, const Moment& at) {
  switch (call.call_case()) {
    case v1::OperatorCall::kAcknowledge:
      return group.Acknowledge(call.actor(), call.acknowledge(), at);
    case v1::OperatorCall::kDismiss:
      return group.Dismiss(call.actor(), call.dismiss(), at);
    case v1::OperatorCall::kAssign:
      return group.Assign(call.actor(), call.assign(), at);
    case v1::OperatorCall::kNote:
      return group.Note(call.actor(), call.note(), at);
    default:
      return group.Resolve(call.actor(), call.resolve(), at);
  }
}

absl::StatusOr<Grouper::Operated> Grouper::OnSilenceCall(const v1::OperatorCall& call, const Moment& at,
                                                         Events& events) {
  Operated operated;
  if (call.has_end_silence()) {
    absl::StatusOr<v1::SilenceRule> ended = silences_.End(call.end_silence(), at.arrival);
    if (!ended.ok()) return ended.status();
    operated.event = events.size();
    OnSilenceEnded(*ended, at.arrival, at.position, call.actor(), events);
    *operated.answer.mutable_silence() = *std::move(ended);
    return operated;
  }
  if (!call.has_silence()) return absl::InvalidArgumentError("the call says nothing");
  v1::SilenceRule rule = call.silence();
  rule.set_author(call.actor());
  rule.set_pipeline(pipeline_);
  if (!rule.has_begins()) SetTime(rule.mutable_begins(), at.arrival);
  const size_t before = silences_.size();
  absl::StatusOr<v1::SilenceRule> made = silences_.Make(std::move(rule), at.position, at.arrival);
  if (!made.ok()) return made.status();
  *operated.answer.mutable_silence() = *made;
  if (silences_.size() == before) return operated;
  operated.event = events.size();
  v1::AlertEvent& event = events.emplace_back();
  event.set_type(v1::ALERT_EVENT_TYPE_SILENCE_MADE);
  event.set_position(at.position);
  event.set_actor(call.actor());
  event.set_reason(made->reason());
  SetTime(event.mutable_at(), at.arrival);
  *event.mutable_silence() = *std::move(made);
  return operated;
}

Grouper::Operated Grouper::RaiseTest(const v1::OperatorCall& call, const Moment& at, Events& events) {
  const v1::TestAlertRequest& test = call.test();
  const std::string position = absl::StrCat(at.position);
  v1::Signal signal;
  signal.set_id(StableId({pipeline_, "test", position}));
  signal.set_pipeline(pipeline_);
  signal.set_step("test");
  signal.set_kind(v1::SIGNAL_KIND_FINDING);
  signal.set_severity(test.severity());
  signal.set_position(at.position);
  SetTime(signal.mutable_arrival(), at.arrival);
  signal.set_title(test.title().empty() ? "test" : test.title());
  signal.set_test(true);
  std::vector<v1::Label> labels(test.labels().begin(), test.labels().end());
  std::sort(labels.begin(), labels.end(), [](const v1::Label& a, const v1::Label& b) { return a.name() < b.name(); });
  // Each is an Alert of its own.
  Group& group = Open(signal, StableId({pipeline_, "test alert", position}), std::move(labels), at, events);
  group.Join(signal, signal.story_id(), MakeEvidence(signal, nullptr, absl::InfinitePast()), {}, at, options_);
  Operated operated;
  operated.event = events.size();
  Tell(group, at.arrival, events, [&] { return group.Tell(Group::Due::kRaise, at.arrival, at.position, ""); });
  events.back().set_actor(call.actor());
  Changed(group);
  *operated.answer.mutable_alert() = group.alert();
  return operated;
}

}  // namespace wirewatch::alerts

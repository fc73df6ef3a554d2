// For the tests of what operators do: a Grouper with Alerts to act on.
#ifndef WIREWATCH_ALERTS_GROUPER_ACTIONS_FIXTURE_H_
#define WIREWATCH_ALERTS_GROUPER_ACTIONS_FIXTURE_H_

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "wirewatch/alerts/grouper_fixture.h"

namespace wirewatch::alerts {

inline constexpr auto kAcknowledged = v1::ALERT_EVENT_TYPE_ACKNOWLEDGED;
inline constexpr auto kLapsed = v1::ALERT_EVENT_TYPE_ACKNOWLEDGEMENT_LAPSED;
inline constexpr auto kDismissed = v1::ALERT_EVENT_TYPE_DISMISSED;
inline constexpr auto kEscalated = v1::ALERT_EVENT_TYPE_ESCALATED;
inline constexpr auto kMade = v1::ALERT_EVENT_TYPE_SILENCE_MADE;
inline constexpr auto kEnded = v1::ALERT_EVENT_TYPE_SILENCE_ENDED;

class GrouperActionsFixture : public GrouperFixture {
 protected:
  absl::Status Operate(double second, const v1::OperatorCall& call) {
    told_.clear();
    answer_ = {};
    const auto operated = grouper_->Operate(call, Next(second), told_);
    if (!operated.ok()) return operated.status();
    answer_ = operated->answer;
    own_ = operated->event;
    return absl::OkStatus();
  }
  static v1::OperatorCall By(const std::string& actor) {
    v1::OperatorCall call;
    call.set_actor(actor);
    return call;
  }
  absl::Status Acknowledge(double second, const std::string& id, const std::string& actor = "ada") {
    v1::OperatorCall call = By(actor);
    call.mutable_acknowledge()->set_alert_id(id);
    return Operate(second, call);
  }
  absl::Status Dismiss(double second, const std::string& id, v1::DismissReason reason = v1::DISMISS_REASON_IRRELEVANT) {
    v1::OperatorCall call = By("ada");
    call.mutable_dismiss()->set_alert_id(id);
    call.mutable_dismiss()->set_reason(reason);
    return Operate(second, call);
  }
  absl::Status Silence(double second, double begins, double ends, const std::string& watch,
                       const std::string& id = "s") {
    v1::OperatorCall call = By("ada");
    v1::SilenceRule& rule = *call.mutable_silence();
    rule.set_id(id);
    rule.mutable_matcher()->add_watch_ids(watch);
    rule.set_reason("an exercise");
    SetTime(rule.mutable_begins(), kStart + absl::Seconds(begins));
    SetTime(rule.mutable_ends(), kStart + absl::Seconds(ends));
    return Operate(second, call);
  }
  // The id of an Alert that was raised at second 30.
  std::string Raised(const std::string& watch = "w", v1::Severity severity = v1::SEVERITY_MEDIUM) {
    Arrive(0, Item("a"), {Hit(watch, severity)});
    const Grouper::Events events = Advance(30);
    EXPECT_EQ(events.size(), 1u);
    return events.empty() ? "" : events[0].alert_id();
  }
  std::string Bursting(double second = 0) {
    Timer(second, Burst("x", v1::SIGNAL_PHASE_RAISED));
    const Grouper::Events events = Advance(second + 30);
    EXPECT_EQ(events.size(), 1u);
    return events.empty() ? "" : events[0].alert_id();
  }

  Grouper::Events told_;
  v1::OperatorAnswer answer_;
  std::optional<size_t> own_;
};

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_ALERTS_GROUPER_ACTIONS_FIXTURE_H_

// What tests of routes and digests share: events as the grouper makes them, and a recipient with everything switched
// on.
#ifndef WIREWATCH_ALERTS_ROUTE_FIXTURE_H_
#define WIREWATCH_ALERTS_ROUTE_FIXTURE_H_

#include <gtest/gtest.h>

#include <string>

#include "absl/time/time.h"
#include "wirewatch/alerts/recipient.h"
#include "wirewatch/alerts/times.h"
#include "wirewatch/v1/alert.pb.h"

namespace wirewatch::alerts {

inline absl::TimeZone Vienna() {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone("Europe/Vienna", &zone));
  return zone;
}

// A time of 10 June 2026, a Wednesday, in Vienna; hours may go beyond a day.
inline absl::Time At(int hour, int minute = 0) {
  return absl::FromCivil(absl::CivilMinute(2026, 6, 10, hour, minute), Vienna());
}

struct EventOf {
  std::string alert = "a";
  v1::AlertEventType type = v1::ALERT_EVENT_TYPE_RAISED;
  absl::Time at = At(12);
  v1::Severity severity = v1::SEVERITY_MEDIUM;
  std::string watch = "kfor";
  std::string story = "";
  v1::CorrectionKind correction = v1::CORRECTION_KIND_UNSPECIFIED;
  bool late = false;
  bool silenced = false;
};

inline v1::AlertEvent Make(const EventOf& of) {
  v1::AlertEvent event;
  event.set_alert_id(of.alert);
  event.set_type(of.type);
  event.set_correction(of.correction);
  if (of.silenced) event.add_silenced_by("s1");
  SetTime(event.mutable_at(), of.at);
  v1::Alert& alert = *event.mutable_alert();
  alert.set_id(of.alert);
  alert.set_pipeline("p");
  alert.set_title(of.watch + ": " + of.alert);
  alert.set_severity(of.severity);
  alert.set_late(of.late);
  alert.add_watch_ids(of.watch);
  if (!of.story.empty()) alert.add_story_ids(of.story);
  v1::Label& label = *alert.add_group();
  label.set_name("desk");
  label.set_value(of.watch == "sport" ? "sports" : "foreign");
  SetTime(alert.mutable_raised(), of.at);
  SetTime(alert.mutable_updated(), of.at);
  alert.set_status(of.type == v1::ALERT_EVENT_TYPE_CLOSED     ? v1::ALERT_STATUS_CLOSED
                   : of.type == v1::ALERT_EVENT_TYPE_RESOLVED ? v1::ALERT_STATUS_RESOLVED
                                                              : v1::ALERT_STATUS_OPEN);
  return event;
}

// Quiet from 22:00 to 06:00 and at weekends, digests at 07:00 and 18:00, three messages an hour.
inline RecipientRules NightDesk() {
  RecipientRules rules;
  rules.id = "night";
  rules.channels = {"mail"};
  rules.time_zone = Vienna();
  rules.quiet_hours = {{kEveryDay, 22 * 60, 6 * 60}, {3 << 5, 0, 24 * 60}};
  rules.digest = {{kEveryDay, 7 * 60}, {kEveryDay, 18 * 60}};
  rules.cap = Cap{3, absl::Hours(1)};
  return rules;
}

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_ALERTS_ROUTE_FIXTURE_H_

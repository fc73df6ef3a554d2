// RecipientRules: what a pipeline's YAML says of one recipient: which Alerts it gets, when, and what it may see of
// them. Plain values; shared freely once built.
#ifndef WIREWATCH_ALERTS_RECIPIENT_H_
#define WIREWATCH_ALERTS_RECIPIENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "wirewatch/alerts/render.h"
#include "wirewatch/alerts/week.h"
#include "wirewatch/v1/alert.pb.h"
#include "wirewatch/v1/watch.pb.h"

namespace wirewatch::alerts {

// The route. Everything that is set must hold.
struct RouteMatch {
  std::vector<std::string> watches;                         // ids; Alerts of any of them
  std::vector<std::pair<std::string, std::string>> labels;  // of the Alert's group, all of them
  v1::Severity least_severity = v1::SEVERITY_UNSPECIFIED;
};

// Most messages in any stretch of so long.
struct Cap {
  uint32_t messages = 0;
  absl::Duration per;
};

struct RecipientRules {
  std::string id;
  std::vector<std::string> channels;  // ids; no other recipient has them
  std::string language;               // BCP 47; empty: none is stated
  absl::TimeZone time_zone = absl::UTCTimeZone();
  RouteMatch match;
  std::vector<WeekInterval> quiet_hours;
  // Without one nothing is held: everything goes out at once.
  std::vector<WeekTime> digest;
  std::optional<Cap> cap;
  // An Alert waits for the digest while a graver one of the same watch and story is open.
  bool inhibit = true;
  RenderOptions render;

  bool has_digest() const { return !digest.empty(); }
};

// Severity, with "not set" taken as what it stands for.
inline v1::Severity SeverityOf(const v1::Alert& alert) {
  return alert.severity() == v1::SEVERITY_UNSPECIFIED ? v1::SEVERITY_MEDIUM : alert.severity();
}

// Whose channel it is; nullopt: nobody's.
std::optional<RecipientRules> OwnerOf(const std::string& channel, const std::vector<RecipientRules>& recipients);

// Whether the route is the Alert's.
bool Matches(const RouteMatch& match, const v1::Alert& alert);
// Whether a silence may have hidden Alerts of the route. `silenced` is SilenceRule.matcher.
bool MayMatch(const RouteMatch& match, const v1::AlertFilter& silenced);

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_ALERTS_RECIPIENT_H_

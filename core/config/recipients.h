// Recipients as a pipeline's YAML has them under `alerts:`: who gets which Alerts through which channels, when, and
// what they may see. Plain values; reading is for one thread.
#ifndef WIREWATCH_CONFIG_RECIPIENTS_H_
#define WIREWATCH_CONFIG_RECIPIENTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "wirewatch/sdk/field.h"
#include "wirewatch/sdk/node.h"
#include "wirewatch/v1/item_facts.pb.h"
#include "wirewatch/v1/watch.pb.h"

namespace wirewatch::config {

// `07:00`, `mon-fri 07:00`. Days: bit 0 is Monday.
struct WeekTime {
  uint8_t days = 0x7f;
  int minute = 0;  // of the day, 0 to 1439
};

// `22:00-06:00`, `sat-sun 00:00-24:00`: on these days, over midnight where the end is not after the beginning.
struct WeekInterval {
  uint8_t days = 0x7f;
  int begin = 0;  // minute of the day, 0 to 1439
  int end = 0;    // minute of the day, 0 to 1440; not equal to begin
};

struct Match {
  std::vector<std::string> watches;
  std::vector<std::pair<std::string, std::string>> labels;
  v1::Severity least_severity = v1::SEVERITY_UNSPECIFIED;
};

struct Cap {
  uint32_t messages = 20;
  absl::Duration per = absl::Hours(1);
};

struct ReaderRights {
  v1::Forward forward = v1::FORWARD_INTERNAL;
  v1::Display display = v1::DISPLAY_FULL;
  v1::Display unknown = v1::DISPLAY_HEADLINE;
  bool embargoed = false;
};

enum class AlertDelivery { kGrouped, kEvery };

struct Recipient {
  std::string id;
  SourceLocation at;
  std::vector<std::string> channels;
  absl::TimeZone time_zone = absl::UTCTimeZone();
  std::string language;
  Match match;
  std::vector<WeekInterval> quiet_hours;
  std::vector<WeekTime> digest;
  std::optional<Cap> cap;
  AlertDelivery delivery = AlertDelivery::kGrouped;
  ReaderRights rights;
};

// The tables that drive reading, errors, schema and reference.
struct MatchEntry {
  std::vector<std::string> watches;
  Node labels;
  v1::Severity least_severity = v1::SEVERITY_UNSPECIFIED;
};
struct RecipientEntry {
  std::string id;
  std::vector<std::string> channels;
  std::string timezone = "UTC";
  std::string language;
  MatchEntry match;
  std::vector<std::string> quiet_hours;
  std::vector<std::string> digest;
  Cap cap;
  AlertDelivery delivery = AlertDelivery::kGrouped;
  ReaderRights rights;
};
const std::vector<FieldOf<RecipientEntry>>& RecipientFields();

// nullopt for what is none.
std::optional<WeekTime> ParseWeekTime(std::string_view text);
std::optional<WeekInterval> ParseWeekInterval(std::string_view text);

// The list under `recipients`. `channels` are the ids of the pipeline's channels, `group_by` the labels that its Alerts
// have.
std::vector<Recipient> ParseRecipients(const Node& node, const std::vector<std::string>& channels,
                                       const std::vector<std::string>& group_by, Diagnostics& diagnostics);

}  // namespace wirewatch::config

#endif  // WIREWATCH_CONFIG_RECIPIENTS_H_

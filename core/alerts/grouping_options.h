// What a pipeline's YAML says under `alerts:` about grouping.
#ifndef WIREWATCH_ALERTS_GROUPING_OPTIONS_H_
#define WIREWATCH_ALERTS_GROUPING_OPTIONS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "wirewatch/alerts/raise_when.h"

namespace wirewatch::alerts {

// When a new version of an Item that satisfies a watch again is told.
enum class OnUpdate {
  kAdded,  // when a matched sentence is not one of those told before
  kFirst,  // never
  kEvery,  // always
};

struct GroupingOptions {
  // Signals with equal values join one Alert. `watch`, `story`, `severity`, `kind`, `step`, `subject`; `item`,
  // `outlet`, `language` of the Item; any other name is a label of the Signal, else of the Item. What is absent counts
  // as empty.
  std::vector<std::string> group_by = {"watch", "story"};
  // How long a new Alert, and news of an open one, wait for more of the same.
  absl::Duration wait = absl::Seconds(30);
  // Least time between two events of one Alert.
  absl::Duration interval = absl::Minutes(5);
  // How often a condition that lasts is told again; zero: never.
  absl::Duration repeat = absl::Hours(4);
  // A hit alert closes when it has had no Signal for so long.
  absl::Duration close_after = absl::Hours(24);
  // Which hit alerts are raised. The others wait until they are, or are let go after `close_after`.
  RaiseWhen raise_when = {};
  OnUpdate on_update = OnUpdate::kAdded;
  // An Alert of high or critical severity that nobody has acknowledged or been given is escalated so long after it was
  // raised, once; zero: never.
  absl::Duration escalate_after = absl::ZeroDuration();
  // Items older than this on arrival are marked late.
  absl::Duration late_after = absl::Hours(24);
  // How long an Alert that has ended is kept to follow up corrections and retractions of its Items.
  absl::Duration follow_up_for = absl::Hours(24 * 30);
  // Signals shown in full in an Alert: the first and the latest.
  size_t max_evidence = 10;
  // Items of one Alert that are tracked for duplicates and corrections; the oldest go first.
  size_t max_members = 1024;
  // Alerts kept, open or ended; when it is reached the oldest ended one is let go, else the oldest open one is closed.
  size_t max_alerts = 50'000;
  // Items under embargo that are kept until it ends; beyond, those go whose embargo ends last.
  size_t max_embargoed = 1000;
};

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_ALERTS_GROUPING_OPTIONS_H_

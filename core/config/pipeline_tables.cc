// The tables of a pipeline file that are no plugins' options.
#include "wirewatch/config/pipeline_file.h"

namespace wirewatch::config {

const std::vector<FieldOf<Limits>>& LimitsFields() {
  static const auto& fields = *new std::vector<FieldOf<Limits>>{
      Field("batch_items", &Limits::batch_items, "Items that travel together.").Range(1, 64),
      Field("batch_bytes", &Limits::batch_bytes,
            "Size of the Items that travel together; one larger Item travels alone.")
          .Range(KiB(1), MiB(64)),
      Field("budget", &Limits::budget, "Everything in flight; sources are not read while it is used up.")
          .Range(MiB(1), MiB(1 << 20)),
      Field("reserve", &Limits::reserve, "How many times an Item's size is reserved when it is admitted.").Range(1, 64),
      Field("commit_every", &Limits::commit_every, "Longest time between two commits.")
          .Range(absl::Milliseconds(20), absl::Minutes(10)),
      Field("annotations_per_step", &Limits::annotations_per_step,
            "Annotations that one step may add to one Item; more are cut and counted.")
          .Range(1, 1e6),
      Field(
          "call_timeout", &Limits::call_timeout,
          "What a step may take for an Item. Beyond it the process aborts; started again, it runs the Items that were "
          "at hand alone and sets aside one that overruns alone.")
          .Range(absl::Milliseconds(100), absl::Hours(24)),
      Field("trace_ids", &Limits::trace_ids,
            "Give every Item that has none a trace id of OpenTelemetry's form: 32 hexadecimal digits, from its id and "
            "version.")};
  return fields;
}

const std::vector<FieldOf<Retention>>& RetentionFields() {
  static const auto& fields = *new std::vector<FieldOf<Retention>>{
      Field("items", &Retention::items,
            "Items are removed from the archive when they arrived longer ago than this; 0: never. Not less than "
            "alerts.close_after, so that no open Alert loses what it is about.")
          .Range(absl::ZeroDuration(), absl::Hours(24 * 365 * 100)),
      Field("alerts", &Retention::alerts,
            "Events are removed from the journal when they are older, from its beginning; 0: never. The journal is one "
            "for all pipelines of a store: one that keeps longer keeps the later events of the others.")
          .Range(absl::ZeroDuration(), absl::Hours(24 * 365 * 100)),
      Field("size", &Retention::size,
            "Bytes of archived Items; the oldest are removed beyond, but none younger than alerts.close_after. 0: "
            "unbounded."),
      Field("quarantine", &Retention::quarantine,
            "Bytes of quarantined Items and records; beyond, the oldest are exported to <store>.quarantine.jsonl and "
            "removed. 0: unbounded."),
      Field("suppressions", &Retention::suppressions,
            "How long it is recorded for `wirewatch why` what became of Items and Alerts that did not reach people; 0: "
            "for ever.")
          .Range(absl::ZeroDuration(), absl::Hours(24 * 365 * 100)),
      Field("most_suppressions", &Retention::most_suppressions,
            "Records of that kind that are kept, of about 300 bytes each; beyond, the oldest are removed. 0: "
            "unbounded.")};
  return fields;
}

const std::vector<FieldOf<Grouping>>& GroupingFields() {
  static const auto& fields = *new std::vector<FieldOf<Grouping>>{
      Field("group_by", &Grouping::group_by,
            "Signals alike in these join one Alert: watch, story, severity, kind, step, subject, item, outlet, "
            "language or a label."),
      Field("wait", &Grouping::wait, "How long a new Alert waits for more of the same.")
          .Range(absl::ZeroDuration(), absl::Hours(24)),
      Field("interval", &Grouping::interval, "Least time between two messages about one Alert.")
          .Range(absl::ZeroDuration(), absl::Hours(24 * 30)),
      Field("repeat", &Grouping::repeat, "How often a condition that lasts is told again; 0: never.")
          .Range(absl::ZeroDuration(), absl::Hours(24 * 365)),
      Field("close_after", &Grouping::close_after,
            "An Alert about what was published closes after this long without more.")
          .Range(absl::Minutes(1), absl::Hours(24 * 365)),
      Field("late_after", &Grouping::late_after, "Items older than this on arrival are marked late.")
          .Range(absl::Minutes(1), absl::Hours(24 * 365)),
      Field(
          "raise_when", &Grouping::raise_when,
          "Which Alerts about what was published are raised, e.g. `origins>=3 OR severity>=high`; asked again whenever "
          "the Alert changes. Of origins, items, signals and severity, with AND, OR, NOT and parentheses. What does "
          "not "
          "come to it within close_after is let go, and counted."),
      Choice(
          "on_update", &Grouping::on_update,
          {{"added", OnUpdate::kAdded}, {"first", OnUpdate::kFirst}, {"every", OnUpdate::kEvery}},
          "When a new version of an Item that satisfies a watch again is told: added (when a matched sentence is new), "
          "first (never) or every (always). Versions that no longer do, corrections and retractions are always told."),
      Field(
          "escalate_after", &Grouping::escalate_after,
          "An Alert of high or critical severity that nobody has acknowledged or been given is escalated so long after "
          "it was raised; 0: never.")
          .Range(absl::ZeroDuration(), absl::Hours(24 * 30))};
  return fields;
}

}  // namespace wirewatch::config

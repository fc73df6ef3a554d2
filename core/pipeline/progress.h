// Progress: what a pipeline has done so far, as a snapshot for people and metrics. Plain values. Counters count since
// the pipeline was started.
#ifndef WIREWATCH_PIPELINE_PROGRESS_H_
#define WIREWATCH_PIPELINE_PROGRESS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "wirewatch/alerts/delivery.h"
#include "wirewatch/alerts/grouper.h"
#include "wirewatch/pipeline/latency.h"

namespace wirewatch::pipeline {

using NamedCounters = std::vector<std::pair<std::string, uint64_t>>;  // by name

struct SourceProgress {
  std::string id;
  std::string plugin;
  uint64_t records = 0;        // Items and rejected records
  uint64_t rejected = 0;       // records that could not become an Item; quarantined
  uint64_t too_large = 0;      // Items over a quarter of the byte budget; quarantined
  uint64_t duplicates = 0;     // Items that were known with the same content; dropped
  uint64_t new_versions = 0;   // Items that were known with other content
  uint64_t dates_flagged = 0;  // publication dates in the future or before 1990
  uint64_t read_errors = 0;
  bool ended = false;
  std::string summary;  // in the source's own words
  std::string trouble;  // what is wrong now; empty: nothing
  NamedCounters counters;
};

struct StepProgress {
  std::string id;
  std::string plugin;
  std::string plugin_version;
  std::string when;                   // the condition as written; empty: it looks at all
  std::vector<std::string> provides;  // annotations
  v1::PluginKind kind = v1::PLUGIN_KIND_UNSPECIFIED;
  uint64_t items_in = 0;
  uint64_t items_out = 0;
  uint64_t skipped = 0;  // by `when`; not in items_in
  uint64_t dropped = 0;
  uint64_t failed = 0;
  uint64_t quarantined = 0;
  uint64_t signals = 0;
  uint64_t annotations_cut = 0;
  uint64_t signals_cut = 0;
  uint64_t timers = 0;
  std::string trouble;     // the last failure
  LatencySummary latency;  // time per Item
  NamedCounters counters;
};

// The commits of a host.
struct CommitProgress {
  uint64_t commits = 0;
  uint64_t failures = 0;              // tried again
  LatencySummary duration;            // of a commit
  uint64_t items_removed = 0;         // by retention
  uint64_t events_removed = 0;        // by retention
  uint64_t quarantine_exported = 0;   // by retention; they stand in <store>.quarantine.jsonl
  uint64_t suppressions_removed = 0;  // by retention
  uint64_t store_bytes = 0;           // of the store's files
  std::string trouble;                // what is wrong with the store now; empty: nothing
};

struct Progress {
  std::string pipeline;
  std::string file;                 // that it was read from
  uint64_t position = 0;            // last given
  uint64_t committed_position = 0;  // last durable
  absl::Time arrival;               // the pipeline's time, as of the last commit
  uint64_t items_in = 0;            // records read
  uint64_t archived = 0;            // Items committed to the archive
  uint64_t in_flight = 0;           // positions given and not committed
  uint64_t in_flight_bytes = 0;     // of the byte budget, all pipelines that share it
  double items_per_s = 0;           // committed in the last seconds
  absl::Duration lag;               // from sequencing to commit, of the oldest Item of the last commit
  uint64_t epochs = 0;
  uint64_t alert_events = 0;  // committed
  uint64_t alerts_raised = 0;
  uint64_t open_alerts = 0;
  uint64_t under_embargo = 0;          // Items
  uint64_t embargoes_crowded_out = 0;  // Items under embargo that were let go because there were too many
  uint64_t signals = 0;
  uint64_t signals_discarded = 0;  // of Items that a later step dropped or failed on
  uint64_t quarantined = 0;
  bool ended = false;
  std::string trouble;  // why the pipeline cannot go on at the moment; empty: nothing
  std::vector<SourceProgress> sources;
  std::vector<StepProgress> steps;
  std::vector<alerts::ChannelStats> channels;
  std::shared_ptr<const alerts::GroupingOptions> grouping;  // never nullptr in a pipeline that runs
};

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_PROGRESS_H_

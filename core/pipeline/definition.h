// What a pipeline is made of, once its file has been read and its plugins created. Moved into the Pipeline that runs
// it.
#ifndef WIREWATCH_PIPELINE_DEFINITION_H_
#define WIREWATCH_PIPELINE_DEFINITION_H_

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "wirewatch/alerts/grouping_options.h"
#include "wirewatch/alerts/recipient.h"
#include "wirewatch/config/pipeline_file.h"
#include "wirewatch/sdk/alert_channel.h"
#include "wirewatch/sdk/analysis.h"
#include "wirewatch/sdk/clock.h"
#include "wirewatch/sdk/field_values.h"
#include "wirewatch/sdk/source.h"
#include "wirewatch/store/store.h"

namespace wirewatch::pipeline {

// A step's place in the pipeline and the plugin that fills it.
template <class P>
struct StepOf {
  std::string id = {};
  std::string plugin = {};
  std::string version = {};
  std::unique_ptr<P> instance = {};
  std::vector<std::string> provides = {};  // annotations
  Condition when = {};
  config::OnError on_error = config::OnError::kQuarantine;
  uint32_t state_version = 0;    // stateful analyses
  std::string fingerprint = {};  // of the plugin, its options and the files that it read
};

// Either kind of analysis; exactly one of the two is there.
struct AnalysisStep {
  StepOf<Analysis> stateless = {};
  StepOf<StatefulAnalysis> stateful = {};
  bool is_stateful() const { return stateful.instance != nullptr; }
};

// A file that a pipeline was made from, or a pattern for such files, with what was found.
struct InputFile {
  std::filesystem::path path = {};
  bool pattern = false;
};

struct Definition {
  std::string name = {};
  std::filesystem::path file = {};
  std::string fingerprint = {};  // of what no step says: grouping, limits, the order of steps
  std::vector<InputFile> inputs = {};
  std::vector<StepOf<Source>> sources = {};
  std::vector<AnalysisStep> analyses = {};
  std::vector<StepOf<AlertChannel>> channels = {};
  std::vector<alerts::RecipientRules> recipients = {};
  alerts::GroupingOptions grouping = {};
  config::Limits limits = {};
  store::RetentionRule retention = {};
};

// Called in position order by one thread at a time, for every Item that passed all analyses, with its Signals.
using ItemObserver = std::function<void(const v1::Item& item, std::span<const v1::Signal* const> signals)>;

class ByteBudget;
class Committer;
class InFlight;
class PushLanes;
class Taps;

struct RunOptions {
  int workers = 1;
  // The run ends with its sources, and its stream is reproducible.
  bool once = false;
  // With `once`: digests go by the stream's time (alerts/rehearsal.h).
  bool rehearse = false;
  Clock* clock = nullptr;         // outlives the pipeline
  store::Store* store = nullptr;  // outlives the pipeline
  // Shared by the pipelines of a host, and outliving them; nullptr: the pipeline makes its own.
  ByteBudget* budget = nullptr;
  Committer* committer = nullptr;
  InFlight* in_flight = nullptr;
  Taps* taps = nullptr;  // nullptr: nobody can look
  PushLanes* push_lanes = nullptr;
  // Batches between sequencer and commit queue; 0: four for each worker and four more.
  size_t batches = 0;
  // Least time between two commits.
  absl::Duration commit_gap = absl::Milliseconds(20);
  // How long the end of a run waits for a store or a channel that is in trouble.
  absl::Duration stop_patience = absl::Seconds(30);
  // Not 0: thread yields, batch cuts and epoch cuts are perturbed by this seed, which never changes results. For tests.
  uint64_t schedule_seed = 0;
  ItemObserver on_item = {};
  // Called when the run has ended, just before Wait() returns; by a thread of the pipeline.
  std::function<void()> on_ended = {};
};

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_DEFINITION_H_

// What a pipeline is made of, once its file has been read and its plugins created. Moved into the Pipeline that runs
// it.
#ifndef WIREWATCH_PIPELINE_DEFINITION_H_
#define WIREWATCH_PIPELINE_DEFINITION_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "wirewatch/alerts/grouping_options.h"
#include "wirewatch/config/pipeline_file.h"
#include "wirewatch/sdk/alert_channel.h"
#include "wirewatch/sdk/analysis.h"
#include "wirewatch/sdk/field_values.h"
#include "wirewatch/sdk/source.h"

namespace wirewatch::pipeline {

// A step's place in the pipeline and the plugin that fills it.
template <class P>
struct StepOf {
  std::string id = {};
  std::string plugin = {};
  std::string version = {};
  std::unique_ptr<P> instance = {};
  Condition when = {};
  config::OnError on_error = config::OnError::kQuarantine;
  uint32_t state_version = 0;  // stateful analyses
};

// Either kind of analysis; exactly one of the two is there.
struct AnalysisStep {
  StepOf<Analysis> stateless = {};
  StepOf<StatefulAnalysis> stateful = {};
  bool is_stateful() const { return stateful.instance != nullptr; }
};

struct Definition {
  std::string name = {};
  std::vector<StepOf<Source>> sources = {};
  std::vector<AnalysisStep> analyses = {};
  std::vector<StepOf<AlertChannel>> channels = {};
  alerts::GroupingOptions grouping = {};
  config::Limits limits = {};
};

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_DEFINITION_H_

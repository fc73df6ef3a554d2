// TestedPipeline: the pipeline of a test file, with its stubs, run once for each case in a store of its own: sources
// are replaced by the case's input, channels are left out, and the clock is the case's. One thread.
#ifndef WIREWATCH_SCENARIO_TESTED_PIPELINE_H_
#define WIREWATCH_SCENARIO_TESTED_PIPELINE_H_

#include <optional>
#include <vector>

#include "wirewatch/config/pipeline_file.h"
#include "wirewatch/loader/registry.h"
#include "wirewatch/pipeline/definition.h"
#include "wirewatch/scenario/file_records.h"
#include "wirewatch/scenario/outcome.h"
#include "wirewatch/scenario/test_file.h"

namespace wirewatch::scenario {

class TestedPipeline {
 public:
  // Reads the pipeline and the files that the cases name. nullopt after errors. The registry outlives it.
  static std::optional<TestedPipeline> Load(const TestFile& file, const loader::Registry& registry,
                                            Diagnostics& diagnostics);

  // nullopt when the pipeline is not right. The outcome is the same with any number of workers.
  std::optional<Outcome> Run(const Case& of, int workers, Diagnostics& diagnostics) const;

 private:
  TestedPipeline(config::Pipeline pipeline, config::Environment environment, const loader::Registry& registry)
      : pipeline_(std::move(pipeline)), environment_(std::move(environment)), registry_(&registry) {}
  void CheckStubs(const std::vector<Stub>& stubs, Diagnostics& diagnostics) const;

  config::Pipeline pipeline_;
  config::Environment environment_;
  const loader::Registry* registry_;
  FileRecords files_;
};

}  // namespace wirewatch::scenario

#endif  // WIREWATCH_SCENARIO_TESTED_PIPELINE_H_

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
#include "wirewatch/sdk/clock.h"
#include "wirewatch/sdk/plugin.h"

namespace wirewatch::scenario {

class TestedPipeline {
 public:
  // Reads the pipeline and the files that the cases name. nullopt after errors. The registry outlives it.
  static std::optional<TestedPipeline> Load(const TestFile& file, const loader::Registry& registry,
                                            Diagnostics& diagnostics);

  // nullopt when the pipeline is not right. The outcome is the same with any number of workers.
  std::optional<Outcome> Run(const Case& of, int workers, Diagnostics& diagnostics) const;

  // The examples that the pipeline's steps state (Plugin::Examples()); those of a step with a stub of the file's are
  // not known. nullopt when the pipeline is not right.
  std::optional<std::vector<Example>> Examples(Diagnostics& diagnostics) const;
  // What comes of an example's file, each Item as if it had just been published.
  std::optional<Outcome> RunExample(const Path& file, const SourceLocation& at, int workers, Diagnostics& diagnostics);

 private:
  TestedPipeline(config::Pipeline pipeline, const TestFile& file, const loader::Registry& registry)
      : pipeline_(std::move(pipeline)), environment_(file.environment), stubs_(file.stubs), registry_(&registry) {}
  void CheckStubs(const std::vector<Stub>& stubs, Diagnostics& diagnostics) const;
  std::optional<pipeline::Definition> Assemble(const std::vector<Stub>& stubs, Clock& clock,
                                               Diagnostics& diagnostics) const;

  config::Pipeline pipeline_;
  std::vector<config::Step> sources_;  // as written; the pipeline itself has none
  config::Environment environment_;
  std::vector<Stub> stubs_;
  const loader::Registry* registry_;
  FileRecords files_;
};

}  // namespace wirewatch::scenario

#endif  // WIREWATCH_SCENARIO_TESTED_PIPELINE_H_

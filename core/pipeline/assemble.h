// From a pipeline file to a pipeline that can run: plugins found, loaded and created, options checked, the order of the
// analyses checked against what each needs and provides. One thread, at start-up.
#ifndef WIREWATCH_PIPELINE_ASSEMBLE_H_
#define WIREWATCH_PIPELINE_ASSEMBLE_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "wirewatch/config/pipeline_file.h"
#include "wirewatch/loader/registry.h"
#include "wirewatch/pipeline/definition.h"
#include "wirewatch/pipeline/host_setup.h"

namespace wirewatch::pipeline {

// An analysis as far as its order matters.
struct OrderedStep {
  std::string id;
  SourceLocation at;
  std::vector<std::string> needs;
  std::vector<std::string> provides;
};
// Reports each step that needs what no step before it provides, and says which plugin to add or which step to move.
// `providers`: for each annotation, a plugin that provides it.
void CheckOrder(const std::vector<OrderedStep>& steps,
                const std::vector<std::pair<std::string, std::string>>& providers, Diagnostics& diagnostics);

// An analysis that takes the place of a step's plugin, which is then not loaded and need not even be there. For tests.
struct StandIn {
  std::unique_ptr<Analysis> analysis;
  std::vector<std::string> provides;  // beside what the plugin does
};
using StandIns = std::map<std::string, StandIn>;  // by the step's id

// Everything wrong with the pipeline goes to `diagnostics`; nullopt when there is an error.
std::optional<Definition> Assemble(const config::Pipeline& pipeline, const loader::Registry& registry,
                                   const SetupContext& context, Diagnostics& diagnostics, StandIns stand_ins = {});

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_ASSEMBLE_H_

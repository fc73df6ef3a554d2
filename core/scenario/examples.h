// The examples that watches state of themselves, as results beside those of the cases.
#ifndef WIREWATCH_SCENARIO_EXAMPLES_H_
#define WIREWATCH_SCENARIO_EXAMPLES_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "wirewatch/scenario/result.h"
#include "wirewatch/scenario/tested_pipeline.h"

namespace wirewatch::scenario {

// Runs those whose names (`border-shooting hits ../inbox/a.txt`) `wanted` lets through, each file once. nullopt when
// the pipeline is not right.
std::optional<std::vector<CaseResult>> RunExamples(TestedPipeline& pipeline,
                                                   const std::function<bool(const std::string& name)>& wanted,
                                                   int workers, Diagnostics& diagnostics);

}  // namespace wirewatch::scenario

#endif  // WIREWATCH_SCENARIO_EXAMPLES_H_

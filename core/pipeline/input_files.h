// From pipeline files to Definitions, and whether the files have changed since. One thread.
#ifndef WIREWATCH_PIPELINE_INPUT_FILES_H_
#define WIREWATCH_PIPELINE_INPUT_FILES_H_

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "wirewatch/loader/registry.h"
#include "wirewatch/pipeline/definition.h"
#include "wirewatch/pipeline/host.h"
#include "wirewatch/pipeline/host_setup.h"

namespace wirewatch::pipeline {

struct ReadFiles {
  std::vector<Definition> definitions;  // in the order of the files
  std::string warnings;                 // a line each
};
// InvalidArgument with every error of every file and its place.
absl::StatusOr<ReadFiles> ReadPipelines(std::span<const std::filesystem::path> files, const loader::Registry& registry,
                                        const SetupContext& context);

// What a pipeline was made from.
struct PartPrints {
  explicit PartPrints(const Definition& definition);
  std::string name;                                        // of the pipeline
  std::string pipeline;                                    // of everything but its steps
  std::vector<std::pair<std::string, std::string>> steps;  // id (channels: after "alerts/") and fingerprint
};

// What would change, or has: the pipeline as a whole first, then its steps. One of the two may be missing.
std::vector<ReloadedStep> Compare(const PartPrints* before, const Definition* after);

// Of all pipelines: those after, in their order, and then those that are gone.
std::vector<ReloadedStep> CompareAll(std::span<const PartPrints> before, std::span<const Definition> after);

// "1 added, 0 removed, 2 changed, 5 kept": steps.
std::string CountChanges(std::span<const ReloadedStep> report);

// Changes when one of the files, or what a pattern names, does: by identity, size and time of change.
std::string StampOf(std::span<const InputFile> inputs);

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_INPUT_FILES_H_

// FindWatches: which step of which running pipeline a call about watches means. Pure functions over what runs; any
// thread.
#ifndef WIREWATCH_PIPELINE_FIND_WATCHES_H_
#define WIREWATCH_PIPELINE_FIND_WATCHES_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "wirewatch/pipeline/host.h"
#include "wirewatch/pipeline/pipeline.h"

namespace wirewatch::pipeline {

// By name, in the order of the files.
using NamedPipelines = std::vector<std::pair<std::string, std::shared_ptr<Pipeline>>>;

// NotFound: no such pipeline or step, or none that holds watches; InvalidArgument: the target names none and there are
// several. Both name those that there are.
absl::StatusOr<FoundWatches> FindWatches(const v1::WatchTarget& target, const NamedPipelines& running);

// Pipeline::ApplyWatches() on the pipeline that is meant; on the one that takes its place if it is being taken over.
absl::StatusOr<v1::ApplyWatchesResponse> ApplyWatches(const v1::ApplyWatchesRequest& request, absl::Duration patience,
                                                      const std::function<NamedPipelines()>& running);

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_FIND_WATCHES_H_

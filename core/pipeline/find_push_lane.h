// FindPushLane: which source of which running pipeline a push is meant for. Pure; any thread.
#ifndef WIREWATCH_PIPELINE_FIND_PUSH_LANE_H_
#define WIREWATCH_PIPELINE_FIND_PUSH_LANE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "wirewatch/pipeline/find_watches.h"
#include "wirewatch/pipeline/push_lane.h"

namespace wirewatch::pipeline {

// See Host::FindPushLane().
absl::StatusOr<std::shared_ptr<PushLane>> FindPushLane(const std::string& pipeline, const std::string& source,
                                                       const NamedPipelines& running);

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_FIND_PUSH_LANE_H_

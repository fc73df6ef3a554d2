// What a host says of itself, as messages of HostService. Pure.
#ifndef WIREWATCH_SERVICE_STATUS_MESSAGES_H_
#define WIREWATCH_SERVICE_STATUS_MESSAGES_H_

#include <vector>

#include "wirewatch/pipeline/host.h"
#include "wirewatch/pipeline/progress.h"
#include "wirewatch/v1/host_service.pb.h"

namespace wirewatch::service {

// Without the journal's fields.
v1::GetHostResponse HostMessage(const pipeline::HostStatus& status);
v1::PipelineStatus PipelineMessage(const pipeline::Progress& progress);
v1::ReloadResponse ReloadMessage(const std::vector<pipeline::ReloadedStep>& steps);

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_STATUS_MESSAGES_H_

// HostTable: what a running host does, as a table for people. Pure.
#ifndef WIREWATCH_CLI_HOST_TABLE_H_
#define WIREWATCH_CLI_HOST_TABLE_H_

#include <string>

#include "absl/time/time.h"
#include "wirewatch/v1/host_service.pb.h"

namespace wirewatch::cli {

// What a host said at one time.
struct HostSample {
  absl::Time at;
  v1::GetHostResponse host;
  v1::ListPipelinesResponse pipelines;
};

// Rates and shares are those between the two samples; with one and the same, since the start of the host. No line is
// longer than `columns`.
std::string DrawHost(const HostSample& before, const HostSample& now, int columns);

}  // namespace wirewatch::cli

#endif  // WIREWATCH_CLI_HOST_TABLE_H_

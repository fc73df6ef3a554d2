// The page that Prometheus reads: everything that a host counts, in the text format. docs/operations.md explains each
// metric; a test holds the two together. Pure.
#ifndef WIREWATCH_SERVICE_METRICS_H_
#define WIREWATCH_SERVICE_METRICS_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "wirewatch/pipeline/host.h"
#include "wirewatch/pipeline/progress.h"
#include "wirewatch/service/process_usage.h"

namespace wirewatch::service {

struct MetricsInput {
  pipeline::HostStatus status;
  std::vector<pipeline::Progress> pipelines;
  ProcessUsage process;
  absl::Time now;
};

std::string MetricsPage(const MetricsInput& input);

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_METRICS_H_

// What the operating system says of this process, for the metrics that every Prometheus client offers. Any thread.
#ifndef WIREWATCH_SERVICE_PROCESS_USAGE_H_
#define WIREWATCH_SERVICE_PROCESS_USAGE_H_

#include <cstdint>

namespace wirewatch::service {

// What cannot be read is 0.
struct ProcessUsage {
  double cpu_s = 0;    // user and system
  double started = 0;  // seconds since 1970
  uint64_t resident_bytes = 0;
  uint64_t virtual_bytes = 0;
  uint64_t open_files = 0;
  uint64_t most_files = 0;
};

ProcessUsage ReadProcessUsage();

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_PROCESS_USAGE_H_

#include "wirewatch/pipeline/wakeup.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace wirewatch::pipeline {

Wakeup::Wakeup() : event_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (event_ >= 0) return;
  std::perror("wirewatch: a pipeline cannot start without a file descriptor (raise the limit with `ulimit -n`)");
  std::abort();
}

Wakeup::~Wakeup() { close(event_); }

void Wakeup::Notify() {
  const uint64_t one = 1;
  // Fails only when the counter is at its end, and then the sleeper is awake already.
  [[maybe_unused]] const ssize_t written = write(event_, &one, sizeof(one));
}

void Wakeup::Wait(absl::Duration timeout, const std::vector<int>& descriptors) {
  std::vector<pollfd> polled = {{.fd = event_, .events = POLLIN, .revents = 0}};
  for (const int descriptor : descriptors) {
    if (descriptor >= 0) polled.push_back({.fd = descriptor, .events = POLLIN, .revents = 0});
  }
  const absl::Duration whole = absl::Ceil(std::max(timeout, absl::ZeroDuration()), absl::Milliseconds(1));
  poll(polled.data(), polled.size(), static_cast<int>(std::min<int64_t>(absl::ToInt64Milliseconds(whole), 60'000)));
  uint64_t count = 0;
  [[maybe_unused]] const ssize_t got = read(event_, &count, sizeof(count));
}

}  // namespace wirewatch::pipeline

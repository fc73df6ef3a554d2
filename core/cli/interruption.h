// Interruption: cancels a call at Ctrl-C, as long as it stands. BlockInterrupts() comes before it. One thread, besides
// its own.
#ifndef WIREWATCH_CLI_INTERRUPTION_H_
#define WIREWATCH_CLI_INTERRUPTION_H_

#include <grpcpp/client_context.h>

#include <atomic>
#include <thread>

#include "absl/time/time.h"
#include "wirewatch/cli/terminal.h"

namespace wirewatch::cli {

class Interruption {
 public:
  explicit Interruption(grpc::ClientContext& context) : context_(context), thread_([this] { Wait(); }) {}
  ~Interruption() {
    done_ = true;
    thread_.join();
  }
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  bool happened() const { return happened_; }

 private:
  void Wait() {
    while (!done_ && !happened_) {
      if (!WaitForInterrupt(absl::Milliseconds(100))) continue;
      happened_ = true;
      context_.TryCancel();
    }
  }

  grpc::ClientContext& context_;
  std::atomic<bool> done_{false};
  std::atomic<bool> happened_{false};
  std::thread thread_;
};

}  // namespace wirewatch::cli

#endif  // WIREWATCH_CLI_INTERRUPTION_H_

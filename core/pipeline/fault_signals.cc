#include "wirewatch/pipeline/fault_signals.h"

#include <unistd.h>

#include <csignal>
#include <cstring>
#include <memory>

namespace wirewatch::pipeline {
namespace {

constexpr int kFaults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
constexpr size_t kStackBytes = size_t{64} << 10;

thread_local InFlight::Record* noted = nullptr;

// The handler's own stack: a fault may be that the thread's is used up.
class AlternateStack {
 public:
  AlternateStack() : memory_(std::make_unique<char[]>(kStackBytes)) {
    stack_t stack{};
    stack.ss_sp = memory_.get();
    stack.ss_size = kStackBytes;
    sigaltstack(&stack, nullptr);
  }
  ~AlternateStack() {
    stack_t stack{};
    stack.ss_flags = SS_DISABLE;
    sigaltstack(&stack, nullptr);
  }
  AlternateStack(const AlternateStack&) = delete;
  AlternateStack& operator=(const AlternateStack&) = delete;

 private:
  const std::unique_ptr<char[]> memory_;
};

void Say(const char* text) {
  // Nothing can be done about a failure here.
  if (write(STDERR_FILENO, text, std::strlen(text)) < 0) return;
}

// Only what POSIX allows in a signal handler. SA_RESETHAND: the fault happens again, and the process dies of it.
void OnFault(int signal) {
  InFlight::Record* const record = noted;
  if (record != nullptr && record->call.load(std::memory_order_relaxed) % 2 == 1) {
    record->signal.store(signal, std::memory_order_relaxed);
    Say("wirewatch: ");
    Say(NameOfSignal(signal));
    Say(" in step \"");
    Say(record->step.data());
    Say("\" of pipeline \"");
    Say(record->pipeline.data());
    Say("\". Start again: the Items at hand run alone, and one that crashes the step alone is set aside.\n");
  }
  // A signal that somebody sent does not come again by itself.
  raise(signal);
}

}  // namespace

const char* NameOfSignal(int signal) {
  switch (signal) {
    case SIGSEGV:
      return "SIGSEGV";
    case SIGBUS:
      return "SIGBUS";
    case SIGFPE:
      return "SIGFPE";
    case SIGILL:
      return "SIGILL";
    case SIGABRT:
      return "SIGABRT";
    default:
      return "?";
  }
}

void InstallFaultHandler() {
  struct sigaction action {};
  action.sa_handler = OnFault;
  action.sa_flags = SA_ONSTACK | static_cast<int>(SA_RESETHAND);
  sigemptyset(&action.sa_mask);
  for (const int signal : kFaults) sigaction(signal, &action, nullptr);
}

void NoteFaultsIn(InFlight::Record* record) {
  static thread_local AlternateStack stack;
  noted = record;
}

}  // namespace wirewatch::pipeline

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "wirewatch/cli/commands.h"
#include "wirewatch/pipeline/pipeline.h"
#include "wirewatch/sdk/clock.h"
#include "wirewatch/store/sqlite_store.h"

namespace wirewatch::cli {
namespace {

std::filesystem::path DefaultStore(const std::string& pipeline) {
  const char* state = std::getenv("XDG_STATE_HOME");
  const char* home = std::getenv("HOME");
  const std::filesystem::path root = state != nullptr && *state != '\0' ? std::filesystem::path(state)
                                     : home != nullptr && *home != '\0' ? std::filesystem::path(home) / ".local/state"
                                                                        : std::filesystem::path(".");
  return root / "wirewatch" / (pipeline + ".db");
}

void PrintLine(const pipeline::Progress& progress) {
  std::fprintf(
      stderr, "\r\033[K%s",
      absl::StrFormat("%d Items, %.0f/s, %d in flight, lag %s, %d alerts", progress.items_in, progress.items_per_s,
                      progress.in_flight, absl::FormatDuration(absl::Trunc(progress.lag, absl::Milliseconds(1))),
                      progress.alerts_raised)
          .c_str());
  std::fflush(stderr);
}

void PrintSummary(const pipeline::Progress& progress) {
  for (const pipeline::SourceProgress& source : progress.sources) {
    std::string line = absl::StrCat(source.id, ": ",
                                    source.summary.empty() ? absl::StrCat(source.records, " records") : source.summary);
    const std::pair<uint64_t, const char*> notes[] = {{source.rejected, "rejected"},
                                                      {source.too_large, "too large"},
                                                      {source.duplicates, "known already"},
                                                      {source.new_versions, "new versions"},
                                                      {source.dates_flagged, "with dates that cannot be"},
                                                      {source.read_errors, "read errors"}};
    for (const auto& [count, what] : notes) {
      if (count > 0) absl::StrAppend(&line, ", ", count, " ", what);
    }
    std::fprintf(stderr, "%s\n", line.c_str());
  }
  for (const pipeline::StepProgress& step : progress.steps) {
    if (step.failed == 0 && step.dropped == 0) continue;
    std::fprintf(stderr, "%s: %s\n", step.id.c_str(),
                 absl::StrCat(step.failed, " failed, ", step.quarantined, " quarantined, ", step.dropped, " dropped",
                              step.trouble.empty() ? "" : "; last: ", step.trouble)
                     .c_str());
  }
  std::fprintf(stderr, "%s\n",
               absl::StrCat(progress.pipeline, ": ", progress.archived, " Items archived, ", progress.signals,
                            " Signals, ", progress.alerts_raised, " Alerts raised")
                   .c_str());
}

// Waits for signals on a thread of its own and shows progress meanwhile.
class Attendant {
 public:
  explicit Attendant(pipeline::Pipeline& running) : running_(running), thread_([this] { Attend(); }) {}
  ~Attendant() {
    done_ = true;
    thread_.join();
  }

 private:
  void Attend() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGINT, SIGTERM}) sigaddset(&signals, signal);
    const bool terminal = isatty(STDERR_FILENO) != 0;
    const timespec half_a_second{0, 500'000'000};
    while (!done_) {
      if (sigtimedwait(&signals, nullptr, &half_a_second) > 0) {
        if (stopping_) _exit(128 + SIGINT);
        stopping_ = true;
        std::fputs("\nstopping; once more to stop at once (nothing is lost)\n", stderr);
        running_.Stop();
      }
      if (terminal && !done_) PrintLine(running_.Snapshot());
    }
    if (terminal) std::fputs("\r\033[K", stderr);
  }

  pipeline::Pipeline& running_;
  std::atomic<bool> done_{false};
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace

int Run(const RunArguments& arguments) {
  // Every thread inherits the mask, so that signals wait for the Attendant.
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  const loader::Registry registry = loader::Registry::Scan(loader::DefaultOptions());
  std::optional<Loaded> loaded = Load(arguments.pipeline, registry, arguments.once);
  if (!loaded) return kConfiguration;
  const std::filesystem::path path = arguments.store.empty() ? DefaultStore(loaded->file.name) : arguments.store;
  const absl::StatusOr<std::unique_ptr<store::Store>> opened = store::OpenSqlite({path});
  if (!opened.ok()) {
    std::fprintf(stderr, "the store %s cannot be opened: %s\n", path.c_str(),
                 std::string(opened.status().message()).c_str());
    return kFailed;
  }
  pipeline::RunOptions options;
  options.workers =
      arguments.workers > 0 ? arguments.workers : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  options.once = arguments.once;
  options.clock = &SystemClock();
  options.store = opened->get();
  absl::StatusOr<std::unique_ptr<pipeline::Pipeline>> running =
      pipeline::Pipeline::Start(std::move(loaded->definition), options);
  if (!running.ok()) {
    std::fprintf(stderr, "%s cannot start: %s\n", loaded->file.name.c_str(),
                 std::string(running.status().message()).c_str());
    return kFailed;
  }
  absl::Status ended;
  {
    const Attendant attendant(**running);
    ended = (*running)->Wait();
  }
  PrintSummary((*running)->Snapshot());
  if (ended.ok()) return kOk;
  std::fprintf(stderr, "%s: %s\n", loaded->file.name.c_str(), std::string(ended.message()).c_str());
  return kFailed;
}

}  // namespace wirewatch::cli

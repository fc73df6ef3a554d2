#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "wirewatch/cli/commands.h"
#include "wirewatch/cli/doors.h"
#include "wirewatch/cli/store_path.h"
#include "wirewatch/pipeline/host.h"
#include "wirewatch/sdk/log.h"

namespace wirewatch::cli {
namespace {

void PrintLine(const std::vector<pipeline::Progress>& all) {
  uint64_t items = 0, in_flight = 0, alerts = 0;
  double rate = 0;
  absl::Duration lag;
  for (const pipeline::Progress& progress : all) {
    items += progress.items_in;
    in_flight += progress.in_flight;
    alerts += progress.alerts_raised;
    rate += progress.items_per_s;
    lag = std::max(lag, progress.lag);
  }
  std::fprintf(stderr, "\r\033[K%s",
               absl::StrFormat("%d Items, %.0f/s, %d in flight, lag %s, %d alerts", items, rate, in_flight,
                               absl::FormatDuration(absl::Trunc(lag, absl::Milliseconds(1))), alerts)
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
  for (const alerts::ChannelStats& channel : progress.channels) {
    if (channel.holding == 0) continue;
    const char* const alerts = channel.holding == 1 ? " Alert is" : " Alerts are";
    std::fprintf(
        stderr, "%s\n",
        absl::StrCat(channel.id, ": ", channel.holding, alerts, " held for the next digest of ", channel.recipient)
            .c_str());
  }
  std::fprintf(stderr, "%s\n",
               absl::StrCat(progress.pipeline, ": ", progress.archived, " Items archived, ", progress.signals,
                            " Signals, ", progress.alerts_raised, " Alerts raised")
                   .c_str());
}

// Memory that one thread has freed is of no use to the arena of another: with eight arenas for each core, which is what
// glibc makes, some 20 MiB more were resident under load than with one for each core. Before threads allocate.
void LimitArenas() {
#ifdef __GLIBC__
  mallopt(M_ARENA_MAX, static_cast<int>(std::max(2U, std::thread::hardware_concurrency())));
#endif
}

constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};

sigset_t Signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : kSignals) sigaddset(&signals, signal);
  return signals;
}

// Waits for signals on a thread of its own, looks whether files have changed, and shows progress meanwhile.
class Attendant {
 public:
  Attendant(pipeline::Host& host, const RunArguments& arguments)
      : host_(host),
        watch_(arguments.watch),
        says_(arguments.log_format == LogFormat::kText),
        thread_([this] { Attend(); }) {}
  ~Attendant() {
    done_ = true;
    thread_.join();
  }

 private:
  void Attend() {
    const sigset_t signals = Signals();
    const bool terminal = says_ && isatty(STDERR_FILENO) != 0;
    const timespec half_a_second{0, 500'000'000};
    while (!done_) {
      const int signal = sigtimedwait(&signals, nullptr, &half_a_second);
      if (signal == SIGHUP) Reload();
      if (signal == SIGINT || signal == SIGTERM) Stop();
      if (watch_ && !stopping_ && host_.FilesChanged()) Reload();
      if (terminal && !done_) PrintLine(host_.Snapshot());
    }
    if (terminal) std::fputs("\r\033[K", stderr);
  }

  void Stop() {
    if (stopping_) _exit(128 + SIGINT);
    stopping_ = true;
    Log("host").Info("Draining: what is in flight goes on, then the host ends.");
    if (says_) std::fputs("\nstopping; once more to stop at once (nothing is lost)\n", stderr);
    host_.Drain();
  }

  void Reload() {
    const auto steps = host_.Reload(false);
    if (!says_) return;
    std::fputs(steps.ok() ? DrawReload(*steps).c_str()
                          : absl::StrCat("not reloaded, everything runs as before:\n",
                                         std::string(steps.status().message()), "\n")
                                .c_str(),
               stderr);
  }

  pipeline::Host& host_;
  const bool watch_;
  const bool says_;  // to people; otherwise the log has it all
  std::atomic<bool> done_{false};
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace

std::string DrawReload(const std::vector<pipeline::ReloadedStep>& steps) {
  using Change = pipeline::ReloadedStep::Change;
  std::string drawn;
  for (const pipeline::ReloadedStep& step : steps) {
    const char* change = step.change == Change::kAdded     ? "added"
                         : step.change == Change::kRemoved ? "removed"
                         : step.change == Change::kChanged ? "changed"
                                                           : "kept";
    absl::StrAppend(&drawn, step.step.empty() ? "" : "  ", step.step.empty() ? step.pipeline : step.step, ": ", change,
                    "\n");
  }
  return drawn;
}

namespace {

pipeline::HostOptions OptionsOf(const RunArguments& arguments) {
  pipeline::HostOptions options;
  options.files = arguments.pipelines;
  options.store = arguments.store;
  options.store_folder = StoreFolder();
  options.plugins = loader::DefaultOptions();
  options.once = arguments.once;
  options.rehearse = arguments.rehearse;
  options.workers =
      arguments.workers > 0 ? arguments.workers : static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  options.drain = absl::Seconds(arguments.drain_s);
  options.warn = [json = arguments.log_format == LogFormat::kJson](const std::string& text) {
    json ? Log("host").Warning("The files could be better.", {{"warnings", text}})
         : static_cast<void>(std::fprintf(stderr, "%s\n", text.c_str()));
  };
  return options;
}

// Says what ended or prevented a run, to people or to the log.
void PrintError(const RunArguments& arguments, const char* what, const absl::Status& status) {
  const std::string error(status.message());
  arguments.log_format == LogFormat::kJson ? Log("host").Error(what, {{"error", error}})
                                           : static_cast<void>(std::fprintf(stderr, "%s\n", error.c_str()));
}

void LogEnd(const pipeline::Progress& progress) {
  Log("host").Info("A pipeline has ended.", {{"pipeline", progress.pipeline},
                                             {"records", absl::StrCat(progress.items_in)},
                                             {"archived", absl::StrCat(progress.archived)},
                                             {"quarantined", absl::StrCat(progress.quarantined)},
                                             {"signals", absl::StrCat(progress.signals)},
                                             {"alerts_raised", absl::StrCat(progress.alerts_raised)}});
}

}  // namespace

int Run(const RunArguments& arguments) {
  // Every thread inherits the mask, so that signals wait for the Attendant.
  const sigset_t signals = Signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  // Both come back as errors of the write, and are dealt with there.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  LimitArenas();
  ConfigureLog(arguments.log_level, arguments.log_format);

  absl::StatusOr<std::unique_ptr<pipeline::Host>> host = pipeline::Host::Start(OptionsOf(arguments));
  if (!host.ok()) {
    PrintError(arguments, "The host cannot start.", host.status());
    return absl::IsInvalidArgument(host.status()) ? kConfiguration : kFailed;
  }
  absl::StatusOr<Doors> doors = OpenDoors(**host, arguments);
  if (!doors.ok()) {
    PrintError(arguments, "The host cannot start.", doors.status());
    return absl::IsInvalidArgument(doors.status()) ? kUsage : kFailed;
  }
  absl::Status ended;
  {
    const Attendant attendant(**host, arguments);
    ended = (*host)->Wait();
  }
  for (const pipeline::Progress& progress : (*host)->Snapshot()) {
    LogEnd(progress);
    if (arguments.log_format == LogFormat::kText) PrintSummary(progress);
  }
  if (!ended.ok()) PrintError(arguments, "The host has failed.", ended);
  if ((*host)->stuck()) _exit(kFailed);
  return ended.ok() ? kOk : kFailed;
}

}  // namespace wirewatch::cli

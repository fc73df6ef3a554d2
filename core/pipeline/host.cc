#include "wirewatch/pipeline/host.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/pipeline/byte_budget.h"
#include "wirewatch/pipeline/committer.h"
#include "wirewatch/pipeline/find_push_lane.h"
#include "wirewatch/pipeline/find_watches.h"
#include "wirewatch/pipeline/host_store.h"
#include "wirewatch/pipeline/in_flight.h"
#include "wirewatch/pipeline/input_files.h"
#include "wirewatch/pipeline/operate.h"
#include "wirewatch/pipeline/pipeline.h"
#include "wirewatch/pipeline/taps.h"
#include "wirewatch/sdk/log.h"

namespace wirewatch::pipeline {
namespace {

// How long what is in flight may take to come to rest before a takeover.
constexpr absl::Duration kTakeoverPatience = absl::Seconds(60);
// Beyond the deadlines of the parts, for threads to come back.
constexpr absl::Duration kGrace = absl::Seconds(5);

// One pipeline of the host.
struct Entry {
  std::string name;
  PartPrints prints;
  std::vector<InputFile> inputs;
  std::shared_ptr<Pipeline> running;
};

class RunningHost final : public Host {
 public:
  explicit RunningHost(HostOptions options)
      : options_(std::move(options)),
        context_{options_.clock != nullptr ? *options_.clock : SystemClock(), options_.once,
                 config::ProcessEnvironment()} {}
  absl::Status Begin();

  absl::Status Wait() override;
  bool stuck() const override { return stuck_; }
  void Drain() override;
  absl::StatusOr<std::vector<ReloadedStep>> Reload(bool dry_run) override;
  bool FilesChanged() override;
  HostStatus Status() const override;
  std::vector<Progress> Snapshot() const override;
  store::Store& store() override { return *store_; }
  const std::filesystem::path& store_file() const override { return store_file_; }
  absl::StatusOr<std::unique_ptr<TapReader>> Tap(const TapOptions& options) override;
  absl::StatusOr<FoundWatches> FindWatches(const v1::WatchTarget& target) override {
    return pipeline::FindWatches(target, Named());
  }
  absl::StatusOr<v1::ApplyWatchesResponse> ApplyWatches(const v1::ApplyWatchesRequest& request,
                                                        absl::Duration patience) override {
    return pipeline::ApplyWatches(request, patience, [this] { return Named(); });
  }
  absl::StatusOr<v1::OperatorAnswer> Operate(const std::string& pipeline, const v1::OperatorCall& call,
                                             absl::Duration patience) override {
    return pipeline::Operate(pipeline, call, patience, [this] { return Named(); });
  }
  absl::StatusOr<std::shared_ptr<PushLane>> FindPushLane(const std::string& pipeline,
                                                         const std::string& source) override {
    return pipeline::FindPushLane(pipeline, source, Named());
  }
  void WakeForRetries() override {
    for (const auto& [name, pipeline] : Named()) pipeline->LookForRetries();
  }

 private:
  absl::StatusOr<ReadFiles> Read();
  RunOptions OptionsForRun();
  void SetLimits(const std::vector<config::Limits>& all);
  // Changes from the pipelines that run to these. On an error everything runs as before.
  absl::Status TakeOver(std::vector<Definition> definitions);
  absl::Status ReloadDone(const absl::Status& status, bool dry_run);
  absl::Status PauseAll(const std::vector<Entry*>& leaving);
  void Install(std::vector<Entry> pipelines);
  Entry* Find(const std::string& name);
  NamedPipelines Named() const;
  // `first` gets the first failure.
  bool AllEnded(absl::Status& first) const;

  const HostOptions options_;
  const SetupContext context_;
  const absl::Time started_ = absl::Now();
  std::filesystem::path store_file_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<ByteBudget> budget_;
  std::unique_ptr<InFlight> in_flight_;
  Taps taps_;
  PushLanes push_lanes_;
  std::unique_ptr<Committer> committer_;

  std::mutex reload_mutex_;  // one reload at a time; taken before mutex_
  std::string stamp_;        // of the inputs, as of the last reload

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Entry> pipelines_;  // in the order of the files
  std::vector<InputFile> inputs_;
  bool draining_ = false;
  bool taking_over_ = false;
  absl::Time deadline_ = absl::InfiniteFuture();
  uint64_t ends_ = 0;  // of pipelines
  std::atomic<bool> stuck_{false};
  std::atomic<uint64_t> reloads_{0}, reloads_failed_{0};
};

// ---- Starting ----

absl::StatusOr<ReadFiles> RunningHost::Read() {
  absl::StatusOr<ReadFiles> read = ReadPipelines(options_.files, loader::Registry::Scan(options_.plugins), context_);
  if (read.ok() && !read->warnings.empty() && options_.warn) options_.warn(read->warnings);
  return read;
}

absl::Status RunningHost::Begin() {
  absl::StatusOr<ReadFiles> read = Read();
  if (!read.ok()) return read.status();
  if (read->definitions.empty()) return absl::InvalidArgumentError("no pipeline was given");
  store_file_ = StoreFileOf(options_, read->definitions.front().name);
  absl::StatusOr<std::unique_ptr<store::Store>> opened = OpenHostStore(store_file_, options_.durable);
  if (!opened.ok()) return opened.status();
  store_ = *std::move(opened);
  const std::filesystem::path in_flight = store_file_.empty() ? "" : store_file_.string() + ".inflight";
  absl::StatusOr<std::unique_ptr<InFlight>> noted = InFlight::Open(in_flight);
  if (!noted.ok()) return absl::Status(absl::StatusCode::kUnavailable, noted.status().message());
  in_flight_ = *std::move(noted);
  if (!in_flight.empty()) in_flight_->Guard();
  budget_ = std::make_unique<ByteBudget>(read->definitions.front().limits.budget.bytes);
  Committer::Options committing{.only_when_flushed = !options_.durable, .journal_news = &journal_news()};
  committer_ = std::make_unique<Committer>(*store_, committing);
  return TakeOver(std::move(read->definitions));
}

void RunningHost::SetLimits(const std::vector<config::Limits>& all) {
  uint64_t budget = 0;
  absl::Duration every = absl::InfiniteDuration();
  for (const config::Limits& limits : all) {
    budget = std::max(budget, limits.budget.bytes);
    every = std::min(every, limits.commit_every);
  }
  budget_->SetLimit(options_.durable ? budget : std::numeric_limits<uint64_t>::max() / 2);
  committer_->SetCommitEvery(every);
}

RunOptions RunningHost::OptionsForRun() {
  RunOptions run;
  run.workers = options_.workers;
  run.once = options_.once;
  run.rehearse = options_.rehearse;
  run.clock = &context_.clock;
  run.store = store_.get();
  run.budget = budget_.get();
  run.committer = committer_.get();
  run.in_flight = in_flight_.get();
  run.taps = &taps_;
  run.push_lanes = &push_lanes_;
  run.stop_patience = options_.drain;
  run.on_ended = [this] {
    const std::lock_guard lock(mutex_);
    ++ends_;
    changed_.notify_all();
  };
  return run;
}

Entry* RunningHost::Find(const std::string& name) {
  const auto found = std::ranges::find(pipelines_, name, &Entry::name);
  return found == pipelines_.end() ? nullptr : &*found;
}

absl::Status RunningHost::PauseAll(const std::vector<Entry*>& leaving) {
  for (size_t i = 0; i < leaving.size(); ++i) {
    absl::Status paused = leaving[i]->running->Pause(kTakeoverPatience);
    if (paused.ok()) continue;
    for (size_t before = 0; before < i; ++before) leaving[before]->running->Resume();
    return paused;
  }
  return absl::OkStatus();
}

absl::Status RunningHost::TakeOver(std::vector<Definition> definitions) {
  std::vector<Entry> next;
  std::vector<Entry*> leaving;
  std::vector<size_t> fresh;  // places in `next`
  for (Entry& entry : pipelines_) {
    const auto after = std::find_if(definitions.begin(), definitions.end(),
                                    [&entry](const Definition& d) { return d.name == entry.name; });
    const bool stays =
        after != definitions.end() && Compare(&entry.prints, &*after)[0].change == ReloadedStep::Change::kKept;
    if (!stays) leaving.push_back(&entry);
  }
  if (absl::Status paused = PauseAll(leaving); !paused.ok()) return paused;
  std::vector<config::Limits> limits;
  std::vector<store::RetentionRule> retention;
  for (Definition& definition : definitions) {
    limits.push_back(definition.limits);
    retention.push_back(definition.retention);
    Entry* before = Find(definition.name);
    const bool stays = before != nullptr && std::find(leaving.begin(), leaving.end(), before) == leaving.end();
    next.push_back({definition.name, PartPrints(definition), definition.inputs, stays ? before->running : nullptr});
    if (stays) continue;
    absl::StatusOr<std::unique_ptr<Pipeline>> prepared = Pipeline::Prepare(std::move(definition), OptionsForRun());
    if (!prepared.ok()) {
      for (Entry* entry : leaving) entry->running->Resume();
      return absl::Status(absl::StatusCode::kFailedPrecondition,
                          absl::StrCat(next.back().name, ": ", std::string(prepared.status().message())));
    }
    next.back().running = *std::move(prepared);
    fresh.push_back(next.size() - 1);
  }
  SetLimits(limits);
  committer_->SetRetention(std::move(retention));
  for (Entry* entry : leaving) entry->running->Retire();
  for (const size_t place : fresh) next[place].running->Go();
  Install(std::move(next));
  return absl::OkStatus();
}

void RunningHost::Install(std::vector<Entry> pipelines) {
  const std::lock_guard lock(mutex_);
  inputs_.clear();
  for (const Entry& entry : pipelines) inputs_.insert(inputs_.end(), entry.inputs.begin(), entry.inputs.end());
  pipelines_.swap(pipelines);
  stamp_ = StampOf(inputs_);
  if (draining_) {
    for (const Entry& entry : pipelines_) entry.running->Drain(deadline_);
  }
  changed_.notify_all();
}

// ---- Reloading ----

absl::StatusOr<std::vector<ReloadedStep>> RunningHost::Reload(bool dry_run) {
  const std::lock_guard reloading(reload_mutex_);
  {
    const std::lock_guard lock(mutex_);
    if (draining_) return absl::FailedPreconditionError("the host is stopping");
    if (!dry_run) taking_over_ = true;
  }
  absl::StatusOr<ReadFiles> read = Read();
  if (!read.ok()) return ReloadDone(read.status(), dry_run);
  std::vector<PartPrints> before;
  for (const Entry& entry : pipelines_) before.push_back(entry.prints);
  std::vector<ReloadedStep> report = CompareAll(before, read->definitions);
  const absl::Status taken = dry_run ? absl::OkStatus() : TakeOver(std::move(read->definitions));
  if (absl::Status done = ReloadDone(taken, dry_run); !done.ok()) return done;
  if (!dry_run) Log("host").Info("The files were read again and taken over.", {{"steps", CountChanges(report)}});
  return report;
}

absl::Status RunningHost::ReloadDone(const absl::Status& status, bool dry_run) {
  if (dry_run) return status;
  (status.ok() ? reloads_ : reloads_failed_).fetch_add(1);
  const LogField error("error", status.message());
  if (!status.ok()) Log("host").Error("The reload failed; everything runs as before.", {error});
  const std::lock_guard lock(mutex_);
  taking_over_ = false;
  if (!status.ok()) stamp_ = StampOf(inputs_);
  changed_.notify_all();
  return status;
}

bool RunningHost::FilesChanged() {
  const std::scoped_lock lock(reload_mutex_, mutex_);
  return StampOf(inputs_) != stamp_;
}

// ---- Ending ----

bool RunningHost::AllEnded(absl::Status& first) const {
  const NamedPipelines running = Named();
  bool all = true;
  for (const auto& [name, pipeline] : running) {
    if (!pipeline->ended()) {
      all = false;
    } else if (absl::Status ended = pipeline->Wait(); first.ok() && !ended.ok()) {
      first = running.size() == 1 ? ended
                                  : absl::Status(ended.code(), absl::StrCat(name, ": ", std::string(ended.message())));
    }
  }
  return all;
}

absl::Status RunningHost::Wait() {
  absl::Status first;
  while (true) {
    std::unique_lock lock(mutex_);
    const uint64_t ends = ends_;
    const bool taking_over = taking_over_;
    lock.unlock();
    const bool all = AllEnded(first);
    // A host whose pipeline has failed goes down as a whole, so that whoever supervises it sees that.
    if (!all && !first.ok()) Drain();
    lock.lock();
    if (all && !taking_over && ends == ends_) return first;
    if (absl::Now() > deadline_ + options_.drain + kGrace) {
      stuck_ = true;
      return absl::DeadlineExceededError(
          "a step or a channel did not return in time; what was whole is committed, the rest will be read again");
    }
    changed_.wait_for(lock, std::chrono::milliseconds(200),
                      [&] { return ends != ends_ || taking_over != taking_over_; });
  }
}

void RunningHost::Drain() {
  const std::lock_guard lock(mutex_);
  draining_ = true;
  deadline_ = std::min(deadline_, absl::Now() + options_.drain);
  for (const Entry& entry : pipelines_) entry.running->Drain(deadline_);
  changed_.notify_all();
}

// ---- Looking ----

NamedPipelines RunningHost::Named() const {
  const std::lock_guard lock(mutex_);
  NamedPipelines named;
  for (const Entry& entry : pipelines_) named.emplace_back(entry.name, entry.running);
  return named;
}

HostStatus RunningHost::Status() const {
  HostStatus status;
  status.started = started_;
  status.budget_used = budget_->used();
  status.budget_limit = budget_->limit();
  status.workers = options_.workers;
  status.reloads = reloads_;
  status.reloads_failed = reloads_failed_;
  status.commits = committer_->Snapshot();
  for (const char* part : {"", "-wal", ".search"}) {
    std::error_code error;
    const uint64_t bytes = std::filesystem::file_size(store_file_.string() + part, error);
    if (!error) status.commits.store_bytes += bytes;
  }
  status.not_ready_reason = status.commits.trouble;
  for (const Progress& progress : Snapshot()) {
    if (status.not_ready_reason.empty()) status.not_ready_reason = progress.trouble;
  }
  {
    const std::lock_guard lock(mutex_);
    if (draining_) status.not_ready_reason = "the host is stopping";
  }
  status.ready = status.not_ready_reason.empty();
  return status;
}

std::vector<Progress> RunningHost::Snapshot() const {
  std::vector<Progress> all;
  for (const auto& [name, pipeline] : Named()) all.push_back(pipeline->Snapshot());
  return all;
}

absl::StatusOr<std::unique_ptr<TapReader>> RunningHost::Tap(const TapOptions& options) {
  std::vector<std::string> pipelines, steps;
  {
    const std::lock_guard lock(mutex_);
    for (const Entry& entry : pipelines_) {
      pipelines.push_back(entry.name);
      for (const auto& [id, print] : entry.prints.steps) {
        if (entry.name == options.pipeline && id.find('/') == std::string::npos) steps.push_back(id);
      }
    }
  }
  if (absl::Status there = CheckTap(options, pipelines, steps); !there.ok()) return there;
  return taps_.Open(options);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Host>> Host::Start(HostOptions options) {
  auto host = std::make_unique<RunningHost>(std::move(options));
  if (absl::Status begun = host->Begin(); !begun.ok()) return begun;
  return host;
}

}  // namespace wirewatch::pipeline

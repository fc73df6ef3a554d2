#include "wirewatch/pipeline/pipeline.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wirewatch/pipeline/batch.h"
#include "wirewatch/pipeline/byte_budget.h"
#include "wirewatch/pipeline/commit_counts.h"
#include "wirewatch/pipeline/committer.h"
#include "wirewatch/pipeline/executor.h"
#include "wirewatch/pipeline/in_flight.h"
#include "wirewatch/pipeline/last_stage.h"
#include "wirewatch/pipeline/operator_calls.h"
#include "wirewatch/pipeline/patient_store.h"
#include "wirewatch/pipeline/push_calls.h"
#include "wirewatch/pipeline/schedule.h"
#include "wirewatch/pipeline/sequencer.h"
#include "wirewatch/pipeline/step.h"
#include "wirewatch/pipeline/taps.h"
#include "wirewatch/pipeline/watch_calls.h"

namespace wirewatch::pipeline {
namespace {

class RunningPipeline final : public Pipeline {
 public:
  RunningPipeline(Definition definition, RunOptions options);
  ~RunningPipeline() override;
  absl::Status Prepare();

  void Go() override;
  absl::Status Wait() override;
  void Stop() override { sequencer_->Stop(); }
  void Drain(absl::Time deadline) override { sequencer_->Stop(deadline); }
  absl::Status Pause(absl::Duration patience) override;
  void Resume() override { sequencer_->Resume(); }
  void Retire() override;
  void LookForRetries() override { sequencer_->LookForRetries(); }
  std::vector<std::string> WatchSteps() const override { return watches_.Steps(); }
  const WatchHolder* Watches(const std::string& step) const override { return watches_.Find(step); }
  absl::StatusOr<v1::ApplyWatchesResponse> ApplyWatches(const std::string& step, const v1::ApplyWatchesRequest& request,
                                                        absl::Duration patience,
                                                        const std::function<void()>& queued) override {
    const auto on_its_way = [&] {
      sequencer_->Wake();
      if (queued) queued();
    };
    return watches_.Apply(step, request, {patience, on_its_way, [this] { return WhyNot(); }});
  }
  absl::StatusOr<v1::OperatorAnswer> Operate(const v1::OperatorCall& call, absl::Duration patience,
                                             const std::function<void()>& queued) override {
    const auto on_its_way = [&] {
      sequencer_->Wake();
      if (queued) queued();
    };
    return operators_.Operate(call, {patience, on_its_way, [this] { return WhyNot(); }});
  }
  const PushCalls& Pushes() const override { return pushes_; }
  bool ended() const override { return ended_; }
  Progress Snapshot() const override;

 private:
  void MakeSteps(std::vector<AnalysisStep> analyses);
  std::vector<Stage> MakeStages();
  void Run();
  void Join();
  absl::Status Finish(absl::Status result);
  void OnCommitted(const CommittedEpoch& epoch);
  absl::Time NextDue() const;
  // Why nothing is taken in at the moment.
  std::string WhyNot() const;

  const RunOptions options_;
  const std::string name_;
  const std::string file_;
  const config::Limits limits_;
  std::vector<StepOf<AlertChannel>> channels_;
  std::vector<alerts::RecipientRules> recipients_;
  Schedule schedule_;
  PatientStore store_;

  std::unique_ptr<InFlight> own_in_flight_;
  InFlight* in_flight_;
  std::unique_ptr<ByteBudget> own_budget_;
  ByteBudget* budget_;
  std::unique_ptr<alerts::Delivery> delivery_;
  BatchPool pool_;
  // Steps in order; each is one or the other.
  std::vector<std::unique_ptr<StatelessStep>> stateless_;
  std::vector<std::unique_ptr<StatefulStep>> stateful_;
  std::vector<std::pair<StatelessStep*, StatefulStep*>> steps_;
  WatchCalls watches_;
  OperatorCalls operators_;
  PushCalls pushes_;
  std::unique_ptr<Sequencer> sequencer_;
  std::unique_ptr<LastStage> last_stage_;
  std::unique_ptr<Committer> own_committer_;
  Committer* committer_;
  std::unique_ptr<Executor> executor_;
  std::mutex join_mutex_;
  std::thread thread_;

  mutable std::mutex mutex_;
  CommitCounts counts_;
  absl::Status result_;
  std::atomic<bool> retired_{false};
  std::atomic<bool> ended_{false};
};

RunningPipeline::RunningPipeline(Definition definition, RunOptions options)
    : options_(std::move(options)),
      name_(definition.name),
      file_(definition.file.string()),
      limits_(definition.limits),
      channels_(std::move(definition.channels)),
      recipients_(std::move(definition.recipients)),
      schedule_(options_.schedule_seed),
      store_(*options_.store, name_),
      own_in_flight_(options_.in_flight != nullptr ? nullptr : InFlight::Open("").value()),
      in_flight_(options_.in_flight != nullptr ? options_.in_flight : own_in_flight_.get()),
      own_budget_(options_.budget != nullptr ? nullptr : std::make_unique<ByteBudget>(limits_.budget.bytes)),
      budget_(options_.budget != nullptr ? options_.budget : own_budget_.get()),
      pool_(options_.batches > 0 ? options_.batches : 4 * static_cast<size_t>(std::max(options_.workers, 1)) + 4),
      pushes_(name_, definition.sources, options_.push_lanes) {
  if (options_.committer == nullptr) {
    own_committer_ =
        std::make_unique<Committer>(*options_.store, Committer::Options{.commit_every = limits_.commit_every,
                                                                        .gap = options_.commit_gap,
                                                                        .schedule_seed = options_.schedule_seed});
  }
  committer_ = options_.committer != nullptr ? options_.committer : own_committer_.get();
  MakeSteps(std::move(definition.analyses));
  last_stage_ = std::make_unique<LastStage>(name_, definition.grouping, options_.on_item, *budget_, *committer_);
  sequencer_ = std::make_unique<Sequencer>(Sequencer::Parts{.pipeline = name_,
                                                            .once = options_.once,
                                                            .limits = limits_,
                                                            .clock = *options_.clock,
                                                            .store = store_,
                                                            .in_flight = *in_flight_,
                                                            .budget = *budget_,
                                                            .committer = *committer_,
                                                            .pool = pool_,
                                                            .schedule = schedule_,
                                                            .submit = [this](Batch& b) { executor_->Submit(b); },
                                                            .next_due = [this] { return NextDue(); },
                                                            .watches = watches_,
                                                            .operators = operators_},
                                           std::move(definition.sources));
}

RunningPipeline::~RunningPipeline() {
  Stop();
  Join();
  // Workers that wait for a store in trouble come back; what they have is not taken any more.
  store_.SetPatient(false);
}

void RunningPipeline::MakeSteps(std::vector<AnalysisStep> analyses) {
  std::vector<std::string> provided;
  for (AnalysisStep& step : analyses) {
    const size_t index = steps_.size();
    const std::string id = step.is_stateful() ? step.stateful.id : step.stateless.id;
    const std::vector<std::string> provides = step.is_stateful() ? step.stateful.provides : step.stateless.provides;
    const uint32_t state_version = step.stateless.state_version;
    Step* made = nullptr;
    if (step.is_stateful()) {
      stateful_.push_back(
          std::make_unique<StatefulStep>(name_, index, std::move(step.stateful), limits_, store_, *in_flight_));
      steps_.emplace_back(nullptr, stateful_.back().get());
      made = stateful_.back().get();
    } else {
      stateless_.push_back(std::make_unique<StatelessStep>(name_, index, std::move(step.stateless), limits_));
      steps_.emplace_back(stateless_.back().get(), nullptr);
      made = stateless_.back().get();
      if (WatchHolder* holder = stateless_.back()->watches(); holder != nullptr) {
        watches_.Add(std::make_unique<HeldWatches>(*holder, id, state_version, provided, store_));
      }
    }
    provided.insert(provided.end(), provides.begin(), provides.end());
    if (options_.taps != nullptr) made->SetTap(options_.taps->Point(name_, id));
  }
}

std::vector<Stage> RunningPipeline::MakeStages() {
  std::vector<Stage> stages;
  std::vector<StatelessStep*> fused;
  const auto fuse = [&](bool archive) {
    if (fused.empty() && !archive) return;
    stages.push_back({false, [run = std::exchange(fused, {}), archive](Batch& batch, WorkerMemory& memory) {
                        for (StatelessStep* step : run) step->Run(batch, memory);
                        if (archive) PrepareForArchive(batch);
                      }});
  };
  for (const auto& [stateless, stateful] : steps_) {
    if (stateless != nullptr) {
      fused.push_back(stateless);
      continue;
    }
    fuse(false);
    stages.push_back({true, [step = stateful](Batch& batch, WorkerMemory& memory) { step->Run(batch, memory); }});
  }
  fuse(true);
  stages.push_back({true, [this](Batch& batch, WorkerMemory&) {
                      pushes_.Settle(batch);
                      const absl::Status done = last_stage_->Run(batch);
                      if (!done.ok()) sequencer_->Fail(done);
                      for (const auto& held : watches_.held()) held->Passed(batch.last_position);
                    }});
  return stages;
}

absl::Status RunningPipeline::Prepare() {
  const absl::StatusOr<store::PipelinePosition> last = store_.LastPosition();
  if (!last.ok()) return last.status();
  counts_.Begin(last->position, last->arrival);
  for (const auto& step : stateful_) {
    if (absl::Status status = step->Restore(last->arrival); !status.ok()) return status;
  }
  const absl::Time now = options_.once ? last->arrival : std::max(last->arrival, options_.clock->Now());
  for (const auto& held : watches_.held()) {
    if (absl::Status status = held->Restore({last->position, now}); !status.ok()) return status;
  }
  absl::Status status = last_stage_->Restore(store_);
  if (status.ok()) status = sequencer_->Open();
  if (!status.ok()) return status;
  delivery_ = std::make_unique<alerts::Delivery>(*options_.store);
  for (StepOf<AlertChannel>& channel : channels_) {
    delivery_->Add(std::move(channel.instance), {.pipeline = name_,
                                                 .id = channel.id,
                                                 .recipient = alerts::OwnerOf(channel.id, recipients_),
                                                 .rehearse = options_.once && options_.rehearse,
                                                 .clock = options_.clock});
  }
  return delivery_->Prepare();
}

void RunningPipeline::Go() {
  store_.SetPatient(true);
  pushes_.Begin(options_.once);
  delivery_->Start();
  committer_->AddPipeline(name_, {[this](const CommittedEpoch& epoch) { OnCommitted(epoch); },
                                  [this](const absl::Status& failed) { sequencer_->Fail(failed); }});
  executor_ = std::make_unique<Executor>(
      MakeStages(),
      Executor::Options{
          .pipeline = name_, .steps = steps_.size(), .workers = options_.workers, .call_timeout = limits_.call_timeout},
      *in_flight_, *budget_, schedule_, [this](Batch& batch) {
        pool_.GiveBack(&batch);
        sequencer_->Wake();
      });
  thread_ = std::thread([this] { Run(); });
}

absl::Status RunningPipeline::Pause(absl::Duration patience) {
  const absl::Time until = absl::Now() + patience;
  absl::Status paused = sequencer_->Pause(patience);
  if (paused.ok()) paused = committer_->Flush(std::max(until - absl::Now(), absl::Milliseconds(100)));
  if (!paused.ok()) Resume();
  return paused;
}

void RunningPipeline::Retire() {
  retired_ = true;
  Stop();
  Join();
}

absl::Time RunningPipeline::NextDue() const {
  absl::Time due = last_stage_->NextDue();
  for (const auto& step : stateful_) due = std::min(due, step->NextTimer());
  return due;
}

void RunningPipeline::OnCommitted(const CommittedEpoch& epoch) {
  budget_->Release(epoch.released);
  // Before the sequencer may forget what was committed.
  for (const auto& step : stateful_) step->Committed(epoch.last_batch + 1);
  {
    const std::lock_guard lock(mutex_);
    counts_.Add(epoch, absl::Now());
  }
  if (!epoch.suspects.empty()) in_flight_->Clear(epoch.suspects);
  if (!epoch.writes->journal.empty()) delivery_->Notify();
  sequencer_->Committed(epoch);
  pushes_.Committed(epoch.last_batch + 1);
}

void RunningPipeline::Run() {
  absl::Status result = Finish(sequencer_->Run());
  {
    const std::lock_guard lock(mutex_);
    result_ = std::move(result);
    ended_ = true;
  }
  if (options_.on_ended) options_.on_ended();
}

absl::Status RunningPipeline::Finish(absl::Status result) {
  // Also after a failure: what was whole before it is kept.
  const absl::Status flushed = retired_ ? absl::OkStatus() : committer_->Flush(options_.stop_patience);
  if (!flushed.ok() && own_committer_ != nullptr) own_committer_->Stop();
  committer_->RemovePipeline(name_);
  sequencer_->Close();
  const absl::Status over = retired_ ? absl::AbortedError("the pipeline has been taken over")
                                     : absl::UnavailableError(absl::StrCat("\"", name_, "\" has come to its end"));
  watches_.Close(over);
  operators_.Close(over);
  retired_ ? pushes_.Leave() : pushes_.Close(over);
  if (retired_) {
    delivery_->Stop();
    return result;
  }
  if (result.ok()) result = flushed;
  const absl::Status delivered = delivery_->FlushAndStop(options_.stop_patience);
  return result.ok() ? delivered : result;
}

std::string RunningPipeline::WhyNot() const {
  std::string why = committer_->trouble();
  if (why.empty()) why = store_.trouble();
  if (why.empty() && sequencer_->pausing()) why = "the pipeline is being reloaded";
  return why.empty() ? "the pipeline is busy" : why;
}

void RunningPipeline::Join() {
  const std::lock_guard lock(join_mutex_);
  if (thread_.joinable()) thread_.join();
}

absl::Status RunningPipeline::Wait() {
  Join();
  const std::lock_guard lock(mutex_);
  return result_;
}

Progress RunningPipeline::Snapshot() const {
  Progress progress;
  progress.pipeline = name_;
  progress.file = file_;
  progress.position = sequencer_->position();
  progress.sources = sequencer_->Sources();
  for (const SourceProgress& source : progress.sources) progress.items_in += source.records;
  for (const auto& [stateless, stateful] : steps_) {
    progress.steps.push_back(stateless != nullptr ? stateless->Progress() : stateful->Progress());
  }
  progress.channels = delivery_->Stats();
  progress.in_flight_bytes = budget_->used();
  progress.open_alerts = last_stage_->open_alerts();
  progress.under_embargo = last_stage_->under_embargo();
  progress.embargoes_crowded_out = last_stage_->embargoes_crowded_out();
  progress.grouping = last_stage_->grouping();
  progress.signals = last_stage_->signals();
  progress.signals_discarded = last_stage_->signals_discarded();
  progress.trouble = committer_->trouble();
  if (progress.trouble.empty()) progress.trouble = store_.trouble();
  progress.ended = ended_;
  const std::lock_guard lock(mutex_);
  counts_.Fill(progress);
  return progress;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Pipeline>> Pipeline::Prepare(Definition definition, RunOptions options) {
  if (options.clock == nullptr) options.clock = &SystemClock();
  auto pipeline = std::make_unique<RunningPipeline>(std::move(definition), std::move(options));
  if (absl::Status status = pipeline->Prepare(); !status.ok()) return status;
  return pipeline;
}

absl::StatusOr<std::unique_ptr<Pipeline>> Pipeline::Start(Definition definition, RunOptions options) {
  absl::StatusOr<std::unique_ptr<Pipeline>> pipeline = Prepare(std::move(definition), std::move(options));
  if (pipeline.ok()) (*pipeline)->Go();
  return pipeline;
}

}  // namespace wirewatch::pipeline

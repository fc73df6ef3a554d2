// FakeHost: a host for tests, which says what it is told to say. Any thread.
#ifndef WIREWATCH_SERVICE_HOST_FIXTURE_H_
#define WIREWATCH_SERVICE_HOST_FIXTURE_H_

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wirewatch/pipeline/host.h"
#include "wirewatch/pipeline/push_lane.h"
#include "wirewatch/store/sqlite_store.h"

namespace wirewatch::service {

inline pipeline::LatencySummary SampleLatency() {
  pipeline::LatencyHistogram histogram;
  histogram.Record(800, 10);
  histogram.Record(30'000, 900);
  histogram.Record(2'000'000, 90);
  return histogram.Summary();
}

// One of everything.
inline pipeline::StepProgress SampleStep(const std::string& id) {
  pipeline::StepProgress step;
  step.id = step.plugin = id;
  step.plugin_version = "0.1.0";
  step.kind = v1::PLUGIN_KIND_STATELESS_ANALYSIS;
  step.items_in = 999;
  step.items_out = 990;
  step.dropped = 6;
  step.failed = 3;
  step.quarantined = 2;
  step.latency = SampleLatency();
  step.counters = {{"hits", 5}};
  return step;
}

inline pipeline::Progress SampleProgress(const std::string& name) {
  pipeline::Progress progress;
  progress.pipeline = name;
  progress.file = name + ".yaml";
  progress.position = 1000;
  progress.committed_position = 990;
  progress.arrival = absl::FromUnixSeconds(1'781'000'000);
  progress.items_in = 1000;
  progress.archived = 980;
  progress.in_flight = 10;
  progress.items_per_s = 123.4;
  progress.lag = absl::Milliseconds(250);
  progress.epochs = 12;
  progress.alert_events = 9;
  progress.alerts_raised = 7;
  progress.open_alerts = 3;
  progress.signals = 40;
  progress.quarantined = 2;
  pipeline::SourceProgress& source = progress.sources.emplace_back();
  source.id = source.plugin = "files";
  source.records = 1000;
  source.rejected = 1;
  source.read_errors = 4;
  source.trouble = "inbox: no such folder";
  source.counters = {{"files_read", 17}};
  progress.steps = {SampleStep("language"), SampleStep("watch")};
  alerts::ChannelStats& channel = progress.channels.emplace_back();
  channel.pipeline = name;
  channel.id = "console";
  channel.delivered = 8;
  channel.position = 9;
  channel.waiting_since = absl::FromUnixSeconds(1'781'000'000);
  channel.trouble = "no route";
  return progress;
}

// Gives what was put in, then waits; ends when it is told to.
class FakeTap {
 public:
  void Put(pipeline::TappedItem item) {
    const std::lock_guard lock(mutex_);
    items_.push_back(std::move(item));
    changed_.notify_all();
  }
  void End() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    changed_.notify_all();
  }
  std::optional<pipeline::TappedItem> Take(absl::Duration timeout) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, absl::ToChronoNanoseconds(timeout), [this] { return ended_ || !items_.empty(); });
    if (items_.empty()) return std::nullopt;
    pipeline::TappedItem item = std::move(items_.front());
    items_.pop_front();
    return item;
  }
  bool ended() {
    const std::lock_guard lock(mutex_);
    return ended_ && items_.empty();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<pipeline::TappedItem> items_;
  bool ended_ = false;
};

// Sets an Item aside, as the pipeline "desk" would; `item` without text: a record that could not become one.
inline void PutIntoQuarantine(store::Store& store, uint64_t position, const std::string& step,
                              const std::string& reason, const v1::Item& item) {
  store::EpochWrites epoch;
  epoch.pipeline = "desk";
  epoch.last_position = position;
  store::QuarantineEntry& entry = epoch.quarantine.emplace_back();
  entry.position = position;
  entry.step = step;
  entry.plugin = step;
  entry.plugin_version = "0.1.0";
  entry.reason = reason;
  entry.error = absl::InvalidArgumentError("cannot be read\xff");
  entry.at = absl::FromUnixSeconds(1'781'000'000);
  entry.origin = absl::StrCat("inbox/a.jsonl:", position);
  if (item.ByteSizeLong() > 0) entry.item = item.SerializeAsString();
  entry.raw = "{\"headline\": \"\x1b[31mred\xff\"}";
  (void)store.Commit(std::span(&epoch, 1));
}

class FakeHost final : public pipeline::Host {
 public:
  explicit FakeHost(const std::filesystem::path& store = {}) : file_(store), store_(*store::OpenSqlite({store})) {
    status_.started = absl::FromUnixSeconds(1'780'000'000);
    status_.ready = true;
    status_.budget_used = 3 << 20;
    status_.budget_limit = 256 << 20;
    status_.workers = 2;
    status_.reloads = 1;
    status_.commits.commits = 1000;
    status_.commits.duration = SampleLatency();
    status_.commits.store_bytes = 123'456'789;
    pipelines_.push_back(SampleProgress("desk"));
  }

  // For the test.
  template <class Change>
  void Set(Change change) {
    const std::lock_guard lock(mutex_);
    change(*this);
  }
  pipeline::HostStatus status_;
  std::vector<pipeline::Progress> pipelines_;
  absl::StatusOr<std::vector<pipeline::ReloadedStep>> reloaded_ = std::vector<pipeline::ReloadedStep>();
  std::shared_ptr<FakeTap> tap_ = std::make_shared<FakeTap>();
  pipeline::TapOptions tapped_;           // the last
  std::atomic<int> taps_{0};              // that are open
  std::shared_ptr<WatchHolder> watches_;  // nullptr: nothing holds any
  absl::StatusOr<v1::ApplyWatchesResponse> edited_ = v1::ApplyWatchesResponse();
  v1::ApplyWatchesRequest applied_;                              // the last
  absl::Duration patience_;                                      // of it
  std::vector<std::pair<std::string, v1::OperatorCall>> calls_;  // pipeline, call
  absl::StatusOr<v1::OperatorAnswer> operated_ = v1::OperatorAnswer();
  std::shared_ptr<pipeline::PushLane> lane_;  // of "desk"
  int dry_runs_ = 0;
  int wakes_ = 0;

  absl::Status Wait() override { return absl::OkStatus(); }
  void Drain() override {}
  bool FilesChanged() override { return false; }
  bool stuck() const override { return false; }
  absl::StatusOr<std::vector<pipeline::ReloadedStep>> Reload(bool dry_run) override {
    const std::lock_guard lock(mutex_);
    dry_runs_ += dry_run ? 1 : 0;
    return reloaded_;
  }
  pipeline::HostStatus Status() const override {
    const std::lock_guard lock(mutex_);
    return status_;
  }
  std::vector<pipeline::Progress> Snapshot() const override {
    const std::lock_guard lock(mutex_);
    return pipelines_;
  }
  store::Store& store() override { return *store_; }
  const std::filesystem::path& store_file() const override { return file_; }
  absl::StatusOr<std::unique_ptr<pipeline::TapReader>> Tap(const pipeline::TapOptions& options) override {
    const std::lock_guard lock(mutex_);
    tapped_ = options;
    for (const pipeline::Progress& pipeline : pipelines_) {
      for (const pipeline::StepProgress& step : pipeline.steps) {
        if (pipeline.pipeline == options.pipeline && step.id == options.step)
          return std::make_unique<Reader>(tap_, taps_);
      }
    }
    return absl::NotFoundError(absl::StrCat("there is no step \"", options.step, "\"; there are language and watch"));
  }
  absl::StatusOr<pipeline::FoundWatches> FindWatches(const v1::WatchTarget& target) override {
    const std::lock_guard lock(mutex_);
    if (watches_ != nullptr && (target.pipeline().empty() || target.pipeline() == "desk")) {
      return pipeline::FoundWatches{"desk", "watch", watches_};
    }
    return absl::NotFoundError("there is no pipeline that holds watches");
  }
  absl::StatusOr<v1::ApplyWatchesResponse> ApplyWatches(const v1::ApplyWatchesRequest& request,
                                                        absl::Duration patience) override {
    const std::lock_guard lock(mutex_);
    applied_ = request;
    patience_ = patience;
    return edited_;
  }
  absl::StatusOr<v1::OperatorAnswer> Operate(const std::string& pipeline, const v1::OperatorCall& call,
                                             absl::Duration patience) override {
    const std::lock_guard lock(mutex_);
    calls_.emplace_back(pipeline, call);
    patience_ = patience;
    return operated_;
  }
  absl::StatusOr<std::shared_ptr<pipeline::PushLane>> FindPushLane(const std::string& pipeline,
                                                                   const std::string&) override {
    const std::lock_guard lock(mutex_);
    if (lane_ != nullptr && pipeline == "desk") return lane_;
    return absl::NotFoundError(absl::StrCat("there is no pipeline \"", pipeline, "\"; there is \"desk\""));
  }
  void WakeForRetries() override {
    const std::lock_guard lock(mutex_);
    ++wakes_;
  }

 private:
  class Reader final : public pipeline::TapReader {
   public:
    Reader(std::shared_ptr<FakeTap> tap, std::atomic<int>& taps) : tap_(std::move(tap)), taps_(taps) { ++taps_; }
    ~Reader() override { --taps_; }
    std::optional<pipeline::TappedItem> Next(absl::Duration timeout) override { return tap_->Take(timeout); }
    bool ended() const override { return tap_->ended(); }

   private:
    std::shared_ptr<FakeTap> tap_;
    std::atomic<int>& taps_;
  };

  mutable std::mutex mutex_;
  const std::filesystem::path file_;
  std::unique_ptr<store::Store> store_;
};

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_HOST_FIXTURE_H_

// Committer: makes epochs durable. Pipelines hand it the parts of epochs that their batches came to; its thread commits
// what is there at least every `commit_every`, earlier when somebody waits, in one transaction over all pipelines, and
// tells each what is durable. A store that is in trouble is tried again until it is not; what is handed in meanwhile is
// kept (the byte budget bounds it). One for a host.
#ifndef WIREWATCH_PIPELINE_COMMITTER_H_
#define WIREWATCH_PIPELINE_COMMITTER_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "wirewatch/pipeline/counters.h"
#include "wirewatch/pipeline/journal_news.h"
#include "wirewatch/pipeline/progress.h"
#include "wirewatch/store/store.h"

namespace wirewatch::pipeline {

// What one batch adds to its pipeline's epoch.
struct EpochPart {
  uint64_t batch = 0;              // number
  uint64_t reserved = 0;           // bytes of the budget
  store::EpochWrites writes;       // sequences of the journal are given at the commit
  bool early = false;              // somebody waits for it
  absl::Time sequenced;            // wall time
  std::vector<uint64_t> suspects;  // of the in-flight record that it has brought through
};

// What is durable now. Called on the committer's thread.
struct CommittedEpoch {
  uint64_t last_batch = 0;
  uint64_t released = 0;  // bytes of the budget that are free again
  const store::EpochWrites* writes = nullptr;
  absl::Time sequenced;            // of the oldest batch
  std::vector<uint64_t> suspects;  // of the in-flight record that are through
};
struct CommitListener {
  std::function<void(const CommittedEpoch&)> committed;
  std::function<void(const absl::Status&)> failed;  // for good; nothing more will be committed
};

class Committer {
 public:
  struct Options {
    absl::Duration commit_every = absl::Seconds(1);
    absl::Duration gap = absl::Milliseconds(20);     // least between two commits
    absl::Duration max_backoff = absl::Seconds(10);  // while the store is in trouble
    uint64_t schedule_seed = 0;
    bool only_when_flushed = false;       // nothing is committed before Flush()
    JournalNews* journal_news = nullptr;  // outlives the committer; nullptr: nobody is told
  };
  Committer(store::Store& store, Options options);
  // Does not commit what is left.
  ~Committer();
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  // Gives up what is not committed. By one thread.
  void Stop();

  // Any thread. A pipeline is added before its first part and removed by the caller once Flush() has returned.
  void AddPipeline(const std::string& pipeline, CommitListener listener);
  void RemovePipeline(const std::string& pipeline);

  // Parts of one pipeline come in the order of their batches. Those of a pipeline that is not there any more are given
  // up. Any thread.
  void Add(const std::string& pipeline, EpochPart part);
  // Somebody waits for what has been added.
  void Hurry();
  // Waits until everything added is durable. DeadlineExceeded with the store's trouble after `patience`.
  absl::Status Flush(absl::Duration patience);

  // What is wrong with the store at the moment; empty: nothing.
  std::string trouble() const { return trouble_.Get(); }
  bool in_trouble() const { return in_trouble_.load(std::memory_order_relaxed); }
  CommitProgress Snapshot() const;
  // Longest time between two commits, from the next one on.
  void SetCommitEvery(absl::Duration every);
  // What is removed from the store, in slices between commits. Time is that of the stream.
  void SetRetention(std::vector<store::RetentionRule> rules);

 private:
  struct Pending {
    CommitListener listener;
    std::optional<store::EpochWrites> writes;
    std::map<std::string, std::map<std::string, std::optional<std::string>>> state;  // step -> key -> value
    std::map<std::string, uint32_t> state_versions;
    std::map<std::string, std::string> cursors;
    uint64_t last_batch = 0;
    uint64_t reserved = 0;
    absl::Time sequenced;
    std::vector<uint64_t> suspects;
  };
  struct Epoch {
    std::string pipeline;
    CommittedEpoch told;
  };

  void Run();
  // One slice, when it is due.
  void Retain(std::unique_lock<std::mutex>& lock);
  bool AnyPending() const;
  std::vector<Epoch> TakeAll(std::vector<store::EpochWrites>& writes);
  // Until it is done, or fails for good, or the object ends.
  absl::Status CommitPatiently(std::vector<store::EpochWrites>& writes);
  absl::Status NumberJournal(std::vector<store::EpochWrites>& writes);

  store::Store& store_;
  const Options options_;
  std::optional<uint64_t> journal_end_;
  SharedText trouble_;
  std::atomic<bool> in_trouble_{false};
  std::atomic<uint64_t> commits_{0}, failures_{0};
  LatencyHistogram duration_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Pending> pipelines_;
  absl::Duration commit_every_;
  std::vector<store::RetentionRule> retention_;
  std::chrono::steady_clock::time_point retain_at_;
  absl::Time stream_time_ = absl::InfinitePast();
  CommitProgress removed_;  // only the counters of what retention has removed
  bool hurry_ = false;
  bool flushing_ = false;  // Flush() has been called
  bool committing_ = false;
  bool stopping_ = false;
  absl::Status failed_;
  std::thread thread_;
};

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_COMMITTER_H_

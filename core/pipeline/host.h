// Host: the pipelines of one process with what they share: the store, the byte budget, the committer and the in-flight
// record. Starts them, reloads their files as one transaction, drains and stops them.
//
// Start(), Wait() and the destructor belong to one thread; everything else may be called by any thread at any time, but
// not from a signal handler.
#ifndef WIREWATCH_PIPELINE_HOST_H_
#define WIREWATCH_PIPELINE_HOST_H_

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "wirewatch/loader/registry.h"
#include "wirewatch/pipeline/journal_news.h"
#include "wirewatch/pipeline/progress.h"
#include "wirewatch/pipeline/tap.h"
#include "wirewatch/sdk/analysis.h"
#include "wirewatch/sdk/clock.h"
#include "wirewatch/store/store.h"
#include "wirewatch/v1/operator_call.pb.h"

namespace wirewatch::pipeline {

struct HostOptions {
  std::vector<std::filesystem::path> files = {};  // one pipeline each; names must differ
  std::filesystem::path store = {};               // empty: store_folder/<name of the first pipeline>.db
  std::filesystem::path store_folder = {};        // empty, as `store`: a temporary store
  loader::RegistryOptions plugins = {};
  bool once = false;      // ends with its sources
  bool rehearse = false;  // with `once`: digests go by the time of what is read
  int workers = 1;        // for each pipeline
  // Called with warnings about the files, when they were read without an error.
  std::function<void(const std::string& text)> warn = {};
  // How long Drain() lets what is in flight go on, and how long channels may take afterwards.
  absl::Duration drain = absl::Seconds(30);
  Clock* clock = nullptr;  // outlives the host; nullptr: the machine's
  // False, to measure what safety costs: one commit when everything has been read, which the disk is not asked to keep;
  // until then all of it is held in memory, whatever the budget.
  bool durable = true;
};

// What a reload does to a pipeline (step empty) or to one of its steps.
struct ReloadedStep {
  enum class Change { kAdded, kRemoved, kChanged, kKept };
  std::string pipeline;
  std::string step;
  Change change = Change::kKept;
};

struct HostStatus {
  absl::Time started;
  bool ready = false;
  std::string not_ready_reason;  // e.g. "the store cannot commit: disk full"; empty when ready
  uint64_t budget_used = 0;      // bytes
  uint64_t budget_limit = 0;     // bytes
  int workers = 0;
  uint64_t reloads = 0;
  uint64_t reloads_failed = 0;
  CommitProgress commits;
};

// The watches of a step; they live as long as this is held.
struct FoundWatches {
  std::string pipeline;
  std::string step;
  std::shared_ptr<const WatchHolder> watches;
};

class PushLane;

class Host {
 public:
  // Reads the files, opens the store and starts every pipeline where its last commit left it. InvalidArgument: a file
  // is not right; the message is every error with its place. Nothing runs after an error.
  static absl::StatusOr<std::unique_ptr<Host>> Start(HostOptions options);
  // Stops, and waits for that.
  virtual ~Host() = default;

  // Until all pipelines have ended: see Pipeline::Wait().
  virtual absl::Status Wait() = 0;
  // Wait() has given up on threads that did not come back: the process must end without destroying the host.
  virtual bool stuck() const = 0;
  // Sources are not read any more; what is in flight goes on for HostOptions::drain, and what is whole by then is
  // committed. Returns at once.
  virtual void Drain() = 0;

  // Reads the files again, builds what they say beside what runs, and takes over at an epoch boundary with the state of
  // every step that kept its id. A file that fails changes nothing: InvalidArgument with every error, or
  // FailedPrecondition when a source cannot be opened or a step cannot take up its state; Unavailable when the epoch
  // could not be committed in time. `dry_run`: only checks and compares. One at a time.
  virtual absl::StatusOr<std::vector<ReloadedStep>> Reload(bool dry_run) = 0;

  // A file that the pipelines were made from (or one that a pattern in them names) is another than at the last
  // (attempted) reload.
  virtual bool FilesChanged() = 0;

  virtual HostStatus Status() const = 0;
  // In the order of the files.
  virtual std::vector<Progress> Snapshot() const = 0;
  virtual store::Store& store() = 0;
  JournalNews& journal_news() { return journal_news_; }
  // The store's file; empty for a temporary one.
  virtual const std::filesystem::path& store_file() const = 0;

  // Items as they leave a step; see TapReader. NotFound names the pipelines or steps that there are.
  virtual absl::StatusOr<std::unique_ptr<TapReader>> Tap(const TapOptions& options) = 0;

  // Watches, to be read. NotFound and InvalidArgument name those that there are.
  virtual absl::StatusOr<FoundWatches> FindWatches(const v1::WatchTarget& target) = 0;
  // Changes watches; over a reload as well. Errors are those of FindWatches() and Pipeline::ApplyWatches().
  virtual absl::StatusOr<v1::ApplyWatchesResponse> ApplyWatches(const v1::ApplyWatchesRequest& request,
                                                                absl::Duration patience) = 0;

  // What an operator does to the Alerts of a pipeline; over a reload as well. Errors: NotFound and InvalidArgument name
  // the pipelines that there are; those of Pipeline::Operate().
  virtual absl::StatusOr<v1::OperatorAnswer> Operate(const std::string& pipeline, const v1::OperatorCall& call,
                                                     absl::Duration patience) = 0;

  // Where Items are pushed to this source of this pipeline; either may be empty when there is only one. NotFound and
  // InvalidArgument name those that there are; FailedPrecondition: the pipeline has no source that takes pushes.
  virtual absl::StatusOr<std::shared_ptr<PushLane>> FindPushLane(const std::string& pipeline,
                                                                 const std::string& source) = 0;

  // Items that Store::RetryQuarantined() has marked wait in the store: pipelines look at once.
  virtual void WakeForRetries() = 0;

 private:
  JournalNews journal_news_;
};

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_HOST_H_

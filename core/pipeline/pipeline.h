// Pipeline: sources, analyses, grouping, commits and channels of one pipeline, running. It owns the threads: the
// sequencer's, the workers', and the channels' (and a committer's unless the host shares one).
//
//   sequencer -> [stateless steps] -> [stateful step] -> ... -> last stage -> committer -> sources are told, channels
#ifndef WIREWATCH_PIPELINE_PIPELINE_H_
#define WIREWATCH_PIPELINE_PIPELINE_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "wirewatch/pipeline/definition.h"
#include "wirewatch/pipeline/progress.h"
#include "wirewatch/sdk/analysis.h"
#include "wirewatch/v1/operator_call.pb.h"

namespace wirewatch::pipeline {

class PushCalls;

class Pipeline {
 public:
  // Takes everything up where the last commit left it, and starts. Fails when a source cannot be opened, a step cannot
  // take up its state, or the store cannot be read; nothing runs then.
  static absl::StatusOr<std::unique_ptr<Pipeline>> Start(Definition definition, RunOptions options);
  // The first half of Start(): everything that may fail, while another pipeline of the same name is paused or none is
  // there. Nothing runs yet.
  static absl::StatusOr<std::unique_ptr<Pipeline>> Prepare(Definition definition, RunOptions options);
  // The second half. Once.
  virtual void Go() = 0;
  // Stops, and waits for that.
  virtual ~Pipeline() = default;

  // Until the run has ended: its sources have (`once`), Stop() was called, or something failed. Everything whole is
  // then committed and, for as long as RunOptions::stop_patience allows, delivered. The error that ended it, or that a
  // channel is behind (Unavailable). Any thread.
  virtual absl::Status Wait() = 0;
  // Sources are not read any more; what is in flight is finished and committed. Returns at once; any thread, also from
  // a thread that waits for signals. Not from a signal handler.
  virtual void Stop() = 0;
  // As Stop(); what is not through by the deadline is given up, and Wait() returns DeadlineExceeded. Such a pipeline
  // may have threads that do not come back, and its destructor waits for them.
  virtual void Drain(absl::Time deadline) = 0;

  // ---- Taking over: the old pipeline pauses, the new one is prepared, the old one retires, the new one goes. One
  // thread at a time. ----

  // Stops reading, and makes everything that was read durable. Unavailable when that cannot be done within `patience`,
  // or the pipeline has ended; it then goes on.
  virtual absl::Status Pause(absl::Duration patience) = 0;
  virtual void Resume() = 0;
  // After Pause(): ends, channels after the event that they are at.
  virtual void Retire() = 0;

  // ---- Watches that are changed while Items flow. Any thread. ----

  // Ids of the steps that hold watches, in order.
  virtual std::vector<std::string> WatchSteps() const = 0;
  // For what any thread may call; as long as the pipeline. nullptr: there is no such step.
  virtual const WatchHolder* Watches(const std::string& step) const = 0;
  // Brings edits on their way into the stream of one of WatchSteps(); `queued`, if any, is called once they wait for
  // their place, unless all of them are wrong by themselves. Returns when they are durable. InvalidArgument: too many.
  // Unavailable with the reason: not within `patience`, or the run ends. Aborted: another pipeline takes over; to be
  // tried again there.
  virtual absl::StatusOr<v1::ApplyWatchesResponse> ApplyWatches(const std::string& step,
                                                                const v1::ApplyWatchesRequest& request,
                                                                absl::Duration patience,
                                                                const std::function<void()>& queued = nullptr) = 0;

  // What an operator does to the Alerts gets its place in the stream, and is durable when it is answered. `queued` as
  // above. Errors are those of alerts::Grouper::Operate(), and those of ApplyWatches(); ResourceExhausted when too many
  // wait. Any thread.
  virtual absl::StatusOr<v1::OperatorAnswer> Operate(const v1::OperatorCall& call, absl::Duration patience,
                                                     const std::function<void()>& queued = nullptr) = 0;

  // The sources that take what clients push; as long as the pipeline. Any thread.
  virtual const PushCalls& Pushes() const = 0;

  // The quarantine may hold Items that are to come back. Any thread.
  virtual void LookForRetries() = 0;
  virtual bool ended() const = 0;
  // Any thread.
  virtual Progress Snapshot() const = 0;
};

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_PIPELINE_H_

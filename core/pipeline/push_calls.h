// PushCalls: the sources of a pipeline that take what clients push, with their lanes, and the records on their way
// through the pipeline: once an Item's batch has come to the last stage its fate is known, and once that is durable
// whoever has pushed it is told. What never gets there tells them to push again (PushTicket).
#ifndef WIREWATCH_PIPELINE_PUSH_CALLS_H_
#define WIREWATCH_PIPELINE_PUSH_CALLS_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "wirewatch/pipeline/batch.h"
#include "wirewatch/pipeline/definition.h"
#include "wirewatch/pipeline/push_lane.h"

namespace wirewatch::pipeline {

class PushCalls {
 public:
  // Connects each source that is a PushReceiver with its lane, one of `lanes` or, if that is nullptr, of its own.
  PushCalls(const std::string& pipeline, const std::vector<StepOf<Source>>& sources, PushLanes* lanes);
  ~PushCalls() { Leave(); }
  PushCalls(const PushCalls&) = delete;
  PushCalls& operator=(const PushCalls&) = delete;
  // Once, when the pipeline starts. With `once` nothing can be pushed.
  void Begin(bool once);

  // Ids of these sources, in order. Any thread, as are those below.
  std::vector<std::string> Sources() const;
  // nullptr: there is no such source.
  std::shared_ptr<PushLane> Lane(const std::string& source) const;

  // The batch is through all steps; of one pipeline in order.
  void Settle(Batch& batch);
  // Batches below `number` are committed.
  void Committed(uint64_t number);
  // The pipeline ends: everybody who waits is told so, and whoever comes.
  void Close(const absl::Status& status);
  // Another pipeline takes over: what has not been read yet is that one's, if it has the source.
  void Leave();

 private:
  struct Receiver {
    std::string source;
    PushReceiver::Limits limits;
    std::shared_ptr<PushLane> lane;
  };
  struct Settled {
    uint64_t batch = 0;
    std::unique_ptr<PushTicket> ticket;
    v1::IngestResponse fate;
  };

  std::vector<Receiver> receivers_;
  std::mutex mutex_;             // guards what follows
  std::deque<Settled> settled_;  // not durable yet; by batch
  bool left_ = false;
};

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_PUSH_CALLS_H_

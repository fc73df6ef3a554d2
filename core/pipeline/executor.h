// Executor: carries batches through the stages of a pipeline on a pool of workers. A worker takes a batch as far as it
// goes; at a stage that wants its batches in order it parks the batch, and takes another, while an earlier one is still
// on its way. No worker ever waits for a batch. How many batches there are is the caller's business (BatchPool).
#ifndef WIREWATCH_PIPELINE_EXECUTOR_H_
#define WIREWATCH_PIPELINE_EXECUTOR_H_

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "wirewatch/pipeline/batch.h"
#include "wirewatch/pipeline/byte_budget.h"
#include "wirewatch/pipeline/schedule.h"
#include "wirewatch/pipeline/step.h"

namespace wirewatch::pipeline {

// Consecutive stateless steps are one stage.
struct Stage {
  bool in_order = false;  // one batch at a time, by number
  std::function<void(Batch&, WorkerMemory&)> run;
};

class Executor {
 public:
  struct Options {
    std::string pipeline;
    size_t steps = 0;  // analyses, for the workers' memory
    int workers = 1;
    absl::Duration call_timeout = absl::Seconds(10);  // for an Item
  };
  // What a batch comes to need beyond what was reserved for it is recorded in `budget`, before the last stage at the
  // latest. `done` gets every batch after the last stage.
  Executor(std::vector<Stage> stages, Options options, InFlight& in_flight, ByteBudget& budget, Schedule& schedule,
           std::function<void(Batch&)> done);
  // Batches that are not done by then are left where they are.
  ~Executor();
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  // Numbers count from 0 without gap. Any thread.
  void Submit(Batch& batch);

 private:
  using Task = std::pair<Batch*, size_t>;  // batch and stage

  void Work();
  void Carry(Task task, WorkerMemory& memory);
  void RecordGrowth(Batch& batch);
  bool MayEnter(Batch& batch, size_t stage);
  void Leave(size_t stage);

  struct Order {
    uint64_t next = 0;
    std::map<uint64_t, Batch*> parked;
  };
  const std::vector<Stage> stages_;
  const Options options_;
  InFlight& in_flight_;
  ByteBudget& budget_;
  Schedule& schedule_;
  const std::function<void(Batch&)> done_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> ready_;
  std::vector<Order> orders_;  // by stage
  bool stopping_ = false;
  std::vector<std::thread> workers_;
};

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_EXECUTOR_H_

#include "wirewatch/pipeline/executor.h"

#include <algorithm>

namespace wirewatch::pipeline {

Executor::Executor(std::vector<Stage> stages, Options options, InFlight& in_flight, ByteBudget& budget,
                   Schedule& schedule, std::function<void(Batch&)> done)
    : stages_(std::move(stages)),
      options_(std::move(options)),
      in_flight_(in_flight),
      budget_(budget),
      schedule_(schedule),
      done_(std::move(done)),
      orders_(stages_.size()) {
  for (int i = 0; i < std::max(options_.workers, 1); ++i) workers_.emplace_back([this] { Work(); });
}

Executor::~Executor() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void Executor::Submit(Batch& batch) {
  {
    const std::lock_guard lock(mutex_);
    ready_.emplace_back(&batch, 0);
  }
  changed_.notify_one();
}

void Executor::Work() {
  WorkerMemory memory;
  memory.scratch.resize(options_.steps);
  memory.record = &in_flight_.Claim(options_.pipeline, options_.call_timeout);
  while (true) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stopping_ || !ready_.empty(); });
    if (stopping_) break;
    const bool any = schedule_.Coin();
    const Task task = any ? ready_.back() : ready_.front();
    any ? ready_.pop_back() : ready_.pop_front();
    lock.unlock();
    Carry(task, memory);
  }
  in_flight_.Release(*memory.record);
}

void Executor::Carry(Task task, WorkerMemory& memory) {
  auto [batch, stage] = task;
  for (size_t i = 0; i + 1 < InFlight::kItems; ++i) {
    memory.record->keys[i] = i < batch->slots().size() ? batch->slots()[i].key : CallKey{};
  }
  memory.record->keys.back() = {};
  for (; stage < stages_.size(); ++stage) {
    schedule_.Yield();
    if (stages_[stage].in_order && !MayEnter(*batch, stage)) return;
    stages_[stage].run(*batch, memory);
    if (stages_[stage].in_order) Leave(stage);
    if (stage + 1 < stages_.size()) RecordGrowth(*batch);
  }
  done_(*batch);
}

void Executor::RecordGrowth(Batch& batch) {
  const uint64_t used = batch.UsedBytes();
  if (used <= batch.reserved) return;
  budget_.Resize(batch.reserved, used);
  batch.reserved = used;
}

bool Executor::MayEnter(Batch& batch, size_t stage) {
  const std::lock_guard lock(mutex_);
  Order& order = orders_[stage];
  if (order.next == batch.number) return true;
  order.parked.emplace(batch.number, &batch);
  return false;
}

void Executor::Leave(size_t stage) {
  bool woken = false;
  {
    const std::lock_guard lock(mutex_);
    Order& order = orders_[stage];
    ++order.next;
    if (const auto parked = order.parked.find(order.next); parked != order.parked.end()) {
      // In front: what is furthest frees memory soonest.
      ready_.emplace_front(parked->second, stage);
      order.parked.erase(parked);
      woken = true;
    }
  }
  if (woken) changed_.notify_one();
}

}  // namespace wirewatch::pipeline

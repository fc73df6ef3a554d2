#include "wirewatch/pipeline/batch.h"

#include <algorithm>

namespace wirewatch::pipeline {
namespace {

google::protobuf::ArenaOptions OptionsWith(char* block, size_t size) {
  google::protobuf::ArenaOptions options;
  options.initial_block = block;
  options.initial_block_size = size;
  return options;
}

}  // namespace

Batch::Batch() : first_block_(std::make_unique<char[]>(kFirstBlock)) {
  arena_.emplace(OptionsWith(first_block_.get(), kFirstBlock));
}

Slot& Batch::AddSlot(uint64_t position, absl::Time arrival) {
  Slot& slot = slots_.emplace_back();
  slot.position = position;
  slot.arrival = arrival;
  last_position = position;
  last_arrival = arrival;
  return slot;
}

void Batch::Seal() {
  while (documents_.size() < slots_.size()) documents_.push_back(std::make_unique<Document>());
  lost_ = true;
  for (Slot& slot : slots_) {
    if (slot.fate == Slot::Fate::kLive) DocumentOf(slot).Reset(slot.item, slot.raw, slot.position, slot.arrival);
  }
  DropLost();
}

void Batch::DropLost() {
  if (!lost_) return;
  lost_ = false;
  live_.clear();
  live_documents_.clear();
  for (Slot& slot : slots_) {
    if (slot.fate != Slot::Fate::kLive) continue;
    live_.push_back(&slot);
    live_documents_.push_back(&DocumentOf(slot));
  }
}

void Batch::Reset() {
  live_.clear();
  live_documents_.clear();
  for (const std::unique_ptr<Document>& document : documents_) document->Clear();
  slots_.clear();
  arena_->Reset();
  admitted = 0;
  reserved = 0;
  last_position = 0;
  last_arrival = absl::Time();
  cursors.clear();
  quarantine.clear();
  state.clear();
  retried.clear();
  suspects.clear();
  calls.clear();
  stop = absl::OkStatus();
  finish = false;
  early = false;
}

uint64_t Batch::UsedBytes() const {
  uint64_t bytes = arena_->SpaceUsed();
  for (const Slot& slot : slots_) bytes += sizeof(Slot) + slot.raw.capacity() + slot.archived.capacity();
  // Those of slots alone: others hold what Documents keep, which is the pool's and does not grow.
  for (size_t i = 0; i < std::min(slots_.size(), documents_.size()); ++i) bytes += documents_[i]->HeldBytes();
  for (const store::QuarantineEntry& entry : quarantine) bytes += entry.item.size() + entry.raw.size();
  for (const store::SealedState& sealed : state) {
    for (const store::StateWrite& write : sealed.writes)
      bytes += write.key.size() + (write.value ? write.value->size() : 0);
  }
  return bytes;
}

BatchPool::BatchPool(size_t size) {
  for (size_t i = 0; i < size; ++i) {
    all_.push_back(std::make_unique<Batch>());
    free_.push_back(all_.back().get());
  }
}

Batch* BatchPool::TryTake() {
  const std::lock_guard lock(mutex_);
  if (free_.empty()) return nullptr;
  Batch* batch = free_.back();
  free_.pop_back();
  return batch;
}

void BatchPool::GiveBack(Batch* batch) {
  const double admitted = static_cast<double>(batch->admitted);
  const double grown = static_cast<double>(batch->UsedBytes());
  batch->Reset();
  const std::lock_guard lock(mutex_);
  free_.push_back(batch);
  if (admitted == 0) return;
  constexpr double kForgotten = 1.0 / 16;
  admitted_ += admitted - kForgotten * admitted_;
  grown_ += grown - kForgotten * grown_;
}

double BatchPool::growth() const {
  const std::lock_guard lock(mutex_);
  return std::max(1.0, grown_ / admitted_);
}

size_t BatchPool::InUse() const {
  const std::lock_guard lock(mutex_);
  return all_.size() - free_.size();
}

}  // namespace wirewatch::pipeline

// Batch: the Items that travel together, on one arena, with what the steps have found in them so far. Held by one
// thread at a time: the sequencer fills it, workers carry it through the steps, the last stage turns it into a part of
// an epoch, and then it is used again with its memory.
#ifndef WIREWATCH_PIPELINE_BATCH_H_
#define WIREWATCH_PIPELINE_BATCH_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/protobuf/arena.h"
#include "wirewatch/pipeline/in_flight.h"
#include "wirewatch/pipeline/operator_calls.h"
#include "wirewatch/sdk/document.h"
#include "wirewatch/sdk/source.h"
#include "wirewatch/store/store.h"
#include "wirewatch/v1/item.pb.h"
#include "wirewatch/v1/signal.pb.h"

namespace wirewatch::pipeline {

// One position of the stream: an Item, or only a point in time (a tick, or a record that is no Item or not a new one).
struct Slot {
  // kDuplicate: a known Item with the same content, at an address that it does not have.
  enum class Fate { kLive, kTimeOnly, kDuplicate, kDropped, kQuarantined };
  struct TimerSignals {
    absl::Time at;
    std::vector<v1::Signal*> signals;
  };

  Fate fate = Fate::kTimeOnly;
  uint64_t position = 0;
  absl::Time arrival;
  v1::Item* item = nullptr;
  std::string raw;
  std::vector<v1::Signal*> signals;          // about the Item, in the order of the steps
  std::vector<TimerSignals> timers;          // due before it, in the order of the steps
  std::string archived;                      // the Item as it goes to the archive
  CallKey key;                               // of the Item; all zeros without one
  std::optional<InFlight::Verdict> verdict;  // a step that must not have the Item again
  std::string dropped_by, drop_reason;       // kDropped: the step, and what it says
  std::unique_ptr<PushTicket> ticket;        // of whoever has pushed it; nullptr: nobody has
};

class Batch {
 public:
  Batch();

  google::protobuf::Arena& arena() { return *arena_; }
  // Positions in it, in order.
  std::vector<Slot>& slots() { return slots_; }
  Slot& AddSlot(uint64_t position, absl::Time arrival);
  // To be called once when all slots are there: makes the Documents.
  void Seal();

  // The Items that are still to be analysed: slot and Document, in position order.
  const std::vector<Slot*>& live() const { return live_; }
  const std::vector<const Document*>& documents() const { return live_documents_; }
  Document& DocumentOf(const Slot& slot) { return *documents_[static_cast<size_t>(&slot - slots_.data())]; }
  // An Item goes no further. Takes effect on live() with DropLost().
  void Lose(Slot& slot, Slot::Fate fate) {
    slot.fate = fate;
    lost_ = true;
  }
  void DropLost();

  // Empty again, with little of its memory.
  void Reset();
  // What it holds: the Items with what was found in them, their derived text, and what goes to the store beside them.
  uint64_t UsedBytes() const;
  bool alone() const { return !suspects.empty(); }

  uint64_t number = 0;    // counts from 0 without gap
  uint64_t admitted = 0;  // bytes of its Items when they came
  uint64_t reserved = 0;  // bytes of the budget
  uint64_t last_position = 0;
  absl::Time last_arrival;
  std::vector<std::pair<std::string, std::string>> cursors;
  std::vector<store::QuarantineEntry> quarantine;
  std::vector<store::SealedState> state;
  std::vector<uint64_t> retried;   // quarantine entries that its Items come from
  std::vector<uint64_t> suspects;  // its Items in the in-flight record; not empty: it runs alone, Item by Item
  PlacedCalls calls;               // operators', at its last position
  absl::Status stop;               // a step wants the pipeline to stop before this batch
  bool finish = false;             // the stream ends with it
  bool early = false;              // somebody waits for its commit
  absl::Time sequenced;            // wall time

 private:
  // Kept from use to use; what a batch needs beyond it is given back.
  static constexpr size_t kFirstBlock = size_t{128} << 10;
  std::unique_ptr<char[]> first_block_;
  std::optional<google::protobuf::Arena> arena_;
  std::vector<Slot> slots_;
  std::vector<std::unique_ptr<Document>> documents_;  // one for each slot
  std::vector<Slot*> live_;
  std::vector<const Document*> live_documents_;
  bool lost_ = false;
};

// The batches of a pipeline: as many as may be between sequencer and commit queue. Any thread.
class BatchPool {
 public:
  explicit BatchPool(size_t size);
  // nullptr when all are in use.
  Batch* TryTake();
  void GiveBack(Batch* batch);
  bool AllFree() const { return InUse() == 0; }
  size_t InUse() const;
  // How many bytes an admitted byte became in the batches last given back: what admission is to reserve, so that the
  // budget holds what is still to come.
  double growth() const;

 private:
  std::vector<std::unique_ptr<Batch>> all_;
  mutable std::mutex mutex_;
  std::vector<Batch*> free_;
  // Bytes of the last batches when they came and in the end; at first what news text needs with a handful of steps.
  double admitted_ = 64 << 10;
  double grown_ = 12 * admitted_;
};

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_BATCH_H_

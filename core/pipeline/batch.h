// Batch: the Items that travel together, with everything that they cause on the way. Allocated on one arena; held by
// one thread at a time; gone after its epoch is committed.
#ifndef WIREWATCH_PIPELINE_BATCH_H_
#define WIREWATCH_PIPELINE_BATCH_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "google/protobuf/arena.h"
#include "wirewatch/sdk/document.h"
#include "wirewatch/store/store.h"
#include "wirewatch/v1/alert.pb.h"
#include "wirewatch/v1/item.pb.h"
#include "wirewatch/v1/signal.pb.h"

namespace wirewatch::pipeline {

// Signals that a timer raised, before the Item in whose Slot they are kept.
struct TimerSignals {
  absl::Time due;
  size_t step = 0;
  std::vector<v1::Signal*> signals;
};

struct Slot {
  v1::Item* item = nullptr;
  std::string raw = {};
  Document document = {};
  bool live = true;  // false: dropped or quarantined; keeps its position
  std::vector<v1::Signal*> signals = {};
  std::vector<TimerSignals> timers = {};
  std::string archived = {};  // the Item serialised, after the last analysis
};

struct Batch {
  uint64_t number = 0;  // consecutive from 0
  google::protobuf::Arena arena = {};
  std::deque<Slot> slots = {};

  // The stream after the last Item: time, position. A Batch without Items is a tick.
  uint64_t end_position = 0;
  absl::Time end_arrival = {};
  std::vector<TimerSignals> end_timers = {};
  bool last = false;  // the stream ends here

  uint64_t reserved_bytes = 0;  // of the Budget
  size_t stage = 0;             // the stage that it waits for or is in

  // For the epoch.
  std::vector<std::pair<std::string, std::string>> cursors = {};
  std::vector<store::SealedState> sealed = {};
  std::vector<store::QuarantineEntry> quarantine = {};
  std::vector<v1::AlertEvent> events = {};
};

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_BATCH_H_

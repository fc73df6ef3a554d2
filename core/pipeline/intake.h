// Intake: takes Items from a source into a batch and gives each its place in the stream: position, arrival, id and
// version. Used by the sequencer's thread.
#ifndef WIREWATCH_PIPELINE_INTAKE_H_
#define WIREWATCH_PIPELINE_INTAKE_H_

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "wirewatch/pipeline/batch.h"
#include "wirewatch/pipeline/counters.h"
#include "wirewatch/pipeline/definition.h"
#include "wirewatch/pipeline/in_flight.h"
#include "wirewatch/pipeline/known_items.h"
#include "wirewatch/sdk/source.h"

namespace wirewatch::pipeline {

// A source with what the sequencer knows of it. Counters and texts may be read by any thread.
struct SourceLane {
  StepOf<Source> definition;
  std::string cursor;                           // as last handed on
  absl::Time next_read = absl::InfinitePast();  // wall time
  absl::Duration backoff = absl::ZeroDuration();
  std::atomic<bool> ended{false};
  std::atomic<uint64_t> records{0}, rejected{0}, too_large{0}, duplicates{0}, new_versions{0}, dates_flagged{0},
      read_errors{0};
  NamedCounts named;
  SharedText summary, trouble;
};

// Any thread.
SourceProgress ProgressOf(const SourceLane& lane);

class Intake final : public BatchBuilder {
 public:
  struct Options {
    std::string pipeline;
    bool once = false;
    uint64_t batch_bytes = 0;
    double reserve = 4;
    uint64_t largest_item = 0;      // bytes
    size_t record_bytes = 1 << 20;  // of a rejected record that are kept
    absl::Time started;             // what is later than this is in the future, with `once`
    bool trace_ids = false;
  };
  Intake(Options options, Clock& clock, KnownItems& known, const InFlight& in_flight, store::PipelinePosition last);

  // Further Items go to this batch, at most `records`.
  void Begin(Batch& batch, SourceLane& lane, size_t records);
  size_t records() const { return records_; }
  // Not OK when the store could not be asked; the batch is then not whole.
  const absl::Status& status() const { return status_; }
  // What is to be reserved for the batch.
  uint64_t reservation() const { return static_cast<uint64_t>(static_cast<double>(bytes_) * options_.reserve); }

  // An Item comes back from the quarantine, as new input. What steps had found in it is taken off; its id and version
  // stay.
  void AddAgain(const store::QuarantineEntry& entry);
  // A position without Item.
  void AddTick(Batch& batch, absl::Time now);
  // The stream's time for what happens now and is no Item.
  absl::Time AtOnce() const { return options_.once ? arrival_ : std::max(arrival_, clock_.Now()); }
  uint64_t position() const { return position_; }
  absl::Time arrival() const { return arrival_; }

  v1::Item& NewItem() override;
  void Add(std::string_view raw) override;
  bool full() const override;
  void Reject(std::string_view raw, std::string_view origin, const absl::Status& reason) override;
  void SetTicket(std::unique_ptr<PushTicket> ticket) override { ticket_ = std::move(ticket); }
  void Count(std::string_view name, uint64_t by) override { lane_->named.Add(name, by); }

 private:
  void SetArrival(const v1::Item& item, absl::Time now);
  // The next position, for the record at hand.
  Slot& NextSlot();
  void Quarantine(Slot& slot, std::string reason, absl::Status error, std::string_view origin, std::string_view raw);
  bool Identify(Slot& slot, v1::Item& item);
  void Admit(Slot& slot, v1::Item& item, std::string_view raw);

  const Options options_;
  Clock& clock_;
  KnownItems& known_;
  const InFlight& in_flight_;
  uint64_t position_;
  absl::Time arrival_;
  Batch* batch_ = nullptr;
  SourceLane* lane_ = nullptr;
  v1::Item* item_ = nullptr;
  std::unique_ptr<PushTicket> ticket_;  // of the next record
  size_t limit_ = 0;
  size_t records_ = 0;
  uint64_t bytes_ = 0;
  absl::Status status_;
};

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_INTAKE_H_

// LastStage: where a batch, after all analyses and in position order, becomes a part of an epoch: Signals go to the
// Grouper, Alert events to the journal, Items to the archive.
#ifndef WIREWATCH_PIPELINE_LAST_STAGE_H_
#define WIREWATCH_PIPELINE_LAST_STAGE_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "wirewatch/alerts/grouper.h"
#include "wirewatch/pipeline/batch.h"
#include "wirewatch/pipeline/byte_budget.h"
#include "wirewatch/pipeline/committer.h"
#include "wirewatch/pipeline/counters.h"
#include "wirewatch/pipeline/definition.h"
#include "wirewatch/pipeline/known_items.h"
#include "wirewatch/pipeline/patient_store.h"

namespace wirewatch::pipeline {

// Under this step the store keeps what is known of Items that are not archived: dropped and quarantined ones.
inline constexpr char kUnarchivedStep[] = "$unarchived";

// What an Item that is not archived is remembered by. Stateless.
std::string PackKnown(const v1::Item& item);
std::optional<KnownItems::Known> UnpackKnown(std::string_view packed);

// Counts words and serialises Items that are through; any worker, in any order.
void PrepareForArchive(Batch& batch);

class LastStage {
 public:
  LastStage(std::string pipeline, const alerts::GroupingOptions& grouping, ItemObserver on_item, ByteBudget& budget,
            Committer& committer);
  // Gives the Grouper its state back; once, before the first batch.
  absl::Status Restore(PatientStore& store);

  // By one thread at a time, batches in order. After a batch that wants to stop, nothing more is taken: not OK.
  absl::Status Run(Batch& batch);

  // Any thread.
  absl::Time NextDue() const { return absl::FromUnixMicros(next_due_us_.load(std::memory_order_relaxed)); }
  uint64_t open_alerts() const { return Read(open_alerts_); }
  uint64_t under_embargo() const { return Read(under_embargo_); }
  uint64_t embargoes_crowded_out() const { return Read(embargoes_crowded_out_); }
  uint64_t signals() const { return Read(signals_); }
  uint64_t signals_discarded() const { return Read(signals_discarded_); }
  const std::shared_ptr<const alerts::GroupingOptions>& grouping() const { return grouping_; }

 private:
  void OnCall(PlacedCall& call, const alerts::Moment& at, alerts::Grouper::Events& events);
  // What any thread may ask for.
  void ReadGrouper();
  void OnSlot(const Slot& slot, EpochPart& part, store::SealedState& unarchived, alerts::Grouper::Events& events);

  const std::string pipeline_;
  const std::shared_ptr<const alerts::GroupingOptions> grouping_;
  alerts::Grouper grouper_;
  const ItemObserver on_item_;
  ByteBudget& budget_;
  Committer& committer_;
  absl::Status stopped_;
  uint64_t journaled_ = 0;  // events since the start, up to the batch at hand
  std::atomic<int64_t> next_due_us_;
  std::atomic<uint64_t> open_alerts_{0}, signals_{0}, signals_discarded_{0}, under_embargo_{0},
      embargoes_crowded_out_{0};
};

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_LAST_STAGE_H_

// WatchSnapshot: the watches of a LiveEngine as they were at one time; never changed, so any number of threads may
// match with it, each with a SnapshotScratch of its own. What a Match() finds depends on the watches alone, not on how
// they are cut into segments.
#ifndef WIREWATCH_WATCH_WATCH_SNAPSHOT_H_
#define WIREWATCH_WATCH_WATCH_SNAPSHOT_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wirewatch/watch/engine.h"
#include "wirewatch/watch/form_shares.h"
#include "wirewatch/watch/watch_costs.h"
#include "wirewatch/watch/watch_segment.h"

namespace wirewatch::watch {

class WatchSnapshot;

// Memory of one thread for matching with one snapshot after another, of one LiveEngine or several. It does not hold the
// snapshots; it is as large as the most segments that a snapshot had need.
class SnapshotScratch {
 public:
  SnapshotScratch() = default;
  SnapshotScratch(const SnapshotScratch&) = delete;
  SnapshotScratch& operator=(const SnapshotScratch&) = delete;

 private:
  friend class WatchSnapshot;
  struct OfSegment {
    uint64_t segment = 0;   // the number of the one that it was last used for
    size_t most_slots = 0;  // of all that it was used for
    Scratch scratch;
  };
  // Gives each of the snapshot's segments the memory that it had, and to others what is free.
  void PrepareFor(const WatchSnapshot& snapshot);

  uint64_t snapshot_ = 0;                         // the number of the one that it is prepared for
  std::vector<std::unique_ptr<OfSegment>> used_;  // by segment of that snapshot
  std::vector<std::unique_ptr<OfSegment>> free_;
  uint32_t items_ = 0;
  std::vector<CandidateTime> times_;
  std::vector<WatchCosts::Sample> samples_;
};

// What matching threads measure on one Item in some, for all snapshots of a LiveEngine.
struct WatchMeasurements {
  explicit WatchMeasurements(ShareOfForm before) : shares(std::move(before)) {}
  FormShares shares;
  WatchCosts costs;
};

class WatchSnapshot : public Discardable {
 public:
  WatchSnapshot(std::vector<LiveSegment> segments, std::shared_ptr<WatchMeasurements> measurements);

  size_t size() const { return size_; }
  size_t segments() const { return segments_.size(); }
  // As the functions of Engine with these names. Hits are valid as long as this snapshot is held.
  MatchCounts Match(const View& view, SnapshotScratch& scratch, std::vector<Hit>& hits) const;
  bool Explain(std::string_view id, const View& view, SnapshotScratch& scratch, v1::Explanation& explanation) const;
  void Describe(const Hit& hit, const View& view, SnapshotScratch& scratch, v1::WatchHit& described,
                bool explain) const;
  std::optional<Candidacy> WhyCandidate(std::string_view id, const View& view, SnapshotScratch& scratch) const;
  std::string NormalForm(std::string_view id) const;
  std::vector<std::string> Needs() const;

  // nullptr: there is none of that id. Valid as long as this snapshot is held.
  const Watch* Find(std::string_view id) const;
  // All watches, in no order.
  void ForEach(const std::function<void(const Watch&)>& visit) const;
  // Of all segments, watches that were removed from them included.
  size_t unanchored() const;
  size_t common() const;
  size_t Bytes() const;

 private:
  friend class SnapshotScratch;
  struct Found {
    size_t segment;
    uint32_t slot;
  };
  std::optional<Found> FindSlot(std::string_view id) const;
  void Measure(const View& view, SnapshotScratch& scratch, uint64_t nanoseconds) const;

  const uint64_t number_;  // of no other one in this process
  const std::vector<LiveSegment> segments_;
  const std::shared_ptr<WatchMeasurements> measurements_;
  size_t size_ = 0;
};

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_WATCH_SNAPSHOT_H_

// EpochWriter: writes epochs into an open transaction of the SQLite store. Used by the one writer.
#ifndef WIREWATCH_STORE_EPOCH_WRITER_H_
#define WIREWATCH_STORE_EPOCH_WRITER_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "wirewatch/store/sqlite_connection.h"
#include "wirewatch/store/store.h"

namespace wirewatch::store {

// Positions of a pipeline lie below this: an Item's row is pipeline * kPositions + position.
inline constexpr uint64_t kPositions = uint64_t{1} << 44;

class EpochWriter {
 public:
  // `journal_end`: the last sequence number that is there.
  EpochWriter(Connection& connection, uint64_t journal_end) : connection_(connection), journal_end_(journal_end) {}

  absl::Status Write(const EpochWrites& epoch);
  // Once a commit, which has this number: moves the keys of one stretch to where they stay. All of them come to pass,
  // and recent_keys holds no more than those of the last kStretches commits.
  absl::Status MoveKeys(uint64_t commit);
  static constexpr uint64_t kStretches = 16;
  uint64_t journal_end() const { return journal_end_; }

 private:
  absl::StatusOr<int64_t> Pipeline(const EpochWrites& epoch);
  absl::Status WriteItems(int64_t pipeline, const EpochWrites& epoch);
  absl::Status WriteArrival(int64_t pipeline, const EpochWrites& epoch);
  absl::Status WriteJournal(int64_t pipeline, const EpochWrites& epoch);
  absl::Status WriteState(int64_t pipeline, const SealedState& state);
  absl::Status WriteQuarantine(int64_t pipeline, const QuarantineEntry& entry);
  absl::Status WriteCursors(int64_t pipeline, const EpochWrites& epoch);
  absl::Status RemoveRetried(int64_t pipeline, const EpochWrites& epoch);

  Connection& connection_;
  uint64_t journal_end_;
};

// What Store::Advance() writes.
absl::Status WriteSubscription(Connection& connection, std::string_view subscription, uint64_t sequence,
                               std::span<const DeadLetter> dead);
absl::Status WriteSubscriptionState(Connection& connection, std::string_view subscription,
                                    std::span<const StateWrite> state);

}  // namespace wirewatch::store

#endif  // WIREWATCH_STORE_EPOCH_WRITER_H_

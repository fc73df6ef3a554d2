// The reads of the SQLite store, each on a connection that the caller owns for the call. See store.h for what they
// mean.
#ifndef WIREWATCH_STORE_SQLITE_READS_H_
#define WIREWATCH_STORE_SQLITE_READS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "wirewatch/store/sqlite_connection.h"
#include "wirewatch/store/store.h"

namespace wirewatch::store {

absl::StatusOr<PipelinePosition> ReadLastPosition(Connection& connection, std::string_view pipeline);
absl::StatusOr<std::optional<std::string>> ReadCursor(Connection& connection, std::string_view pipeline,
                                                      std::string_view source);
absl::StatusOr<std::optional<KnownItem>> ReadKnownItem(Connection& connection, std::string_view pipeline,
                                                       std::string_view id);
absl::StatusOr<uint32_t> ReadStateVersion(Connection& connection, std::string_view pipeline, std::string_view step);
absl::StatusOr<std::optional<std::string>> ReadState(Connection& connection, std::string_view pipeline,
                                                     std::string_view step, std::string_view key);
absl::Status VisitState(Connection& connection, std::string_view pipeline, std::string_view step,
                        std::string_view prefix, const StateVisitor& visit);
absl::StatusOr<std::optional<std::string>> ReadArchivedItem(Connection& connection, std::string_view pipeline,
                                                            std::string_view id, uint32_t version);
absl::StatusOr<std::vector<ArchivedItem>> ReadArchivedItems(Connection& connection, std::string_view pipeline,
                                                            uint64_t after_position, size_t limit);
absl::StatusOr<std::string> ReadJournalId(Connection& connection);
absl::StatusOr<JournalRange> ReadJournalRange(Connection& connection);
absl::StatusOr<std::vector<JournalEntry>> ReadJournalEntries(Connection& connection, uint64_t after_sequence,
                                                             size_t limit);
absl::StatusOr<uint64_t> CountArchivedItems(Connection& connection, std::string_view pipeline, uint64_t after,
                                            uint64_t to);
absl::StatusOr<std::vector<StateWrite>> ReadSubscriptionState(Connection& connection, std::string_view subscription);
absl::StatusOr<std::optional<uint64_t>> ReadSubscriptionPosition(Connection& connection, std::string_view subscription);
absl::StatusOr<std::vector<DeadLetter>> ReadDeadLetters(Connection& connection, std::string_view subscription,
                                                        size_t limit);
absl::StatusOr<std::vector<QuarantineEntry>> ReadQuarantineEntries(Connection& connection, std::string_view pipeline,
                                                                   uint64_t after_id, size_t limit);
absl::StatusOr<std::vector<QuarantineEntry>> ReadRetryEntries(Connection& connection, std::string_view pipeline,
                                                              uint64_t after_id, size_t limit);
// The first of the entries that holds no Item; nullopt: all do, or are not there.
absl::StatusOr<std::optional<uint64_t>> FirstWithoutItem(Connection& connection, std::span<const uint64_t> ids);

// What indexing and searching need to know of a pipeline.
struct PipelineRow {
  uint64_t number = 0;  // of its rows: see EpochWriter
  std::string name;
  uint64_t last_position = 0;
  uint64_t kept_from = 0;  // retention has removed the Items before
};
// By name.
absl::StatusOr<std::vector<PipelineRow>> ReadPipelines(Connection& connection);
// Serialised Items in rows [begin, end), in order.
absl::Status VisitItems(Connection& connection, uint64_t begin, uint64_t end,
                        const std::function<void(uint64_t row, std::string_view item)>& visit);

}  // namespace wirewatch::store

#endif  // WIREWATCH_STORE_SQLITE_READS_H_

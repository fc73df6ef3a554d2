// What the SQLite store reads for those who follow Alerts, and what it keeps of their turns; each on a connection that
// the caller owns for the call. See store.h for what they mean.
#ifndef WIREWATCH_STORE_SQLITE_ALERTS_H_
#define WIREWATCH_STORE_SQLITE_ALERTS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "wirewatch/store/sqlite_connection.h"
#include "wirewatch/store/store.h"

namespace wirewatch::store {

absl::StatusOr<std::vector<JournalEntry>> ReadAlertEntries(Connection& connection, uint64_t at_sequence,
                                                           uint64_t before_sequence, size_t limit);
absl::StatusOr<std::vector<JournalEntry>> ReadEntriesOfAlert(Connection& connection, std::string_view alert_id,
                                                             size_t limit, uint64_t at_sequence);
absl::StatusOr<std::vector<std::string>> FindAlertIds(Connection& connection, std::string_view prefix, size_t limit);
absl::StatusOr<uint64_t> ReadPositionAt(Connection& connection, absl::Time time);
absl::StatusOr<std::vector<Turn>> ReadTurns(Connection& connection, std::string_view subscription);
absl::Status WriteTurn(Connection& connection, std::string_view subscription, const Turn& turn);

// The statements of the first four, whose plans are tested.
extern const char kSelectAlerts[], kSelectEventsOfAlert[], kSelectNextAlertId[], kSelectPositionAt[];

}  // namespace wirewatch::store

#endif  // WIREWATCH_STORE_SQLITE_ALERTS_H_

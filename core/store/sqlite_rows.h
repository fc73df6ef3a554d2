// Rows of a statement as values. Stateless; any thread.
#ifndef WIREWATCH_STORE_SQLITE_ROWS_H_
#define WIREWATCH_STORE_SQLITE_ROWS_H_

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "wirewatch/store/sqlite_connection.h"
#include "wirewatch/store/sqlite_values.h"
#include "wirewatch/store/store.h"

namespace wirewatch::store {

// The first row as `read` makes it; nullopt without one.
template <class Read>
auto First(Statement& statement, Read read) -> absl::StatusOr<std::optional<decltype(read(statement))>> {
  absl::StatusOr<bool> row = statement.Step();
  if (!row.ok()) return row.status();
  if (!*row) return std::nullopt;
  return std::optional(read(statement));
}

// All rows as `read` makes them.
template <class Read>
auto All(Statement& statement, Read read) -> absl::StatusOr<std::vector<decltype(read(statement))>> {
  std::vector<decltype(read(statement))> rows;
  for (;;) {
    absl::StatusOr<bool> row = statement.Step();
    if (!row.ok()) return row.status();
    if (!*row) return rows;
    rows.push_back(read(statement));
  }
}

// Of the columns sequence, name of the pipeline, alert_id, at_us, event.
inline JournalEntry JournalEntryOf(const Statement& row) {
  return JournalEntry{.sequence = row.ColumnUint(0),
                      .pipeline = row.ColumnString(1),
                      .alert_id = CompactId::Read(row, 2),
                      .at = FromMicros(row.ColumnInt(3)),
                      .event = row.ColumnString(4)};
}

}  // namespace wirewatch::store

#endif  // WIREWATCH_STORE_SQLITE_ROWS_H_

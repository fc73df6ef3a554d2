#include "wirewatch/store/sqlite_alerts.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "absl/strings/escaping.h"
#include "wirewatch/store/sqlite_rows.h"
#include "wirewatch/store/sqlite_values.h"

namespace wirewatch::store {

// Walks the journal backwards and looks into the index whether the Alert has a later entry.
const char kSelectAlerts[] =
    "SELECT sequence, (SELECT name FROM pipelines WHERE id = e.pipeline), alert_id, at_us, event FROM alert_events AS "
    "e "
    "WHERE sequence <= ?1 AND sequence < ?2 AND alert_id <> '' AND NOT EXISTS (SELECT 1 FROM alert_events AS later "
    "WHERE later.alert_id = e.alert_id AND later.sequence > e.sequence AND later.sequence <= ?1) "
    "ORDER BY sequence DESC LIMIT ?3";

const char kSelectEventsOfAlert[] =
    "SELECT sequence, (SELECT name FROM pipelines WHERE id = pipeline), alert_id, at_us, event FROM alert_events "
    "WHERE alert_id = ? AND sequence <= ? ORDER BY sequence DESC LIMIT ?";

// One id at a time, so that an Alert of a million entries is one step.
const char kSelectNextAlertId[] =
    "SELECT alert_id FROM alert_events WHERE alert_id > ?1 AND alert_id < ?2 ORDER BY alert_id LIMIT 1";

const char kSelectPositionAt[] =
    "SELECT coalesce((SELECT min(sequence) - 1 FROM alert_events WHERE at_us > ?), value) FROM meta "
    "WHERE key = 'journal_end'";

namespace {

// A sequence number, bound for a comparison: those of SQLite have 63 bits.
uint64_t Bounded(uint64_t sequence) {
  return std::min(sequence, static_cast<uint64_t>(std::numeric_limits<int64_t>::max()));
}

// What stands in the column, as it stands there.
struct StoredId {
  std::string bytes;
  bool packed = false;
  void Bind(Statement& statement) const { packed ? statement.Blob(bytes) : statement.Text(bytes); }
};

// Ids that lie between two, both exclusive, and begin with `prefix`.
absl::Status CollectIds(Connection& connection, StoredId after, const StoredId& end, std::string_view prefix,
                        size_t limit, std::vector<std::string>& ids) {
  absl::StatusOr<Statement> query = connection.Prepare(kSelectNextAlertId);
  if (!query.ok()) return query.status();
  while (ids.size() < limit) {
    after.Bind(*query);
    end.Bind(*query);
    const absl::StatusOr<bool> row = query->Step();
    if (!row.ok()) return row.status();
    if (!*row) break;
    std::string id = CompactId::Read(*query, 0);
    after = {query->ColumnString(0), query->ColumnIsBlob(0)};
    query->Reset();
    if (std::string_view(id).substr(0, prefix.size()) == prefix) ids.push_back(std::move(id));
  }
  return absl::OkStatus();
}

// Bytes of the digits; one that is left over is left out. nullopt: these are no hexadecimal digits.
std::optional<std::string> Packed(std::string_view digits) {
  if (digits.find_first_not_of("0123456789abcdef") != digits.npos) return std::nullopt;
  return absl::HexStringToBytes(std::string(digits.substr(0, digits.size() / 2 * 2)));
}

}  // namespace

absl::StatusOr<std::vector<JournalEntry>> ReadAlertEntries(Connection& connection, uint64_t at_sequence,
                                                           uint64_t before_sequence, size_t limit) {
  absl::StatusOr<Statement> query = connection.Prepare(kSelectAlerts);
  if (!query.ok()) return query.status();
  query->Uint(Bounded(at_sequence)).Uint(Bounded(before_sequence)).Uint(limit);
  return All(*query, JournalEntryOf);
}

absl::StatusOr<std::vector<JournalEntry>> ReadEntriesOfAlert(Connection& connection, std::string_view alert_id,
                                                             size_t limit, uint64_t at_sequence) {
  if (alert_id.empty()) return std::vector<JournalEntry>();
  absl::StatusOr<Statement> query = connection.Prepare(kSelectEventsOfAlert);
  if (!query.ok()) return query.status();
  const CompactId compact(alert_id);
  compact.Bind(*query);
  query->Uint(Bounded(at_sequence)).Uint(limit);
  absl::StatusOr<std::vector<JournalEntry>> entries = All(*query, JournalEntryOf);
  if (entries.ok()) std::reverse(entries->begin(), entries->end());
  return entries;
}

absl::StatusOr<std::vector<std::string>> FindAlertIds(Connection& connection, std::string_view prefix, size_t limit) {
  std::vector<std::string> ids;
  if (prefix.empty()) return ids;
  // All that are longer come after it.
  const absl::StatusOr<std::vector<JournalEntry>> exact = ReadEntriesOfAlert(connection, prefix, 1, Store::kNewest);
  if (!exact.ok()) return exact.status();
  if (!exact->empty()) ids.emplace_back(prefix);
  const std::string last(65, '\xff');
  const StoredId text{std::string(prefix), false}, text_end{PrefixEnd(prefix).value_or(last), false};
  absl::Status done = CollectIds(connection, text, text_end, prefix, limit, ids);
  if (const std::optional<std::string> packed = Packed(prefix); done.ok() && packed) {
    const StoredId end{PrefixEnd(*packed).value_or(last), true};
    done = CollectIds(connection, {*packed, true}, end, prefix, limit, ids);
  }
  if (!done.ok()) return done;
  return ids;
}

absl::StatusOr<uint64_t> ReadPositionAt(Connection& connection, absl::Time time) {
  absl::StatusOr<Statement> query = connection.Prepare(kSelectPositionAt);
  if (!query.ok()) return query.status();
  query->Int(Micros(time));
  const auto position = First(*query, [](const Statement& row) { return row.ColumnUint(0); });
  if (!position.ok()) return position.status();
  return position->value_or(0);
}

absl::StatusOr<std::vector<Turn>> ReadTurns(Connection& connection, std::string_view subscription) {
  absl::StatusOr<Statement> query =
      connection.Prepare("SELECT number, sent FROM turns WHERE subscription = ? ORDER BY number");
  if (!query.ok()) return query.status();
  query->Text(subscription);
  return All(*query, [](const Statement& row) { return Turn{row.ColumnUint(0), row.ColumnUint(1)}; });
}

absl::Status WriteTurn(Connection& connection, std::string_view subscription, const Turn& turn) {
  absl::StatusOr<Statement> put = connection.Prepare(
      "INSERT INTO turns (subscription, number, sent) VALUES (?, ?, ?) "
      "ON CONFLICT DO UPDATE SET sent = max(sent, excluded.sent)");
  if (!put.ok()) return put.status();
  if (absl::Status done = put->Text(subscription).Uint(turn.number).Uint(turn.sent).Run(); !done.ok()) return done;
  absl::StatusOr<Statement> forget = connection.Prepare(
      "DELETE FROM turns WHERE subscription = ?1 AND number NOT IN "
      "(SELECT number FROM turns WHERE subscription = ?1 ORDER BY number DESC LIMIT ?2)");
  if (!forget.ok()) return forget.status();
  return forget->Text(subscription).Uint(Store::kMostTurns).Run();
}

}  // namespace wirewatch::store

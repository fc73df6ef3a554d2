#include "wirewatch/store/sqlite_reads.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/store/epoch_writer.h"
#include "wirewatch/store/sqlite_rows.h"
#include "wirewatch/store/sqlite_values.h"

namespace wirewatch::store {
namespace {

absl::Status ErrorAt(int64_t code, const std::string& message) {
  return absl::Status(static_cast<absl::StatusCode>(code), message);
}

ArchivedItem ItemOf(const Statement& row) {
  return ArchivedItem{.position = row.ColumnUint(0) % kPositions,
                      .id = CompactId::Read(row, 1),
                      .version = static_cast<uint32_t>(row.ColumnInt(2)),
                      .content_hash = CompactId::Read(row, 3),
                      .item = row.ColumnString(4)};
}

// What QuarantineOf() reads.
constexpr char kSelectQuarantine[] =
    "SELECT quarantine.id, pipelines.name, position, step, plugin, plugin_version, reason, error_code, error, at_us, "
    "origin, item, raw, retry FROM quarantine JOIN pipelines ON pipelines.id = quarantine.pipeline WHERE ";

QuarantineEntry QuarantineOf(const Statement& row) {
  return QuarantineEntry{.id = row.ColumnUint(0),
                         .pipeline = row.ColumnString(1),
                         .position = row.ColumnUint(2),
                         .step = row.ColumnString(3),
                         .plugin = row.ColumnString(4),
                         .plugin_version = row.ColumnString(5),
                         .reason = row.ColumnString(6),
                         .error = ErrorAt(row.ColumnInt(7), row.ColumnString(8)),
                         .at = FromMicros(row.ColumnInt(9)),
                         .origin = row.ColumnString(10),
                         .item = row.ColumnString(11),
                         .raw = row.ColumnString(12),
                         .retry = row.ColumnInt(13) != 0};
}

std::string FirstBytes(const Statement& row) { return row.ColumnString(0); }

}  // namespace

absl::StatusOr<PipelinePosition> ReadLastPosition(Connection& connection, std::string_view pipeline) {
  absl::StatusOr<Statement> query =
      connection.Prepare("SELECT last_position, last_arrival_us FROM pipelines WHERE name = ?");
  if (!query.ok()) return query.status();
  query->Text(pipeline);
  auto position = First(*query, [](const Statement& row) {
    return PipelinePosition{.position = row.ColumnUint(0), .arrival = FromMicros(row.ColumnInt(1))};
  });
  if (!position.ok()) return position.status();
  return position->value_or(PipelinePosition{});
}

absl::StatusOr<std::optional<std::string>> ReadCursor(Connection& connection, std::string_view pipeline,
                                                      std::string_view source) {
  absl::StatusOr<Statement> query = connection.Prepare(
      "SELECT cursor FROM cursors WHERE pipeline = (SELECT id FROM pipelines WHERE name = ?) AND source = ?");
  if (!query.ok()) return query.status();
  query->Text(pipeline).Text(source);
  return First(*query, FirstBytes);
}

absl::StatusOr<std::optional<KnownItem>> ReadKnownItem(Connection& connection, std::string_view pipeline,
                                                       std::string_view id) {
  absl::StatusOr<Statement> query = connection.Prepare(
      "SELECT version, content_hash, row FROM items WHERE row IN (SELECT row FROM recent_keys WHERE key = ?1 UNION ALL "
      "SELECT row FROM item_keys WHERE key = ?1) AND id = ?2 AND pipeline = (SELECT id FROM pipelines WHERE name = ?3) "
      "ORDER BY version DESC LIMIT 1");
  if (!query.ok()) return query.status();
  const CompactId compact(id);
  query->Int(compact.Key());
  compact.Bind(*query);
  query->Text(pipeline);
  return First(*query, [](const Statement& row) {
    return KnownItem{.version = static_cast<uint32_t>(row.ColumnInt(0)),
                     .content_hash = CompactId::Read(row, 1),
                     .position = row.ColumnUint(2) % kPositions};
  });
}

absl::StatusOr<uint32_t> ReadStateVersion(Connection& connection, std::string_view pipeline, std::string_view step) {
  absl::StatusOr<Statement> query = connection.Prepare(
      "SELECT version FROM state_versions WHERE pipeline = (SELECT id FROM pipelines WHERE name = ?) AND step = ?");
  if (!query.ok()) return query.status();
  query->Text(pipeline).Text(step);
  auto version = First(*query, [](const Statement& row) { return static_cast<uint32_t>(row.ColumnInt(0)); });
  if (!version.ok()) return version.status();
  return version->value_or(0);
}

absl::StatusOr<std::optional<std::string>> ReadState(Connection& connection, std::string_view pipeline,
                                                     std::string_view step, std::string_view key) {
  absl::StatusOr<Statement> query = connection.Prepare(
      "SELECT value FROM state WHERE pipeline = (SELECT id FROM pipelines WHERE name = ?) AND step = ? AND key = ?");
  if (!query.ok()) return query.status();
  query->Text(pipeline).Text(step).Blob(key);
  return First(*query, FirstBytes);
}

absl::Status VisitState(Connection& connection, std::string_view pipeline, std::string_view step,
                        std::string_view prefix, const StateVisitor& visit) {
  const std::optional<std::string> end = PrefixEnd(prefix);
  absl::StatusOr<Statement> query = connection.Prepare(
      end ? "SELECT key, value FROM state WHERE pipeline = (SELECT id FROM pipelines WHERE name = ?) AND step = ? "
            "AND key >= ? AND key < ? ORDER BY key"
          : "SELECT key, value FROM state WHERE pipeline = (SELECT id FROM pipelines WHERE name = ?) AND step = ? "
            "AND key >= ? ORDER BY key");
  if (!query.ok()) return query.status();
  query->Text(pipeline).Text(step).Blob(prefix);
  if (end) query->Blob(*end);
  for (;;) {
    absl::StatusOr<bool> row = query->Step();
    if (!row.ok()) return row.status();
    if (!*row || !visit(query->ColumnBytes(0), query->ColumnBytes(1))) return absl::OkStatus();
  }
}

absl::StatusOr<std::optional<std::string>> ReadArchivedItem(Connection& connection, std::string_view pipeline,
                                                            std::string_view id, uint32_t version) {
  absl::StatusOr<Statement> query = connection.Prepare(
      "SELECT item FROM items WHERE row IN (SELECT row FROM recent_keys WHERE key = ?1 UNION ALL "
      "SELECT row FROM item_keys WHERE key = ?1) AND id = ?2 AND pipeline = (SELECT id FROM pipelines WHERE name = ?3) "
      "AND (?4 = 0 OR version = ?4) AND length(item) > 0 ORDER BY version DESC LIMIT 1");
  if (!query.ok()) return query.status();
  const CompactId compact(id);
  query->Int(compact.Key());
  compact.Bind(*query);
  query->Text(pipeline).Int(version);
  return First(*query, FirstBytes);
}

absl::StatusOr<std::vector<ArchivedItem>> ReadArchivedItems(Connection& connection, std::string_view pipeline,
                                                            uint64_t after_position, size_t limit) {
  absl::StatusOr<Statement> find = connection.Prepare("SELECT id FROM pipelines WHERE name = ?");
  if (!find.ok()) return find.status();
  find->Text(pipeline);
  auto number = First(*find, [](const Statement& row) { return row.ColumnUint(0); });
  if (!number.ok()) return number.status();
  if (!number->has_value() || after_position >= kPositions - 1) return std::vector<ArchivedItem>();
  absl::StatusOr<Statement> query = connection.Prepare(
      "SELECT row, id, version, content_hash, item FROM items WHERE row > ? AND row < ? AND length(item) > 0 "
      "ORDER BY row LIMIT ?");
  if (!query.ok()) return query.status();
  query->Uint(**number * kPositions + after_position).Uint((**number + 1) * kPositions).Uint(limit);
  return All(*query, ItemOf);
}

absl::StatusOr<uint64_t> CountArchivedItems(Connection& connection, std::string_view pipeline, uint64_t after,
                                            uint64_t to) {
  absl::StatusOr<Statement> query = connection.Prepare(
      "SELECT count(items.row) FROM pipelines JOIN items ON items.row > pipelines.id * ?1 + ?2 AND "
      "items.row <= pipelines.id * ?1 + ?3 WHERE pipelines.name = ?4");
  if (!query.ok()) return query.status();
  const uint64_t last = std::min(to, kPositions - 1);
  query->Uint(kPositions).Uint(std::min(after, last)).Uint(last).Text(pipeline);
  auto count = First(*query, [](const Statement& row) { return row.ColumnUint(0); });
  if (!count.ok()) return count.status();
  return count->value_or(0);
}

absl::StatusOr<std::string> ReadJournalId(Connection& connection) {
  absl::StatusOr<Statement> query = connection.Prepare("SELECT value FROM meta WHERE key = 'journal_id'");
  if (!query.ok()) return query.status();
  auto id = First(*query, FirstBytes);
  if (!id.ok()) return id.status();
  if (!id->has_value()) return absl::DataLossError("the store has no journal id");
  return **std::move(id);
}

absl::StatusOr<JournalRange> ReadJournalRange(Connection& connection) {
  // One statement, so that both ends are of one commit.
  absl::StatusOr<Statement> query = connection.Prepare(
      "SELECT value, coalesce((SELECT min(sequence) FROM alert_events), value + 1) FROM meta WHERE key = "
      "'journal_end'");
  if (!query.ok()) return query.status();
  auto range = First(
      *query, [](const Statement& row) { return JournalRange{.begin = row.ColumnUint(1), .end = row.ColumnUint(0)}; });
  if (!range.ok()) return range.status();
  return range->value_or(JournalRange{});
}

absl::StatusOr<std::vector<JournalEntry>> ReadJournalEntries(Connection& connection, uint64_t after_sequence,
                                                             size_t limit) {
  absl::StatusOr<Statement> query = connection.Prepare(
      "SELECT sequence, (SELECT name FROM pipelines WHERE id = pipeline), alert_id, at_us, event FROM alert_events "
      "WHERE sequence > ? ORDER BY sequence LIMIT ?");
  if (!query.ok()) return query.status();
  query->Uint(after_sequence).Uint(limit);
  return All(*query, JournalEntryOf);
}

absl::StatusOr<std::vector<StateWrite>> ReadSubscriptionState(Connection& connection, std::string_view subscription) {
  absl::StatusOr<Statement> query =
      connection.Prepare("SELECT key, value FROM subscription_state WHERE subscription = ? ORDER BY key");
  if (!query.ok()) return query.status();
  query->Text(subscription);
  return All(*query,
             [](const Statement& row) { return StateWrite{.key = row.ColumnString(0), .value = row.ColumnString(1)}; });
}

absl::StatusOr<std::optional<uint64_t>> ReadSubscriptionPosition(Connection& connection,
                                                                 std::string_view subscription) {
  absl::StatusOr<Statement> query = connection.Prepare("SELECT sequence FROM subscriptions WHERE name = ?");
  if (!query.ok()) return query.status();
  query->Text(subscription);
  return First(*query, [](const Statement& row) { return row.ColumnUint(0); });
}

absl::StatusOr<std::vector<DeadLetter>> ReadDeadLetters(Connection& connection, std::string_view subscription,
                                                        size_t limit) {
  absl::StatusOr<Statement> query = connection.Prepare(
      "SELECT sequence, attempts, error_code, error, at_us FROM dead_letters WHERE subscription = ? "
      "ORDER BY sequence LIMIT ?");
  if (!query.ok()) return query.status();
  query->Text(subscription).Uint(limit);
  return All(*query, [subscription](const Statement& row) {
    return DeadLetter{.subscription = std::string(subscription),
                      .sequence = row.ColumnUint(0),
                      .attempts = static_cast<uint32_t>(row.ColumnInt(1)),
                      .error = ErrorAt(row.ColumnInt(2), row.ColumnString(3)),
                      .at = FromMicros(row.ColumnInt(4))};
  });
}

absl::StatusOr<std::vector<QuarantineEntry>> ReadQuarantineEntries(Connection& connection, std::string_view pipeline,
                                                                   uint64_t after_id, size_t limit) {
  static const auto& sql = *new std::string(absl::StrCat(
      kSelectQuarantine, "quarantine.id > ?1 AND (?2 = '' OR pipelines.name = ?2) ORDER BY quarantine.id LIMIT ?3"));
  absl::StatusOr<Statement> query = connection.Prepare(sql.c_str());
  if (!query.ok()) return query.status();
  query->Uint(after_id).Text(pipeline).Uint(limit);
  return All(*query, QuarantineOf);
}

absl::StatusOr<std::vector<QuarantineEntry>> ReadRetryEntries(Connection& connection, std::string_view pipeline,
                                                              uint64_t after_id, size_t limit) {
  static const auto& sql = *new std::string(absl::StrCat(
      kSelectQuarantine, "retry AND quarantine.id > ?1 AND pipelines.name = ?2 ORDER BY quarantine.id LIMIT ?3"));
  absl::StatusOr<Statement> query = connection.Prepare(sql.c_str());
  if (!query.ok()) return query.status();
  query->Uint(after_id).Text(pipeline).Uint(limit);
  return All(*query, QuarantineOf);
}

absl::StatusOr<std::optional<uint64_t>> FirstWithoutItem(Connection& connection, std::span<const uint64_t> ids) {
  absl::StatusOr<Statement> query = connection.Prepare("SELECT id FROM quarantine WHERE id = ? AND length(item) = 0");
  if (!query.ok()) return query.status();
  for (const uint64_t id : ids) {
    absl::StatusOr<bool> row = query->Uint(id).Step();
    if (!row.ok()) return row.status();
    if (*row) return id;
    query->Reset();
  }
  return std::nullopt;
}

absl::StatusOr<std::vector<PipelineRow>> ReadPipelines(Connection& connection) {
  absl::StatusOr<Statement> query =
      connection.Prepare("SELECT id, name, last_position, kept_from FROM pipelines ORDER BY name");
  if (!query.ok()) return query.status();
  return All(*query, [](const Statement& row) {
    return PipelineRow{.number = row.ColumnUint(0),
                       .name = row.ColumnString(1),
                       .last_position = row.ColumnUint(2),
                       .kept_from = row.ColumnUint(3)};
  });
}

absl::Status VisitItems(Connection& connection, uint64_t begin, uint64_t end,
                        const std::function<void(uint64_t row, std::string_view item)>& visit) {
  absl::StatusOr<Statement> query =
      connection.Prepare("SELECT row, item FROM items WHERE row >= ? AND row < ? AND length(item) > 0 ORDER BY row");
  if (!query.ok()) return query.status();
  query->Uint(begin).Uint(end);
  while (true) {
    absl::StatusOr<bool> row = query->Step();
    if (!row.ok()) return row.status();
    if (!*row) return absl::OkStatus();
    visit(query->ColumnUint(0), query->ColumnBytes(1));
  }
}

}  // namespace wirewatch::store

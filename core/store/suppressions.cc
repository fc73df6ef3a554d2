#include "wirewatch/store/suppressions.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <optional>
#include <string>

#include "wirewatch/store/epoch_writer.h"
#include "wirewatch/store/retention.h"
#include "wirewatch/store/sqlite_rows.h"
#include "wirewatch/store/sqlite_values.h"

namespace wirewatch::store {
namespace {

// That of its own key first.
std::vector<int64_t> KeysOf(const Suppression& suppression) {
  std::vector<int64_t> keys = {CompactId(suppression.key).Key()};
  for (const std::string& subject : suppression.subjects) {
    const int64_t key = CompactId(subject).Key();
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
  }
  return keys;
}

std::string Pack(const std::vector<int64_t>& keys) {
  std::string packed(keys.size() * sizeof(int64_t), '\0');
  std::memcpy(packed.data(), keys.data(), packed.size());
  return packed;
}

std::vector<int64_t> Unpack(std::string_view packed) {
  std::vector<int64_t> keys(packed.size() / sizeof(int64_t));
  std::memcpy(keys.data(), packed.data(), keys.size() * sizeof(int64_t));
  return keys;
}

absl::StatusOr<bool> IsThere(Connection& connection, int64_t key) {
  absl::StatusOr<Statement> query = connection.Prepare("SELECT 1 FROM suppression_keys WHERE key = ? LIMIT 1");
  if (!query.ok()) return query.status();
  return query->Int(key).Step();
}

absl::Status Insert(Connection& connection, uint64_t row, const Suppression& suppression,
                    const std::vector<int64_t>& keys) {
  absl::StatusOr<Statement> insert =
      connection.Prepare("INSERT INTO suppressions (row, at_us, keys, entry) VALUES (?, ?, ?, ?)");
  if (!insert.ok()) return insert.status();
  const std::string packed = Pack(keys);
  insert->Uint(row).Int(Micros(suppression.at)).Blob(packed).Blob(suppression.entry);
  if (absl::Status done = insert->Run(); !done.ok()) return done;
  absl::StatusOr<Statement> index = connection.Prepare("INSERT INTO suppression_keys (key, row) VALUES (?, ?)");
  if (!index.ok()) return index.status();
  for (const int64_t key : keys) {
    if (absl::Status done = index->Int(key).Uint(row).Run(); !done.ok()) return done;
  }
  return absl::OkStatus();
}

absl::Status Remove(Connection& connection, uint64_t row, const std::vector<int64_t>& keys) {
  absl::StatusOr<Statement> unindex = connection.Prepare("DELETE FROM suppression_keys WHERE key = ? AND row = ?");
  if (!unindex.ok()) return unindex.status();
  for (const int64_t key : keys) {
    if (absl::Status done = unindex->Int(key).Uint(row).Run(); !done.ok()) return done;
  }
  absl::StatusOr<Statement> remove = connection.Prepare("DELETE FROM suppressions WHERE row = ?");
  if (!remove.ok()) return remove.status();
  return remove->Uint(row).Run();
}

struct Part {
  uint64_t pipeline = 0, from = 0, until = 0;
};

// Of the row with this place, by which it is told whether it stays.
struct Row {
  absl::Time at;
  std::vector<int64_t> keys;
};
absl::StatusOr<std::optional<Row>> ReadRow(Connection& connection, uint64_t row) {
  absl::StatusOr<Statement> query = connection.Prepare("SELECT at_us, keys FROM suppressions WHERE row = ?");
  if (!query.ok()) return query.status();
  query->Uint(row);
  return First(*query, [](const Statement& columns) {
    return Row{FromMicros(columns.ColumnInt(0)), Unpack(columns.ColumnBytes(1))};
  });
}

absl::Status RetainPart(Connection& connection, const RetentionRule& rule, absl::Time now,
                        std::chrono::steady_clock::time_point end, RetentionProgress& progress) {
  absl::StatusOr<Statement> query =
      connection.Prepare("SELECT id, suppressed_from, suppressed_until FROM pipelines WHERE name = ?");
  if (!query.ok()) return query.status();
  query->Text(rule.pipeline);
  const auto read = First(*query, [](const Statement& columns) {
    return Part{columns.ColumnUint(0), columns.ColumnUint(1), columns.ColumnUint(2)};
  });
  if (!read.ok() || !*read) return read.status();
  Part part = **read;
  const uint64_t before = part.from;
  for (; part.from < part.until; ++part.from) {
    const absl::StatusOr<std::optional<Row>> row = ReadRow(connection, part.pipeline * kPositions + part.from);
    if (!row.ok()) return row.status();
    const bool too_many = rule.most_suppressions > 0 && part.until - part.from > rule.most_suppressions;
    const bool too_old = rule.suppressions > absl::ZeroDuration() && *row && (*row)->at < now - rule.suppressions;
    if (*row && !too_many && !too_old) break;
    // Never before the first step, so that retention gets on however slow the machine is.
    if (part.from > before && std::chrono::steady_clock::now() >= end) {
      progress.more = true;
      break;
    }
    if (!*row) continue;
    absl::Status removed = Remove(connection, part.pipeline * kPositions + part.from, (*row)->keys);
    if (!removed.ok()) return removed;
    ++progress.suppressions;
  }
  if (part.from == before) return absl::OkStatus();
  absl::StatusOr<Statement> put = connection.Prepare("UPDATE pipelines SET suppressed_from = ? WHERE id = ?");
  if (!put.ok()) return put.status();
  return put->Uint(part.from).Uint(part.pipeline).Run();
}

}  // namespace

absl::Status WriteSuppressions(Connection& connection, uint64_t pipeline, std::span<const Suppression> suppressions) {
  if (suppressions.empty()) return absl::OkStatus();
  absl::StatusOr<Statement> query = connection.Prepare("SELECT suppressed_until FROM pipelines WHERE id = ?");
  if (!query.ok()) return query.status();
  const absl::StatusOr<bool> there = query->Uint(pipeline).Step();
  if (!there.ok() || !*there) return there.status();
  const uint64_t begin = query->ColumnUint(0);
  query->Reset();
  uint64_t until = begin;
  for (const Suppression& suppression : suppressions) {
    const std::vector<int64_t> keys = KeysOf(suppression);
    const absl::StatusOr<bool> known = IsThere(connection, keys.front());
    if (!known.ok()) return known.status();
    if (*known) continue;
    absl::Status done = Insert(connection, pipeline * kPositions + until, suppression, keys);
    if (!done.ok()) return done;
    ++until;
  }
  if (until == begin) return absl::OkStatus();
  absl::StatusOr<Statement> put = connection.Prepare("UPDATE pipelines SET suppressed_until = ? WHERE id = ?");
  if (!put.ok()) return put.status();
  return put->Uint(until).Uint(pipeline).Run();
}

absl::Status WriteSuppressionsByName(Connection& connection, std::span<const Suppression> suppressions) {
  if (suppressions.empty()) return absl::OkStatus();
  absl::StatusOr<Statement> query = connection.Prepare("SELECT id FROM pipelines WHERE name = ?");
  if (!query.ok()) return query.status();
  query->Text(suppressions.front().pipeline);
  const auto pipeline = First(*query, [](const Statement& row) { return row.ColumnUint(0); });
  if (!pipeline.ok() || !*pipeline) return pipeline.status();
  return WriteSuppressions(connection, **pipeline, suppressions);
}

absl::StatusOr<std::vector<Suppression>> ReadSuppressionsAbout(Connection& connection, std::string_view subject,
                                                               size_t limit) {
  absl::StatusOr<Statement> query = connection.Prepare(
      "SELECT (SELECT name FROM pipelines WHERE id = suppressions.row >> 44), at_us, entry FROM suppression_keys "
      "JOIN suppressions USING (row) WHERE key = ? ORDER BY row LIMIT ?");
  if (!query.ok()) return query.status();
  query->Int(CompactId(subject).Key()).Uint(limit);
  return All(*query, [](const Statement& row) {
    return Suppression{
        .pipeline = row.ColumnString(0), .at = FromMicros(row.ColumnInt(1)), .entry = row.ColumnString(2)};
  });
}

absl::Status RetainSuppressions(Writer& writer, std::span<const RetentionRule> rules, absl::Time now,
                                RetentionProgress& progress) {
  return writer.Write([&](Connection& connection) {
    const auto end = std::chrono::steady_clock::now() + kSliceTime;
    for (const RetentionRule& rule : rules) {
      if (absl::Status done = RetainPart(connection, rule, now, end, progress); !done.ok()) return done;
    }
    return absl::OkStatus();
  });
}

}  // namespace wirewatch::store

#include "wirewatch/store/retention.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "wirewatch/store/epoch_writer.h"
#include "wirewatch/store/sqlite_connection.h"
#include "wirewatch/store/sqlite_values.h"

namespace wirewatch::store {
namespace {

constexpr uint64_t kPositionsAtATime = 64;
constexpr absl::Duration kKnownWithoutAge = absl::Hours(24 * 365);

class Slice {
 public:
  Slice(Connection& connection, RetentionProgress& progress)
      : connection_(connection), progress_(progress), end_(std::chrono::steady_clock::now() + kSliceTime) {}

  absl::Status Items(const RetentionRule& rule, absl::Time now);
  absl::Status Events(std::span<const RetentionRule> rules, absl::Time now);

 private:
  struct Pipeline {
    uint64_t number = 0, last_position = 0, item_bytes = 0, kept_from = 0, known_from = 0;
    absl::Time last_arrival;
  };

  // Never before the first step, so that retention gets on however slow the machine is.
  bool IsOver() {
    if (!std::exchange(begun_, true) || std::chrono::steady_clock::now() < end_) return false;
    progress_.more = true;
    return true;
  }
  absl::StatusOr<std::optional<Pipeline>> Read(const std::string& name);
  // The position after the last Item that had arrived by then, as far as is known.
  absl::StatusOr<uint64_t> EndOfArrivals(const Pipeline& pipeline, absl::Time by);
  absl::Status Empty(Pipeline& pipeline, uint64_t until, uint64_t size);
  absl::Status Forget(Pipeline& pipeline, uint64_t until);
  absl::Status ForgetRow(uint64_t row, int64_t key);
  absl::Status Write(const Pipeline& pipeline);

  Connection& connection_;
  RetentionProgress& progress_;
  const std::chrono::steady_clock::time_point end_;
  bool begun_ = false;
};

absl::StatusOr<std::optional<Slice::Pipeline>> Slice::Read(const std::string& name) {
  absl::StatusOr<Statement> query = connection_.Prepare(
      "SELECT id, last_position, item_bytes, kept_from, known_from, last_arrival_us FROM pipelines WHERE name = ?");
  if (!query.ok()) return query.status();
  const absl::StatusOr<bool> row = query->Text(name).Step();
  if (!row.ok()) return row.status();
  if (!*row) return std::nullopt;
  return Pipeline{query->ColumnUint(0), query->ColumnUint(1), query->ColumnUint(2),
                  query->ColumnUint(3), query->ColumnUint(4), FromMicros(query->ColumnInt(5))};
}

absl::StatusOr<uint64_t> Slice::EndOfArrivals(const Pipeline& pipeline, absl::Time by) {
  if (pipeline.last_arrival <= by) return pipeline.last_position + 1;
  absl::StatusOr<Statement> query =
      connection_.Prepare("SELECT coalesce(max(position) + 1, 0) FROM arrivals WHERE pipeline = ? AND at_us <= ?");
  if (!query.ok()) return query.status();
  const absl::StatusOr<bool> row = query->Uint(pipeline.number).Int(Micros(by)).Step();
  if (!row.ok()) return row.status();
  return query->ColumnUint(0);
}

absl::Status Slice::Items(const RetentionRule& rule, absl::Time now) {
  absl::StatusOr<std::optional<Pipeline>> read = Read(rule.pipeline);
  if (!read.ok() || !*read) return read.status();
  Pipeline& pipeline = **read;
  const bool by_age = rule.items > absl::ZeroDuration();
  const bool by_size = rule.size > 0 && pipeline.item_bytes > rule.size;
  const Pipeline before = pipeline;
  absl::StatusOr<uint64_t> end = by_age ? EndOfArrivals(pipeline, now - rule.items) : 0;
  if (!end.ok()) return end.status();
  if (absl::Status done = Empty(pipeline, *end, 0); !done.ok()) return done;
  if (by_size) {
    end = EndOfArrivals(pipeline, now - rule.items_at_least);
    if (!end.ok()) return end.status();
    if (absl::Status done = Empty(pipeline, *end, rule.size); !done.ok()) return done;
  }
  end = EndOfArrivals(pipeline, now - (by_age ? 2 * rule.items : kKnownWithoutAge));
  if (!end.ok()) return end.status();
  if (absl::Status done = Forget(pipeline, std::min(*end, pipeline.kept_from)); !done.ok()) return done;
  const bool changed = before.kept_from != pipeline.kept_from || before.known_from != pipeline.known_from;
  return changed ? Write(pipeline) : absl::OkStatus();
}

// Until the position, or until no more than `size` bytes are left.
absl::Status Slice::Empty(Pipeline& pipeline, uint64_t until, uint64_t size) {
  absl::StatusOr<Statement> sum = connection_.Prepare(
      "SELECT count(*), coalesce(sum(length(item)), 0) FROM items WHERE row >= ? AND row < ? AND length(item) > 0");
  if (!sum.ok()) return sum.status();
  absl::StatusOr<Statement> empty =
      connection_.Prepare("UPDATE items SET item = x'' WHERE row >= ? AND row < ? AND length(item) > 0");
  if (!empty.ok()) return empty.status();
  const uint64_t base = pipeline.number * kPositions;
  while (pipeline.kept_from < until && pipeline.item_bytes > size && !IsOver()) {
    const uint64_t next = std::min(until, pipeline.kept_from + kPositionsAtATime);
    const absl::StatusOr<bool> row = sum->Uint(base + pipeline.kept_from).Uint(base + next).Step();
    if (!row.ok()) return row.status();
    const uint64_t items = sum->ColumnUint(0), bytes = sum->ColumnUint(1);
    sum->Reset();
    if (absl::Status done = empty->Uint(base + pipeline.kept_from).Uint(base + next).Run(); !done.ok()) return done;
    pipeline.item_bytes -= std::min(bytes, pipeline.item_bytes);
    pipeline.kept_from = next;
    progress_.items += items;
    progress_.item_bytes += bytes;
  }
  // Positions without Items cost nothing.
  if (pipeline.item_bytes == 0) pipeline.kept_from = std::max(pipeline.kept_from, until);
  return absl::OkStatus();
}

absl::Status Slice::Forget(Pipeline& pipeline, uint64_t until) {
  const uint64_t base = pipeline.number * kPositions;
  while (pipeline.known_from < until && !IsOver()) {
    const uint64_t next = std::min(until, pipeline.known_from + kPositionsAtATime);
    std::vector<std::pair<uint64_t, int64_t>> rows;
    {
      absl::StatusOr<Statement> query = connection_.Prepare("SELECT row, id FROM items WHERE row >= ? AND row < ?");
      if (!query.ok()) return query.status();
      query->Uint(base + pipeline.known_from).Uint(base + next);
      absl::StatusOr<bool> row = query->Step();
      for (; row.ok() && *row; row = query->Step()) {
        rows.emplace_back(query->ColumnUint(0), CompactId(CompactId::Read(*query, 1)).Key());
      }
      if (!row.ok()) return row.status();
    }
    for (const auto& [row, key] : rows) {
      if (absl::Status done = ForgetRow(row, key); !done.ok()) return done;
    }
    pipeline.known_from = next;
  }
  return absl::OkStatus();
}

absl::Status Slice::ForgetRow(uint64_t row, int64_t key) {
  for (const char* sql :
       {"DELETE FROM recent_keys WHERE key = ? AND row = ?", "DELETE FROM item_keys WHERE key = ? AND row = ?",
        "DELETE FROM items WHERE ? <> 0 AND row = ?"}) {
    absl::StatusOr<Statement> remove = connection_.Prepare(sql);
    if (!remove.ok()) return remove.status();
    if (absl::Status done = remove->Int(key).Uint(row).Run(); !done.ok()) return done;
  }
  return absl::OkStatus();
}

absl::Status Slice::Write(const Pipeline& pipeline) {
  absl::StatusOr<Statement> put =
      connection_.Prepare("UPDATE pipelines SET item_bytes = ?, kept_from = ?, known_from = ? WHERE id = ?");
  if (!put.ok()) return put.status();
  put->Uint(pipeline.item_bytes).Uint(pipeline.kept_from).Uint(pipeline.known_from);
  if (absl::Status done = put->Uint(pipeline.number).Run(); !done.ok()) return done;
  absl::StatusOr<Statement> forget =
      connection_.Prepare("DELETE FROM arrivals WHERE pipeline = ? AND position + 1 < ?");
  if (!forget.ok()) return forget.status();
  return forget->Uint(pipeline.number).Uint(pipeline.known_from).Run();
}

absl::Status Slice::Events(std::span<const RetentionRule> rules, absl::Time now) {
  uint64_t remove_until = 0;
  {
    absl::StatusOr<Statement> query = connection_.Prepare(
        "SELECT sequence, at_us, (SELECT name FROM pipelines WHERE id = pipeline) FROM alert_events ORDER BY sequence");
    if (!query.ok()) return query.status();
    absl::StatusOr<bool> row = query->Step();
    for (; row.ok() && *row && !IsOver(); row = query->Step()) {
      const std::string_view name = query->ColumnBytes(2);
      const auto rule =
          std::find_if(rules.begin(), rules.end(), [&](const RetentionRule& r) { return r.pipeline == name; });
      if (rule == rules.end() || rule->alerts <= absl::ZeroDuration()) break;
      if (FromMicros(query->ColumnInt(1)) > now - rule->alerts) break;
      remove_until = query->ColumnUint(0);
      ++progress_.events;
    }
    if (!row.ok()) return row.status();
  }
  if (remove_until == 0) return absl::OkStatus();
  absl::StatusOr<Statement> remove = connection_.Prepare("DELETE FROM alert_events WHERE sequence <= ?");
  if (!remove.ok()) return remove.status();
  return remove->Uint(remove_until).Run();
}

}  // namespace

absl::Status RetainArchive(Writer& writer, std::span<const RetentionRule> rules, absl::Time now,
                           RetentionProgress& progress) {
  return writer.Write([&](Connection& connection) {
    Slice slice(connection, progress);
    absl::Status done = slice.Events(rules, now);
    for (const RetentionRule& rule : rules) {
      if (done.ok()) done = slice.Items(rule, now);
    }
    return done;
  });
}

}  // namespace wirewatch::store

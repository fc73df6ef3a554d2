#include "wirewatch/store/check.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/store/epoch_writer.h"
#include "wirewatch/store/schema.h"
#include "wirewatch/store/sqlite_connection.h"
#include "wirewatch/store/sqlite_reads.h"
#include "wirewatch/store/sqlite_values.h"
#include "wirewatch/v1/alert.pb.h"
#include "wirewatch/v1/item.pb.h"

namespace wirewatch::store {
namespace {

constexpr size_t kMostSaid = 20;  // of one kind of damage

uint64_t SizeOf(const std::filesystem::path& file) {
  std::error_code error;
  const uintmax_t size = std::filesystem::file_size(file, error);
  return error ? 0 : size;
}

class Checker {
 public:
  Checker(Connection& connection, StoreContents& contents) : connection_(connection), contents_(contents) {}

  void Run() {
    Read("the header", [this] { return Header(); });
    Read("the pages", [this] { return Pages(); });
    Read("the journal", [this] { return Journal(); });
    Read("the pipelines", [this] { return Pipelines(); });
    Read("the Items", [this] { return Items(); });
    Read("the steps' state", [this] { return State(); });
    Read("the quarantine", [this] { return Quarantine(); });
    Read("the subscriptions", [this] { return Subscriptions(); });
    Read("the suppressions", [this] { return Suppressions(); });
    Orphans();
  }

 private:
  using Row = std::function<void(const Statement&)>;

  // What cannot be read is damage, and the rest is read all the same.
  void Read(const char* what, const std::function<absl::Status()>& read) {
    const absl::Status done = read();
    if (!done.ok()) Say(absl::StrCat(what, " cannot be read: ", done.message()));
  }
  void Say(std::string sentence) { contents_.damage.push_back(std::move(sentence)); }

  absl::Status Each(const char* sql, const Row& row) {
    absl::StatusOr<Statement> query = connection_.Prepare(sql);
    while (query.ok()) {
      const absl::StatusOr<bool> there = query->Step();
      if (!there.ok()) return there.status();
      if (!*there) return absl::OkStatus();
      row(*query);
    }
    return query.status();
  }
  absl::Status Number(const char* sql, uint64_t& number) {
    const absl::StatusOr<int64_t> read = connection_.Number(sql);
    if (read.ok()) number = static_cast<uint64_t>(*read);
    return read.status();
  }

  absl::Status Header() {
    const absl::StatusOr<std::string> journal = ReadJournalId(connection_);
    if (!journal.ok()) return journal.status();
    contents_.journal_id = *journal;
    uint64_t pages = 0;
    absl::Status done = Number("PRAGMA freelist_count", pages);
    const absl::StatusOr<uint64_t> bytes = connection_.PageBytes();
    contents_.free_bytes = pages * bytes.value_or(0);
    return done;
  }

  absl::Status Pages() {
    return Each("PRAGMA integrity_check(20)", [this](const Statement& row) {
      // Its findings come in one row, below a line that names the database.
      std::istringstream found(row.ColumnString(0));
      for (std::string line; std::getline(found, line);) {
        if (line != "ok" && line.rfind("*** in database", 0) != 0) Say(absl::StrCat("SQLite: ", line));
      }
    });
  }

  absl::Status Journal() {
    const absl::StatusOr<JournalRange> range = ReadJournalRange(connection_);
    if (!range.ok()) return range.status();
    contents_.journal = *range;
    uint64_t expected = range->begin;
    size_t unreadable = 0;
    absl::Status done = Each("SELECT sequence, event FROM alert_events ORDER BY sequence", [&](const Statement& row) {
      const uint64_t sequence = row.ColumnUint(0);
      if (sequence != expected) {
        Say(absl::StrCat("the journal has a gap: ", sequence, " follows ", expected - 1));
      }
      expected = sequence + 1;
      const std::string_view bytes = row.ColumnBytes(1);
      v1::AlertEvent event;
      if (!event.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) && unreadable++ < kMostSaid) {
        Say(absl::StrCat("event ", sequence, " of the journal is not readable"));
      }
    });
    if (done.ok() && expected != range->end + 1) {
      Say(absl::StrCat("the journal's end is said to be ", range->end, ", and its last event is ", expected - 1));
    }
    return done;
  }

  absl::Status Pipelines() {
    absl::Status done = Each(
        "SELECT id, name, last_position, last_arrival_us FROM pipelines ORDER BY name", [this](const Statement& row) {
          numbers_.push_back(row.ColumnUint(0));
          contents_.pipelines.push_back(
              {.name = row.ColumnString(1), .last = {row.ColumnUint(2), FromMicros(row.ColumnInt(3))}});
        });
    return done;
  }

  // nullptr: there is no such pipeline.
  StoreContents::Pipeline* Find(uint64_t number) {
    const auto found = std::find(numbers_.begin(), numbers_.end(), number);
    return found == numbers_.end() ? nullptr : &contents_.pipelines[static_cast<size_t>(found - numbers_.begin())];
  }

  absl::Status Items() {
    uint64_t lost = 0;
    absl::Status counted = Number(
        "SELECT (SELECT count(*) FROM items) - (SELECT count(*) FROM items WHERE row IN "
        "(SELECT row FROM recent_keys UNION ALL SELECT row FROM item_keys))",
        lost);
    if (!counted.ok()) return counted;
    if (lost > 0) Say(absl::StrCat(lost, " Items cannot be found by their ids"));
    absl::Status sums = Each(
        "SELECT name FROM pipelines WHERE item_bytes <> (SELECT coalesce(sum(length(item)), 0) FROM items "
        "WHERE row >= pipelines.id << 44 AND row < (pipelines.id + 1) << 44)",
        [this](const Statement& row) {
          Say(absl::StrCat("the Items of pipeline ", row.ColumnString(0), " are not as many bytes as it says"));
        });
    if (!sums.ok()) return sums;
    size_t said = 0;
    return Each("SELECT row, pipeline, id, version, item FROM items", [&](const Statement& row) {
      const uint64_t position = row.ColumnUint(0) % kPositions;
      StoreContents::Pipeline* pipeline = Find(row.ColumnUint(1));
      const std::string_view bytes = row.ColumnBytes(4);
      if (bytes.empty()) return;  // removed by retention
      std::string wrong;
      v1::Item item;
      if (pipeline == nullptr || row.ColumnUint(0) / kPositions != row.ColumnUint(1)) {
        wrong = "belongs to no pipeline";
      } else if (position > pipeline->last.position) {
        wrong = absl::StrCat("is past its pipeline's last position ", pipeline->last.position);
      } else if (!item.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
        wrong = "is not readable";
      }
      if (pipeline != nullptr) ++pipeline->items;
      if (!wrong.empty() && said++ < kMostSaid) Say(absl::StrCat("Item ", CompactId::Read(row, 2), " ", wrong));
    });
  }

  absl::Status State() {
    absl::Status done = Each("SELECT pipeline, count(*) FROM state GROUP BY pipeline", [this](const Statement& row) {
      if (StoreContents::Pipeline* pipeline = Find(row.ColumnUint(0))) pipeline->state_keys = row.ColumnUint(1);
    });
    if (!done.ok()) return done;
    return Each(
        "SELECT DISTINCT state.step FROM state LEFT JOIN state_versions USING (pipeline, step) "
        "WHERE coalesce(version, 0) < 1",
        [this](const Statement& row) {
          Say(absl::StrCat("the state of step \"", row.ColumnString(0), "\" has no version"));
        });
  }

  absl::Status Quarantine() {
    return Each("SELECT pipeline, count(*), sum(length(item) + length(raw)) FROM quarantine GROUP BY pipeline",
                [this](const Statement& row) {
                  contents_.quarantine_bytes += row.ColumnUint(2);
                  if (StoreContents::Pipeline* pipeline = Find(row.ColumnUint(0))) {
                    pipeline->quarantined = row.ColumnUint(1);
                  }
                });
  }

  absl::Status Suppressions() {
    return Each(
        "SELECT name FROM pipelines WHERE suppressed_until - suppressed_from <> (SELECT count(*) FROM suppressions "
        "WHERE row >= (pipelines.id << 44) + suppressed_from AND row < (pipelines.id << 44) + suppressed_until)",
        [this](const Statement& row) {
          Say(absl::StrCat("the suppressions of pipeline ", row.ColumnString(0), " are not as many as it says"));
        });
  }

  absl::Status Subscriptions() {
    return Each(
        "SELECT name, sequence, (SELECT count(*) FROM dead_letters WHERE subscription = name) FROM subscriptions "
        "ORDER BY name",
        [this](const Statement& row) {
          contents_.subscriptions.push_back({row.ColumnString(0), row.ColumnUint(1), row.ColumnUint(2)});
          if (row.ColumnUint(1) > contents_.journal.end) {
            Say(absl::StrCat("subscription \"", row.ColumnString(0), "\" is past the end of the journal"));
          }
        });
  }

  void Orphans() {
    const std::pair<const char*, const char*> tables[] = {
        {"alert_events", "SELECT count(*) FROM alert_events WHERE pipeline NOT IN (SELECT id FROM pipelines)"},
        {"state", "SELECT count(*) FROM state WHERE pipeline NOT IN (SELECT id FROM pipelines)"},
        {"state_versions", "SELECT count(*) FROM state_versions WHERE pipeline NOT IN (SELECT id FROM pipelines)"},
        {"cursors", "SELECT count(*) FROM cursors WHERE pipeline NOT IN (SELECT id FROM pipelines)"},
        {"quarantine", "SELECT count(*) FROM quarantine WHERE pipeline NOT IN (SELECT id FROM pipelines)"}};
    for (const auto& [table, sql] : tables) {
      uint64_t rows = 0;
      Read(table, [&, count = sql] { return Number(count, rows); });
      if (rows > 0) Say(absl::StrCat(rows, " rows of the table ", table, " belong to no pipeline"));
    }
  }

  Connection& connection_;
  StoreContents& contents_;
  std::vector<uint64_t> numbers_;  // of the pipelines, in their order
};

}  // namespace

absl::StatusOr<StoreContents> CheckStore(const std::filesystem::path& file) {
  absl::StatusOr<std::unique_ptr<Connection>> connection = OpenStoreToRead(file);
  if (!connection.ok()) return connection.status();
  StoreContents contents;
  contents.file_bytes = SizeOf(file);
  contents.log_bytes = SizeOf(file.string() + "-wal");
  contents.schema = (*connection)->Number("PRAGMA user_version").value_or(0);
  // All of one commit.
  if (absl::Status begun = (*connection)->Execute("BEGIN"); !begun.ok()) return begun;
  Checker(**connection, contents).Run();
  return contents;
}

}  // namespace wirewatch::store

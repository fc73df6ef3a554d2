#include "wirewatch/store/schema.h"

#include <sqlite3.h>

#include <array>
#include <cstdint>
#include <string_view>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "wirewatch/store/sqlite_values.h"

namespace wirewatch::store {
namespace {

constexpr int64_t kApplicationId = 0x57575354;  // "WWST"

// An Item's row id is its pipeline's number times 2^44 plus its position: the archive is one B-tree that only grows at
// as many ends as there are pipelines, and reading in position order is a range scan.
constexpr char kSchema1[] = R"sql(
  CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
  INSERT INTO meta VALUES ('journal_id', lower(hex(randomblob(16)))), ('journal_end', 0), ('fence', 0);

  CREATE TABLE pipelines (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, last_position INTEGER NOT NULL, last_arrival_us INTEGER);

  CREATE TABLE items (
    row INTEGER PRIMARY KEY, pipeline INTEGER NOT NULL, id NOT NULL, version INTEGER NOT NULL,
    content_hash NOT NULL, item BLOB NOT NULL);
  CREATE INDEX items_by_id ON items (id, pipeline, version, content_hash);

  CREATE TABLE alert_events (
    sequence INTEGER PRIMARY KEY, pipeline INTEGER NOT NULL, alert_id NOT NULL, at_us INTEGER NOT NULL,
    event BLOB NOT NULL);
  CREATE INDEX alert_events_by_alert ON alert_events (alert_id, sequence);

  CREATE TABLE state_versions (
    pipeline INTEGER NOT NULL, step TEXT NOT NULL, version INTEGER NOT NULL,
    PRIMARY KEY (pipeline, step)) WITHOUT ROWID;
  CREATE TABLE state (
    pipeline INTEGER NOT NULL, step TEXT NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL,
    PRIMARY KEY (pipeline, step, key));

  CREATE TABLE cursors (
    pipeline INTEGER NOT NULL, source TEXT NOT NULL, cursor BLOB NOT NULL,
    PRIMARY KEY (pipeline, source)) WITHOUT ROWID;

  CREATE TABLE quarantine (
    id INTEGER PRIMARY KEY AUTOINCREMENT, pipeline INTEGER NOT NULL, position INTEGER NOT NULL, step TEXT NOT NULL,
    plugin TEXT NOT NULL, plugin_version TEXT NOT NULL, reason TEXT NOT NULL, error_code INTEGER NOT NULL,
    error TEXT NOT NULL, at_us INTEGER NOT NULL, origin TEXT NOT NULL, item BLOB NOT NULL, raw BLOB NOT NULL);

  CREATE TABLE subscriptions (name TEXT PRIMARY KEY, sequence INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE dead_letters (
    subscription TEXT NOT NULL, sequence INTEGER NOT NULL, attempts INTEGER NOT NULL, error_code INTEGER NOT NULL,
    error TEXT NOT NULL, at_us INTEGER NOT NULL, PRIMARY KEY (subscription, sequence)) WITHOUT ROWID;
)sql";

constexpr char kSchema2[] = R"sql(
  ALTER TABLE quarantine ADD COLUMN retry INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX quarantine_retries ON quarantine (pipeline, id) WHERE retry;
)sql";

// Keys (CompactId::Key()) find Items by their ids. They land everywhere in their table, and an epoch that wrote them
// there would write most of its pages; so they wait in recent_keys, which stays small, and each commit moves those of
// one stretch, which stand together (epoch_writer.h).
constexpr char kSchema3[] = R"sql(
  INSERT INTO meta VALUES ('commits', 0);

  DROP INDEX items_by_id;
  CREATE TABLE recent_keys (key INTEGER NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (key, row)) WITHOUT ROWID;
  CREATE TABLE item_keys (key INTEGER NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (key, row)) WITHOUT ROWID;
  INSERT INTO item_keys SELECT id_key(id), row FROM items ORDER BY 1, 2;
)sql";

// Items at positions before kept_from have been removed by retention: their rows hold no more than what they are known
// by. Before known_from they are gone. A row in `arrivals` says that everything up to a position had arrived by then;
// there is one for about every minute.
constexpr char kSchema4[] = R"sql(
  ALTER TABLE pipelines ADD COLUMN item_bytes INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE pipelines ADD COLUMN kept_from INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE pipelines ADD COLUMN known_from INTEGER NOT NULL DEFAULT 0;
  UPDATE pipelines SET item_bytes =
    (SELECT coalesce(sum(length(item)), 0) FROM items WHERE items.pipeline = pipelines.id);
  CREATE TABLE arrivals (
    pipeline INTEGER NOT NULL, position INTEGER NOT NULL, at_us INTEGER NOT NULL,
    PRIMARY KEY (pipeline, position)) WITHOUT ROWID;
  CREATE INDEX quarantine_sizes ON quarantine (pipeline, length(item) + length(raw));
)sql";

// Who resumes at a time finds it without reading the journal; what subscribers remember changes together with their
// positions.
constexpr char kSchema5[] = R"sql(
  CREATE INDEX alert_events_by_time ON alert_events (at_us);
  CREATE TABLE turns (
    subscription TEXT NOT NULL, number INTEGER NOT NULL, sent INTEGER NOT NULL,
    PRIMARY KEY (subscription, number)) WITHOUT ROWID;
  CREATE TABLE subscription_state (
    subscription TEXT NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL,
    PRIMARY KEY (subscription, key)) WITHOUT ROWID;
)sql";

// The suppressions journal. A row's number is its pipeline's times 2^44 plus its place in that pipeline's part, which
// goes from suppressed_from up to before suppressed_until, without gap. `keys` are those by which it is found (hashes
// of its subjects, and the first of all that of its own key), eight bytes each.
constexpr char kSchema6[] = R"sql(
  ALTER TABLE pipelines ADD COLUMN suppressed_from INTEGER NOT NULL DEFAULT 1;
  ALTER TABLE pipelines ADD COLUMN suppressed_until INTEGER NOT NULL DEFAULT 1;
  CREATE TABLE suppressions (row INTEGER PRIMARY KEY, at_us INTEGER NOT NULL, keys BLOB NOT NULL, entry BLOB NOT NULL);
  CREATE TABLE suppression_keys (key INTEGER NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (key, row)) WITHOUT ROWID;
)sql";

constexpr std::array<const char*, 6> kMigrations = {kSchema1, kSchema2, kSchema3, kSchema4, kSchema5, kSchema6};

void IdKey(sqlite3_context* context, int, sqlite3_value** values) {
  const auto* bytes = static_cast<const char*>(sqlite3_value_blob(values[0]));
  const std::string_view id(bytes, static_cast<size_t>(sqlite3_value_bytes(values[0])));
  const bool packed = sqlite3_value_type(values[0]) == SQLITE_BLOB;
  sqlite3_result_int64(context, packed ? KeyOfPacked(id) : CompactId(id).Key());
}

absl::Status RunMigration(Connection& connection, const char* sql, size_t to) {
  absl::StatusOr<Transaction> transaction = Transaction::Begin(connection);
  if (!transaction.ok()) return transaction.status();
  absl::Status done = connection.Execute(sql);
  if (done.ok()) done = connection.Execute(absl::StrCat("PRAGMA user_version = ", to));
  if (done.ok()) done = connection.Execute(absl::StrCat("PRAGMA application_id = ", kApplicationId));
  if (done.ok()) done = transaction->Commit();
  if (done.ok()) return done;
  return absl::Status(done.code(), absl::StrCat("cannot bring the store to schema ", to, ": ", done.message()));
}

}  // namespace

std::span<const char* const> Migrations() { return kMigrations; }

absl::Status CheckSchema(Connection& connection, std::span<const char* const> migrations) {
  absl::StatusOr<int64_t> application = connection.Number("PRAGMA application_id");
  if (!application.ok()) return application.status();
  absl::StatusOr<int64_t> version = connection.Number("PRAGMA user_version");
  if (!version.ok()) return version.status();
  absl::StatusOr<int64_t> objects = connection.Number("SELECT count(*) FROM sqlite_schema");
  if (!objects.ok()) return objects.status();
  if (*application != kApplicationId && (*application != 0 || *version != 0 || *objects != 0)) {
    return absl::FailedPreconditionError("this is another program's SQLite database: give another path with --store");
  }
  const auto known = static_cast<int64_t>(migrations.size());
  if (*version > known) {
    return absl::FailedPreconditionError(absl::StrCat("the store was written by a newer Wirewatch (schema ", *version,
                                                      ", this one knows ", known,
                                                      "): run that version, or start with another store"));
  }
  return absl::OkStatus();
}

absl::Status Migrate(Connection& connection, std::span<const char* const> migrations) {
  if (absl::Status readable = CheckSchema(connection, migrations); !readable.ok()) return readable;
  absl::StatusOr<int64_t> version = connection.Number("PRAGMA user_version");
  if (!version.ok()) return version.status();
  sqlite3_create_function(connection.handle(), "id_key", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr, IdKey, nullptr,
                          nullptr);
  for (auto step = static_cast<size_t>(*version); step < migrations.size(); ++step) {
    if (absl::Status done = RunMigration(connection, migrations[step], step + 1); !done.ok()) return done;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Connection>> OpenStoreToRead(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) {
    return absl::NotFoundError(absl::StrCat("there is no store ", file.string()));
  }
  absl::StatusOr<std::unique_ptr<Connection>> connection = Connection::Open(file, Connection::Access::kReadOnly);
  if (!connection.ok()) return connection;
  absl::Status readable = CheckSchema(**connection, Migrations());
  const absl::StatusOr<int64_t> version = (*connection)->Number("PRAGMA user_version");
  if (readable.ok() && version.value_or(0) != static_cast<int64_t>(Migrations().size())) {
    readable = absl::FailedPreconditionError(
        absl::StrCat("the store was written by an older Wirewatch (schema ", version.value_or(0),
                     "): `wirewatch run` brings it up to date; until then use the older version"));
  }
  if (!readable.ok()) return absl::Status(readable.code(), absl::StrCat(file.string(), ": ", readable.message()));
  return connection;
}

}  // namespace wirewatch::store

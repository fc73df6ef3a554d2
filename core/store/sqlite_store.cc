#include "wirewatch/store/sqlite_store.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <mutex>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wirewatch/store/epoch_writer.h"
#include "wirewatch/store/owner_lock.h"
#include "wirewatch/store/reader_pool.h"
#include "wirewatch/store/schema.h"
#include "wirewatch/store/sqlite_connection.h"
#include "wirewatch/store/sqlite_reads.h"
#include "wirewatch/store/sqlite_values.h"

namespace wirewatch::store {
namespace {

// A directory that is removed with the object; empty path: none.
class TemporaryDirectory {
 public:
  TemporaryDirectory() = default;
  static absl::StatusOr<std::unique_ptr<TemporaryDirectory>> Make() {
    std::error_code error;
    std::filesystem::path base = std::filesystem::temp_directory_path(error);
    if (error) base = "/tmp";
    std::string pattern = (base / "wirewatch-store-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) {
      return absl::ErrnoToStatus(errno, absl::StrCat("cannot make a temporary store in ", base.string()));
    }
    auto directory = std::make_unique<TemporaryDirectory>();
    directory->path_ = pattern;
    return directory;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

class SqliteStore final : public Store {
 public:
  static absl::StatusOr<std::unique_ptr<Store>> Open(const SqliteOptions& options);

  absl::Status Commit(std::span<const EpochWrites> epochs) override;
  absl::Status TrimJournal(uint64_t before_sequence) override;
  absl::Status Advance(std::string_view subscription, uint64_t sequence, std::span<const DeadLetter> dead) override;
  absl::Status RetryQuarantined(std::span<const uint64_t> ids) override;
  absl::Status DropQuarantined(std::span<const uint64_t> ids) override;
  std::string JournalId() const override { return journal_id_; }

  absl::StatusOr<PipelinePosition> LastPosition(std::string_view pipeline) override {
    return readers_->With([&](Connection& c) { return ReadLastPosition(c, pipeline); });
  }
  absl::StatusOr<std::optional<std::string>> Cursor(std::string_view pipeline, std::string_view source) override {
    return readers_->With([&](Connection& c) { return ReadCursor(c, pipeline, source); });
  }
  absl::StatusOr<std::optional<KnownItem>> FindItem(std::string_view pipeline, std::string_view id) override {
    return readers_->With([&](Connection& c) { return ReadKnownItem(c, pipeline, id); });
  }
  absl::StatusOr<uint32_t> StateVersion(std::string_view pipeline, std::string_view step) override {
    return readers_->With([&](Connection& c) { return ReadStateVersion(c, pipeline, step); });
  }
  absl::StatusOr<std::optional<std::string>> GetState(std::string_view pipeline, std::string_view step,
                                                      std::string_view key) override {
    return readers_->With([&](Connection& c) { return ReadState(c, pipeline, step, key); });
  }
  absl::Status ScanState(std::string_view pipeline, std::string_view step, std::string_view prefix,
                         const StateVisitor& visit) override {
    return readers_->With([&](Connection& c) { return VisitState(c, pipeline, step, prefix, visit); });
  }
  absl::StatusOr<std::optional<std::string>> ReadItem(std::string_view pipeline, std::string_view id,
                                                      uint32_t version) override {
    return readers_->With([&](Connection& c) { return ReadArchivedItem(c, pipeline, id, version); });
  }
  absl::StatusOr<std::vector<ArchivedItem>> ReadItems(std::string_view pipeline, uint64_t after_position,
                                                      size_t limit) override {
    return readers_->With([&](Connection& c) { return ReadArchivedItems(c, pipeline, after_position, limit); });
  }
  absl::StatusOr<JournalRange> Journal() override {
    return readers_->With([](Connection& c) { return ReadJournalRange(c); });
  }
  absl::StatusOr<std::vector<JournalEntry>> ReadJournal(uint64_t after_sequence, size_t limit) override {
    return readers_->With([&](Connection& c) { return ReadJournalEntries(c, after_sequence, limit); });
  }
  absl::StatusOr<std::optional<uint64_t>> SubscriptionPosition(std::string_view subscription) override {
    return readers_->With([&](Connection& c) { return ReadSubscriptionPosition(c, subscription); });
  }
  absl::StatusOr<std::vector<DeadLetter>> DeadLetters(std::string_view subscription, size_t limit) override {
    return readers_->With([&](Connection& c) { return ReadDeadLetters(c, subscription, limit); });
  }
  absl::StatusOr<std::vector<QuarantineEntry>> ReadQuarantine(std::string_view pipeline, uint64_t after_id,
                                                              size_t limit) override {
    return readers_->With([&](Connection& c) { return ReadQuarantineEntries(c, pipeline, after_id, limit); });
  }
  absl::StatusOr<std::vector<QuarantineEntry>> ReadRetries(std::string_view pipeline, uint64_t after_id,
                                                           size_t limit) override {
    return readers_->With([&](Connection& c) { return ReadRetryEntries(c, pipeline, after_id, limit); });
  }

 private:
  SqliteStore() = default;
  absl::Status Start(const std::string& file);
  // Both with mutex_ held. Begins a transaction; Aborted when another host has opened the store since.
  absl::StatusOr<Transaction> BeginWrite();
  absl::Status SetMeta(const char* key, uint64_t value);
  // `sql` changes the entry whose id it is given; all of them or none.
  absl::Status ForEachQuarantined(const char* sql, std::span<const uint64_t> ids);

  // Released last, so that nobody takes the store while a connection is open.
  std::unique_ptr<TemporaryDirectory> temporary_;
  std::unique_ptr<OwnerLock> lock_;
  std::string journal_id_;
  int64_t fence_ = 0;
  // Guards the two below it. A std::mutex: ThreadSanitizer cannot see into Debian's build of absl::Mutex.
  std::mutex mutex_;
  std::unique_ptr<Connection> writer_;
  uint64_t journal_end_ = 0;
  std::unique_ptr<ReaderPool> readers_;
};

absl::Status PrepareDirectory(const std::filesystem::path& file) {
  if (!file.has_parent_path()) return absl::OkStatus();
  std::error_code error;
  std::filesystem::create_directories(file.parent_path(), error);
  if (!error) return absl::OkStatus();
  return absl::ErrnoToStatus(error.value(),
                             absl::StrCat("cannot make the store's directory ", file.parent_path().string()));
}

absl::StatusOr<std::unique_ptr<Store>> SqliteStore::Open(const SqliteOptions& options) {
  std::unique_ptr<SqliteStore> store(new SqliteStore());
  std::filesystem::path file = options.path;
  if (file.empty()) {
    absl::StatusOr<std::unique_ptr<TemporaryDirectory>> temporary = TemporaryDirectory::Make();
    if (!temporary.ok()) return temporary.status();
    store->temporary_ = *std::move(temporary);
    file = store->temporary_->path() / "store";
  }
  if (absl::Status prepared = PrepareDirectory(file); !prepared.ok()) return prepared;
  absl::StatusOr<std::unique_ptr<OwnerLock>> lock = OwnerLock::Take(file.string() + ".lock");
  if (!lock.ok()) return lock.status();
  store->lock_ = *std::move(lock);
  if (absl::Status started = store->Start(file.string()); !started.ok()) {
    return absl::Status(started.code(), absl::StrCat(file.string(), ": ", started.message()));
  }
  return store;
}

absl::Status SqliteStore::Start(const std::string& file) {
  const std::lock_guard lock(mutex_);
  absl::StatusOr<std::unique_ptr<Connection>> writer = Connection::Open(file, Connection::Access::kReadWrite);
  if (!writer.ok()) return writer.status();
  writer_ = *std::move(writer);
  absl::Status ready = writer_->Execute("PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = 67108864");
  if (ready.ok()) ready = writer_->Execute(temporary_ ? "PRAGMA synchronous = OFF" : "PRAGMA synchronous = FULL");
  if (ready.ok()) ready = Migrate(*writer_, Migrations());
  if (ready.ok()) ready = writer_->Execute("UPDATE meta SET value = value + 1 WHERE key = 'fence'");
  if (!ready.ok()) return ready;
  absl::StatusOr<int64_t> fence = writer_->Number("SELECT value FROM meta WHERE key = 'fence'");
  if (!fence.ok()) return fence.status();
  fence_ = *fence;
  absl::StatusOr<int64_t> end = writer_->Number("SELECT value FROM meta WHERE key = 'journal_end'");
  if (!end.ok()) return end.status();
  journal_end_ = static_cast<uint64_t>(*end);
  absl::StatusOr<std::string> journal = ReadJournalId(*writer_);
  if (!journal.ok()) return journal.status();
  journal_id_ = *std::move(journal);
  readers_ = std::make_unique<ReaderPool>(file);
  return absl::OkStatus();
}

absl::StatusOr<Transaction> SqliteStore::BeginWrite() {
  absl::StatusOr<Transaction> transaction = Transaction::Begin(*writer_);
  if (!transaction.ok()) return transaction;
  absl::StatusOr<int64_t> fence = writer_->Number("SELECT value FROM meta WHERE key = 'fence'");
  if (!fence.ok()) return fence.status();
  if (*fence != fence_) {
    return absl::AbortedError("another host has taken over the store: this one must stop and writes nothing more");
  }
  return transaction;
}

absl::Status SqliteStore::SetMeta(const char* key, uint64_t value) {
  absl::StatusOr<Statement> update = writer_->Prepare("UPDATE meta SET value = ? WHERE key = ?");
  if (!update.ok()) return update.status();
  return update->Uint(value).Text(key).Run();
}

absl::Status SqliteStore::Commit(std::span<const EpochWrites> epochs) {
  const std::lock_guard lock(mutex_);
  absl::StatusOr<Transaction> transaction = BeginWrite();
  if (!transaction.ok()) return transaction.status();
  EpochWriter epoch_writer(*writer_, journal_end_);
  for (const EpochWrites& epoch : epochs) {
    if (absl::Status written = epoch_writer.Write(epoch); !written.ok()) return written;
  }
  if (epoch_writer.journal_end() != journal_end_) {
    if (absl::Status set = SetMeta("journal_end", epoch_writer.journal_end()); !set.ok()) return set;
  }
  absl::Status committed = transaction->Commit();
  if (committed.ok()) journal_end_ = epoch_writer.journal_end();
  return committed;
}

absl::Status SqliteStore::TrimJournal(uint64_t before_sequence) {
  const std::lock_guard lock(mutex_);
  absl::StatusOr<Transaction> transaction = BeginWrite();
  if (!transaction.ok()) return transaction.status();
  absl::StatusOr<Statement> remove = writer_->Prepare("DELETE FROM alert_events WHERE sequence < ?");
  if (!remove.ok()) return remove.status();
  if (absl::Status done = remove->Uint(before_sequence).Run(); !done.ok()) return done;
  return transaction->Commit();
}

absl::Status SqliteStore::Advance(std::string_view subscription, uint64_t sequence, std::span<const DeadLetter> dead) {
  const std::lock_guard lock(mutex_);
  if (sequence > journal_end_) {
    return absl::OutOfRangeError(absl::StrCat("subscription \"", std::string(subscription), "\" cannot advance to ",
                                              sequence, ": the journal ends at ", journal_end_));
  }
  absl::StatusOr<Transaction> transaction = BeginWrite();
  if (!transaction.ok()) return transaction.status();
  absl::StatusOr<Statement> put = writer_->Prepare(
      "INSERT INTO subscriptions (name, sequence) VALUES (?, ?) "
      "ON CONFLICT DO UPDATE SET sequence = excluded.sequence WHERE excluded.sequence >= sequence");
  if (!put.ok()) return put.status();
  if (absl::Status done = put->Text(subscription).Uint(sequence).Run(); !done.ok()) return done;
  if (writer_->changes() == 0) {
    return absl::FailedPreconditionError(absl::StrCat("subscription \"", std::string(subscription), "\" is past ",
                                                      sequence, " already and cannot go back"));
  }
  absl::StatusOr<Statement> bury = writer_->Prepare(
      "INSERT OR REPLACE INTO dead_letters (subscription, sequence, attempts, error_code, error, at_us) "
      "VALUES (?, ?, ?, ?, ?, ?)");
  if (!bury.ok()) return bury.status();
  for (const DeadLetter& letter : dead) {
    bury->Text(subscription).Uint(letter.sequence).Int(letter.attempts).Int(static_cast<int>(letter.error.code()));
    const std::string error(letter.error.message());
    if (absl::Status done = bury->Text(error).Int(Micros(letter.at)).Run(); !done.ok()) return done;
  }
  return transaction->Commit();
}

absl::Status SqliteStore::ForEachQuarantined(const char* sql, std::span<const uint64_t> ids) {
  const std::lock_guard lock(mutex_);
  absl::StatusOr<Transaction> transaction = BeginWrite();
  if (!transaction.ok()) return transaction.status();
  absl::StatusOr<Statement> change = writer_->Prepare(sql);
  if (!change.ok()) return change.status();
  for (const uint64_t id : ids) {
    if (absl::Status done = change->Uint(id).Run(); !done.ok()) return done;
    if (writer_->changes() == 0) return absl::NotFoundError(absl::StrCat("nothing is quarantined under ", id));
  }
  return transaction->Commit();
}

absl::Status SqliteStore::RetryQuarantined(std::span<const uint64_t> ids) {
  absl::StatusOr<std::optional<uint64_t>> record =
      readers_->With([ids](Connection& c) { return FirstWithoutItem(c, ids); });
  if (!record.ok()) return record.status();
  if (*record) {
    return absl::FailedPreconditionError(absl::StrCat(
        **record, " is a record that could not become an Item: mend it at its source, which reads it again"));
  }
  return ForEachQuarantined("UPDATE quarantine SET retry = 1 WHERE id = ?", ids);
}

absl::Status SqliteStore::DropQuarantined(std::span<const uint64_t> ids) {
  return ForEachQuarantined("DELETE FROM quarantine WHERE id = ?", ids);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> OpenSqlite(const SqliteOptions& options) { return SqliteStore::Open(options); }

}  // namespace wirewatch::store

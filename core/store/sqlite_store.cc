#include "wirewatch/store/sqlite_store.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wirewatch/store/epoch_writer.h"
#include "wirewatch/store/owner_lock.h"
#include "wirewatch/store/reader_pool.h"
#include "wirewatch/store/retention.h"
#include "wirewatch/store/search_index.h"
#include "wirewatch/store/sqlite_alerts.h"
#include "wirewatch/store/sqlite_connection.h"
#include "wirewatch/store/sqlite_reads.h"
#include "wirewatch/store/suppressions.h"
#include "wirewatch/store/writer.h"

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

// A commit that failed. Trouble can leave it open whether it has become durable all the same: the log may have got it,
// and only a later look shows.
struct Attempt {
  uint64_t number = 0;  // that it would have had among the store's commits
  std::string epochs;
};

// Tells epochs from others that could follow the same commit.
std::string Describe(std::span<const EpochWrites> epochs) {
  std::string description;
  for (const EpochWrites& epoch : epochs) {
    absl::StrAppend(&description, epoch.pipeline, " ", epoch.last_position, " ", epoch.items.size(), " ",
                    epoch.journal.size(), " ", epoch.quarantine.size(), "\n");
  }
  return description;
}

class SqliteStore final : public Store {
 public:
  static absl::StatusOr<std::unique_ptr<Store>> Open(const SqliteOptions& options);

  absl::Status Commit(std::span<const EpochWrites> epochs) override;
  absl::Status TrimJournal(uint64_t before_sequence) override;
  absl::Status RecordTurn(std::string_view subscription, const Turn& turn) override {
    return writer_->Write([&](Connection& c) { return WriteTurn(c, subscription, turn); });
  }
  absl::Status Advance(std::string_view subscription, uint64_t sequence, std::span<const DeadLetter> dead,
                       std::span<const StateWrite> state, std::span<const Suppression> suppressions) override;
  absl::Status RetryQuarantined(std::span<const uint64_t> ids) override;
  absl::Status DropQuarantined(std::span<const uint64_t> ids) override;
  absl::StatusOr<RetentionProgress> Retain(std::span<const RetentionRule> rules, absl::Time now) override;
  std::string JournalId() const override { return writer_->journal_id(); }

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
  absl::StatusOr<std::vector<JournalEntry>> ReadAlerts(uint64_t at_sequence, uint64_t before_sequence,
                                                       size_t limit) override {
    return readers_->With([&](Connection& c) { return ReadAlertEntries(c, at_sequence, before_sequence, limit); });
  }
  absl::StatusOr<std::vector<JournalEntry>> ReadAlertEvents(std::string_view alert_id, size_t limit,
                                                            uint64_t at_sequence) override {
    return readers_->With([&](Connection& c) { return ReadEntriesOfAlert(c, alert_id, limit, at_sequence); });
  }
  absl::StatusOr<std::vector<std::string>> FindAlerts(std::string_view prefix, size_t limit) override {
    return readers_->With([&](Connection& c) { return FindAlertIds(c, prefix, limit); });
  }
  absl::StatusOr<uint64_t> JournalPositionAt(absl::Time time) override {
    return readers_->With([&](Connection& c) { return ReadPositionAt(c, time); });
  }
  absl::StatusOr<std::vector<Turn>> Turns(std::string_view subscription) override {
    return readers_->With([&](Connection& c) { return ReadTurns(c, subscription); });
  }
  absl::StatusOr<uint64_t> CountItems(std::string_view pipeline, uint64_t after, uint64_t to) override {
    return readers_->With([&](Connection& c) { return CountArchivedItems(c, pipeline, after, to); });
  }
  absl::StatusOr<std::vector<StateWrite>> SubscriptionState(std::string_view subscription) override {
    return readers_->With([&](Connection& c) { return ReadSubscriptionState(c, subscription); });
  }
  absl::StatusOr<std::optional<uint64_t>> SubscriptionPosition(std::string_view subscription) override {
    return readers_->With([&](Connection& c) { return ReadSubscriptionPosition(c, subscription); });
  }
  absl::StatusOr<std::vector<DeadLetter>> DeadLetters(std::string_view subscription, size_t limit) override {
    return readers_->With([&](Connection& c) { return ReadDeadLetters(c, subscription, limit); });
  }
  absl::StatusOr<std::vector<Suppression>> ReadSuppressions(std::string_view subject, size_t limit) override {
    return readers_->With([&](Connection& c) { return ReadSuppressionsAbout(c, subject, limit); });
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
  // `sql` changes the entry whose id it is given; all of them or none.
  absl::Status ForEachQuarantined(const char* sql, std::span<const uint64_t> ids);

  // Released last, so that nobody takes the store while a connection is open.
  std::unique_ptr<TemporaryDirectory> temporary_;
  std::unique_ptr<OwnerLock> lock_;
  std::filesystem::path file_;
  std::unique_ptr<Writer> writer_;
  std::unique_ptr<ReaderPool> readers_;
  std::unique_ptr<SearchIndex> search_;  // nullptr: none is kept
  std::optional<Attempt> attempt_;       // of Commit(), the last, if it failed
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
  absl::StatusOr<std::unique_ptr<Writer>> writer =
      Writer::Open(file.string(), store->temporary_ ? Durability::kOff : options.durability);
  if (!writer.ok()) {
    return absl::Status(writer.status().code(), absl::StrCat(file.string(), ": ", writer.status().message()));
  }
  store->file_ = file;
  store->writer_ = *std::move(writer);
  store->readers_ = std::make_unique<ReaderPool>(file.string());
  if (options.search_index && !store->temporary_) store->search_ = std::make_unique<SearchIndex>(file);
  return store;
}

absl::Status SqliteStore::Commit(std::span<const EpochWrites> epochs) {
  uint64_t number = 0;
  absl::Status done = writer_->Write([&](Connection& connection) {
    const absl::StatusOr<uint64_t> commits = ReadMeta(connection, "commits");
    if (!commits.ok()) return commits.status();
    // It had become durable after all.
    if (attempt_ && attempt_->number == *commits && attempt_->epochs == Describe(epochs)) return absl::OkStatus();
    number = *commits + 1;
    absl::StatusOr<uint64_t> end = ReadMeta(connection, "journal_end");
    if (!end.ok()) return end.status();
    EpochWriter epoch_writer(connection, *end);
    for (const EpochWrites& epoch : epochs) {
      if (absl::Status written = epoch_writer.Write(epoch); !written.ok()) return written;
    }
    if (absl::Status moved = epoch_writer.MoveKeys(number); !moved.ok()) return moved;
    absl::Status set = WriteMeta(connection, "commits", number);
    if (set.ok() && epoch_writer.journal_end() != *end) {
      set = WriteMeta(connection, "journal_end", epoch_writer.journal_end());
    }
    return set;
  });
  if (done.ok()) {
    attempt_.reset();
    if (search_ != nullptr) search_->Notify();
  } else if (number != 0) {
    attempt_ = Attempt{number, Describe(epochs)};
  }
  return done;
}

absl::Status SqliteStore::TrimJournal(uint64_t before_sequence) {
  return writer_->Write([&](Connection& connection) {
    absl::StatusOr<Statement> remove = connection.Prepare("DELETE FROM alert_events WHERE sequence < ?");
    if (!remove.ok()) return remove.status();
    return remove->Uint(before_sequence).Run();
  });
}

absl::Status SqliteStore::Advance(std::string_view subscription, uint64_t sequence, std::span<const DeadLetter> dead,
                                  std::span<const StateWrite> state, std::span<const Suppression> suppressions) {
  return writer_->Write([&](Connection& connection) {
    absl::Status done = WriteSubscription(connection, subscription, sequence, dead);
    if (done.ok()) done = WriteSubscriptionState(connection, subscription, state);
    if (done.ok()) done = WriteSuppressionsByName(connection, suppressions);
    return done;
  });
}

absl::Status SqliteStore::ForEachQuarantined(const char* sql, std::span<const uint64_t> ids) {
  return writer_->Write([&](Connection& connection) {
    absl::StatusOr<Statement> change = connection.Prepare(sql);
    if (!change.ok()) return change.status();
    for (const uint64_t id : ids) {
      if (absl::Status done = change->Uint(id).Run(); !done.ok()) return done;
      if (connection.changes() == 0) return absl::NotFoundError(absl::StrCat("nothing is quarantined under ", id));
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<RetentionProgress> SqliteStore::Retain(std::span<const RetentionRule> rules, absl::Time now) {
  RetentionProgress progress;
  absl::Status done = RetainArchive(*writer_, rules, now, progress);
  if (done.ok()) {
    done = RetainQuarantine(*writer_, *readers_, rules, file_.string() + ".quarantine.jsonl", progress);
  }
  if (done.ok()) done = RetainSuppressions(*writer_, rules, now, progress);
  if (!done.ok()) return done;
  if (search_ != nullptr && progress.items > 0) search_->Notify();
  return progress;
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

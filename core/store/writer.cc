#include "wirewatch/store/writer.h"

#include "wirewatch/store/schema.h"
#include "wirewatch/store/sqlite_reads.h"

namespace wirewatch::store {
namespace {

absl::Status TakenOver() {
  return absl::AbortedError("another host has taken over the store: this one must stop and writes nothing more");
}

}  // namespace

absl::StatusOr<std::unique_ptr<Writer>> Writer::Open(const std::string& path, Durability durability) {
  std::unique_ptr<Writer> writer(new Writer(path, durability));
  if (absl::Status taken = writer->TakeOver(); !taken.ok()) return taken;
  return writer;
}

absl::Status Writer::TakeOver() {
  const std::lock_guard lock(mutex_);
  absl::Status ready = Connect(Connection::Access::kReadWrite);
  if (ready.ok()) ready = Migrate(*connection_, Migrations());
  if (ready.ok()) ready = connection_->Execute("UPDATE meta SET value = value + 1 WHERE key = 'fence'");
  if (!ready.ok()) return ready;
  absl::StatusOr<uint64_t> fence = ReadMeta(*connection_, "fence");
  if (!fence.ok()) return fence.status();
  fence_ = static_cast<int64_t>(*fence);
  absl::StatusOr<std::string> journal = ReadJournalId(*connection_);
  if (!journal.ok()) return journal.status();
  journal_id_ = *std::move(journal);
  absl::StatusOr<uint64_t> page = connection_->PageBytes();
  if (!page.ok()) return page.status();
  page_bytes_ = *page;
  checkpointer_ = std::make_unique<Checkpointer>(path_, durability_ == Durability::kFull, mutex_);
  return absl::OkStatus();
}

absl::Status Writer::Connect(Connection::Access access) {
  absl::StatusOr<std::unique_ptr<Connection>> opened = Connection::Open(path_, access);
  if (!opened.ok()) return opened.status();
  // Pages of 8 KiB (of a store that is made now) hold Items of 2 kB with little waste. The cache holds the pages of one
  // commit, so that none is written twice.
  absl::Status ready = (*opened)->Execute(
      "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = 67108864; "
      "PRAGMA cache_size = -16384; PRAGMA cell_size_check = ON");
  if (ready.ok()) {
    ready =
        (*opened)->Execute(durability_ == Durability::kFull ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = OFF");
  }
  if (ready.ok()) connection_ = *std::move(opened);
  return ready;
}

absl::Status Writer::Reconnect() {
  if (absl::Status connected = Connect(Connection::Access::kExisting); !connected.ok()) return connected;
  absl::StatusOr<std::string> journal = ReadJournalId(*connection_);
  if (!journal.ok()) return journal.status();
  return *journal == journal_id_ ? absl::OkStatus() : TakenOver();
}

absl::Status Writer::CheckFence() {
  absl::StatusOr<uint64_t> fence = ReadMeta(*connection_, "fence");
  if (!fence.ok()) return fence.status();
  return static_cast<int64_t>(*fence) == fence_ ? absl::OkStatus() : TakenOver();
}

absl::Status Writer::WriteOnce(const std::function<absl::Status(Connection&)>& change) {
  absl::StatusOr<Transaction> transaction = Transaction::Begin(*connection_);
  if (!transaction.ok()) return transaction.status();
  absl::Status done = CheckFence();
  if (done.ok()) done = change(*connection_);
  if (done.ok()) done = transaction->Commit();
  return done;
}

absl::Status Writer::Write(const std::function<absl::Status(Connection&)>& change) {
  const std::lock_guard lock(mutex_);
  absl::Status done = connection_ == nullptr ? Reconnect() : absl::OkStatus();
  if (!done.ok()) {
    connection_.reset();
    return done;
  }
  done = WriteOnce(change);
  if (IsTrouble(done)) connection_.reset();
  if (done.ok()) checkpointer_->Notify(connection_->log_pages() * page_bytes_);
  return done;
}

absl::StatusOr<uint64_t> ReadMeta(Connection& connection, std::string_view key) {
  absl::StatusOr<Statement> query = connection.Prepare("SELECT value FROM meta WHERE key = ?");
  if (!query.ok()) return query.status();
  absl::StatusOr<bool> row = query->Text(key).Step();
  if (!row.ok()) return row.status();
  if (!*row) return absl::DataLossError("store: a number that every store has is missing");
  return query->ColumnUint(0);
}

absl::Status WriteMeta(Connection& connection, std::string_view key, uint64_t value) {
  absl::StatusOr<Statement> put = connection.Prepare(
      "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value");
  if (!put.ok()) return put.status();
  return put->Text(key).Uint(value).Run();
}

}  // namespace wirewatch::store

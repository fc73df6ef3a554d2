#include "wirewatch/store/sqlite_connection.h"

#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace wirewatch::store {
namespace {

// What SQLite calls I/O errors are of several kinds to an operator: the system says which.
absl::StatusCode CodeOfSystem(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return absl::StatusCode::kResourceExhausted;
    case EROFS:
    case EACCES:
    case EPERM:
      return absl::StatusCode::kPermissionDenied;
    default:
      return absl::StatusCode::kUnavailable;
  }
}

absl::StatusCode CodeOf(int result, int system_error) {
  switch (result & 0xff) {
    case SQLITE_FULL:
      return absl::StatusCode::kResourceExhausted;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      return result == SQLITE_IOERR_CORRUPTFS ? absl::StatusCode::kDataLoss : CodeOfSystem(system_error);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_NOMEM:
    case SQLITE_PROTOCOL:
      return absl::StatusCode::kUnavailable;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return absl::StatusCode::kDataLoss;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return absl::StatusCode::kPermissionDenied;
    case SQLITE_TOOBIG:
      return absl::StatusCode::kInvalidArgument;
    case SQLITE_CONSTRAINT:
      return absl::StatusCode::kFailedPrecondition;
    default:
      return absl::StatusCode::kInternal;
  }
}

// errno behind an error; 0: none is known. What fails inside a COMMIT is remembered by the file alone.
int SystemErrorOf(sqlite3* database, int result) {
  const int kind = result & 0xff;
  if (database == nullptr || (kind != SQLITE_IOERR && kind != SQLITE_CANTOPEN)) return 0;
  if (const int error = sqlite3_system_errno(database); error != 0) return error;
  sqlite3_file* log = nullptr;
  int error = 0;
  if (sqlite3_file_control(database, "main", SQLITE_FCNTL_JOURNAL_POINTER, static_cast<void*>(&log)) == SQLITE_OK &&
      log != nullptr && log->pMethods != nullptr) {
    log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &error);
  }
  if (error == 0) sqlite3_file_control(database, "main", SQLITE_FCNTL_LAST_ERRNO, &error);
  return error;
}

absl::Status ErrorOf(sqlite3* database, int result) {
  const char* said = database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(result);
  const int system_error = SystemErrorOf(database, result);
  std::string message = absl::StrCat("store: ", said, " (SQLite ", result);
  if (system_error != 0) absl::StrAppend(&message, ": ", std::generic_category().message(system_error));
  return absl::Status(CodeOf(result, system_error), absl::StrCat(message, ")"));
}

}  // namespace

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_), statement_(other.statement_), next_(other.next_) {
  other.statement_ = nullptr;
}

Statement::~Statement() {
  if (statement_ != nullptr) Reset();
}

Statement& Statement::Int(int64_t value) {
  sqlite3_bind_int64(statement_, next_++, value);
  return *this;
}

Statement& Statement::Text(std::string_view value) {
  sqlite3_bind_text64(statement_, next_++, value.data() == nullptr ? "" : value.data(), value.size(), SQLITE_STATIC,
                      SQLITE_UTF8);
  return *this;
}

Statement& Statement::Blob(std::string_view value) {
  sqlite3_bind_blob64(statement_, next_++, value.data() == nullptr ? "" : value.data(), value.size(), SQLITE_STATIC);
  return *this;
}

absl::StatusOr<bool> Statement::Step() {
  const int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  return ErrorOf(database_, sqlite3_extended_errcode(database_));
}

absl::Status Statement::Run() {
  absl::StatusOr<bool> row = Step();
  Reset();
  return row.status();
}

void Statement::Reset() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  next_ = 1;
}

int64_t Statement::ColumnInt(int column) const { return sqlite3_column_int64(statement_, column); }

bool Statement::ColumnIsBlob(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_BLOB; }

std::string_view Statement::ColumnBytes(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  const int size = sqlite3_column_bytes(statement_, column);
  return bytes == nullptr ? std::string_view() : std::string_view(bytes, static_cast<size_t>(size));
}

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const std::string& path, Access access) {
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  flags |= access == Access::kReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  if (access == Access::kReadWrite) flags |= SQLITE_OPEN_CREATE;
  sqlite3* database = nullptr;
  const int result = sqlite3_open_v2(path.c_str(), &database, flags, nullptr);
  std::unique_ptr<Connection> connection(new Connection(database));
  if (result != SQLITE_OK) {
    const absl::Status error = ErrorOf(database, result);
    return absl::Status(error.code(), absl::StrCat("cannot open ", path, ": ", error.message()));
  }
  // SQLite opens what may not be written for reading, and fails later.
  if (access != Access::kReadOnly && sqlite3_db_readonly(database, "main") == 1) {
    return absl::PermissionDeniedError(absl::StrCat("cannot open ", path, " for writing"));
  }
  connection->SetBusyTimeout(10'000);
  // Takes the place of SQLite's own hook, which would copy the log inside a commit.
  if (access != Access::kReadOnly) sqlite3_wal_hook(database, OnCommit, connection.get());
  return connection;
}

int Connection::OnCommit(void* self, sqlite3*, const char*, int log_pages) {
  static_cast<Connection*>(self)->log_pages_ = static_cast<uint64_t>(log_pages);
  return SQLITE_OK;
}

absl::StatusOr<uint64_t> Connection::PageBytes() {
  if (page_bytes_ == 0) {
    absl::StatusOr<int64_t> bytes = Number("PRAGMA page_size");
    if (!bytes.ok()) return bytes.status();
    page_bytes_ = static_cast<uint64_t>(*bytes);
  }
  return page_bytes_;
}

absl::StatusOr<CheckpointProgress> Connection::Checkpoint(CheckpointMode mode) {
  // A connection that has read nothing yet knows of no log.
  if (const absl::StatusOr<int64_t> read = Number("PRAGMA user_version"); !read.ok()) return read.status();
  const absl::StatusOr<uint64_t> page = PageBytes();
  if (!page.ok()) return page.status();
  int in_log = 0;
  int copied = 0;
  const int sqlite_mode = mode == CheckpointMode::kPassive   ? SQLITE_CHECKPOINT_PASSIVE
                          : mode == CheckpointMode::kRestart ? SQLITE_CHECKPOINT_RESTART
                                                             : SQLITE_CHECKPOINT_TRUNCATE;
  const int result = sqlite3_wal_checkpoint_v2(database_, "main", sqlite_mode, &in_log, &copied);
  if (result != SQLITE_OK && (result & 0xff) != SQLITE_BUSY) return ErrorOf(database_, result);
  // -1: there is no log.
  return CheckpointProgress{.log_bytes = static_cast<uint64_t>(std::max(in_log, 0)) * *page,
                            .copied_bytes = static_cast<uint64_t>(std::max(copied, 0)) * *page};
}

absl::Status Connection::SyncFile() {
  sqlite3_file* file = nullptr;
  int result = sqlite3_file_control(database_, "main", SQLITE_FCNTL_FILE_POINTER, static_cast<void*>(&file));
  if (result == SQLITE_OK && file != nullptr && file->pMethods != nullptr) {
    result = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
  }
  if (result == SQLITE_OK) return absl::OkStatus();
  return absl::Status(CodeOf(result, 0), absl::StrCat("store: ", sqlite3_errstr(result), " (SQLite ", result, ")"));
}

absl::Status Connection::Vacuum(const std::string& folder) {
  // A name that SQLite keeps for the whole process: one command compacts, and then ends.
  sqlite3_temp_directory = sqlite3_mprintf("%s", folder.c_str());
  absl::Status done = Execute("VACUUM");
  sqlite3_free(sqlite3_temp_directory);
  sqlite3_temp_directory = nullptr;
  if (!done.ok()) return done;
  return Checkpoint(CheckpointMode::kTruncate).status();
}

absl::Status Connection::LastError() const { return ErrorOf(database_, sqlite3_extended_errcode(database_)); }

void Connection::SetBusyTimeout(int milliseconds) { sqlite3_busy_timeout(database_, milliseconds); }

Connection::~Connection() {
  for (const auto& [sql, statement] : prepared_) sqlite3_finalize(statement);
  sqlite3_close_v2(database_);
}

absl::Status Connection::Execute(const std::string& sql) {
  const int result = sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr);
  return result == SQLITE_OK ? absl::OkStatus() : ErrorOf(database_, result);
}

absl::StatusOr<Statement> Connection::Prepare(const char* sql) {
  sqlite3_stmt*& statement = prepared_[sql];
  if (statement == nullptr) {
    const int result = sqlite3_prepare_v3(database_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (result != SQLITE_OK) return ErrorOf(database_, result);
  }
  return Statement(database_, statement);
}

absl::StatusOr<int64_t> Connection::Number(const char* sql) {
  absl::StatusOr<Statement> statement = Prepare(sql);
  if (!statement.ok()) return statement.status();
  absl::StatusOr<bool> row = statement->Step();
  if (!row.ok()) return row.status();
  return *row ? statement->ColumnInt(0) : 0;
}

int64_t Connection::changes() const { return sqlite3_changes64(database_); }

absl::StatusOr<Transaction> Transaction::Begin(Connection& connection) {
  if (absl::Status begun = connection.Execute("BEGIN IMMEDIATE"); !begun.ok()) return begun;
  return Transaction(connection);
}

Transaction::~Transaction() {
  // A failing COMMIT may have rolled back already; then this fails, and nothing is lost by it.
  if (connection_ != nullptr) connection_->Execute("ROLLBACK").IgnoreError();
}

absl::Status Transaction::Commit() {
  absl::Status committed = connection_->Execute("COMMIT");
  if (committed.ok()) connection_ = nullptr;
  return committed;
}

}  // namespace wirewatch::store

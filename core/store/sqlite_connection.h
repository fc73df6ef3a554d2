// Connection and Statement: SQLite with absl::Status and without leaks. A Connection and its Statements belong to one
// thread at a time.
#ifndef WIREWATCH_STORE_SQLITE_CONNECTION_H_
#define WIREWATCH_STORE_SQLITE_CONNECTION_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

struct sqlite3;
struct sqlite3_stmt;

namespace wirewatch::store {

// A prepared statement in use. Bind in order, then Step(); reset when it goes out of scope. Bound texts must live until
// then.
class Statement {
 public:
  Statement(sqlite3* database, sqlite3_stmt* statement) : database_(database), statement_(statement) {}
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  Statement& Int(int64_t value);
  Statement& Uint(uint64_t value) { return Int(static_cast<int64_t>(value)); }
  Statement& Text(std::string_view value);
  Statement& Blob(std::string_view value);

  // True: a row is there. False: done. Errors name what SQLite said.
  absl::StatusOr<bool> Step();
  // For statements without rows.
  absl::Status Run();
  // Makes it ready for other values.
  void Reset();

  int64_t ColumnInt(int column) const;
  uint64_t ColumnUint(int column) const { return static_cast<uint64_t>(ColumnInt(column)); }
  // Valid until the next Step() or Reset().
  std::string_view ColumnBytes(int column) const;
  bool ColumnIsBlob(int column) const;
  std::string ColumnString(int column) const { return std::string(ColumnBytes(column)); }

 private:
  sqlite3* database_;
  sqlite3_stmt* statement_;
  int next_ = 1;
};

// How much there is in the write-ahead log, and how much of it stands in the file as well.
struct CheckpointProgress {
  uint64_t log_bytes = 0;
  uint64_t copied_bytes = 0;
  uint64_t rest_bytes() const { return log_bytes - copied_bytes; }
};

class Connection {
 public:
  enum class Access {
    kReadWrite,  // made when it is not there
    kExisting,   // for writing; Unavailable when it is not there
    kReadOnly,
  };
  enum class CheckpointMode { kPassive, kRestart, kTruncate };
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const std::string& path, Access access);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Runs statements that give no rows.
  absl::Status Execute(const std::string& sql);
  // `sql` must be a literal: it is prepared once for the life of the connection, found by its address, and must not be
  // in use already.
  absl::StatusOr<Statement> Prepare(const char* sql);
  // The one number that a statement gives.
  absl::StatusOr<int64_t> Number(const char* sql);
  // Rows changed by the last statement.
  int64_t changes() const;

  // Copies the write-ahead log into the file. kPassive: as far as it goes without anybody waiting. kRestart: all of it,
  // so that the next commit begins at the log's beginning; kTruncate also cuts the log. Both wait for readers, as long
  // as the busy timeout says. That somebody was in the way is no error.
  absl::StatusOr<CheckpointProgress> Checkpoint(CheckpointMode mode);
  // Makes what was copied into the file safe. (Nobody else may: SQLite's locks end when any descriptor of the file is
  // closed.)
  absl::Status SyncFile();
  // How long to wait for a lock; 10 s unless set.
  void SetBusyTimeout(int milliseconds);
  absl::StatusOr<uint64_t> PageBytes();
  // Writes the file anew without unused pages; what it takes meanwhile stands in `folder`.
  absl::Status Vacuum(const std::string& folder);
  // What the last call of SQLite itself on handle() came to.
  absl::Status LastError() const;
  sqlite3* handle() { return database_; }
  // Pages in the write-ahead log after the last commit of this connection.
  uint64_t log_pages() const { return log_pages_; }

 private:
  explicit Connection(sqlite3* database) : database_(database) {}
  static int OnCommit(void* self, sqlite3* database, const char* schema, int log_pages);
  sqlite3* const database_;
  uint64_t log_pages_ = 0;
  uint64_t page_bytes_ = 0;  // 0: not asked yet
  std::map<const char*, sqlite3_stmt*> prepared_;
};

// A transaction that is rolled back unless it was committed.
class Transaction {
 public:
  // Takes the write lock at once.
  static absl::StatusOr<Transaction> Begin(Connection& connection);
  Transaction(Transaction&& other) noexcept : connection_(other.connection_) { other.connection_ = nullptr; }
  Transaction& operator=(Transaction&&) = delete;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  absl::Status Commit();

 private:
  explicit Transaction(Connection& connection) : connection_(&connection) {}
  Connection* connection_;
};

}  // namespace wirewatch::store

#endif  // WIREWATCH_STORE_SQLITE_CONNECTION_H_

// Writer: the one connection of a host that writes to its SQLite store, and whoever copies the log behind it. Any
// thread; one at a time gets to write.
//
// After trouble (a full disk, an I/O error, a damaged page) the connection is thrown away, so that nothing of the
// trouble is remembered, and opened again by the next Write().
#ifndef WIREWATCH_STORE_WRITER_H_
#define WIREWATCH_STORE_WRITER_H_

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "wirewatch/store/checkpointer.h"
#include "wirewatch/store/sqlite_connection.h"
#include "wirewatch/store/sqlite_store.h"

namespace wirewatch::store {

class Writer {
 public:
  // Makes the store or brings it to the newest schema, and takes its fence.
  static absl::StatusOr<std::unique_ptr<Writer>> Open(const std::string& path, Durability durability);

  // Runs `change` in a transaction of its own, which is rolled back unless it gives OK. Aborted when another host has
  // opened the store since.
  absl::Status Write(const std::function<absl::Status(Connection&)>& change);

  const std::string& journal_id() const { return journal_id_; }

 private:
  Writer(std::string path, Durability durability) : path_(std::move(path)), durability_(durability) {}
  absl::Status TakeOver();
  // With mutex_ held, as are those below.
  absl::Status Connect(Connection::Access access);
  absl::Status Reconnect();
  absl::Status CheckFence();
  absl::Status WriteOnce(const std::function<absl::Status(Connection&)>& change);

  const std::string path_;
  const Durability durability_;
  std::string journal_id_;
  // A std::mutex: ThreadSanitizer cannot see into Debian's build of absl::Mutex.
  std::mutex mutex_;
  std::unique_ptr<Connection> connection_;  // guarded by mutex_; nullptr after trouble
  int64_t fence_ = 0;
  uint64_t page_bytes_ = 0;
  std::unique_ptr<Checkpointer> checkpointer_;
};

// Numbers that stand in the table `meta`.
absl::StatusOr<uint64_t> ReadMeta(Connection& connection, std::string_view key);
absl::Status WriteMeta(Connection& connection, std::string_view key, uint64_t value);

}  // namespace wirewatch::store

#endif  // WIREWATCH_STORE_WRITER_H_

// ReaderPool: read-only connections to one SQLite file, lent to one call at a time. Any thread.
#ifndef WIREWATCH_STORE_READER_POOL_H_
#define WIREWATCH_STORE_READER_POOL_H_

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "wirewatch/store/sqlite_connection.h"

namespace wirewatch::store {

class ReaderPool {
 public:
  // At most so many idle connections are kept; more are opened when more threads read at once, and closed afterwards.
  static constexpr size_t kMaxIdle = 8;

  explicit ReaderPool(std::string path) : path_(std::move(path)) {}

  // Calls `read(connection)`, which gives a Status or StatusOr; that a connection cannot be had is such an error too.
  template <class Read>
  auto With(Read read) -> decltype(read(std::declval<Connection&>())) {
    absl::StatusOr<std::unique_ptr<Connection>> connection = Take();
    if (!connection.ok()) return connection.status();
    auto result = read(**connection);
    // One that has met trouble may remember it, as damaged pages in its cache.
    if (result.ok()) Give(*std::move(connection));
    return result;
  }

 private:
  absl::StatusOr<std::unique_ptr<Connection>> Take() {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        std::unique_ptr<Connection> connection = std::move(idle_.back());
        idle_.pop_back();
        return connection;
      }
    }
    return Connection::Open(path_, Connection::Access::kReadOnly);
  }
  void Give(std::unique_ptr<Connection> connection) {
    const std::lock_guard lock(mutex_);
    if (idle_.size() < kMaxIdle) idle_.push_back(std::move(connection));
  }

  const std::string path_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;  // guarded by mutex_
};

}  // namespace wirewatch::store

#endif  // WIREWATCH_STORE_READER_POOL_H_

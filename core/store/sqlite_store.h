// The store that is built in: one SQLite file in WAL mode with synchronous=FULL, so that what was committed survives a
// power cut. One connection writes; reads take a connection each from a small pool and see the last commit; a thread
// copies the log into the file behind the commits (checkpointer.h).
#ifndef WIREWATCH_STORE_SQLITE_STORE_H_
#define WIREWATCH_STORE_SQLITE_STORE_H_

#include <filesystem>
#include <memory>

#include "absl/status/statusor.h"
#include "wirewatch/store/store.h"

namespace wirewatch::store {

enum class Durability {
  kFull,  // a commit is on the disk when it returns: synchronous=FULL
  kOff,   // survives the death of the process, not of the machine: for tests and comparisons
};

struct SqliteOptions {
  // The file; its directory is made when it is not there. Beside it stand "-wal", "-shm" and ".lock". Empty: a
  // temporary store that is gone with the object, and that does not wait for the disk.
  std::filesystem::path path = {};
  Durability durability = Durability::kFull;
  // Keep a full-text index beside it, in "<path>.search", filled behind the commits; see search.h.
  bool search_index = false;
};

// FailedPrecondition when another host has it, or when it is newer than this program or no store at all.
absl::StatusOr<std::unique_ptr<Store>> OpenSqlite(const SqliteOptions& options);

}  // namespace wirewatch::store

#endif  // WIREWATCH_STORE_SQLITE_STORE_H_

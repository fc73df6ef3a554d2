// The store's schema and its history: migrations only go forward; a store from a newer Wirewatch is refused.
#ifndef WIREWATCH_STORE_SCHEMA_H_
#define WIREWATCH_STORE_SCHEMA_H_

#include <filesystem>
#include <memory>
#include <span>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "wirewatch/store/sqlite_connection.h"

namespace wirewatch::store {

// migrations[i] turns schema i into schema i + 1; schema 0 is an empty file. Never change one that was released.
std::span<const char* const> Migrations();

// Brings the store to the schema that `migrations` ends with, each step in its own transaction. FailedPrecondition for
// a file that is newer, or that is some other program's database.
absl::Status Migrate(Connection& connection, std::span<const char* const> migrations);

// Whether this is a store that this program can read: FailedPrecondition for a file that is newer, or that is some
// other program's database. An older one is all right.
absl::Status CheckSchema(Connection& connection, std::span<const char* const> migrations);

// A connection for commands that look at a store, whether a host runs or not. NotFound, or FailedPrecondition for a
// file that is no store, or one whose schema is not this program's.
absl::StatusOr<std::unique_ptr<Connection>> OpenStoreToRead(const std::filesystem::path& file);

}  // namespace wirewatch::store

#endif  // WIREWATCH_STORE_SCHEMA_H_

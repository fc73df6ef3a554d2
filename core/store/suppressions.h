// The suppressions journal in the SQLite store; each function on a connection that the caller owns for the call. See
// store.h for what they mean.
#ifndef WIREWATCH_STORE_SUPPRESSIONS_H_
#define WIREWATCH_STORE_SUPPRESSIONS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "wirewatch/store/sqlite_connection.h"
#include "wirewatch/store/store.h"
#include "wirewatch/store/writer.h"

namespace wirewatch::store {

// Into an open transaction. `pipeline` is its number.
absl::Status WriteSuppressions(Connection& connection, uint64_t pipeline, std::span<const Suppression> suppressions);
// Those of one pipeline, which they name; none of a pipeline that is not there.
absl::Status WriteSuppressionsByName(Connection& connection, std::span<const Suppression> suppressions);

absl::StatusOr<std::vector<Suppression>> ReadSuppressionsAbout(Connection& connection, std::string_view subject,
                                                               size_t limit);

// A slice of Store::Retain().
absl::Status RetainSuppressions(Writer& writer, std::span<const RetentionRule> rules, absl::Time now,
                                RetentionProgress& progress);

}  // namespace wirewatch::store

#endif  // WIREWATCH_STORE_SUPPRESSIONS_H_

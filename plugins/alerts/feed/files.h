// Files that others read while they are written. One thread for each path.
#ifndef WIREWATCH_PLUGINS_ALERTS_FEED_FILES_H_
#define WIREWATCH_PLUGINS_ALERTS_FEED_FILES_H_

#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace wirewatch::alerts {

// Whoever opens the file sees what was there or all of `content`, also after a crash; on the disk when it returns OK.
// A file that holds `content` already is left alone. Unavailable.
absl::Status WriteWhole(const std::filesystem::path& path, const std::string& content);

// NotFound when there is none, OutOfRange when it has more than `limit_bytes`, else Unavailable.
absl::StatusOr<std::string> ReadWhole(const std::filesystem::path& path, size_t limit_bytes);

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_PLUGINS_ALERTS_FEED_FILES_H_

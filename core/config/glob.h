// Files that a pattern names: `*`, `?`, `[…]` within one name, `**` for any depth of folders, `{a,b}` for either.
// Stateless; any thread.
#ifndef WIREWATCH_CONFIG_GLOB_H_
#define WIREWATCH_CONFIG_GLOB_H_

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace wirewatch::config {

inline constexpr size_t kMaxGlobFiles = 100'000;

// `a{b,c}d` -> `abd`, `acd`; braces may be nested. At most 1,024 patterns.
absl::StatusOr<std::vector<std::string>> ExpandBraces(std::string_view pattern);

// Regular files, sorted by path, each once. Folders that cannot be read and links to folders are passed over; more than
// kMaxGlobFiles is ResourceExhausted.
absl::StatusOr<std::vector<std::filesystem::path>> Glob(const std::filesystem::path& pattern);

}  // namespace wirewatch::config

#endif  // WIREWATCH_CONFIG_GLOB_H_

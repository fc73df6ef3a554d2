// Queries as other tools export them: CSV with a header, JSON (an array, or an object a line), YAML. Pure but for
// reading the file; any thread.
#ifndef WIREWATCH_CLI_WATCH_EXPORT_H_
#define WIREWATCH_CLI_WATCH_EXPORT_H_

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace wirewatch::cli {

struct ExportedQuery {
  std::string name;
  std::string query;
  size_t line = 0;  // in the file, from 1; of JSON and YAML the number of the entry
};

// Names of the two columns; empty: the first that is known (name, title, …; query, boolean, …).
struct ExportColumns {
  std::string name = {};
  std::string query = {};
};

inline constexpr size_t kMaxExportBytes = 64 << 20;

// By the file's extension, else by how it begins. InvalidArgument says what is wrong and where.
absl::StatusOr<std::vector<ExportedQuery>> ReadExport(const std::filesystem::path& file, const ExportColumns& columns);

absl::StatusOr<std::vector<ExportedQuery>> ParseCsvExport(std::string_view text, const ExportColumns& columns);
absl::StatusOr<std::vector<ExportedQuery>> ParseJsonExport(std::string_view text, const ExportColumns& columns);
absl::StatusOr<std::vector<ExportedQuery>> ParseYamlExport(std::string_view text, const std::string& file,
                                                           const ExportColumns& columns);

}  // namespace wirewatch::cli

#endif  // WIREWATCH_CLI_WATCH_EXPORT_H_

// `wirewatch watch translate` and `wirewatch watch import`: queries of other tools in the watch language, with an
// account of what became of each clause. One thread.
#ifndef WIREWATCH_CLI_WATCH_TRANSLATE_H_
#define WIREWATCH_CLI_WATCH_TRANSLATE_H_

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "wirewatch/cli/watch_export.h"
#include "wirewatch/watch/dialect.h"

namespace wirewatch::cli {

struct TranslateArguments {
  std::optional<std::string> query;  // nullopt: from standard input
  watch::Dialect dialect = watch::Dialect::kWirewatch;
  bool json = false;
};
// Prints the normal form and a line for each clause. kFailed when something was refused or cannot be read.
int TranslateWatch(const TranslateArguments& arguments);

struct ImportArguments {
  std::filesystem::path file;
  watch::Dialect dialect = watch::Dialect::kWirewatch;
  std::filesystem::path output;  // the file of watches; empty: standard output. Never one that is there already
  ExportColumns columns = {};
};
// Writes a file of watches, and on standard error what was exact, approximate and refused. kFailed when a query was
// refused; the others are written nevertheless, and the refused ones as comments.
int ImportWatches(const ImportArguments& arguments);

// What the two print.
std::string DrawTranslation(const std::string& query, const watch::Translation& translation);
std::string TranslationAsJson(const std::string& query, watch::Dialect dialect, const watch::Translation& translation);

struct ImportedWatches {
  std::string yaml;
  std::string report;
  size_t refused = 0;  // queries
};
ImportedWatches Import(const std::vector<ExportedQuery>& queries, watch::Dialect dialect, const std::string& from);

}  // namespace wirewatch::cli

#endif  // WIREWATCH_CLI_WATCH_TRANSLATE_H_

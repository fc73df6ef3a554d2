// `wirewatch watch`: commands for those who write watches. One function a subcommand, with arguments of its own, as in
// commands.h.
#ifndef WIREWATCH_CLI_WATCH_COMMANDS_H_
#define WIREWATCH_CLI_WATCH_COMMANDS_H_

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "wirewatch/cli/command_group.h"
#include "wirewatch/sdk/node.h"

namespace wirewatch::cli {

// Adds the group to `app`. What is returned holds the variables that the options fill; it lives as long as `app`.
std::shared_ptr<void> AddWatchCommands(CLI::App& app, Action& chosen);

// In all of them: `on` are files with texts, or folders of such; `pipeline`, unless empty, has the analyses that these
// go through.
using Files = std::vector<std::filesystem::path>;

struct WatchLintArguments {
  Files files;
  Files on;           // to measure which words are common
  Files frequencies;  // tables that were measured before
  std::filesystem::path pipeline;
  bool examples = false;  // watches without examples are findings too
  bool rules = false;     // only list the rules
  bool json = false;
};
int LintWatches(const WatchLintArguments& arguments);
// For `wirewatch check`: prints as warnings what is almost surely not meant in the watches of a step, which are right.
void WarnOfMistakes(const Node& options);

struct WatchFrequenciesArguments {
  Files on;
  Files merged;  // tables that were measured before
  std::filesystem::path pipeline;
};
int PrintFrequencies(const WatchFrequenciesArguments& arguments);

struct WatchTestArguments {
  Files files;
  Files on;  // empty: only the examples of the watches
  std::filesystem::path pipeline;
  double per_day = 0;   // Items a day; 0: no estimate
  uint64_t limit = 10;  // hits shown of each watch
  bool json = false;
};
int TestWatches(const WatchTestArguments& arguments);

struct WatchDiffArguments {
  std::filesystem::path old_file, new_file;
  Files on;
  std::filesystem::path pipeline;
  bool json = false;
};
int DiffWatches(const WatchDiffArguments& arguments);

struct WatchExplainArguments {
  Files files;
  Files on;
  std::string id;
  std::filesystem::path pipeline;
  bool json = false;
};
int ExplainWatch(const WatchExplainArguments& arguments);

struct WatchMatchArguments {
  std::filesystem::path watches, items;  // JSON lines; watches may be empty where there is an index
  std::filesystem::path index;           // "": none
  std::filesystem::path save_index;      // "": nowhere
  std::string dialect = "wirewatch";
  int threads = 1;
  int rounds = 1;  // the Items are matched so often; the matches are written once
  bool stats = false;
};
int MatchWatches(const WatchMatchArguments& arguments);

struct WatchFormatArguments {
  Files files;
};
int FormatWatches(const WatchFormatArguments& arguments);

}  // namespace wirewatch::cli

#endif  // WIREWATCH_CLI_WATCH_COMMANDS_H_

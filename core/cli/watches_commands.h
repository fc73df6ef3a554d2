// `wirewatch watches`: the watches of a running host, and `wirewatch watch top`. One function a subcommand, with
// arguments of its own, as in commands.h.
#ifndef WIREWATCH_CLI_WATCHES_COMMANDS_H_
#define WIREWATCH_CLI_WATCHES_COMMANDS_H_

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "wirewatch/cli/command_group.h"
#include "wirewatch/cli/server_choice.h"

namespace wirewatch::cli {

// Adds the group to `app`. What is returned holds the variables that the options fill; it lives as long as `app`.
std::shared_ptr<void> AddWatchesCommands(CLI::App& app, Action& chosen);

struct WatchesArguments {
  // Which host and step; see HostChoice.
  std::filesystem::path store;
  std::string pipeline;
  ServerChoice server;
  std::string step;
  bool json = false;
  // Which watches.
  std::vector<std::string> ids;
  std::string list;  // of the files, for its revisions
  bool removed = false;
  bool live = false;
  // A definition; what is not given stays as it is.
  std::optional<std::string> query;  // "-": standard input
  std::optional<std::string> dialect, severity, title, timezone;
  std::vector<std::string> labels;  // NAME=VALUE
  // How.
  std::filesystem::path file;  // of watches
  bool all_or_nothing = false, replace = false;
  std::string author;  // empty: who runs the command
  std::string note;
  uint64_t revision = 0;  // expected
  uint32_t recent = 0;
  uint32_t limit = 0;
};
int ListWatches(const WatchesArguments& arguments);
int ShowWatches(const WatchesArguments& arguments);
int AddWatches(const WatchesArguments& arguments);
int ChangeWatch(const WatchesArguments& arguments);
int RemoveWatches(const WatchesArguments& arguments);
int ListWatchRevisions(const WatchesArguments& arguments);
int TryWatch(const WatchesArguments& arguments);
int TopWatches(const WatchesArguments& arguments);

// Options that say which running host is meant, as other commands have them.
void AddHostOptions(CLI::App& command, WatchesArguments& arguments);

}  // namespace wirewatch::cli

#endif  // WIREWATCH_CLI_WATCHES_COMMANDS_H_

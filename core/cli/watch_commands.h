// `wirewatch watch`: commands for those who write watches. One function a subcommand, with arguments of its own, as in
// commands.h.
#ifndef WIREWATCH_CLI_WATCH_COMMANDS_H_
#define WIREWATCH_CLI_WATCH_COMMANDS_H_

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "wirewatch/cli/command_group.h"

namespace wirewatch::cli {

// Adds the group to `app`. What is returned holds the variables that the options fill; it lives as long as `app`.
std::shared_ptr<void> AddWatchCommands(CLI::App& app, Action& chosen);

struct WatchFormatArguments {
  std::vector<std::filesystem::path> files;
};
int FormatWatches(const WatchFormatArguments& arguments);

}  // namespace wirewatch::cli

#endif  // WIREWATCH_CLI_WATCH_COMMANDS_H_

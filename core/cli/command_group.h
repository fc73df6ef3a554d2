// What the command line and its groups of commands build them with. Used while the command line is made; one thread.
#ifndef WIREWATCH_CLI_COMMAND_GROUP_H_
#define WIREWATCH_CLI_COMMAND_GROUP_H_

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace wirewatch::cli {

// Does what a command is for; returns the exit status.
using Action = std::function<int()>;

// A command that puts its action into `chosen`, which outlives it. A command below another comes first and stands.
inline CLI::App* AddCommand(CLI::App& above, const char* name, const char* summary, Action action, Action& chosen) {
  CLI::App* command = above.add_subcommand(name, summary);
  command->callback([&chosen, action = std::move(action)] {
    if (!chosen) chosen = action;
  });
  return command;
}

inline CLI::Option* AddChoice(CLI::App& command, const char* name, std::string& value, const char* type,
                              const char* summary, const std::vector<std::string>& choices) {
  return command.add_option(name, value, summary)->type_name(type)->check(CLI::IsMember(choices));
}

}  // namespace wirewatch::cli

#endif  // WIREWATCH_CLI_COMMAND_GROUP_H_

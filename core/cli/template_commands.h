// `wirewatch template`: the templates of channels.
#ifndef WIREWATCH_CLI_TEMPLATE_COMMANDS_H_
#define WIREWATCH_CLI_TEMPLATE_COMMANDS_H_

#include <memory>

#include "wirewatch/cli/command_group.h"

namespace wirewatch::cli {

// Adds the group to `app`. What is returned holds the variables that the options fill; it lives as long as `app`.
std::shared_ptr<void> AddTemplateCommands(CLI::App& app, Action& chosen);

}  // namespace wirewatch::cli

#endif  // WIREWATCH_CLI_TEMPLATE_COMMANDS_H_

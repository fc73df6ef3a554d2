// `wirewatch run` on the command line.
#ifndef WIREWATCH_CLI_RUN_COMMAND_H_
#define WIREWATCH_CLI_RUN_COMMAND_H_

#include <memory>

#include "wirewatch/cli/command_group.h"

namespace wirewatch::cli {

// Adds it to `app`. What is returned holds the variables that the options fill; it lives as long as `app`.
std::shared_ptr<void> AddRunCommand(CLI::App& app, Action& chosen);

}  // namespace wirewatch::cli

#endif  // WIREWATCH_CLI_RUN_COMMAND_H_

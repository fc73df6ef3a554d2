// Where stores stand. Pure but for the environment and the files named; any thread.
#ifndef WIREWATCH_CLI_STORE_PATH_H_
#define WIREWATCH_CLI_STORE_PATH_H_

#include <filesystem>
#include <optional>

namespace wirewatch::cli {

// The folder of the stores that pipelines have without --store: $XDG_STATE_HOME/wirewatch.
std::filesystem::path StoreFolder();

// The store that a command line means: the file itself, or for a pipeline's file (.yaml, .yml) that pipeline's own
// store. Prints what is wrong with a pipeline's file; nullopt then.
std::optional<std::filesystem::path> StoreFile(const std::filesystem::path& named);

}  // namespace wirewatch::cli

#endif  // WIREWATCH_CLI_STORE_PATH_H_

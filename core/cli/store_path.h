// Where stores stand. Pure but for the environment and the files named; any thread.
#ifndef WIREWATCH_CLI_STORE_PATH_H_
#define WIREWATCH_CLI_STORE_PATH_H_

#include <filesystem>
#include <optional>
#include <string>

namespace wirewatch::cli {

// The folder of the stores that hosts have without --store: "wirewatch" below XDG_STATE_HOME or ~/.local/state.
std::filesystem::path StoreFolder();
// Of a host whose first pipeline has this name.
std::filesystem::path DefaultStore(const std::string& pipeline);

// The store that a command line means: the file itself, or for a pipeline's file (.yaml, .yml) that pipeline's own
// store. Prints what is wrong with a pipeline's file; nullopt then.
std::optional<std::filesystem::path> StoreFile(const std::filesystem::path& named);

}  // namespace wirewatch::cli

#endif  // WIREWATCH_CLI_STORE_PATH_H_

// Where stores stand unless the command line says otherwise. Any thread.
#ifndef WIREWATCH_CLI_STORE_PATH_H_
#define WIREWATCH_CLI_STORE_PATH_H_

#include <filesystem>
#include <string>

namespace wirewatch::cli {

// "wirewatch" below XDG_STATE_HOME, or below ~/.local/state.
std::filesystem::path StoreFolder();
// Of a host whose first pipeline has this name.
std::filesystem::path DefaultStore(const std::string& pipeline);

}  // namespace wirewatch::cli

#endif  // WIREWATCH_CLI_STORE_PATH_H_

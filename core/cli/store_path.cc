#include "wirewatch/cli/store_path.h"

#include <cstdlib>

namespace wirewatch::cli {

std::filesystem::path StoreFolder() {
  const char* state = std::getenv("XDG_STATE_HOME");
  const char* home = std::getenv("HOME");
  const std::filesystem::path root = state != nullptr && *state != '\0' ? std::filesystem::path(state)
                                     : home != nullptr && *home != '\0' ? std::filesystem::path(home) / ".local/state"
                                                                        : std::filesystem::path(".");
  return root / "wirewatch";
}

std::filesystem::path DefaultStore(const std::string& pipeline) { return StoreFolder() / (pipeline + ".db"); }

}  // namespace wirewatch::cli

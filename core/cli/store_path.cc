#include "wirewatch/cli/store_path.h"

#include <cstdio>
#include <cstdlib>

#include "wirewatch/config/pipeline_file.h"

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

std::optional<std::filesystem::path> StoreFile(const std::filesystem::path& named) {
  if (named.extension() != ".yaml" && named.extension() != ".yml") return named;
  Diagnostics diagnostics;
  const std::optional<config::Pipeline> pipeline =
      config::LoadPipeline(named, config::ProcessEnvironment(), diagnostics);
  // The name is all that matters here.
  if (pipeline && !pipeline->name.empty()) return DefaultStore(pipeline->name);
  std::fprintf(stderr, "%s\n", diagnostics.ToString().c_str());
  return std::nullopt;
}

}  // namespace wirewatch::cli

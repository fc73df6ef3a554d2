// Registry: the plugins that are there. Libraries are found by their place,
// <folder>/{sources,analyses,alerts}/<name>.so, described in child processes (once for each build of a library:
// descriptions are cached by file identity), and loaded on demand as private copies, after the whole set that a
// pipeline needs has been rehearsed together in a child.
//
// Used by one thread at start-up. Loaded plugins stay for the life of the process.
#ifndef WIREWATCH_LOADER_REGISTRY_H_
#define WIREWATCH_LOADER_REGISTRY_H_

#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "wirewatch/sdk/plugin.h"

namespace wirewatch::loader {

struct RegistryOptions {
  // Folders that hold sources/, analyses/ and alerts/; earlier ones first. Missing folders are passed over.
  std::vector<std::filesystem::path> folders;
  // The describe-plugin executable.
  std::filesystem::path describer;
  // For descriptions and private copies; made with mode 0700.
  std::filesystem::path cache;
  absl::Duration timeout = absl::Seconds(10);
};

// As an installed or built `wirewatch` uses: the plugins beside the executable, those in WIREWATCH_PLUGIN_PATH (folders
// separated by `:`), and XDG_CACHE_HOME/wirewatch or ~/.cache/wirewatch.
RegistryOptions DefaultOptions();

// A library in one of the folders.
struct Library {
  std::filesystem::path file;
  std::string folder;  // "sources", "analyses" or "alerts"
  std::string name;    // the file's name
  std::optional<v1::PluginDescription> description;
  std::string refusal;  // why there is no description: one sentence
};

class Registry {
 public:
  // Looks through the folders and describes what is there. A library that cannot be described is kept with its refusal.
  static Registry Scan(RegistryOptions options);

  // By folder and name.
  const std::vector<Library>& libraries() const { return libraries_; }
  // nullptr when there is none; it may be refused.
  const Library* Find(std::string_view folder, std::string_view name) const;
  // Names in a folder that can be used.
  std::vector<std::string> Names(std::string_view folder) const;

  // Rehearses the set in a child and loads it. The result has the factories in the order asked for. Errors name the
  // library. A library may be asked for several times.
  absl::StatusOr<std::vector<const PluginFactory*>> Load(std::span<const Library* const> set) const;

 private:
  explicit Registry(RegistryOptions options) : options_(std::move(options)) {}
  void Describe(Library& library) const;

  RegistryOptions options_;
  std::vector<Library> libraries_;
};

}  // namespace wirewatch::loader

#endif  // WIREWATCH_LOADER_REGISTRY_H_

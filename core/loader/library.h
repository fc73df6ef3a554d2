// One plugin library: opened, checked at the ABI gate, asked for its factory. This is the only code that runs inside a
// plugin before the pipeline does; in the host it only ever sees libraries that a child process has rehearsed.
#ifndef WIREWATCH_LOADER_LIBRARY_H_
#define WIREWATCH_LOADER_LIBRARY_H_

#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "wirewatch/sdk/plugin.h"

namespace wirewatch::loader {

// Whether this host may call into a library with such a descriptor. The message says what differs and what to rebuild.
absl::Status CheckDescriptor(const WirewatchPluginDescriptor* descriptor);

// Loads the library (RTLD_NOW, RTLD_LOCAL; it is never unloaded), passes it through the gate and returns its factory,
// which lives as long as the process. `name` is what the plugin must be called: its file's name. InvalidArgument: not a
// plugin; FailedPrecondition: refused at the gate; Internal: its factory failed.
absl::StatusOr<const PluginFactory*> OpenLibrary(const std::filesystem::path& file, const std::string& name);

// "sources", "analyses" or "alerts": the folder in which plugins of a kind stand.
std::string_view FolderOf(v1::PluginKind kind);

}  // namespace wirewatch::loader

#endif  // WIREWATCH_LOADER_LIBRARY_H_

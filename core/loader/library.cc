#include "wirewatch/loader/library.h"

#include <boost/dll/shared_library.hpp>
#include <cstring>
#include <exception>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace wirewatch::loader {
namespace {

// The first piece in which two build ids differ, as "protobuf 3021009 instead of protobuf 3021012".
std::string Difference(const std::string& theirs, const std::string& ours) {
  const std::vector<std::string> a = absl::StrSplit(theirs, "; "), b = absl::StrSplit(ours, "; ");
  for (size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    const std::string mine = i < b.size() ? b[i] : "no " + a[i];
    const std::string other = i < a.size() ? a[i] : "no " + b[i];
    if (mine != other) return absl::StrCat(other, " instead of ", mine);
  }
  return "nothing that can be named";
}

}  // namespace

absl::Status CheckDescriptor(const WirewatchPluginDescriptor* descriptor) {
  if (descriptor == nullptr || descriptor->magic != kPluginMagic) {
    return absl::FailedPreconditionError("it is not a Wirewatch plugin: its descriptor does not begin as one");
  }
  if (descriptor->sdk_version != kSdkVersion) {
    return absl::FailedPreconditionError(absl::StrCat("it was built with version ", descriptor->sdk_version,
                                                      " of the SDK, this host has version ", kSdkVersion,
                                                      ": rebuild it with this host's headers"));
  }
  if (descriptor->struct_size != sizeof(WirewatchPluginDescriptor) || descriptor->build_id == nullptr) {
    return absl::FailedPreconditionError(
        "its descriptor has another size than this host's: rebuild it with this host's headers");
  }
  if (std::strcmp(descriptor->build_id, kBuildId) != 0) {
    return absl::FailedPreconditionError(absl::StrCat("it was built with ", Difference(descriptor->build_id, kBuildId),
                                                      ": rebuild it with what this host was built with"));
  }
  return absl::OkStatus();
}

absl::StatusOr<const PluginFactory*> OpenLibrary(const std::filesystem::path& file, const std::string& name) {
  namespace dll = boost::dll;
  dll::fs::error_code error;
  // Kept open for ever: code and types of a plugin may be in use until the process ends.
  auto& library = *new dll::shared_library;
  library.load(dll::fs::path(file), error, dll::load_mode::rtld_now | dll::load_mode::rtld_local);
  if (error) return absl::InvalidArgumentError(absl::StrCat("it cannot be loaded: ", error.message()));
  if (!library.has(kPluginSymbol)) {
    return absl::InvalidArgumentError(absl::StrCat("it is not a Wirewatch plugin: it has no symbol ", kPluginSymbol,
                                                   " (WIREWATCH_PLUGIN defines it)"));
  }
  try {
    const auto describe = library.get<const WirewatchPluginDescriptor*()>(kPluginSymbol);
    const WirewatchPluginDescriptor* descriptor = describe();
    if (absl::Status passed = CheckDescriptor(descriptor); !passed.ok()) return passed;
    const auto* factory = static_cast<const PluginFactory*>(descriptor->factory());
    if (factory->description().name() != name) {
      return absl::FailedPreconditionError(absl::StrCat("the plugin is called \"", factory->description().name(),
                                                        "\" but its file \"", name, ".so\": they must agree"));
    }
    return factory;
  } catch (const std::exception& thrown) {
    return absl::InternalError(absl::StrCat("it threw an exception while being described: ", thrown.what()));
  } catch (...) {
    return absl::InternalError("it threw an exception while being described");
  }
}

std::string_view FolderOf(v1::PluginKind kind) {
  switch (kind) {
    case v1::PLUGIN_KIND_SOURCE:
      return "sources";
    case v1::PLUGIN_KIND_STATELESS_ANALYSIS:
    case v1::PLUGIN_KIND_STATEFUL_ANALYSIS:
      return "analyses";
    case v1::PLUGIN_KIND_ALERT_CHANNEL:
      return "alerts";
    default:
      return "";
  }
}

}  // namespace wirewatch::loader

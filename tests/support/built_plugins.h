// The plugins of this build, for tests that run whole pipelines. The build gives WIREWATCH_BINARY_DIR.
#ifndef WIREWATCH_TESTS_SUPPORT_BUILT_PLUGINS_H_
#define WIREWATCH_TESTS_SUPPORT_BUILT_PLUGINS_H_

#include "wirewatch/loader/registry.h"

namespace wirewatch {

inline const loader::Registry& Plugins() {
  static const auto& registry = *new loader::Registry([] {
    loader::RegistryOptions options;
    options.folders = {WIREWATCH_BINARY_DIR "/lib/wirewatch/plugins"};
    options.describer = WIREWATCH_BINARY_DIR "/lib/wirewatch/describe-plugin";
    options.cache = WIREWATCH_BINARY_DIR "/Testing/plugin-cache";
    return loader::Registry::Scan(options);
  }());
  return registry;
}

}  // namespace wirewatch

#endif  // WIREWATCH_TESTS_SUPPORT_BUILT_PLUGINS_H_

#include <stdexcept>

#include "wirewatch/sdk/plugin.h"

using namespace wirewatch;

// Throws while it is described.
extern "C" __attribute__((visibility("default"))) const WirewatchPluginDescriptor* wirewatch_plugin() {
  static const auto factory = []() -> const void* { throw std::runtime_error("no model file"); };
  static const WirewatchPluginDescriptor descriptor = {
      kPluginMagic, sizeof(WirewatchPluginDescriptor), kSdkVersion, 2, kBuildId, factory};
  return &descriptor;
}

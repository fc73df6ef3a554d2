#include "wirewatch/sdk/plugin.h"

using namespace wirewatch;

// Has the symbol, but not the descriptor of a plugin.
extern "C" __attribute__((visibility("default"))) const WirewatchPluginDescriptor* wirewatch_plugin() {
  static const WirewatchPluginDescriptor descriptor = {
      0x12345678, sizeof(WirewatchPluginDescriptor), kSdkVersion, 2, kBuildId, nullptr};
  return &descriptor;
}

#include "wirewatch/sdk/plugin.h"

using namespace wirewatch;

// Claims another version of the SDK.
extern "C" __attribute__((visibility("default"))) const WirewatchPluginDescriptor* wirewatch_plugin() {
  static const WirewatchPluginDescriptor descriptor = {
      kPluginMagic, sizeof(WirewatchPluginDescriptor), kSdkVersion + 1, 2, kBuildId, nullptr};
  return &descriptor;
}

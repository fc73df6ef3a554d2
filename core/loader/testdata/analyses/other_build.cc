#include "wirewatch/sdk/plugin.h"

using namespace wirewatch;

// Claims another compiler and protobuf.
extern "C" __attribute__((visibility("default"))) const WirewatchPluginDescriptor* wirewatch_plugin() {
  static const WirewatchPluginDescriptor descriptor = {
      kPluginMagic, sizeof(WirewatchPluginDescriptor), kSdkVersion, 2, "g++ 4; libstdc++ abi 1; protobuf 2006000",
      nullptr};
  return &descriptor;
}

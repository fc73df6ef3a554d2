#include <string>

#include "wirewatch/sdk/plugin.h"

using namespace wirewatch;

// Claims everything as it is here, except for protobuf.
extern "C" __attribute__((visibility("default"))) const WirewatchPluginDescriptor* wirewatch_plugin() {
  static const std::string build_id = [] {
    std::string id = kBuildId;
    const size_t begin = id.find("protobuf ");
    return id.replace(begin, id.find(';', begin) - begin, "protobuf 2006000");
  }();
  static const WirewatchPluginDescriptor descriptor = {
      kPluginMagic, sizeof(WirewatchPluginDescriptor), kSdkVersion, 2, build_id.c_str(), nullptr};
  return &descriptor;
}

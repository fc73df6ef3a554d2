// Any bytes as YAML: Nodes or errors, each with a place in the file, never a crash, within the limits.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "wirewatch/config/yaml.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  wirewatch::Diagnostics diagnostics;
  const auto node = wirewatch::config::ParseYaml({reinterpret_cast<const char*>(data), size}, "f.yaml", diagnostics);
  if (!node && diagnostics.ok()) std::abort();
  for (const auto& entry : diagnostics.entries()) {
    if (entry.at.line < 1 || entry.at.column < 1 || entry.message.empty()) std::abort();
  }
  return 0;
}

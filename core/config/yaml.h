// Reading YAML into Nodes, every value with its place; variables are filled into parsed values, never into raw text.
// Hostile files are bounded in size, depth and number of values (aliases count each time they are used). Any thread.
#ifndef WIREWATCH_CONFIG_YAML_H_
#define WIREWATCH_CONFIG_YAML_H_

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "wirewatch/sdk/node.h"

namespace wirewatch::config {

inline constexpr size_t kMaxFileBytes = 4 << 20;
inline constexpr size_t kMaxValues = 200'000;
inline constexpr int kMaxDepth = 64;

// The value of an environment variable; nullopt when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
Environment ProcessEnvironment();

// `text` as the content of `file`. nullopt after errors, all of which are in `diagnostics`. An empty file is a null
// Node.
std::optional<Node> ParseYaml(std::string_view text, const std::string& file, Diagnostics& diagnostics);

// Fills `${NAME}`, `${NAME:-default}` and `${file:path}` (the file's content without its last line break; secret) into
// every scalar below `node`; `$${` stands for `${`. Paths are relative to the file in which they are written.
void FillVariables(Node& node, const Environment& environment, Diagnostics& diagnostics);

// Reads and parses a file, and fills in its variables.
std::optional<Node> LoadYaml(const std::filesystem::path& path, const Environment& environment,
                             Diagnostics& diagnostics);

}  // namespace wirewatch::config

#endif  // WIREWATCH_CONFIG_YAML_H_

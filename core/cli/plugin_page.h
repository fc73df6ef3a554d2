// What a plugin says of itself, in words. Pure.
#ifndef WIREWATCH_CLI_PLUGIN_PAGE_H_
#define WIREWATCH_CLI_PLUGIN_PAGE_H_

#include <string>
#include <string_view>
#include <vector>

#include "wirewatch/v1/plugin.pb.h"

namespace wirewatch::cli {

// "text", "list of path", "auto | text".
std::string TypeOf(const v1::FieldDescription& field);
// "at least 1s, at most 365d"; "" for a field without bounds.
std::string BoundsOf(const v1::FieldDescription& field);
// Type, bounds, whether it is required, default.
std::string FactsOf(const v1::FieldDescription& field);

// What a step takes beside its plugin's options. `folder` is "sources", "analyses" or "alerts".
std::vector<v1::FieldDescription> StepFieldsOf(std::string_view folder);

// As `wirewatch plugins show` prints it.
std::string PluginText(const v1::PluginDescription& plugin, const std::string& folder);
// The reference page, in Markdown.
std::string PluginPage(const v1::PluginDescription& plugin, const std::string& folder);

}  // namespace wirewatch::cli

#endif  // WIREWATCH_CLI_PLUGIN_PAGE_H_

// For tests of a plugin, in tree or out: creates the plugin whose sources are linked into the test, with options as
// they would be written in YAML, and runs an analysis on single Items as the host would.
#ifndef WIREWATCH_TESTING_PLUGIN_HARNESS_H_
#define WIREWATCH_TESTING_PLUGIN_HARNESS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "wirewatch/sdk/analysis.h"
#include "wirewatch/sdk/plugin.h"
#include "wirewatch/v1/item.pb.h"
#include "wirewatch/v1/signal.pb.h"

namespace wirewatch::testing {

// The plugin with these options. Aborts with the diagnostics when they are wrong. `folder`: what paths are relative to.
std::unique_ptr<Plugin> CreateAnyPlugin(const std::string& options, bool once = true, const std::string& folder = ".");
template <class P>
std::unique_ptr<P> CreatePlugin(const std::string& options, bool once = true, const std::string& folder = ".") {
  return std::unique_ptr<P>(static_cast<P*>(CreateAnyPlugin(options, once, folder).release()));
}

// Everything wrong with the options; "" when nothing is. Lines begin with `options.yaml:line:column: `.
std::string OptionErrors(const std::string& options, const std::string& folder = ".");

// What one analysis made of one Item.
struct Outcome {
  absl::Status status;
  v1::Item item;  // with the annotations merged in
  std::vector<v1::Signal> signals;
  bool dropped = false;
};
Outcome Analyze(const Analysis& analysis, const v1::Item& item);

}  // namespace wirewatch::testing

#endif  // WIREWATCH_TESTING_PLUGIN_HARNESS_H_

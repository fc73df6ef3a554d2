#include "wirewatch/testing/plugin_harness.h"

#include <cstdio>
#include <cstdlib>

#include "google/protobuf/arena.h"
#include "wirewatch/config/yaml.h"
#include "wirewatch/pipeline/host_setup.h"

extern "C" const wirewatch::WirewatchPluginDescriptor* wirewatch_plugin();

namespace wirewatch::testing {
namespace {

const PluginFactory& Factory() { return *static_cast<const PluginFactory*>(wirewatch_plugin()->factory()); }

std::unique_ptr<Plugin> Create(const std::string& options, bool once, const std::string& folder,
                               Diagnostics& diagnostics) {
  std::optional<Node> node = config::ParseYaml(options, folder + "/options.yaml", diagnostics);
  if (!node) return nullptr;
  pipeline::SetupContext context{SystemClock(), once, config::ProcessEnvironment()};
  pipeline::HostSetup setup(context, "test", Factory().description().name(), *node, diagnostics);
  return Factory().Create(*node, setup);
}

}  // namespace

std::unique_ptr<Plugin> CreateAnyPlugin(const std::string& options, bool once, const std::string& folder) {
  Diagnostics diagnostics;
  std::unique_ptr<Plugin> plugin = Create(options, once, folder, diagnostics);
  if (plugin == nullptr) {
    std::fprintf(stderr, "%s\n", diagnostics.ToString().c_str());
    std::abort();
  }
  return plugin;
}

std::string OptionErrors(const std::string& options, const std::string& folder) {
  Diagnostics diagnostics;
  Create(options, true, folder, diagnostics);
  return diagnostics.ToString();
}

Outcome Analyze(const Analysis& analysis, const v1::Item& item) {
  google::protobuf::Arena arena;
  ScratchSlot scratch;
  Outcome outcome{absl::OkStatus(), item, {}, false};
  Document document;
  document.Reset(&outcome.item, {}, 1, absl::UnixEpoch());
  const Document* const documents[] = {&document};
  Findings findings[] = {Findings(&arena, &scratch)};
  absl::Status statuses[1];
  analysis.AnalyzeBatch(documents, findings, statuses);
  outcome.status = statuses[0];
  if (!outcome.status.ok()) return outcome;
  if (const v1::Item* found = findings[0].annotations()) {
    // A single annotation replaces the one that was there, as in the host.
    std::vector<const google::protobuf::FieldDescriptor*> fields;
    found->GetReflection()->ListFields(*found, &fields);
    for (const auto* field : fields) {
      if (!field->is_repeated()) outcome.item.GetReflection()->ClearField(&outcome.item, field);
    }
    outcome.item.MergeFrom(*found);
  }
  for (const v1::Signal* signal : findings[0].signals()) outcome.signals.push_back(*signal);
  outcome.dropped = findings[0].drop_reason().has_value();
  return outcome;
}

}  // namespace wirewatch::testing

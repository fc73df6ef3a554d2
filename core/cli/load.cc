#include <algorithm>
#include <cstdio>

#include "wirewatch/cli/commands.h"
#include "wirewatch/cli/watch_commands.h"
#include "wirewatch/pipeline/assemble.h"
#include "wirewatch/sdk/build_id.h"
#include "wirewatch/sdk/clock.h"

namespace wirewatch::cli {
namespace {

// With the recipient whose it is.
void PrintChannel(const config::Step& channel, const std::vector<config::Recipient>& recipients) {
  for (const config::Recipient& recipient : recipients) {
    const auto& ids = recipient.channels;
    if (std::find(ids.begin(), ids.end(), channel.id) == ids.end()) continue;
    std::printf("  channel  %-16s for %s\n", channel.id.c_str(), recipient.id.c_str());
    return;
  }
  std::printf("  channel  %s\n", channel.id.c_str());
}

}  // namespace

std::optional<Loaded> Load(const std::filesystem::path& path, const loader::Registry& registry, bool once) {
  Diagnostics diagnostics;
  const pipeline::SetupContext context{SystemClock(), once, config::ProcessEnvironment()};
  std::optional<config::Pipeline> file = config::LoadPipeline(path, context.environment, diagnostics);
  std::optional<pipeline::Definition> definition;
  if (file) definition = pipeline::Assemble(*file, registry, context, diagnostics);
  if (!diagnostics.entries().empty()) std::fprintf(stderr, "%s\n", diagnostics.ToString().c_str());
  if (!definition) return std::nullopt;
  return Loaded{*std::move(file), *std::move(definition)};
}

int Check(const std::vector<std::filesystem::path>& pipelines) {
  const loader::Registry registry = loader::Registry::Scan(loader::DefaultOptions());
  int status = kOk;
  for (const std::filesystem::path& path : pipelines) {
    const std::optional<Loaded> loaded = Load(path, registry, false);
    if (!loaded) {
      status = kConfiguration;
      continue;
    }
    for (const config::Step& step : loaded->file.analyses) {
      if (step.plugin == "watch") WarnOfMistakes(step.options);
    }
    std::printf("%s: right\n", path.c_str());
    for (const auto& source : loaded->definition.sources) {
      const char* promise = "best effort: Items in flight are gone if the host dies";
      if (source.instance->promise() == v1::SOURCE_PROMISE_REPLAYABLE) promise = "replayable: resumes where it was";
      if (source.instance->promise() == v1::SOURCE_PROMISE_ACKNOWLEDGED)
        promise = "acknowledged: its peer is told after the commit";
      std::printf("  source   %-16s %s\n", source.id.c_str(), promise);
    }
    for (const config::Step& step : loaded->file.analyses) std::printf("  analysis %s\n", step.id.c_str());
    for (const config::Step& step : loaded->file.channels) PrintChannel(step, loaded->file.recipients);
  }
  return status;
}

int Version() {
  std::printf("wirewatch %s\n%s\n", kVersion, kBuildId);
  return kOk;
}

}  // namespace wirewatch::cli

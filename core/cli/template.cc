#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/json_util.h"
#include "wirewatch/cli/commands.h"
#include "wirewatch/cli/reference.h"
#include "wirewatch/cli/template_commands.h"
#include "wirewatch/pipeline/definition.h"
#include "wirewatch/sdk/node.h"
#include "wirewatch/templates/alert_model.h"

namespace wirewatch::cli {
namespace {

struct PreviewArguments {
  std::filesystem::path pipeline;
  std::string channel;
  std::filesystem::path event;  // empty: the sample event
};

// A line of `jsonl`, or the whole file.
std::optional<v1::AlertEvent> ReadEvent(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream content;
  content << file.rdbuf();
  if (!file) {
    std::fprintf(stderr, "%s: cannot be read\n", path.c_str());
    return std::nullopt;
  }
  v1::AlertEvent event;
  if (google::protobuf::util::JsonStringToMessage(content.str(), &event).ok()) return event;
  const auto parsed =
      google::protobuf::util::JsonStringToMessage(content.str().substr(0, content.str().find('\n')), &event);
  if (parsed.ok()) return event;
  std::fprintf(stderr, "%s: no event as the channel jsonl writes it: %s\n", path.c_str(), parsed.ToString().c_str());
  return std::nullopt;
}

AlertChannel* FindChannel(pipeline::Definition& definition, const std::string& id) {
  std::vector<std::string> ids;
  for (auto& channel : definition.channels) {
    if (channel.id == id) return channel.instance.get();
    ids.push_back(channel.id);
  }
  const std::string closest = ClosestName(id, ids);
  std::fprintf(stderr, "the pipeline has no channel \"%s\"%s\n", id.c_str(),
               closest.empty() ? "" : absl::StrCat("; did you mean \"", closest, "\"?").c_str());
  return nullptr;
}

int PreviewTemplate(const PreviewArguments& arguments) {
  const loader::Registry registry = loader::Registry::Scan(loader::DefaultOptions());
  std::optional<Loaded> loaded = Load(arguments.pipeline, registry, true);
  if (!loaded) return kConfiguration;
  AlertChannel* const channel = FindChannel(loaded->definition, arguments.channel);
  if (channel == nullptr) return kConfiguration;
  const std::optional<v1::AlertEvent> event =
      arguments.event.empty() ? templates::SampleEvent() : ReadEvent(arguments.event);
  if (!event) return kFailed;
  absl::StatusOr<std::string> preview = channel->Preview(*event);
  if (absl::IsUnimplemented(preview.status())) {
    std::string json;
    google::protobuf::util::JsonPrintOptions options;
    options.add_whitespace = true;
    if (google::protobuf::util::MessageToJsonString(*event, &json, options).ok()) preview = json;
  }
  if (!preview.ok()) {
    std::fprintf(stderr, "%s\n", std::string(preview.status().message()).c_str());
    return kFailed;
  }
  if (preview->empty()) std::fprintf(stderr, "the event is not for this channel: it comes to nothing\n");
  std::fputs(preview->c_str(), stdout);
  if (!preview->empty() && preview->back() != '\n') std::fputs("\n", stdout);
  return kOk;
}

}  // namespace

std::shared_ptr<void> AddTemplateCommands(CLI::App& app, Action& chosen) {
  const auto arguments = std::make_shared<PreviewArguments>();
  CLI::App* group = app.add_subcommand("template", "Work on the templates of channels.");
  group->require_subcommand(1);
  CLI::App* preview = AddCommand(
      *group, "preview", "Show what a channel would send for an event; nothing is sent.",
      [arguments] { return PreviewTemplate(*arguments); }, chosen);
  preview->add_option("pipeline", arguments->pipeline, "The pipeline's file.")->type_name(kFile)->required();
  preview->add_option("--channel", arguments->channel, "The channel's id.")->type_name("CHANNEL")->required();
  preview->add_option("--event", arguments->event, "An event as the channel jsonl writes it; unless given, a sample.")
      ->type_name(kFile);
  return arguments;
}

}  // namespace wirewatch::cli

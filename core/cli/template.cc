#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "wirewatch/cli/commands.h"
#include "wirewatch/cli/reference.h"
#include "wirewatch/cli/template_commands.h"
#include "wirewatch/pipeline/definition.h"
#include "wirewatch/sdk/node.h"
#include "wirewatch/templates/alert_model.h"
#include "wirewatch/templates/digest_model.h"

namespace wirewatch::cli {
namespace {

struct PreviewArguments {
  std::filesystem::path pipeline;
  std::string channel;
  std::filesystem::path event;  // empty: the sample
  bool digest = false;
};

// `json` as a line of `jsonl` has it: a digest stands in {"digest": …} there.
google::protobuf::util::Status Parse(const std::string& json, v1::AlertEvent& event) {
  return google::protobuf::util::JsonStringToMessage(json, &event);
}
google::protobuf::util::Status Parse(const std::string& json, v1::Digest& digest) {
  google::protobuf::Struct line;
  std::string inside = json;
  if (google::protobuf::util::JsonStringToMessage(json, &line).ok() && line.fields().contains("digest")) {
    inside.clear();
    const auto printed = google::protobuf::util::MessageToJsonString(line.fields().at("digest"), &inside);
    if (!printed.ok()) return printed;
  }
  return google::protobuf::util::JsonStringToMessage(inside, &digest);
}

// A line of `jsonl`, or the whole file.
template <class M>
std::optional<M> ReadMessage(const std::filesystem::path& path, const char* what) {
  std::ifstream file(path);
  std::ostringstream content;
  content << file.rdbuf();
  if (!file) {
    std::fprintf(stderr, "%s: cannot be read\n", path.c_str());
    return std::nullopt;
  }
  M message;
  if (Parse(content.str(), message).ok()) return message;
  const auto parsed = Parse(content.str().substr(0, content.str().find('\n')), message);
  if (parsed.ok()) return message;
  std::fprintf(stderr, "%s: no %s as the channel jsonl writes it: %s\n", path.c_str(), what, parsed.ToString().c_str());
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

// Whose channel it is; nullptr: nobody's.
const alerts::RecipientRules* RecipientOf(const pipeline::Definition& definition, const std::string& channel) {
  for (const alerts::RecipientRules& rules : definition.recipients) {
    if (std::find(rules.channels.begin(), rules.channels.end(), channel) != rules.channels.end()) return &rules;
  }
  return nullptr;
}

// The sample as this channel would get it.
v1::Digest SampleFor(const PreviewArguments& arguments, const pipeline::Definition& definition,
                     const Recipient& recipient) {
  v1::Digest digest = templates::SampleDigest();
  digest.set_pipeline(definition.name);
  digest.set_channel(arguments.channel);
  if (recipient.id.empty()) return digest;
  digest.set_recipient(recipient.id);
  digest.set_language(recipient.language);
  digest.set_time_zone(recipient.time_zone.name());
  return digest;
}

int Print(const absl::StatusOr<std::string>& preview, const char* nothing) {
  if (!preview.ok()) {
    std::fprintf(stderr, "%s\n", std::string(preview.status().message()).c_str());
    return kFailed;
  }
  if (preview->empty()) std::fprintf(stderr, "%s\n", nothing);
  std::fputs(preview->c_str(), stdout);
  if (!preview->empty() && preview->back() != '\n') std::fputs("\n", stdout);
  return kOk;
}

int PreviewEvent(const PreviewArguments& arguments, AlertChannel& channel) {
  const std::optional<v1::AlertEvent> event =
      arguments.event.empty() ? templates::SampleEvent() : ReadMessage<v1::AlertEvent>(arguments.event, "event");
  if (!event) return kFailed;
  absl::StatusOr<std::string> preview = channel.Preview(*event);
  if (absl::IsUnimplemented(preview.status())) {
    std::string json;
    google::protobuf::util::JsonPrintOptions options;
    options.add_whitespace = true;
    if (google::protobuf::util::MessageToJsonString(*event, &json, options).ok()) preview = json;
  }
  return Print(preview, "the event is not for this channel: it comes to nothing");
}

int PreviewTemplate(const PreviewArguments& arguments) {
  const loader::Registry registry = loader::Registry::Scan(loader::DefaultOptions());
  std::optional<Loaded> loaded = Load(arguments.pipeline, registry, true);
  if (!loaded) return kConfiguration;
  AlertChannel* const channel = FindChannel(loaded->definition, arguments.channel);
  if (channel == nullptr) return kConfiguration;
  if (const auto* const rules = RecipientOf(loaded->definition, arguments.channel); rules != nullptr)
    channel->SetRecipient({rules->id, rules->language, rules->time_zone});
  if (!arguments.digest) return PreviewEvent(arguments, *channel);
  const std::optional<v1::Digest> digest = arguments.event.empty()
                                               ? SampleFor(arguments, loaded->definition, channel->recipient())
                                               : ReadMessage<v1::Digest>(arguments.event, "digest");
  return digest ? Print(channel->PreviewDigest(*digest), "the digest is not sent: it comes to nothing") : kFailed;
}

}  // namespace

std::shared_ptr<void> AddTemplateCommands(CLI::App& app, Action& chosen) {
  const auto arguments = std::make_shared<PreviewArguments>();
  CLI::App* group = app.add_subcommand("template", "Work on the templates of channels.");
  group->require_subcommand(1);
  CLI::App* preview = AddCommand(
      *group, "preview", "Show what a channel would send for an event or a digest; nothing is sent.",
      [arguments] { return PreviewTemplate(*arguments); }, chosen);
  preview->add_option("pipeline", arguments->pipeline, "The pipeline's file.")->type_name(kFile)->required();
  preview->add_option("--channel", arguments->channel, "The channel's id.")->type_name("CHANNEL")->required();
  preview->add_option("--event", arguments->event, "An event as the channel jsonl writes it; unless given, a sample.")
      ->type_name(kFile);
  preview->add_flag("--digest", arguments->digest, "A digest, not an event; --event names a file with one.");
  return arguments;
}

}  // namespace wirewatch::cli

#include "wirewatch/config/pipeline_file.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace wirewatch::config {
namespace {

constexpr int kMaxIncludeDepth = 8;
constexpr size_t kMaxNameBytes = 64;

// The same for the same values and for nothing else, wherever they stand. Holds secrets in clear: hash it.
void AppendValues(const Node& node, std::string& to) {
  absl::StrAppend(&to, static_cast<int>(node.kind()), node.quoted() ? "q" : "", node.text().size(), ":", node.text());
  absl::StrAppend(&to, node.items().size(), ",", node.entries().size(), ";");
  for (const Node& item : node.items()) AppendValues(item, to);
  for (const Node::Entry& entry : node.entries()) {
    absl::StrAppend(&to, entry.key.size(), ":", entry.key);
    AppendValues(entry.value, to);
  }
}

std::string Values(const Node& node) {
  std::string values;
  AppendValues(node, values);
  return values;
}

// Lists are joined, tables merged key by key, and everything else is the including file's.
void Merge(Node& into, Node from) {
  for (Node::Entry& entry : from.mutable_entries()) {
    auto& entries = into.mutable_entries();
    const auto same = std::find_if(entries.begin(), entries.end(), [&](const auto& e) { return e.key == entry.key; });
    if (same == entries.end()) {
      entries.push_back(std::move(entry));
    } else if (same->value.is_table() && entry.value.is_table()) {
      Merge(same->value, std::move(entry.value));
    } else if (same->value.is_list() && entry.value.is_list()) {
      auto& items = same->value.mutable_items();
      std::move(entry.value.mutable_items().begin(), entry.value.mutable_items().end(), std::back_inserter(items));
    } else {
      *same = std::move(entry);
    }
  }
}

// A file with everything that it includes, the included first.
class Includer {
 public:
  Includer(const Environment& environment, Diagnostics& diagnostics)
      : environment_(environment), diagnostics_(diagnostics) {}

  std::optional<Node> Load(const std::filesystem::path& path) {
    files_.push_back(path);
    std::optional<Node> node = LoadYaml(path, environment_, diagnostics_);
    if (!node || !node->is_table()) return node;
    const Node::Entry* include = node->Find("include");
    if (include == nullptr) return node;
    std::vector<Path> paths;
    ParseValue(include->value, paths, diagnostics_);
    Node merged = Node::Table({}, node->at());
    open_.push_back(path.lexically_normal());
    for (size_t i = 0; i < paths.size(); ++i) {
      const Node& written = include->value.is_list() ? include->value.items()[i] : include->value;
      if (std::optional<Node> included = LoadIncluded(paths[i], written.at())) Merge(merged, *std::move(included));
    }
    open_.pop_back();
    std::erase_if(node->mutable_entries(), [](const Node::Entry& entry) { return entry.key == "include"; });
    Merge(merged, *std::move(node));
    return merged;
  }

  // Everything that was read, in that order.
  std::vector<std::filesystem::path> TakeFiles() { return std::move(files_); }

 private:
  std::optional<Node> LoadIncluded(const Path& path, const SourceLocation& at) {
    if (path.text.empty()) return std::nullopt;
    std::error_code error;
    const auto same = [&](const std::filesystem::path& open) {
      return std::filesystem::equivalent(open, path.resolved, error);
    };
    if (std::any_of(open_.begin(), open_.end(), same)) {
      diagnostics_.Error(at, absl::StrCat("\"", path.text, "\" includes itself"));
      return std::nullopt;
    }
    if (open_.size() >= kMaxIncludeDepth) {
      diagnostics_.Error(at, absl::StrCat("includes are nested more than ", kMaxIncludeDepth, " deep"));
      return std::nullopt;
    }
    if (!std::filesystem::exists(path.resolved, error)) {
      diagnostics_.Error(at, absl::StrCat("there is no file \"", path.text, "\" to include"),
                         "the path is relative to this file");
      return std::nullopt;
    }
    // Names files as the including one does, so that places read alike.
    const std::filesystem::path folder = std::filesystem::path(std::string(at.file_name())).parent_path();
    return Load((folder / path.text).lexically_normal());
  }

  const Environment& environment_;
  Diagnostics& diagnostics_;
  std::vector<std::filesystem::path> open_;
  std::vector<std::filesystem::path> files_;
};

struct StepOptions {
  std::string id;
  Condition when;
  OnError on_error = OnError::kQuarantine;
};

const std::vector<FieldOf<StepOptions>>& StepTable() {
  static const auto& fields = *new std::vector<FieldOf<StepOptions>>{
      Field("id", &StepOptions::id, "Name of the step; the plugin's name unless given. State is kept by it."),
      Field("when", &StepOptions::when,
            "A condition in the watch language: only Items for which it holds see the step."),
      Choice("on_error", &StepOptions::on_error,
             {{"quarantine", OnError::kQuarantine}, {"pass", OnError::kPass}, {"stop", OnError::kStop}},
             "What becomes of an Item on which the step fails.")};
  return fields;
}

// Takes the keys that every step has out of a plugin's options.
Node TakeStepKeys(Node& options) {
  Node taken = Node::Table({}, options.at());
  for (const auto& field : StepTable()) {
    auto& entries = options.mutable_entries();
    const auto found = std::find_if(entries.begin(), entries.end(),
                                    [&](const auto& e) { return e.key == field.description().name(); });
    if (found == entries.end()) continue;
    taken.mutable_entries().push_back(std::move(*found));
    entries.erase(found);
  }
  return taken;
}

// `watch` or `watch: { … }`.
std::optional<Step> ParseStep(const Node& node, std::string_view kind, Diagnostics& diagnostics) {
  Step step;
  step.fingerprint = Values(node);
  if (node.is_scalar() && !node.text().empty()) {
    step.plugin = step.id = node.text();
    step.at = node.at();
    step.options = Node::Null(node.at());
    return step;
  }
  if (!node.is_table() || node.entries().size() != 1) {
    std::string hint = "write `- name` or `- name: { option: value }`";
    if (node.is_table() && node.entries().size() > 1)
      hint = absl::StrCat("indent the options below \"", node.entries()[0].key, ":\", or give each its own dash");
    diagnostics.Error(
        node.is_table() && node.entries().size() > 1 ? node.entries()[1].key_at : node.at(),
        absl::StrCat("expected one ", std::string(kind), ", a plugin's name or a name with its options, found ",
                     node.is_table() ? "several keys" : std::string(node.Describe())),
        hint);
    return std::nullopt;
  }
  const Node::Entry& entry = node.entries()[0];
  step.plugin = step.id = entry.key;
  step.at = entry.key_at;
  step.options = entry.value;
  if (step.options.is_table()) {
    StepOptions common;
    const Node keys = TakeStepKeys(step.options);
    ParseFields(keys, StepTable(), absl::StrCat("\"", entry.key, "\""), common, diagnostics);
    if (const Node::Entry* id = keys.Find("id"); id != nullptr && id->value.is_scalar()) {
      if (!IsId(common.id)) {
        diagnostics.Error(id->value.at(), absl::StrCat("\"", common.id, "\" is not an id"),
                          "an id has 1 to 64 of a-z, 0-9, _ and -");
      } else {
        step.id = common.id;
      }
    }
    step.when = common.when;
    step.on_error = common.on_error;
  }
  if (step.options.is_null()) step.options = Node::Null(entry.key_at);
  return step;
}

std::vector<Step> ParseSteps(const Node& node, std::string_view kind, Diagnostics& diagnostics) {
  std::vector<Step> steps;
  if (!ExpectList(node, diagnostics)) return steps;
  std::map<std::string, SourceLocation> ids;
  for (const Node& item : node.items()) {
    std::optional<Step> step = ParseStep(item, kind, diagnostics);
    if (!step) continue;
    const auto [first, added] = ids.emplace(step->id, step->at);
    if (!added) {
      diagnostics.Error(step->at,
                        absl::StrCat("a second ", std::string(kind), " with the id \"", step->id,
                                     "\"; the first is in line ", first->second.line),
                        "give one of them an `id`");
    }
    steps.push_back(*std::move(step));
  }
  return steps;
}

struct AlertsTable {
  Grouping grouping;
  Node channels;
};

struct FileTable {
  std::string name;
  std::string description;
  Node sources;
  Node analyses;
  Node alerts;
  Limits limits;
  Retention retention;
};

const std::vector<FieldOf<FileTable>>& FileFields() {
  static const auto& fields = *new std::vector<FieldOf<FileTable>>{
      Field("name", &FileTable::name, "Name of the pipeline; what it has stored is kept by it.").Required(),
      Field("description", &FileTable::description, "For people."),
      Field("sources", &FileTable::sources, "Where Items come from.").Required(),
      Field("analyses", &FileTable::analyses, "What every Item passes, in this order."),
      Field("alerts", &FileTable::alerts, "How Signals become Alerts, and the channels through which they leave."),
      Table("limits", &FileTable::limits, LimitsFields(), "Bounds."),
      Table("retention", &FileTable::retention, RetentionFields(), "How long what is stored is kept.")};
  return fields;
}

// A label may have any name; one that is nearly that of a property is more likely a slip.
void WarnOfSlips(const Node& alerts, const std::vector<std::string>& group_by, Diagnostics& diagnostics) {
  static const auto& properties = *new std::vector<std::string>{
      "watch", "story", "severity", "kind", "step", "subject", "pipeline", "item", "outlet", "language"};
  const Node::Entry* const written = alerts.Find("group_by");
  for (size_t i = 0; written != nullptr && i < group_by.size(); ++i) {
    const std::string closest = ClosestName(group_by[i], properties);
    if (closest.empty() || closest == group_by[i]) continue;
    const Node& at = written->value.is_list() ? written->value.items()[i] : written->value;
    diagnostics.Warning(at.at(), absl::StrCat("Alerts are grouped by a label called \"", group_by[i], "\""),
                        absl::StrCat("did you mean \"", closest, "\"?"));
  }
}

// Takes a list out of `alerts:`; a slip in its name is told here, where the name is known. A null Node without it.
Node TakeList(const std::string& name, Node& alerts, Diagnostics& diagnostics) {
  auto& entries = alerts.mutable_entries();
  auto found = std::find_if(entries.begin(), entries.end(), [&](const auto& entry) { return entry.key == name; });
  if (found != entries.end()) {
    Node list = std::move(found->value);
    entries.erase(found);
    return list;
  }
  found = std::find_if(entries.begin(), entries.end(),
                       [&](const auto& entry) { return !ClosestName(entry.key, {name}).empty(); });
  if (found != entries.end()) {
    diagnostics.Error(found->key_at, absl::StrCat("\"alerts\" has no option \"", found->key, "\""),
                      absl::StrCat("did you mean \"", name, "\"?"));
    entries.erase(found);
  }
  return Node();
}

// `alerts:` holds grouping, channels and recipients side by side.
void ParseAlerts(const Node& node, Pipeline& pipeline, Diagnostics& diagnostics) {
  Node rest = node;
  Node channels, recipients;
  if (rest.is_table()) {
    channels = TakeList("channels", rest, diagnostics);
    recipients = TakeList("recipients", rest, diagnostics);
  }
  pipeline.fingerprint += Values(rest) + Values(recipients);
  ParseFields(rest, GroupingFields(), "\"alerts\"", pipeline.grouping, diagnostics);
  WarnOfSlips(rest, pipeline.grouping.group_by, diagnostics);
  if (const Node::Entry* const written = rest.Find("raise_when"); written != nullptr) {
    pipeline.grouping.raise_when_at = written->value.at();
  }
  if (channels.at().line > 0) pipeline.channels = ParseSteps(channels, "channel", diagnostics);
  if (recipients.at().line == 0) return;
  std::vector<std::string> ids;
  for (const Step& channel : pipeline.channels) ids.push_back(channel.id);
  pipeline.recipients = ParseRecipients(recipients, ids, pipeline.grouping.group_by, diagnostics);
}

// Open Alerts are rendered from the archive.
void CheckRetention(const Node& file, const Pipeline& pipeline, Diagnostics& diagnostics) {
  const absl::Duration items = pipeline.retention.items;
  if (items == absl::ZeroDuration() || items >= pipeline.grouping.close_after) return;
  const Node::Entry* retention = file.Find("retention");
  const Node::Entry* written =
      retention != nullptr && retention->value.is_table() ? retention->value.Find("items") : nullptr;
  diagnostics.Error(written != nullptr ? written->value.at() : pipeline.at,
                    absl::StrCat("Items would be removed after ", absl::FormatDuration(items),
                                 ", while Alerts about "
                                 "them stay open for ",
                                 absl::FormatDuration(pipeline.grouping.close_after)),
                    "keep them at least as long as alerts.close_after, or close Alerts sooner");
}

}  // namespace

bool IsId(std::string_view text) {
  return !text.empty() && text.size() <= kMaxNameBytes &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") == text.npos;
}

const std::vector<v1::FieldDescription>& StepFields() {
  static const auto& fields = *[] {
    auto* described = new std::vector<v1::FieldDescription>;
    for (const auto& field : StepTable()) described->push_back(field.Describe(StepOptions()));
    return described;
  }();
  return fields;
}

std::optional<Pipeline> LoadPipeline(const std::filesystem::path& path, const Environment& environment,
                                     Diagnostics& diagnostics) {
  Includer includer(environment, diagnostics);
  const std::optional<Node> node = includer.Load(path);
  if (!node) return std::nullopt;
  if (!node->is_table()) {
    diagnostics.Error(node->at(),
                      absl::StrCat("a pipeline file is a table with name, sources, analyses and alerts; found ",
                                   std::string(node->Describe())));
    return std::nullopt;
  }
  FileTable file;
  ParseFields(*node, FileFields(), "a pipeline", file, diagnostics);
  Pipeline pipeline;
  pipeline.name = file.name;
  pipeline.files = includer.TakeFiles();
  pipeline.limits = file.limits;
  pipeline.retention = file.retention;
  pipeline.at = node->at();
  if (const Node::Entry* name = node->Find("name"); name != nullptr && name->value.is_scalar()) {
    pipeline.at = name->value.at();
    if (!IsId(pipeline.name)) {
      diagnostics.Error(name->value.at(), absl::StrCat("\"", pipeline.name, "\" is not a name for a pipeline"),
                        "a name has 1 to 64 of a-z, 0-9, _ and -");
    }
  }
  for (const Node::Entry& entry : node->entries()) {
    const bool holds_steps = entry.key == "sources" || entry.key == "analyses" || entry.key == "alerts";
    if (!holds_steps) pipeline.fingerprint += Values(Node::Table({entry}, node->at()));
  }
  if (!file.sources.is_null()) pipeline.sources = ParseSteps(file.sources, "source", diagnostics);
  if (!file.analyses.is_null()) pipeline.analyses = ParseSteps(file.analyses, "analysis", diagnostics);
  if (!file.alerts.is_null()) ParseAlerts(file.alerts, pipeline, diagnostics);
  CheckRetention(*node, pipeline, diagnostics);
  return pipeline;
}

}  // namespace wirewatch::config

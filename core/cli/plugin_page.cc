#include "wirewatch/cli/plugin_page.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "wirewatch/config/pipeline_file.h"
#include "wirewatch/sdk/field_values.h"

namespace wirewatch::cli {
namespace {

std::string BoundText(const v1::FieldDescription& field, double bound) {
  if (field.type() == "duration") return PrintValue(absl::Seconds(bound));
  if (field.type() == "size") return PrintValue(ByteSize{static_cast<uint64_t>(bound)});
  if (std::floor(bound) == bound && std::fabs(bound) < 1e15) return absl::StrCat(static_cast<int64_t>(bound));
  return absl::StrCat(bound);
}

bool HasDefault(const v1::FieldDescription& field) {
  return field.has_default_value() && !field.default_value().empty();
}

template <class Fields>
void ListFields(const Fields& fields, const std::string& indent, std::string& text) {
  for (const v1::FieldDescription& field : fields) {
    absl::StrAppend(&text, indent, field.name(), " (", FactsOf(field), ")\n", indent, "    ", field.summary(), "\n");
    ListFields(field.fields(), indent + "    ", text);
  }
}

const char* PromiseText(v1::SourcePromise promise) {
  switch (promise) {
    case v1::SOURCE_PROMISE_REPLAYABLE:
      return "replayable: after a restart it goes on where it was.";
    case v1::SOURCE_PROMISE_ACKNOWLEDGED:
      return "acknowledged: its peer is told after the commit.";
    case v1::SOURCE_PROMISE_BEST_EFFORT:
      return "best effort: Items in flight are gone if the host dies.";
    default:
      return "told by its options; `wirewatch check` shows it.";
  }
}

std::string Code(const std::string& text) { return absl::StrCat("`", text, "`"); }

std::string Codes(const google::protobuf::RepeatedPtrField<std::string>& names) {
  return absl::StrJoin(names, ", ", [](std::string* out, const std::string& name) { *out += Code(name); });
}

// A bar would end the cell.
std::string Cell(const std::string& text) { return absl::StrReplaceAll(text, {{"|", "\\|"}, {"\n", " "}}); }

template <class Fields>
void AddRows(const Fields& fields, const std::string& prefix, std::string& page) {
  for (const v1::FieldDescription& field : fields) {
    const std::string name = prefix + field.name();
    const std::string bounds = BoundsOf(field);
    const std::string value = field.required() ? "required" : HasDefault(field) ? Code(field.default_value()) : "";
    absl::StrAppend(&page, "| ", Code(name), " | ", Cell(TypeOf(field)), bounds.empty() ? "" : ", ", bounds, " | ",
                    Cell(value), " | ", Cell(field.summary()), " |\n");
    AddRows(field.fields(), absl::StrCat(name, field.list() ? "[]." : "."), page);
  }
}

template <class Fields>
void AddTable(const Fields& fields, std::string& page) {
  page += "| option | type | default | meaning |\n|---|---|---|---|\n";
  AddRows(fields, "", page);
}

// The shortest step that works; a value that only its user can know is left open.
std::string ExampleOf(const v1::PluginDescription& plugin, const std::string& folder) {
  std::string options;
  const std::string margin = folder == "alerts" ? "    " : "  ";
  for (const v1::FieldDescription& field : plugin.options()) {
    if (!field.required() && field.examples_size() == 0) continue;
    absl::StrAppend(&options, margin, "    ", field.name(), ": ",
                    field.examples_size() > 0 ? field.examples(0) : std::string("…"), "\n");
  }
  return absl::StrCat(folder == "alerts" ? "alerts:\n  channels:\n" : folder + ":\n", margin, "- ", plugin.name(),
                      options.empty() ? "\n" : ":\n", options);
}

}  // namespace

std::string TypeOf(const v1::FieldDescription& field) {
  const std::string type = field.type() == "choice" ? absl::StrJoin(field.choices(), " | ") : field.type();
  return field.list() ? absl::StrCat("list of ", type) : type;
}

std::string BoundsOf(const v1::FieldDescription& field) {
  std::string bounds;
  if (field.has_minimum()) bounds = absl::StrCat("at least ", BoundText(field, field.minimum()));
  if (field.has_maximum()) {
    absl::StrAppend(&bounds, bounds.empty() ? "" : ", ", "at most ", BoundText(field, field.maximum()));
  }
  return bounds;
}

std::string FactsOf(const v1::FieldDescription& field) {
  std::string facts = TypeOf(field);
  if (const std::string bounds = BoundsOf(field); !bounds.empty()) absl::StrAppend(&facts, ", ", bounds);
  if (field.required()) absl::StrAppend(&facts, ", required");
  if (HasDefault(field)) absl::StrAppend(&facts, ", default ", field.default_value());
  return facts;
}

std::vector<v1::FieldDescription> StepFieldsOf(std::string_view folder) {
  std::vector<v1::FieldDescription> fields = config::StepFields();
  if (folder != "analyses") std::erase_if(fields, [](const auto& field) { return field.name() == "when"; });
  return fields;
}

std::string PluginText(const v1::PluginDescription& plugin, const std::string& folder) {
  std::string text = absl::StrCat(plugin.name(), " (", folder, ") ", plugin.version(), "\n", plugin.summary(), "\n");
  if (!plugin.details().empty()) absl::StrAppend(&text, plugin.details(), "\n");
  if (plugin.needs_size() > 0) absl::StrAppend(&text, "\nneeds: ", absl::StrJoin(plugin.needs(), ", "), "\n");
  if (plugin.provides_size() > 0) absl::StrAppend(&text, "\nprovides: ", absl::StrJoin(plugin.provides(), ", "), "\n");
  text += plugin.options_size() > 0 ? "\noptions:\n" : "\nno options\n";
  ListFields(plugin.options(), "  ", text);
  if (folder != "analyses") return text;
  text += "\nevery analysis also takes:\n";
  ListFields(StepFieldsOf(folder), "  ", text);
  return text;
}

std::string PluginPage(const v1::PluginDescription& plugin, const std::string& folder) {
  std::string page = absl::StrCat("# ", plugin.name(), "\n\n", plugin.summary(), "\n\n");
  if (!plugin.details().empty()) absl::StrAppend(&page, plugin.details(), "\n\n");
  absl::StrAppend(&page, "```yaml\n", ExampleOf(plugin, folder), "```\n\n");
  if (folder == "sources") absl::StrAppend(&page, "Promise: ", PromiseText(plugin.promise()), "\n\n");
  if (plugin.needs_size() > 0) absl::StrAppend(&page, "Needs: ", Codes(plugin.needs()), "\n\n");
  if (plugin.provides_size() > 0) absl::StrAppend(&page, "Provides: ", Codes(plugin.provides()), "\n\n");
  page += "## Options\n\n";
  if (plugin.options_size() > 0) {
    AddTable(plugin.options(), page);
  } else {
    page += "None of its own.\n";
  }
  page += "\n## What every step of this kind takes\n\n";
  AddTable(StepFieldsOf(folder), page);
  return page;
}

}  // namespace wirewatch::cli

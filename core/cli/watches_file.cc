#include "wirewatch/cli/watches_file.h"

#include <cstdio>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "wirewatch/config/yaml.h"
#include "wirewatch/sdk/field.h"

namespace wirewatch::cli {
namespace {

struct Written {
  std::string id;
  std::string query, dialect, severity, title, timezone;
  Node labels, examples;
};
struct WrittenFile {
  Node lists;
  std::string dialect;
  std::vector<Written> watches;
};

std::vector<FieldOf<Written>> Fields() {
  return {Field("id", &Written::id, "Its name.").Required(),
          Field("query", &Written::query, "The query.").Required(),
          Field("dialect", &Written::dialect, "How it is spelt."),
          Field("severity", &Written::severity, "How much a hit matters."),
          Field("title", &Written::title, "One line for people."),
          Field("timezone", &Written::timezone, "Zone of its dates."),
          Field("labels", &Written::labels, "Names with values."),
          Field("examples", &Written::examples, "Texts that it must hit, and must not.")};
}

}  // namespace

std::optional<v1::Severity> SeverityOf(const std::string& name) {
  v1::Severity severity = v1::SEVERITY_UNSPECIFIED;
  if (!v1::Severity_Parse(absl::StrCat("SEVERITY_", absl::AsciiStrToUpper(name)), &severity)) return std::nullopt;
  return severity;
}

std::optional<std::vector<v1::Label>> LabelsOf(const std::vector<std::string>& written) {
  std::vector<v1::Label> labels;
  for (const std::string& one : written) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(one, absl::MaxSplits('=', 1));
    if (parts.first.empty() || parts.first.size() == one.size()) {
      std::fprintf(stderr, "--label %s: write NAME=VALUE\n", one.c_str());
      return std::nullopt;
    }
    v1::Label& label = labels.emplace_back();
    label.set_name(parts.first);
    label.set_value(parts.second);
  }
  return labels;
}

std::optional<std::vector<v1::WatchDefinition>> ReadDefinitions(const std::filesystem::path& file) {
  Diagnostics diagnostics;
  std::vector<v1::WatchDefinition> definitions;
  const std::optional<Node> node = config::LoadYaml(file, config::ProcessEnvironment(), diagnostics);
  if (node) {
    WrittenFile written;
    ParseFields(*node,
                std::vector<FieldOf<WrittenFile>>{
                    Field("lists", &WrittenFile::lists, "Parts of queries."),
                    Field("dialect", &WrittenFile::dialect, "How the queries are spelt."),
                    TableList("watches", &WrittenFile::watches, Fields(), "The watches.").Required()},
                "a file of watches", written, diagnostics);
    if (!written.lists.is_null()) {
      diagnostics.Error(written.lists.at(), "lists stand in the files of the host",
                        "add them there and reload; its watches may use them");
    }
    for (const Written& watch : written.watches) {
      v1::WatchDefinition& definition = definitions.emplace_back();
      definition.set_id(watch.id);
      definition.set_query(watch.query);
      definition.set_dialect(watch.dialect.empty() ? written.dialect : watch.dialect);
      definition.set_title(watch.title);
      definition.set_timezone(watch.timezone);
      const std::optional<v1::Severity> severity = SeverityOf(watch.severity.empty() ? "medium" : watch.severity);
      definition.set_severity(severity.value_or(v1::SEVERITY_UNSPECIFIED));
      if (!severity) {
        diagnostics.Error(node->at(), absl::StrCat("\"", watch.id, "\" has the severity \"", watch.severity, "\""),
                          "it is info, low, medium, high or critical");
      }
      for (const Node::Entry& label : watch.labels.entries()) {
        v1::Label& added = *definition.add_labels();
        added.set_name(label.key);
        added.set_value(label.value.text());
      }
    }
  }
  if (!diagnostics.entries().empty()) std::fprintf(stderr, "%s\n", diagnostics.ToString().c_str());
  if (!diagnostics.ok()) return std::nullopt;
  return definitions;
}

}  // namespace wirewatch::cli

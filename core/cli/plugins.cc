#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "wirewatch/cli/commands.h"

namespace wirewatch::cli {
namespace {

std::string TypeOf(const v1::FieldDescription& field) {
  std::string type = field.type() == "choice" ? absl::StrJoin(field.choices(), " | ") : field.type();
  return field.list() ? absl::StrCat("list of ", type) : type;
}

std::string BoundsOf(const v1::FieldDescription& field) {
  const std::string unit = field.type() == "duration" ? " s" : field.type() == "size" ? " bytes" : "";
  std::string bounds;
  if (field.has_minimum()) absl::StrAppend(&bounds, ", at least ", field.minimum(), unit);
  if (field.has_maximum()) absl::StrAppend(&bounds, ", at most ", field.maximum(), unit);
  return bounds;
}

template <class Fields>
void PrintFields(const Fields& fields, const std::string& indent) {
  for (const v1::FieldDescription& field : fields) {
    std::string facts = TypeOf(field) + BoundsOf(field);
    if (field.required()) absl::StrAppend(&facts, ", required");
    if (field.has_default_value()) absl::StrAppend(&facts, ", default ", field.default_value());
    std::printf("%s%s (%s)\n%s    %s\n", indent.c_str(), field.name().c_str(), facts.c_str(), indent.c_str(),
                field.summary().c_str());
    PrintFields(field.fields(), indent + "    ");
  }
}

void Print(const v1::PluginDescription& plugin, const std::string& folder) {
  std::printf("%s (%s) %s\n%s\n", plugin.name().c_str(), folder.c_str(), plugin.version().c_str(),
              plugin.summary().c_str());
  if (!plugin.details().empty()) std::printf("%s\n", plugin.details().c_str());
  if (plugin.needs_size() > 0) std::printf("\nneeds: %s\n", absl::StrJoin(plugin.needs(), ", ").c_str());
  if (plugin.provides_size() > 0) std::printf("\nprovides: %s\n", absl::StrJoin(plugin.provides(), ", ").c_str());
  std::printf(plugin.options_size() > 0 ? "\noptions:\n" : "\nno options\n");
  PrintFields(plugin.options(), "  ");
  if (folder != "analyses") return;
  std::printf("\nevery analysis also takes:\n");
  PrintFields(config::StepFields(), "  ");
}

}  // namespace

int ListPlugins() {
  const loader::Registry registry = loader::Registry::Scan(loader::DefaultOptions());
  for (const char* folder : {"sources", "analyses", "alerts"}) {
    std::printf("%s\n", folder);
    for (const loader::Library& library : registry.libraries()) {
      if (library.folder != folder) continue;
      if (library.description) {
        std::printf("  %-16s %s\n", library.name.c_str(), library.description->summary().c_str());
      } else {
        std::printf("  %-16s cannot be used: %s: %s\n", library.name.c_str(), library.file.c_str(),
                    library.refusal.c_str());
      }
    }
  }
  return kOk;
}

int ShowPlugin(const std::string& name) {
  const loader::Registry registry = loader::Registry::Scan(loader::DefaultOptions());
  bool found = false;
  std::vector<std::string> names;
  for (const loader::Library& library : registry.libraries()) {
    names.push_back(library.name);
    if (library.name != name) continue;
    if (!library.description) {
      std::fprintf(stderr, "%s: %s\n", library.file.c_str(), library.refusal.c_str());
      return kConfiguration;
    }
    if (found) std::printf("\n");
    Print(*library.description, library.folder);
    found = true;
  }
  if (found) return kOk;
  const std::string closest = ClosestName(name, names);
  std::fprintf(stderr, "there is no plugin called \"%s\"%s\n", name.c_str(),
               closest.empty() ? "" : absl::StrCat("; did you mean \"", closest, "\"?").c_str());
  return kConfiguration;
}

}  // namespace wirewatch::cli

#include <cstdio>

#include "absl/strings/str_cat.h"
#include "wirewatch/cli/commands.h"
#include "wirewatch/cli/plugin_page.h"

namespace wirewatch::cli {

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

int ShowPlugin(const std::string& name, PageFormat format) {
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
    const bool markdown = format == PageFormat::kMarkdown;
    std::fputs((markdown ? PluginPage : PluginText)(*library.description, library.folder).c_str(), stdout);
    found = true;
  }
  if (found) return kOk;
  const std::string closest = ClosestName(name, names);
  std::fprintf(stderr, "there is no plugin called \"%s\"%s\n", name.c_str(),
               closest.empty() ? "" : absl::StrCat("; did you mean \"", closest, "\"?").c_str());
  return kConfiguration;
}

}  // namespace wirewatch::cli

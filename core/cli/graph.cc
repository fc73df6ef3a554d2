#include <cstdio>

#include "wirewatch/cli/commands.h"

namespace wirewatch::cli {
namespace {

// Steps in the order in which an Item passes them; sources and channels stand side by side.
void PrintText(const config::Pipeline& pipeline) {
  for (const config::Step& step : pipeline.sources) std::printf("%s\n", step.id.c_str());
  for (const config::Step& step : pipeline.analyses) {
    std::printf("  |\n  v\n%s%s%s\n", step.id.c_str(), step.when.empty() ? "" : "  when ", step.when.text().c_str());
  }
  std::printf("  |\n  v\ngrouping\n");
  for (const config::Step& step : pipeline.channels) std::printf("  +-> %s\n", step.id.c_str());
}

struct Arrows {
  const char* begin;
  const char* node;   // id, label
  const char* arrow;  // from, to
  const char* end;
};

void PrintArrows(const config::Pipeline& pipeline, const Arrows& style) {
  std::printf("%s", style.begin);
  const auto node = [&](const std::string& id, const std::string& label) {
    std::printf(style.node, id.c_str(), label.c_str());
  };
  const auto arrow = [&](const std::string& from, const std::string& to) {
    std::printf(style.arrow, from.c_str(), to.c_str());
  };
  std::vector<std::string> before;
  for (size_t i = 0; i < pipeline.sources.size(); ++i) {
    before.push_back("source" + std::to_string(i));
    node(before.back(), pipeline.sources[i].id);
  }
  for (size_t i = 0; i <= pipeline.analyses.size(); ++i) {
    const bool grouping = i == pipeline.analyses.size();
    const std::string id = grouping ? "grouping" : "analysis" + std::to_string(i);
    node(id, grouping ? "grouping" : pipeline.analyses[i].id);
    for (const std::string& from : before) arrow(from, id);
    before = {id};
  }
  for (size_t i = 0; i < pipeline.channels.size(); ++i) {
    node("channel" + std::to_string(i), pipeline.channels[i].id);
    arrow("grouping", "channel" + std::to_string(i));
  }
  std::printf("%s", style.end);
}

}  // namespace

int Graph(const std::filesystem::path& path, GraphFormat format) {
  const loader::Registry registry = loader::Registry::Scan(loader::DefaultOptions());
  const std::optional<Loaded> loaded = Load(path, registry, false);
  if (!loaded) return kConfiguration;
  switch (format) {
    case GraphFormat::kText:
      PrintText(loaded->file);
      break;
    case GraphFormat::kDot:
      PrintArrows(loaded->file, {"digraph pipeline {\n  rankdir=LR; node [shape=box];\n", "  %s [label=\"%s\"];\n",
                                 "  %s -> %s;\n", "}\n"});
      break;
    case GraphFormat::kMermaid:
      PrintArrows(loaded->file, {"flowchart LR\n", "  %s[\"%s\"]\n", "  %s --> %s\n", ""});
      break;
  }
  return kOk;
}

}  // namespace wirewatch::cli

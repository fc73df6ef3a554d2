#include <CLI/CLI.hpp>
#include <cstdio>

#include "wirewatch/cli/commands.h"
#include "wirewatch/cli/reference.h"
#include "wirewatch/sdk/build_id.h"

namespace wirewatch::cli {
namespace {

constexpr char kFooter[] =
    "Exit status: 0 all went well; 1 something failed while it ran; 2 the command line cannot be understood;\n"
    "3 the pipeline, a watch or a plugin is not right.\n"
    "Environment: WIREWATCH_PLUGIN_PATH further folders of plugins, separated by `:`; XDG_STATE_HOME where stores "
    "stand;\n"
    "XDG_CACHE_HOME where descriptions and private copies of plugins stand; NO_COLOR no colours.";

// The choices of an option that CLI::IsMember checks, as "{a,b}" in its type's name.
std::vector<std::string> ChoicesOf(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const size_t open = type.find('{'), close = type.find('}');
  if (open == std::string::npos || close == std::string::npos) return {};
  return CLI::detail::split(type.substr(open + 1, close - open - 1), ',');
}

CommandText TextOf(const CLI::App& command) {
  CommandText text{command.get_name(), command.get_description(), {}, {}};
  for (const CLI::Option* option : command.get_options()) {
    if (option == command.get_help_ptr()) continue;
    OptionText described;
    described.positional = option->get_positional();
    described.name = described.positional ? option->get_name(true) : option->get_name(false, false);
    described.summary = option->get_description();
    described.choices = ChoicesOf(*option);
    if (option->get_expected_max() > 0 && !described.positional) described.value = "VALUE";
    text.options.push_back(std::move(described));
  }
  for (const CLI::App* inner : command.get_subcommands([](const CLI::App*) { return true; })) {
    text.commands.push_back(TextOf(*inner));
  }
  return text;
}

int PrintCompletion(const CommandText& wirewatch, const std::string& shell) {
  const std::string script = shell == "bash"  ? BashCompletion(wirewatch)
                             : shell == "zsh" ? ZshCompletion(wirewatch)
                                              : FishCompletion(wirewatch);
  std::fputs(script.c_str(), stdout);
  return kOk;
}

}  // namespace

int Main(int argc, char** argv) {
  CLI::App app("Monitors news media: pipelines of sources, analyses and alerts.", "wirewatch");
  app.footer(kFooter);
  app.require_subcommand(1);

  RunArguments run;
  CLI::App* run_command = app.add_subcommand("run", "Run a pipeline.");
  run_command->add_option("pipeline", run.pipeline, "The pipeline's file.")->required();
  run_command->add_flag("--once", run.once, "Read what is there, raise alerts, and stop.");
  run_command->add_option("--workers", run.workers, "Threads that run analyses; one for each processor unless given.")
      ->check(CLI::Range(1, 256));
  run_command->add_option("--store", run.store,
                          "The store's file; unless given, the pipeline's own below XDG_STATE_HOME.");

  std::vector<std::filesystem::path> checked;
  CLI::App* check_command = app.add_subcommand("check", "Check pipelines without running them.");
  check_command->add_option("pipeline", checked, "Pipelines' files.")->required();

  InspectArguments inspect;
  std::string inspect_format = "text";
  CLI::App* inspect_command = app.add_subcommand("inspect", "Show everything that the analyses find in files.");
  inspect_command->add_option("file", inspect.files, "Files as the source `files` reads them.")->required();
  inspect_command->add_option("--pipeline", inspect.pipeline,
                              "Use this pipeline's analyses and the options of its files source.");
  inspect_command->add_option("--format", inspect_format, "text or json (the Item as protobuf JSON, one a line).")
      ->check(CLI::IsMember({"text", "json"}));

  std::filesystem::path graphed;
  std::string graph_format = "text";
  CLI::App* graph_command = app.add_subcommand("graph", "Draw a pipeline.");
  graph_command->add_option("pipeline", graphed, "The pipeline's file.")->required();
  graph_command->add_option("--format", graph_format, "text, dot or mermaid.")
      ->check(CLI::IsMember({"text", "dot", "mermaid"}));

  std::string shown;
  CLI::App* plugins_command = app.add_subcommand("plugins", "List the plugins that are there.");
  CLI::App* show_command = plugins_command->add_subcommand("show", "Show a plugin's options.");
  show_command->add_option("name", shown, "The plugin's name.")->required();
  std::string show_format = "text";
  show_command->add_option("--format", show_format, "text or markdown (the reference page).")
      ->check(CLI::IsMember({"text", "markdown"}));

  CLI::App* schema_command = app.add_subcommand("schema", "Print the JSON Schema of pipeline files, for editors.");

  NewArguments made;
  made.in = ".";
  CLI::App* new_command = app.add_subcommand("new", "Begin a plugin: a small one that builds and has a test.");
  new_command->add_option("kind", made.kind, "source, analysis or alert.")
      ->required()
      ->check(CLI::IsMember({"source", "analysis", "alert"}));
  new_command->add_option("name", made.name, "Its name: a-z, 0-9 and _.")->required();
  new_command->add_option("--in", made.in, "The folder that gets the plugin's folder; unless given, this one.");

  std::string shell;
  CLI::App* completion_command = app.add_subcommand("completion", "Print a shell's completion script.");
  completion_command->add_option("shell", shell, "bash, zsh or fish.")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  CLI::App* man_command = app.add_subcommand("man", "Print the man page: wirewatch man | man -l -");
  CLI::App* version_command = app.add_subcommand("version", "Print the version.");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kOk : kUsage;
  }
  if (run_command->parsed()) return Run(run);
  if (check_command->parsed()) return Check(checked);
  if (inspect_command->parsed()) {
    inspect.json = inspect_format == "json";
    return Inspect(inspect);
  }
  if (graph_command->parsed()) {
    return Graph(graphed, graph_format == "dot"       ? GraphFormat::kDot
                          : graph_format == "mermaid" ? GraphFormat::kMermaid
                                                      : GraphFormat::kText);
  }
  if (show_command->parsed()) {
    return ShowPlugin(shown, show_format == "markdown" ? PageFormat::kMarkdown : PageFormat::kText);
  }
  if (plugins_command->parsed()) return ListPlugins();
  if (schema_command->parsed()) return Schema();
  if (new_command->parsed()) return New(made);
  if (completion_command->parsed()) return PrintCompletion(TextOf(app), shell);
  if (man_command->parsed()) {
    std::fputs(ManPage(TextOf(app), kFooter, kVersion).c_str(), stdout);
    return kOk;
  }
  if (version_command->parsed()) return Version();
  return kUsage;
}

}  // namespace wirewatch::cli

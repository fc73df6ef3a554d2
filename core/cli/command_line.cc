#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>

#include "wirewatch/cli/alerts_commands.h"
#include "wirewatch/cli/command_group.h"
#include "wirewatch/cli/commands.h"
#include "wirewatch/cli/host_options.h"
#include "wirewatch/cli/reference.h"
#include "wirewatch/cli/run_command.h"
#include "wirewatch/cli/template_commands.h"
#include "wirewatch/cli/token_commands.h"
#include "wirewatch/cli/watch_commands.h"
#include "wirewatch/cli/watches_commands.h"
#include "wirewatch/sdk/build_id.h"

namespace wirewatch::cli {
namespace {

const std::vector<TermText>& ExitStatuses() {
  static const auto& statuses =
      *new std::vector<TermText>{{"0", "all went well"},
                                 {"1", "something failed while it ran, or a test did"},
                                 {"2", "the command line cannot be understood"},
                                 {"3", "the pipeline, a watch, a test file or a plugin is not right"},
                                 {"130", "stopped at once by a second interrupt; nothing is lost"}};
  return statuses;
}

const std::vector<TermText>& Environment() {
  static const auto& variables = *new std::vector<TermText>{
      {"WIREWATCH_PLUGIN_PATH", "further folders of plugins, separated by `:`"},
      {"XDG_STATE_HOME", "where stores stand, below wirewatch/; ~/.local/state unless set"},
      {"XDG_CACHE_HOME",
       "where descriptions and private copies of plugins stand, below wirewatch/; ~/.cache unless set"},
      {"WIREWATCH_SERVER", "the host that commands mean which take --server"},
      {"WIREWATCH_TOKEN_FILE", "for it: the file with the token"},
      {"WIREWATCH_CA", "for it: the file with the CA of its certificate"},
      {"WIREWATCH_CERT", "for it: the file with a client certificate"},
      {"WIREWATCH_KEY", "for it: the file with the key of WIREWATCH_CERT"},
      {"NO_COLOR", "set to anything: no colours"}};
  return variables;
}

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
    const std::string type = option->get_type_name();
    if (option->get_expected_max() > 0) described.value = type.substr(0, type.find(':'));
    if (!option->get_positional()) described.name = option->get_name(false, false);
    described.summary = option->get_description();
    described.choices = ChoicesOf(*option);
    described.several = option->get_expected_max() > 1;
    text.options.push_back(std::move(described));
  }
  for (const CLI::App* inner : command.get_subcommands([](const CLI::App*) { return true; })) {
    text.commands.push_back(TextOf(*inner));
  }
  return text;
}

// Holds the commands with the variables that their options fill.
class CommandLine {
 public:
  CommandLine() {
    app_.require_subcommand(1);
    run_ = AddRunCommand(app_, action_);
    AddCheck();
    AddHostCommands();
    AddTap();
    AddQuarantine();
    AddTest();
    watch_ = AddWatchCommands(app_, action_);
    watches_ = AddWatchesCommands(app_, action_);
    alerts_ = AddAlertsCommands(app_, action_);
    tokens_ = AddTokenCommands(app_, action_);
    AddInspect();
    AddGraph();
    AddStore();
    AddSearch();
    template_ = AddTemplateCommands(app_, action_);
    AddPlugins();
    AddNew();
    AddTexts();
    app_.footer(Footer(ExitStatuses(), Environment()));
  }

  int Run(int argc, char** argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      if (argc > 1 && IsUnknownCommand(argv[1])) return kUsage;
      return app_.exit(error) == 0 ? kOk : kUsage;
    }
    return action_();
  }

 private:
  // Says so.
  bool IsUnknownCommand(const std::string& word) const {
    std::vector<std::string> names;
    for (const CLI::App* command : app_.get_subcommands([](const CLI::App*) { return true; })) {
      names.push_back(command->get_name());
    }
    if (word.starts_with("-") || std::find(names.begin(), names.end(), word) != names.end()) return false;
    const std::string closest = ClosestName(word, names);
    std::fprintf(stderr, "there is no command \"%s\"%s; wirewatch --help lists them\n", word.c_str(),
                 closest.empty() ? "" : (" (did you mean \"" + closest + "\"?)").c_str());
    return true;
  }

  CLI::App* Add(CLI::App& above, const char* name, const char* summary, Action action) {
    return AddCommand(above, name, summary, std::move(action), action_);
  }

  void AddCheck() {
    CLI::App* check = Add(app_, "check", "Check pipelines without running them.", [this] { return Check(checked_); });
    check->add_option("pipeline", checked_, "Pipelines' files.")->type_name(kFile)->required();
  }

  static void AddFormat(CLI::App& command, std::string& format) {
    AddChoice(command, "--format", format, "FORMAT", "text, or json (protobuf JSON, one object a line).",
              {"text", "json"});
  }

  void AddHostCommands() {
    CLI::App* reload =
        Add(app_, "reload", "Have a running host read its files again; if one is wrong, nothing changes.",
            [this] { return Reload(reload_); });
    AddHostChoice(*reload, reload_);
    reload->add_flag("--dry-run", reload_.dry_run, "Only check the files and say what would change.");

    CLI::App* top = Add(app_, "top", "Show what a running host does, as a live table.", [this] {
      top_.json = format_ == "json";
      return Top(top_);
    });
    AddHostChoice(*top, top_);
    top->add_flag("--once", top_.once, "Print one table, of the next interval.");
    top->add_option("--every", top_.every_s, "Seconds between two tables; 1 unless given.")
        ->type_name("SECONDS")
        ->check(CLI::Range(0.1, 3600.0).description("0.1 to 3600"));
    AddFormat(*top, format_);
  }

  void AddTap() {
    CLI::App* tap = Add(app_, "tap", "Show Items as they leave an analysis of a running host, until Ctrl-C.", [this] {
      tap_.json = format_ == "json";
      return Tap(tap_);
    });
    tap->add_option("step", tap_.step, "The analysis' id.")->type_name("STEP")->required();
    AddHostChoice(*tap, tap_);
    tap->add_option("--when", tap_.when, "Only Items that satisfy this condition, in the watch language.")
        ->type_name("QUERY");
    tap->add_option("--rate", tap_.rate, "Items a second at most; the rest is counted. 10 unless given.")
        ->type_name("NUMBER")
        ->check(CLI::Range(0.001, 100000.0).description("0.001 to 100000"));
    tap->add_option("--count", tap_.count, "End after so many.")
        ->type_name("NUMBER")
        ->check(CLI::PositiveNumber.description(""));
    AddFormat(*tap, format_);
  }

  void AddQuarantine() {
    CLI::App* quarantine =
        Add(app_, "quarantine", "Items and records that a step could not handle.", [] { return kUsage; });
    quarantine->require_subcommand(1);
    const auto add = [this, quarantine](const char* name, const char* summary,
                                        int (*action)(const QuarantineArguments&)) {
      CLI::App* command = Add(*quarantine, name, summary, [this, action] {
        quarantine_.json = format_ == "json";
        return action(quarantine_);
      });
      AddHostChoice(*command, quarantine_);
      return command;
    };
    const auto add_filters = [this](CLI::App& command) {
      command.add_option("--step", quarantine_.step, "Only those of this step.")->type_name("STEP");
      command.add_option("--reason", quarantine_.reason, "Only those with this reason, e.g. error or rejected.")
          ->type_name("REASON");
    };
    const auto add_ids = [this](CLI::App& command) {
      return command.add_option("id", quarantine_.ids, "Numbers of entries, as list shows them.")->type_name("NUMBER");
    };
    CLI::App* list = add("list", "List them, oldest first.", ListQuarantine);
    add_filters(*list);
    AddFormat(*list, format_);
    CLI::App* show = add("show", "Show entries with everything that is known.", ShowQuarantined);
    add_ids(*show)->required();
    AddFormat(*show, format_);
    for (CLI::App* command : {add("retry", "Send entries through their pipelines again.", RetryQuarantined),
                              add("drop", "Remove entries for good.", DropQuarantined)}) {
      add_ids(*command);
      command->add_flag("--all", quarantine_.all, "All that --pipeline, --step and --reason leave.");
      add_filters(*command);
    }
  }

  void AddTest() {
    CLI::App* test = Add(app_, "test", "Test pipelines: what goes in, and what must come out.", [this] {
      test_.format = test_format_ == "junit"  ? TestFormat::kJunit
                     : test_format_ == "json" ? TestFormat::kJson
                                              : TestFormat::kText;
      return Test(test_);
    });
    test->add_option("file", test_.files,
                     "Test files, folders and globs; every *_test.yaml below this folder unless given.")
        ->type_name(kFile);
    AddChoice(*test, "--format", test_format_, "FORMAT", "How to report; text unless given.",
              {"text", "junit", "json"});
    test->add_option("--junit", test_.junit, "Write JUnit's XML to this file as well.")->type_name(kFile);
    test->add_option("--filter", test_.filter, "Only cases whose names contain this regular expression.")
        ->type_name("REGEX");
    test->add_flag("--update", test_.update, "Write golden files anew: read what changed before you commit it.");
    test->add_option("--workers", test_.workers, "Threads that run analyses, which changes no result; 1 unless given.")
        ->type_name("NUMBER")
        ->check(CLI::Range(1, 256).description("1 to 256"));
  }

  void AddInspect() {
    CLI::App* inspect = Add(app_, "inspect", "Show everything that the analyses find in files.", [this] {
      inspect_.json = inspect_format_ == "json";
      return Inspect(inspect_);
    });
    inspect->add_option("file", inspect_.files, "Files as the source `files` reads them.")
        ->type_name(kFile)
        ->required();
    inspect
        ->add_option("--pipeline", inspect_.pipeline,
                     "Use this pipeline's analyses and the options of its files source.")
        ->type_name(kFile);
    AddChoice(*inspect, "--format", inspect_format_, "FORMAT", "text or json (the Item as protobuf JSON, one a line).",
              {"text", "json"});
  }

  void AddGraph() {
    CLI::App* graph = Add(app_, "graph", "Draw a pipeline.", [this] {
      return Graph(graphed_, graph_format_ == "dot"       ? GraphFormat::kDot
                             : graph_format_ == "mermaid" ? GraphFormat::kMermaid
                                                          : GraphFormat::kText);
    });
    graph->add_option("pipeline", graphed_, "The pipeline's file.")->type_name(kFile)->required();
    AddChoice(*graph, "--format", graph_format_, "FORMAT", "How to draw it; text unless given.",
              {"text", "dot", "mermaid"});
  }

  void AddStore() {
    CLI::App* store = app_.add_subcommand("store", "Look after a store.");
    store->require_subcommand(1);
    const auto add_file = [this](CLI::App& command) {
      command.add_option("file", stored_, "The store's file, or a pipeline's file for its own store.")
          ->type_name(kFile)
          ->required();
    };
    add_file(*Add(*store, "check", "Check that a store is whole, and show what is in it; a host may run.",
                  [this] { return CheckStoreFile(stored_); }));
    add_file(*Add(*store, "compact", "Give back the disk that a store does not use; no host may run.",
                  [this] { return CompactStoreFile(stored_); }));
    CLI::App* backup = Add(*store, "backup", "Copy a store while its host runs.",
                           [this] { return BackUpStoreFile(stored_, backup_); });
    add_file(*backup);
    backup->add_option("to", backup_, "The copy, which must not be there yet.")->type_name(kFile)->required();
  }

  void AddSearch() {
    CLI::App* search = Add(app_, "search", "Search the archive, newest first; a host may run.", [this] {
      search_.json = search_format_ == "json";
      return Search(search_);
    });
    search->add_option("query", search_.query, "What to look for, in the watch language.")
        ->type_name("QUERY")
        ->required();
    search->add_option("--pipeline", search_.pipeline, "Only what this pipeline has archived.")->type_name("NAME");
    search
        ->add_option(
            "--store", search_.store,
            "The store's file, or a pipeline's file for its own store; unless given, that of --pipeline, or the "
            "only one there is.")
        ->type_name(kFile);
    search->add_option("--limit", search_.limit, "Show at most so many; 20 unless given.")
        ->type_name("NUMBER")
        ->check(CLI::Range(1, 1'000'000).description("1 to 1000000"));
    AddChoice(*search, "--format", search_format_, "FORMAT", "text or json (the Item as protobuf JSON, one a line).",
              {"text", "json"});
  }

  void AddPlugins() {
    CLI::App* plugins = Add(app_, "plugins", "List the plugins that are there.", [] { return ListPlugins(); });
    CLI::App* show = Add(*plugins, "show", "Show a plugin's options.", [this] {
      return ShowPlugin(shown_, show_format_ == "markdown" ? PageFormat::kMarkdown : PageFormat::kText);
    });
    show->add_option("name", shown_, "The plugin's name.")->type_name(kPlugin)->required();
    AddChoice(*show, "--format", show_format_, "FORMAT", "text or markdown (the reference page).",
              {"text", "markdown"});
    CLI::App* schema = Add(app_, "schema", "Print the JSON Schema of pipeline files, for editors.",
                           [this] { return openapi_ ? OpenApi() : Schema(); });
    schema->add_flag("--openapi", openapi_, "The OpenAPI document of the services over HTTP (`run --http`) instead.");
  }

  void AddNew() {
    CLI::App* command =
        Add(app_, "new", "Begin a plugin: a small one that builds and has a test.", [this] { return New(new_); });
    new_.in = ".";
    AddChoice(*command, "kind", new_.kind, "KIND", "What the plugin is to be.", {"source", "analysis", "alert"})
        ->required();
    command->add_option("name", new_.name, "Its name: a-z, 0-9 and _.")->type_name("NAME")->required();
    command->add_option("--in", new_.in, "The folder that gets the plugin's folder; unless given, this one.")
        ->type_name(kFolder);
  }

  void AddTexts() {
    CLI::App* completion = Add(app_, "completion", "Print a shell's completion script.", [this] {
      const auto print = shell_ == "bash" ? BashCompletion : shell_ == "zsh" ? ZshCompletion : FishCompletion;
      std::fputs(print(TextOf(app_)).c_str(), stdout);
      return kOk;
    });
    AddChoice(*completion, "shell", shell_, "SHELL", "The shell.", {"bash", "zsh", "fish"})->required();
    Add(app_, "man", "Print the man page: wirewatch man | man -l -", [this] {
      std::fputs(ManPage({TextOf(app_), kVersion, ExitStatuses(), Environment()}).c_str(), stdout);
      return kOk;
    });
    Add(app_, "version", "Print the version.", [] { return Version(); });
  }

  CLI::App app_{"Monitors news media: pipelines of sources, analyses and alerts.", "wirewatch"};
  Action action_;
  std::shared_ptr<void> run_;
  std::vector<std::filesystem::path> checked_;
  ReloadArguments reload_;
  TopArguments top_;
  TapArguments tap_;
  QuarantineArguments quarantine_;
  std::string format_ = "text";
  std::shared_ptr<void> watch_;
  std::shared_ptr<void> watches_;
  std::shared_ptr<void> alerts_;
  std::shared_ptr<void> tokens_;
  TestArguments test_;
  std::string test_format_ = "text";
  bool openapi_ = false;
  InspectArguments inspect_;
  std::string inspect_format_ = "text";
  std::filesystem::path graphed_;
  std::string graph_format_ = "text";
  SearchArguments search_;
  std::string search_format_ = "text";
  std::filesystem::path stored_;
  std::filesystem::path backup_;
  std::shared_ptr<void> template_;
  std::string shown_;
  std::string show_format_ = "text";
  NewArguments new_;
  std::string shell_;
};

}  // namespace

int Main(int argc, char** argv) { return CommandLine().Run(argc, argv); }

}  // namespace wirewatch::cli

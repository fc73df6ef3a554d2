#include "wirewatch/cli/watches_commands.h"

#include "wirewatch/cli/commands.h"
#include "wirewatch/cli/host_options.h"
#include "wirewatch/cli/reference.h"
#include "wirewatch/watch/dialect.h"

namespace wirewatch::cli {
namespace {

// Holds the variables that the options fill.
class WatchesCommands {
 public:
  WatchesCommands(CLI::App& app, Action& chosen) : chosen_(chosen) {
    group_ = AddCommand(
        app, "watches", "Watches of a running host: look at them, make, change and remove them.", [] { return kUsage; },
        chosen_);
    group_->require_subcommand(1);
    CLI::App* list = Add("list", "List them by id.", ListWatches);
    list->add_flag("--removed", arguments_.removed, "Removed ones, too.");
    list->add_flag("--live", arguments_.live, "Only those that were made through the host, not those of its files.");
    AddJson(*list);
    CLI::App* show = Add("show", "Show watches with their queries.", ShowWatches);
    AddIds(*show)->required();
    AddJson(*show);
    AddEdits();
    CLI::App* revisions =
        Add("revisions", "Show who changed a watch when, and what, newest first.", ListWatchRevisions);
    AddIds(*revisions);
    revisions->add_option("--list", arguments_.list, "Of this list of the files instead.")->type_name("NAME");
    AddJson(*revisions);
    CLI::App* test = Add("test", "Try a query on what the host has archived; nothing changes.", TryWatch);
    AddIds(*test)->description("A watch that is there: what would it gain and lose?");
    AddDefinition(*test);
    test->add_option("--recent", arguments_.recent, "On so many of the last positions; 1000 unless given.")
        ->type_name("NUMBER");
    test->add_option("--limit", arguments_.limit, "Show at most so many Items; 20 unless given.")->type_name("NUMBER");
    AddJson(*test);
  }

 private:
  CLI::App* Add(const char* name, const char* summary, int (*action)(const WatchesArguments&)) {
    CLI::App* command = AddCommand(
        *group_, name, summary,
        [this, action] {
          arguments_.json = format_ == "json";
          return action(arguments_);
        },
        chosen_);
    AddHostOptions(*command, arguments_);
    return command;
  }

  CLI::Option* AddIds(CLI::App& command) {
    return command.add_option("id", arguments_.ids, "Ids of watches.")->type_name("ID");
  }
  void AddJson(CLI::App& command) {
    AddChoice(command, "--format", format_, "FORMAT", "text, or json (protobuf JSON, one object a line).",
              {"text", "json"});
  }

  void AddDefinition(CLI::App& command) {
    command.add_option("--query", arguments_.query, "The query; `-` reads it from standard input.")->type_name("QUERY");
    std::vector<std::string> names;
    for (const std::string_view name : watch::DialectNames()) names.emplace_back(name);
    command.add_option("--dialect", arguments_.dialect, "How the query is spelt; wirewatch unless given.")
        ->type_name("DIALECT")
        ->check(CLI::IsMember(names));
    command.add_option("--timezone", arguments_.timezone, "Zone of the dates in the query, e.g. Europe/Vienna.")
        ->type_name("ZONE");
  }

  void AddAuthor(CLI::App& command) {
    command.add_option("--author", arguments_.author, "Who does it; you unless given.")->type_name("NAME");
    command.add_option("--note", arguments_.note, "Why.")->type_name("TEXT");
    AddJson(command);
  }
  void AddRevision(CLI::App& command) {
    command
        .add_option("--revision", arguments_.revision,
                    "Only if the watch still has this revision, so that nobody's change is lost.")
        ->type_name("NUMBER");
  }
  void AddFacts(CLI::App& command) {
    command.add_option("--severity", arguments_.severity, "How much a hit matters.")
        ->type_name("SEVERITY")
        ->check(CLI::IsMember({"info", "low", "medium", "high", "critical"}));
    command.add_option("--title", arguments_.title, "One line for people.")->type_name("TEXT");
    command.add_option("--label", arguments_.labels, "To group and route alerts by; may be repeated.")
        ->type_name("NAME=VALUE");
  }

  void AddEdits() {
    CLI::App* add = Add("add", "Make a watch, or those of a file; status 1 if any could not be made.", AddWatches);
    AddIds(*add);
    AddDefinition(*add);
    AddFacts(*add);
    add->add_option("--file", arguments_.file, "A file of watches, as hosts read them.")->type_name(kFile);
    add->add_flag("--replace", arguments_.replace, "Watches that are there get the definition of the file.");
    add->add_flag("--all-or-nothing", arguments_.all_or_nothing, "If one of the file is wrong, make none.");
    AddAuthor(*add);
    CLI::App* change = Add("change", "Give a watch another query, severity, title or labels.", ChangeWatch);
    AddIds(*change)->required();
    AddDefinition(*change);
    AddFacts(*change);
    AddRevision(*change);
    AddAuthor(*change);
    CLI::App* remove = Add("remove", "Take watches away; their revisions stay.", RemoveWatches);
    AddIds(*remove)->required();
    AddRevision(*remove);
    AddAuthor(*remove);
  }

  Action& chosen_;
  CLI::App* group_ = nullptr;
  std::string format_ = "text";
  WatchesArguments arguments_;
};

}  // namespace

void AddHostOptions(CLI::App& command, WatchesArguments& arguments) {
  AddHostChoice(command, arguments);
  command.add_option("--step", arguments.step, "The step, if several of the pipeline hold watches.")->type_name("STEP");
}

std::shared_ptr<void> AddWatchesCommands(CLI::App& app, Action& chosen) {
  return std::make_shared<WatchesCommands>(app, chosen);
}

}  // namespace wirewatch::cli

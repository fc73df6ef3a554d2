#include "wirewatch/cli/alerts_commands.h"

#include "wirewatch/cli/commands.h"
#include "wirewatch/cli/host_options.h"
#include "wirewatch/cli/reference.h"

namespace wirewatch::cli {
namespace {

const std::vector<std::string> kSeverities = {"info", "low", "medium", "high", "critical"};

// Holds the variables that the options fill.
class AlertsCommands {
 public:
  AlertsCommands(CLI::App& app, Action& chosen) : chosen_(chosen) {
    group_ = AddCommand(
        app, "alerts", "Alerts of a running host: follow them, look at them, act on them.", [] { return kUsage; },
        chosen_);
    group_->require_subcommand(1);
    AddReading();
    AddActions();
    AddSilences();
    AddReports();
    AddWhy(app);
  }

 private:
  CLI::App* Add(const char* name, const char* summary, int (*action)(const AlertsArguments&)) {
    return AddBelow(*group_, name, summary, action);
  }
  CLI::App* AddBelow(CLI::App& above, const char* name, const char* summary, int (*action)(const AlertsArguments&)) {
    CLI::App* command = AddCommand(
        above, name, summary,
        [this, action] {
          arguments_.json = format_ == "json";
          return action(arguments_);
        },
        chosen_);
    AddHostChoice(*command, arguments_);
    AddChoice(*command, "--format", format_, "FORMAT", "text, or json (protobuf JSON, one object a line).",
              {"text", "json"});
    return command;
  }

  void AddIds(CLI::App& command, const char* what) {
    command.add_option("id", arguments_.ids, what)->type_name("ID")->required();
  }
  void AddMatcher(CLI::App& command) {
    command.add_option("--watch", arguments_.watches, "Of this watch; may be repeated.")->type_name("ID");
    command.add_option("--label", arguments_.labels, "With this label; may be repeated.")->type_name("NAME=VALUE");
    AddChoice(command, "--least-severity", arguments_.severity, "SEVERITY", "Of this severity, or a graver one.",
              kSeverities);
  }
  void AddFilter(CLI::App& command) {
    AddMatcher(command);
    command
        .add_option("--query", arguments_.query,
                    "With an Item that satisfies this, in the watch language, e.g. \"language:de AND place:Kosovo\".")
        ->type_name("QUERY");
    command.add_flag("--tests", arguments_.tests, "Test alerts, too.");
    command.add_flag("--silenced", arguments_.silenced, "What silences hide, too.");
  }

  void AddReading() {
    CLI::App* follow = Add("follow", "Print what happens to Alerts as it happens, until Ctrl-C.", FollowAlerts);
    AddFilter(*follow);
    follow->add_option("--since", arguments_.since, "Begin with what happened since: 8h, 2d, or a time (RFC 3339).")
        ->type_name("TIME");
    follow->add_option("--after", arguments_.after, "Begin after this sequence number.")->type_name("NUMBER");
    follow->add_flag("--oldest", arguments_.oldest, "Begin with the oldest that is kept.");
    follow
        ->add_option(
            "--name", arguments_.name,
            "A durable subscription: goes on where the last run under this name was, and is made at first use.")
        ->type_name("NAME");
    follow->add_option("--count", arguments_.count, "Stop after so many events.")->type_name("NUMBER");
    follow->add_flag("--heartbeats", arguments_.heartbeats, "Print the host's signs of life, too.");
    CLI::App* list = Add("list", "List Alerts, the last changed first.", ListAlerts);
    AddFilter(*list);
    list->add_option("--status", arguments_.statuses, "Of this status; may be repeated.")
        ->type_name("STATUS")
        ->check(CLI::IsMember({"pending", "open", "closed", "resolved", "dismissed"}));
    list->add_option("--limit", arguments_.limit, "At most so many; 100 unless given, 0: all.")->type_name("NUMBER");
    CLI::App* show = Add("show", "Show Alerts with their evidence and what happened to them.", ShowAlerts);
    AddIds(*show, "Ids of Alerts, or their beginnings.");
  }

  void AddActions() {
    constexpr char kIds[] = "Ids of Alerts, or their beginnings.";
    CLI::App* acknowledge = Add("ack", "Say that you are on it.", AcknowledgeAlerts);
    AddIds(*acknowledge, kIds);
    acknowledge->add_option("--note", arguments_.note, "In your words.")->type_name("TEXT");
    CLI::App* dismiss = Add("dismiss", "Say that it need not have been raised.", DismissAlerts);
    AddIds(*dismiss, kIds);
    AddChoice(*dismiss, "--reason", arguments_.reason, "REASON",
              "irrelevant (not what the watch is for), duplicate (told already), or known (right, but no news).",
              {"irrelevant", "duplicate", "known"})
        ->required();
    dismiss->add_option("--note", arguments_.note, "In your words.")->type_name("TEXT");
    CLI::App* assign = Add("assign", "Give it to somebody.", AssignAlerts);
    AddIds(*assign, kIds);
    assign->add_option("--to", arguments_.assignee, "To whom.")->type_name("NAME");
    assign->add_flag("--nobody", arguments_.nobody, "Take it from everybody.");
    CLI::App* note = Add("note", "Write a note on it.", NoteOnAlerts);
    AddIds(*note, kIds);
    note->add_option("--text", arguments_.note, "The note.")->type_name("TEXT")->required();
    CLI::App* resolve = Add("resolve", "End a condition by hand.", ResolveAlerts);
    AddIds(*resolve, kIds);
    resolve->add_option("--reason", arguments_.reason, "Why.")->type_name("TEXT");
    CLI::App* test = Add("test", "Raise a test alert, which takes the way of any other.", TestAlerts);
    AddChoice(*test, "--severity", arguments_.severity, "SEVERITY", "How much it claims to matter.", kSeverities);
    test->add_option("--title", arguments_.title, "One line for people.")->type_name("TEXT");
    test->add_option("--label", arguments_.labels, "For routes to go by; may be repeated.")->type_name("NAME=VALUE");
  }

  void AddSilences() {
    CLI::App* silence = Add("silence", "Keep Alerts quiet for a time; corrections pass.", SilenceAlerts);
    AddMatcher(*silence);
    silence->add_option("--for", arguments_.lasting, "How long: 90m, 8h, 2d.")->type_name("DURATION");
    silence->add_option("--until", arguments_.until, "Until when (RFC 3339).")->type_name("TIME");
    silence->add_option("--reason", arguments_.reason, "Why; whoever wonders later will read it.")
        ->type_name("TEXT")
        ->required();
    CLI::App* silences = Add("silences", "List silences, the one that ends first first.", ListSilences);
    silences->add_flag("--ended", arguments_.ended, "Those that have ended, too.");
    CLI::App* end = Add("unsilence", "End silences early, and list what they hid.", EndSilences);
    AddIds(*end, "Ids of silences.");
  }

  void AddReports() {
    CLI::App* statistics =
        Add("stats", "Show what became of each watch's Alerts, and who follows them.", AlertStatistics);
    statistics->add_option("--since", arguments_.since, "Of Alerts raised since: 8h, 30d, or a time.")
        ->type_name("TIME");
    CLI::App* hand_over = Add("handover", "Show what the next shift has to know.", HandOver);
    hand_over->add_option("--since", arguments_.since, "Since when: 8h, or a time.")->type_name("TIME")->required();
  }

  void AddWhy(CLI::App& app) {
    CLI::App* why = AddBelow(app, "why", "Show how far an Item came on its way to an alert, and what stopped it.", Why);
    why->add_option("item", arguments_.item, "The Item: its address, or its id.")->type_name("URL|ID")->required();
    why->add_option("--watch", arguments_.watch, "For this watch; unless given, for any.")->type_name("ID");
    why->add_option("--recipient", arguments_.recipient, "On to this recipient or channel.")->type_name("ID");
  }

  Action& chosen_;
  CLI::App* group_ = nullptr;
  std::string format_ = "text";
  AlertsArguments arguments_;
};

}  // namespace

std::shared_ptr<void> AddAlertsCommands(CLI::App& app, Action& chosen) {
  return std::make_shared<AlertsCommands>(app, chosen);
}

}  // namespace wirewatch::cli

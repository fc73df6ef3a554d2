// `wirewatch alerts`: the Alerts of a running host, and `wirewatch why`. One function a subcommand, with arguments of
// its own, as in commands.h.
#ifndef WIREWATCH_CLI_ALERTS_COMMANDS_H_
#define WIREWATCH_CLI_ALERTS_COMMANDS_H_

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "wirewatch/cli/command_group.h"
#include "wirewatch/cli/server_choice.h"

namespace wirewatch::cli {

// Adds the group to `app`. What is returned holds the variables that the options fill; it lives as long as `app`.
std::shared_ptr<void> AddAlertsCommands(CLI::App& app, Action& chosen);

struct AlertsArguments {
  // Which host; see HostChoice.
  std::filesystem::path store;
  std::string pipeline;
  ServerChoice server;
  bool json = false;
  // Which Alerts: see v1::AlertFilter.
  std::string query, severity;
  std::vector<std::string> watches, labels, statuses;  // labels: NAME=VALUE
  bool tests = false, silenced = false;
  uint32_t limit = 100;
  // Which Alerts or silences, by id.
  std::vector<std::string> ids;
  // From where on; of these, at most one.
  std::string since;  // "8h", or a time
  uint64_t after = 0;
  std::string name;     // a durable subscription
  bool oldest = false;  // everything that the journal has
  uint64_t count = 0;   // stops after so many events; 0: goes on
  bool heartbeats = false;
  // What is done.
  std::string reason, note, assignee, title;
  std::string item, watch, recipient;  // for `why`; item: an id or an address
  bool nobody = false;
  std::string lasting, until;  // a silence's end
  bool ended = false;          // silences that have
};
int ListAlerts(const AlertsArguments& arguments);
int ShowAlerts(const AlertsArguments& arguments);
int FollowAlerts(const AlertsArguments& arguments);
int AcknowledgeAlerts(const AlertsArguments& arguments);
int DismissAlerts(const AlertsArguments& arguments);
int AssignAlerts(const AlertsArguments& arguments);
int NoteOnAlerts(const AlertsArguments& arguments);
int ResolveAlerts(const AlertsArguments& arguments);
int TestAlerts(const AlertsArguments& arguments);
int SilenceAlerts(const AlertsArguments& arguments);
int ListSilences(const AlertsArguments& arguments);
int EndSilences(const AlertsArguments& arguments);
int AlertStatistics(const AlertsArguments& arguments);
int HandOver(const AlertsArguments& arguments);
int Why(const AlertsArguments& arguments);

}  // namespace wirewatch::cli

#endif  // WIREWATCH_CLI_ALERTS_COMMANDS_H_

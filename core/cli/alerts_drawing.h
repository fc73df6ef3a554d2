// Alerts, and what happens to them, as the command shows them. Pure; what a terminal might take for more than text is
// made harmless.
#ifndef WIREWATCH_CLI_ALERTS_DRAWING_H_
#define WIREWATCH_CLI_ALERTS_DRAWING_H_

#include <string>

#include "wirewatch/v1/alert.pb.h"
#include "wirewatch/v1/alert_service.pb.h"

namespace wirewatch::cli {

// One line: short id, status, severity, time, who is on it, title.
std::string DrawAlertLine(const v1::Alert& alert, int columns);
// Facts, evidence, explanation, and its events, oldest first.
std::string DrawAlert(const v1::GetAlertResponse& got, int columns);
// One line for what happened, and one for the first Item that is new in it.
std::string DrawEvent(const v1::AlertEvent& event, int columns);
// Two lines: whose, until when, what it hides and why.
std::string DrawSilence(const v1::SilenceRule& silence);
std::string DrawStatistics(const v1::AlertStatsResponse& statistics);
// A line a stage, `+` passed, `-` stopped, `?` not known; then the clause tree.
std::string DrawWhy(const v1::ExplainResponse& why);
std::string DrawHandover(const v1::HandoverResponse& handover, int columns);

}  // namespace wirewatch::cli

#endif  // WIREWATCH_CLI_ALERTS_DRAWING_H_

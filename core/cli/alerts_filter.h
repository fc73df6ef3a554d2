// What the options of `wirewatch alerts` say about which Alerts are meant.
#ifndef WIREWATCH_CLI_ALERTS_FILTER_H_
#define WIREWATCH_CLI_ALERTS_FILTER_H_

#include "google/protobuf/timestamp.pb.h"
#include "wirewatch/cli/alerts_commands.h"
#include "wirewatch/v1/alert.pb.h"

namespace wirewatch::cli {

// Query, watches, labels, severity, tests, silenced. False after saying what is wrong.
bool FillFilter(const AlertsArguments& arguments, v1::AlertFilter& filter);
// `--since`, counted back from now, or a time. False after saying what is wrong.
bool FillSince(const AlertsArguments& arguments, google::protobuf::Timestamp& since);

}  // namespace wirewatch::cli

#endif  // WIREWATCH_CLI_ALERTS_FILTER_H_

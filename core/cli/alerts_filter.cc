#include "wirewatch/cli/alerts_filter.h"

#include <cstdio>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "wirewatch/alerts/times.h"
#include "wirewatch/cli/watches_file.h"
#include "wirewatch/scenario/shape.h"

namespace wirewatch::cli {

bool FillFilter(const AlertsArguments& arguments, v1::AlertFilter& filter) {
  filter.set_query(arguments.query);
  for (const std::string& id : arguments.watches) filter.add_watch_ids(id);
  const auto labels = LabelsOf(arguments.labels);
  if (!labels) return false;
  for (const v1::Label& label : *labels) *filter.add_labels() = label;
  if (!arguments.severity.empty()) filter.set_least_severity(*SeverityOf(arguments.severity));
  filter.set_include_test(arguments.tests);
  filter.set_include_silenced(arguments.silenced);
  return true;
}

bool FillSince(const AlertsArguments& arguments, google::protobuf::Timestamp& since) {
  const absl::Time now = absl::Now();
  std::optional<absl::Time> time = scenario::ParseTime(absl::StrCat("-", arguments.since), now);
  if (!time) time = scenario::ParseTime(arguments.since, now);
  if (!time) {
    std::fprintf(stderr, "--since %s: write a duration (8h, 2d) or a time (2031-05-04T06:00:00+02:00)\n",
                 arguments.since.c_str());
    return false;
  }
  alerts::SetTime(&since, *time);
  return true;
}

}  // namespace wirewatch::cli

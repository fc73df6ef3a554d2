#include "wirewatch/service/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "wirewatch/service/host_fixture.h"

namespace wirewatch::service {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

MetricsInput SampleInput() {
  const FakeHost host;
  MetricsInput input = {host.Status(),
                        {SampleProgress("desk"), SampleProgress("other")},
                        ReadProcessUsage(),
                        absl::FromUnixSeconds(1'781'000'060)};
  input.pipelines[1].channels[0].recipient = "night-desk";
  input.pipelines[1].channels[0].held = 7;
  return input;
}

TEST(MetricsTest, CountersGaugesAndHistograms) {
  const std::string page = MetricsPage(SampleInput());
  EXPECT_THAT(page, HasSubstr("# HELP wirewatch_ready 1 while the host takes in Items; /readyz says why not.\n"
                              "# TYPE wirewatch_ready gauge\nwirewatch_ready 1\n"));
  EXPECT_THAT(page, HasSubstr("\nwirewatch_store_bytes 123456789\n"));
  EXPECT_THAT(page, HasSubstr("\nwirewatch_pipeline_lag_seconds{pipeline=\"other\"} 0.25\n"));
  EXPECT_THAT(page, HasSubstr("\nwirewatch_source_read_errors_total{pipeline=\"desk\",source=\"files\","
                              "plugin=\"files\"} 4\n"));
  EXPECT_THAT(page, HasSubstr("\nwirewatch_plugin_count_total{pipeline=\"desk\",kind=\"analysis\",step=\"watch\","
                              "plugin=\"watch\",name=\"hits\"} 5\n"));
  EXPECT_THAT(page, HasSubstr("\nwirewatch_channel_outbox_age_seconds{pipeline=\"desk\",channel=\"console\"} 60\n"));
  EXPECT_THAT(page, HasSubstr("\nwirewatch_recipient_held_total{pipeline=\"other\",recipient=\"night-desk\","
                              "channel=\"console\"} 7\n"));
  EXPECT_THAT(page, Not(HasSubstr("wirewatch_recipient_held_total{pipeline=\"desk\"")));
  const std::string step = "{pipeline=\"desk\",step=\"watch\",plugin=\"watch\"";
  EXPECT_THAT(page, HasSubstr(absl::StrCat("wirewatch_step_duration_seconds_bucket", step, ",le=\"1.024e-06\"} 10\n")));
  EXPECT_THAT(page, HasSubstr(absl::StrCat("_bucket", step, ",le=\"3.2768e-05\"} 910\n")));
  EXPECT_THAT(page, HasSubstr(absl::StrCat("_bucket", step, ",le=\"+Inf\"} 1000\n")));
  EXPECT_THAT(page, HasSubstr(absl::StrCat("wirewatch_step_duration_seconds_count", step, "} 1000\n")));
  EXPECT_THAT(page, HasSubstr("\nwirewatch_commit_duration_seconds_count 1000\n"));
}

TEST(MetricsTest, HostileNamesStayInsideTheirLabels) {
  MetricsInput input = SampleInput();
  input.pipelines[0].steps[0].counters = {{"a\"} 1\nevil{b=\"\\\xff", 3}};
  const std::string page = MetricsPage(input);
  EXPECT_THAT(page, HasSubstr("name=\"a\\\"} 1\\nevil{b=\\\"\\\\\xEF\xBF\xBD\"} 3\n"));
  EXPECT_THAT(page, Not(HasSubstr("\nevil")));
}

TEST(MetricsTest, AChannelWithoutOutboxHasAgeZero) {
  MetricsInput input = SampleInput();
  input.pipelines.resize(1);
  input.pipelines[0].channels[0].waiting_since = absl::InfiniteFuture();
  EXPECT_THAT(MetricsPage(input),
              HasSubstr("wirewatch_channel_outbox_age_seconds{pipeline=\"desk\",channel=\"console\"}"
                        " 0\n"));
}

TEST(MetricsTest, ProcessIsMeasured) {
  const ProcessUsage usage = ReadProcessUsage();
  EXPECT_GT(usage.resident_bytes, 1u << 20);
  EXPECT_GE(usage.virtual_bytes, usage.resident_bytes);
  EXPECT_GE(usage.open_files, 3u);
  EXPECT_GE(usage.most_files, usage.open_files);
  const double now = absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch());
  EXPECT_GT(usage.started, now - 600);
  EXPECT_LT(usage.started, now + 2);
}

// Rows of the reference page, as the page that Prometheus gets has them: "| `name` | type | labels | meaning |".
std::set<std::string> RowsOf(const std::string& page) {
  std::set<std::string> rows;
  std::string name, help, type;
  for (const std::string& text : std::vector<std::string>(absl::StrSplit(page, '\n'))) {
    if (absl::StartsWith(text, "# HELP ")) {
      const std::vector<std::string> words = absl::StrSplit(text, absl::MaxSplits(' ', 3));
      name = words[2];
      help = words[3];
    } else if (absl::StartsWith(text, "# TYPE ")) {
      type = std::vector<std::string>(absl::StrSplit(text, ' '))[3];
    } else if (!text.empty()) {
      std::vector<std::string> labels;
      const size_t open = text.find('{');
      const std::string inside = open == std::string::npos ? "" : text.substr(open + 1, text.find('}') - open - 1);
      for (const std::string& label : std::vector<std::string>(absl::StrSplit(inside, ',', absl::SkipEmpty()))) {
        if (!absl::StartsWith(label, "le=")) labels.push_back(label.substr(0, label.find('=')));
      }
      rows.insert(absl::StrCat("| `", name, "` | ", type, " | ", absl::StrJoin(labels, ", "), " | ", help, " |"));
    }
  }
  return rows;
}

TEST(MetricsTest, ReferencePageIsCurrent) {
  std::ifstream file(std::string(WIREWATCH_SOURCE_DIR) + "/docs/operations.md");
  std::set<std::string> written;
  for (std::string line; std::getline(file, line);) {
    if (absl::StartsWith(line, "| `wirewatch_") || absl::StartsWith(line, "| `process_")) written.insert(line);
  }
  const std::set<std::string> made = RowsOf(MetricsPage(SampleInput()));
  std::vector<std::string> missing, stale;
  std::set_difference(made.begin(), made.end(), written.begin(), written.end(), std::back_inserter(missing));
  std::set_difference(written.begin(), written.end(), made.begin(), made.end(), std::back_inserter(stale));
  EXPECT_EQ(absl::StrJoin(missing, "\n"), "") << "docs/operations.md lacks these rows";
  EXPECT_EQ(absl::StrJoin(stale, "\n"), "") << "docs/operations.md has these rows for nothing";
}

}  // namespace
}  // namespace wirewatch::service

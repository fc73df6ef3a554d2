#include "wirewatch/cli/host_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "wirewatch/sdk/build_id.h"
#include "wirewatch/service/host_fixture.h"
#include "wirewatch/service/status_messages.h"
#include "wirewatch/text/printable.h"

namespace wirewatch::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

HostSample Sample(absl::Time at, const pipeline::Progress& progress) {
  const service::FakeHost host;
  HostSample sample{at, service::HostMessage(host.Status()), {}};
  *sample.pipelines.add_pipelines() = service::PipelineMessage(progress);
  return sample;
}

TEST(HostTableTest, RatesAndSharesAreThoseBetweenTheSamples) {
  const absl::Time at = absl::FromUnixSeconds(1'781'000'012);
  pipeline::Progress progress = service::SampleProgress("desk");
  const HostSample before = Sample(at - absl::Seconds(2), progress);
  progress.steps[0].items_in += 100;
  progress.steps[0].latency.sum += absl::Milliseconds(30);
  progress.steps[1].items_in += 50;
  progress.steps[1].latency.sum += absl::Milliseconds(10);
  EXPECT_EQ(DrawHost(before, Sample(at, progress), 120),
            absl::StrCat(
                "wirewatch ", kVersion,
                ", up 277h46m52s, 2 workers, store 118 MiB, commit p50 33us p99 2.1ms, reloads 1\n"
                "budget [....................] 3.0 MiB of 256 MiB\n"
                "\n"
                "desk: position 1,000, 123 Items/s, lag 250ms, 10 in flight, 12 epochs, 3 open alerts, 2 quarantined\n"
                "  STEP      KIND         IN   /S  OUT  FAILED  DROPPED   P50    P99  TIME\n"
                "  files     source    1,000  0.0  999       4        0\n"
                "  language  analysis  1,099   50  990       3        6  33us  2.1ms   75%\n"
                "  watch     analysis  1,049   25  990       3        6  33us  2.1ms   25%\n"
                "  console   channel       8  0.0    8       0        0\n"
                "  ! files: inbox: no such folder; 1 quarantined\n"
                "  ! console: no route; events wait for 12s\n"));
}

TEST(HostTableTest, AStepThatBeganAnewCountsFromZero) {
  const absl::Time at = absl::FromUnixSeconds(1'781'000'012);
  pipeline::Progress progress = service::SampleProgress("desk");
  const HostSample before = Sample(at - absl::Seconds(1), progress);
  progress.steps[0].items_in = 40;
  progress.steps[0].latency.sum = absl::Milliseconds(1);
  EXPECT_THAT(DrawHost(before, Sample(at, progress), 120), HasSubstr("language  analysis     40   40"));
}

TEST(HostTableTest, SaysWhyItIsNotReadyAndKeepsToItsWidth) {
  HostSample sample = Sample(absl::FromUnixSeconds(1'781'000'012), service::SampleProgress("desk"));
  sample.host.set_ready(false);
  sample.host.set_not_ready_reason("the disk\x1b[2J is full\nand 满满满满满满满满满满满满满满满满满满满满");
  const std::string drawn = DrawHost(sample, sample, 60);
  EXPECT_THAT(drawn, HasSubstr("\nNOT READY: the disk"));
  EXPECT_THAT(drawn, Not(HasSubstr("\x1b")));
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(drawn, '\n'))) {
    EXPECT_LE(text::ColumnsOf(line), 60) << line;
  }
}

}  // namespace
}  // namespace wirewatch::cli

// The quickstart pipeline with its real plugins leaves the same Items, Signals and Alerts behind, byte for byte, with
// any number of workers and however threads, batches and epochs fall. 1,000 schedules with WIREWATCH_SCHEDULES=1000.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tests/support/built_plugins.h"
#include "wirewatch/pipeline/assemble.h"
#include "wirewatch/pipeline/pipeline.h"
#include "wirewatch/sdk/clock.h"
#include "wirewatch/store/sqlite_store.h"

namespace wirewatch {
namespace {

// Everything in the store, and the Signals as they passed.
std::string Outcome(int workers, uint64_t seed) {
  ManualClock clock(absl::FromCivil(absl::CivilDay(2026, 7, 1), absl::UTCTimeZone()));
  Diagnostics diagnostics;
  const pipeline::SetupContext context{clock, true, config::ProcessEnvironment()};
  auto file =
      config::LoadPipeline(WIREWATCH_SOURCE_DIR "/config/quickstart/pipeline.yaml", context.environment, diagnostics);
  if (file) file->channels.clear();
  auto definition = file ? pipeline::Assemble(*file, Plugins(), context, diagnostics) : std::nullopt;
  if (!definition) {
    ADD_FAILURE() << diagnostics.ToString();
    return "";
  }
  const auto store = store::OpenSqlite({}).value();
  std::string all;
  pipeline::RunOptions options;
  options.workers = workers;
  options.once = true;
  options.clock = &clock;
  options.store = store.get();
  options.schedule_seed = seed;
  options.on_item = [&all](const v1::Item&, std::span<const v1::Signal* const> signals) {
    for (const v1::Signal* signal : signals) all += signal->SerializeAsString();
  };
  auto running = pipeline::Pipeline::Start(*std::move(definition), options);
  if (!running.ok() || !(*running)->Wait().ok()) {
    ADD_FAILURE() << running.status();
    return "";
  }
  const std::vector<store::ArchivedItem> items = store->ReadItems("quickstart", 0, 100'000).value();
  for (const store::ArchivedItem& item : items) absl::StrAppend(&all, item.position, " ", item.item, "\n");
  const std::vector<store::JournalEntry> events = store->ReadJournal(0, 100'000).value();
  for (const store::JournalEntry& event : events) absl::StrAppend(&all, event.sequence, " ", event.event, "\n");
  EXPECT_EQ(items.size(), 59u);
  EXPECT_GT(events.size(), 20u);
  return all;
}

TEST(DeterminismTest, WorkersDoNotMatter) {
  const std::string one = Outcome(1, 0);
  EXPECT_TRUE(Outcome(2, 0) == one);
  EXPECT_TRUE(Outcome(8, 0) == one);
}

TEST(DeterminismTest, SchedulesDoNotMatter) {
  int schedules = 30;
  if (const char* given = std::getenv("WIREWATCH_SCHEDULES")) {
    ASSERT_TRUE(absl::SimpleAtoi(given, &schedules));
  }
  const std::string expected = Outcome(1, 0);
  const int workers[] = {1, 2, 8};
  for (int seed = 1; seed <= schedules; ++seed) {
    ASSERT_TRUE(Outcome(workers[seed % 3], static_cast<uint64_t>(seed)) == expected) << "seed " << seed;
  }
}

}  // namespace
}  // namespace wirewatch

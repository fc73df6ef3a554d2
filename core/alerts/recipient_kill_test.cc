// A recipient's subscription through kill -9: whatever the moment, what is told, held and put into digests is what an
// undisturbed run tells, holds and puts there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wirewatch/alerts/delivery.h"
#include "wirewatch/alerts/route_fixture.h"
#include "wirewatch/store/sqlite_store.h"

namespace wirewatch::alerts {
namespace {

constexpr int kEvents = 600;
constexpr int kKills = 25;

// One line for each thing taken, written at once.
class WritingChannel final : public AlertChannel {
 public:
  WritingChannel(const std::filesystem::path& file, absl::Duration pace) : out_(file, std::ios::app), pace_(pace) {}
  absl::Status Deliver(const v1::AlertEvent& event) override { return Write(absl::StrCat("event ", event.sequence())); }
  absl::Status DeliverDigest(const v1::Digest& digest) override {
    std::string line = absl::StrCat("digest ", digest.id(), " cut ", digest.cut_sequence(), ":");
    for (const v1::DigestSection& section : digest.sections()) {
      for (const v1::DigestLine& of : section.lines())
        absl::StrAppend(&line, " ", of.alert_id(), "=", of.held_events());
    }
    return Write(line);
  }

 private:
  absl::Status Write(const std::string& line) {
    absl::SleepFor(pace_);
    out_ << line << std::endl;
    return absl::OkStatus();
  }
  std::ofstream out_;
  const absl::Duration pace_;
};

class RecipientKillTest : public ::testing::Test {
 protected:
  RecipientKillTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "wirewatch-recipient-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~RecipientKillTest() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<store::Store> Open(const std::string& name) {
    return *store::OpenSqlite({.path = folder_ / (name + ".db")});
  }
  std::unique_ptr<Delivery> Deliver(store::Store& store, Clock& clock, const std::string& name, absl::Duration pace) {
    ChannelOptions options{.pipeline = "p", .id = "mail"};
    options.recipient = NightDesk();
    options.clock = &clock;
    options.advance_every = absl::Milliseconds(3);
    auto delivery = std::make_unique<Delivery>(store);
    delivery->Add(std::make_unique<WritingChannel>(folder_ / (name + ".txt"), pace), options);
    EXPECT_TRUE(delivery->Prepare().ok());
    return delivery;
  }
  // Two days of events with a cap that is often reached; the same each time.
  void Fill(store::Store& store) {
    std::mt19937 random(7);
    store::EpochWrites epoch{.pipeline = "p", .last_position = 1};
    for (uint64_t sequence = 1; sequence <= kEvents; ++sequence) {
      const v1::AlertEvent event =
          Make({.alert = absl::StrCat("a", random() % 60),
                .type = random() % 3 == 0 ? v1::ALERT_EVENT_TYPE_RAISED : v1::ALERT_EVENT_TYPE_UPDATED,
                .at = At(0) + absl::Minutes(4.5 * static_cast<double>(sequence)),
                .severity = static_cast<v1::Severity>(1 + random() % 5),
                .story = random() % 6 == 0 ? absl::StrCat("s", random() % 12) : "",
                .correction = random() % 9 == 0 ? v1::CORRECTION_KIND_CORRECTED : v1::CORRECTION_KIND_UNSPECIFIED,
                .late = random() % 10 == 0});
      epoch.journal.push_back({.sequence = sequence,
                               .alert_id = event.alert_id(),
                               .at = GetTime(event.at()),
                               .event = event.SerializeAsString()});
    }
    ASSERT_TRUE(store.Commit(std::span(&epoch, 1)).ok());
  }
  // The subscription begins before the events do; then all are there. The same store twice, with the same journal id.
  void Begin() {
    {
      const auto store = Open("undisturbed");
      ManualClock clock(At(0));
      Deliver(*store, clock, "undisturbed", {});
      Fill(*store);
    }
    std::filesystem::copy_file(folder_ / "undisturbed.db", folder_ / "killed.db");
  }
  std::multiset<std::string> Lines(const std::string& name) const {
    std::ifstream in(folder_ / (name + ".txt"));
    std::multiset<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.insert(line);
    return lines;
  }

  std::filesystem::path folder_;
};

TEST_F(RecipientKillTest, KillsChangeNothingAboutWhatIsToldAndHeld) {
  const absl::Time now = At(0) + absl::Minutes(4.5 * kEvents);
  Begin();
  {
    const auto store = Open("undisturbed");
    ManualClock clock(now);
    const auto delivery = Deliver(*store, clock, "undisturbed", {});
    delivery->Start();
    ASSERT_TRUE(delivery->FlushAndStop(absl::Seconds(30)).ok());
    ASSERT_GT(delivery->Stats()[0].capped, 50u);
    ASSERT_GT(delivery->Stats()[0].inhibited, 10u);
    ASSERT_GE(delivery->Stats()[0].digests, 2u);
  }
  std::mt19937 random(11);
  int killed = 0;
  for (int run = 0; run <= kKills; ++run) {
    const auto wait = static_cast<useconds_t>(8'000 + random() % 40'000);
    const pid_t child = fork();
    if (child == 0) {
      const auto store = Open("killed");
      ManualClock clock(now);
      const auto delivery = Deliver(*store, clock, "killed", absl::Microseconds(run < kKills ? 800 : 0));
      delivery->Start();
      _exit(delivery->FlushAndStop(absl::Seconds(30)).ok() ? 0 : 1);
    }
    ASSERT_GT(child, 0);
    if (run < kKills) {
      usleep(wait);
      kill(child, SIGKILL);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    killed += WIFSIGNALED(status) ? 1 : 0;
    ASSERT_TRUE(run < kKills || (WIFEXITED(status) && WEXITSTATUS(status) == 0));
  }
  EXPECT_GT(killed, 3);
  const std::multiset<std::string> expected = Lines("undisturbed"), seen = Lines("killed");
  EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()), std::set<std::string>(expected.begin(), expected.end()));
  EXPECT_EQ(std::set<std::string>(expected.begin(), expected.end()).size(), expected.size());
  // A digest that came twice has the same id and the same content.
  std::map<std::string, std::string> content;
  for (const std::string& line : seen) {
    if (line.compare(0, 7, "digest ") != 0) continue;
    const auto [first, added] = content.emplace(line.substr(7, 32), line);
    EXPECT_EQ(first->second, line);
  }
}

}  // namespace
}  // namespace wirewatch::alerts

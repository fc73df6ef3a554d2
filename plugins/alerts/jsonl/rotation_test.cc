#include "rotation.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <map>
#include <random>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "wirewatch/sdk/alert_channel.h"
#include "wirewatch/testing/plugin_harness.h"

namespace wirewatch::alerts {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;

class RotationTest : public ::testing::Test {
 protected:
  RotationTest() {
    std::string pattern = (fs::temp_directory_path() / "wirewatch-rotation-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~RotationTest() override { fs::remove_all(folder_); }

  std::unique_ptr<AlertChannel> Channel(const std::string& rotate) const {
    auto channel = testing::CreatePlugin<AlertChannel>(
        absl::StrCat("{path: ", (folder_ / "alerts.jsonl").string(), ", rotate: {", rotate, "}}"));
    EXPECT_TRUE(channel->Open(0).ok());
    return channel;
  }
  static v1::AlertEvent Event(uint64_t sequence) {
    v1::AlertEvent event;
    event.set_sequence(sequence);
    event.set_journal_id("j");
    return event;
  }
  void Write(const std::string& name, const std::string& content) const { std::ofstream(folder_ / name) << content; }
  // As zcat reads them, so that another program agrees on the format.
  std::string Content(const std::string& name) const {
    const std::string command =
        absl::StrCat(absl::EndsWith(name, ".gz") ? "zcat '" : "cat '", (folder_ / name).string(), "'");
    FILE* const pipe = popen(command.c_str(), "r");
    std::string content;
    std::array<char, 4096> bytes{};
    for (size_t got = 0; (got = fread(bytes.data(), 1, bytes.size(), pipe)) > 0;) content.append(bytes.data(), got);
    EXPECT_EQ(pclose(pipe), 0) << name;
    return content;
  }
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_)) names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }
  void LastWritten(const std::string& name, absl::Time at) const {
    const timespec times[] = {absl::ToTimespec(at), absl::ToTimespec(at)};
    ASSERT_EQ(utimensat(AT_FDCWD, (folder_ / name).c_str(), times, 0), 0);
  }
  // How often each event stands in all the files.
  std::map<uint64_t, int> Counted() const {
    std::map<uint64_t, int> counted;
    for (const std::string& name : Names()) {
      std::istringstream lines(Content(name));
      for (std::string line; std::getline(lines, line);) {
        const size_t at = line.find("\"sequence\":\"");
        uint64_t sequence = 0;
        EXPECT_TRUE(absl::SimpleAtoi(line.substr(at + 12, line.find('"', at + 12) - at - 12), &sequence)) << line;
        ++counted[sequence];
      }
    }
    return counted;
  }

  fs::path folder_;
};

constexpr char kLine[] = "{\"journalId\":\"j\",\"sequence\":\"1\"}\n";

TEST_F(RotationTest, BySizeWithNumbersKeepsSoMany) {
  const auto channel = Channel("size: 70, keep: 2");  // two lines
  for (uint64_t i = 1; i <= 7; ++i) ASSERT_TRUE(channel->Deliver(Event(i)).ok());
  EXPECT_THAT(Names(), ElementsAre("alerts.jsonl", "alerts.jsonl.1", "alerts.jsonl.2"));
  EXPECT_THAT(Content("alerts.jsonl"), ::testing::HasSubstr("\"7\""));
  EXPECT_EQ(Content("alerts.jsonl.1").size(), 2 * (sizeof(kLine) - 1));
  EXPECT_THAT(Content("alerts.jsonl.2"), ::testing::HasSubstr("\"3\""));
}

TEST_F(RotationTest, AllButTheNewestAreCompressed) {
  const auto channel = Channel("size: 1, gzip: true");
  for (uint64_t i = 1; i <= 4; ++i) ASSERT_TRUE(channel->Deliver(Event(i)).ok());
  EXPECT_THAT(Names(), ElementsAre("alerts.jsonl", "alerts.jsonl.1", "alerts.jsonl.2.gz", "alerts.jsonl.3.gz"));
  EXPECT_EQ(Content("alerts.jsonl.3.gz"), kLine);
}

TEST_F(RotationTest, ByDayInItsZoneNamedAfterTheDay) {
  const absl::Time now = absl::Now();
  absl::TimeZone zone;
  ASSERT_TRUE(absl::LoadTimeZone("Pacific/Auckland", &zone));
  const absl::Time today = absl::FromCivil(absl::ToCivilDay(now, zone), zone);
  {
    const auto channel = Channel("daily: true, zone: Pacific/Auckland, names: dated");
    ASSERT_TRUE(channel->Deliver(Event(1)).ok());
    ASSERT_TRUE(channel->Deliver(Event(2)).ok());
    EXPECT_THAT(Names(), ElementsAre("alerts.jsonl"));
  }
  LastWritten("alerts.jsonl", today - absl::Seconds(1));
  const std::string yesterday = absl::FormatTime("%Y-%m-%d", today - absl::Seconds(1), zone);
  Write("alerts-" + yesterday + ".jsonl", "of the same day\n");
  const auto channel = Channel("daily: true, zone: Pacific/Auckland, names: dated");
  ASSERT_TRUE(channel->Deliver(Event(3)).ok());
  EXPECT_THAT(Names(),
              ElementsAre("alerts-" + yesterday + ".2.jsonl", "alerts-" + yesterday + ".jsonl", "alerts.jsonl"));
  EXPECT_THAT(Content("alerts-" + yesterday + ".2.jsonl"), ::testing::StartsWith(kLine));
}

TEST_F(RotationTest, DatedFilesAreInOrderAndOthersAreLeftAlone) {
  for (const char* const name : {"alerts-2026-01-02.jsonl", "alerts-2026-01-02.10.jsonl", "alerts-2026-01-02.9.jsonl",
                                 "alerts-2025-12-31.jsonl.gz", "alerts-2026-1-2.jsonl", "alerts-notes.jsonl"}) {
    Write(name, "x\n");
  }
  const Rotation rotation({.path = folder_ / "alerts.jsonl", .names = RotationOptions::Names::kDated, .keep = 2});
  EXPECT_EQ(rotation.Newest().filename(), "alerts-2026-01-02.10.jsonl");
  ASSERT_TRUE(rotation.Tidy().ok());
  EXPECT_THAT(Names(), ElementsAre("alerts-2026-01-02.10.jsonl", "alerts-2026-01-02.9.jsonl", "alerts-2026-1-2.jsonl",
                                   "alerts-notes.jsonl"));
}

TEST_F(RotationTest, WhatACrashLeftIsFinished) {
  Write("alerts.jsonl.1", kLine);
  Write("alerts.jsonl.2", kLine);
  Write("alerts.jsonl.2.gz.part", "half");
  Write("alerts.jsonl.3", kLine);
  ASSERT_TRUE(Compress(folder_ / "alerts.jsonl.3").ok());
  Write("alerts.jsonl.3", kLine);
  const auto channel = Channel("size: 1KiB, gzip: true");
  EXPECT_THAT(Names(), ElementsAre("alerts.jsonl", "alerts.jsonl.1", "alerts.jsonl.2.gz", "alerts.jsonl.3.gz"));
  // And the event that stands at the end of what was moved aside is not written again.
  ASSERT_TRUE(channel->Deliver(Event(1)).ok());
  EXPECT_EQ(Content("alerts.jsonl"), "");
}

TEST_F(RotationTest, AFileThatCannotBeMovedAsideGrows) {
  const auto channel = Channel("size: 1");
  ASSERT_TRUE(channel->Deliver(Event(1)).ok());
  fs::create_directories(folder_ / "alerts.jsonl.1" / "in the way");
  fs::create_directories(folder_ / "alerts.jsonl.2" / "in the way");
  ASSERT_TRUE(channel->Deliver(Event(2)).ok());
  EXPECT_EQ(Content("alerts.jsonl").size() % (sizeof(kLine) - 1), 0U);
}

TEST_F(RotationTest, AKilledHostLosesAndDoublesNoLine) {
  constexpr int kRounds = 25;
  const char* const variants[] = {"size: 300, gzip: true", "size: 300, names: dated, gzip: true"};
  for (const char* const rotate : variants) {
    std::mt19937 random(7);
    for (int round = 0; round < kRounds; ++round) {
      const pid_t child = fork();
      if (child == 0) {
        const auto channel = Channel(rotate);
        // As the host, which goes on from its durable position: here always the first.
        for (uint64_t i = 1;; ++i) {
          if (!channel->Deliver(Event(i)).ok()) _exit(1);
        }
      }
      usleep(2000 + random() % 15000);
      kill(child, SIGKILL);
      int status = 0;
      waitpid(child, &status, 0);
      ASSERT_TRUE(WIFSIGNALED(status)) << "round " << round;
      if (round % 3 == 0 && fs::exists(folder_ / "alerts.jsonl"))  // half a line
        std::ofstream(folder_ / "alerts.jsonl", std::ios::app) << "{\"journalId\":\"j\",\"sequ";
    }
    Channel(rotate);
    const std::map<uint64_t, int> counted = Counted();
    ASSERT_FALSE(counted.empty());
    EXPECT_EQ(counted.rbegin()->first, counted.size()) << "an event is missing";
    for (const auto& [sequence, times] : counted) EXPECT_EQ(times, 1) << sequence;
    for (const std::string& name : Names()) fs::remove(folder_ / name);
  }
}

}  // namespace
}  // namespace wirewatch::alerts

#include "wirewatch/pipeline/in_flight.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

#include "absl/strings/str_cat.h"

namespace wirewatch::pipeline {
namespace {

v1::Item ItemOf(int number) {
  v1::Item item;
  item.set_id(absl::StrCat("000000000000000000000000000000", absl::Hex(number, absl::kZeroPad2)));
  item.set_content_hash("0123456789abcdef0123456789abcdef");
  item.set_version(1);
  return item;
}

// A file whose last user ended without a word: Die() leaves everything as a death does.
class InFlightTest : public testing::Test {
 protected:
  InFlightTest() : file_(std::filesystem::temp_directory_path() / absl::StrCat("in-flight-", getpid())) { Start(); }
  ~InFlightTest() override {
    in_flight_.reset();
    std::filesystem::remove(file_);
  }

  void Start() {
    in_flight_.reset();
    if (machine_restarts_) {
      // The name of the machine's run comes after two numbers.
      std::fstream file(file_, std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(2 * sizeof(uint64_t)).put('~');
    }
    auto opened = InFlight::Open(file_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    in_flight_ = *std::move(opened);
  }
  // A call about the Items from 1 to `items` during which the process dies.
  void Die(int items, int only, bool alone, int signal, bool overrun) {
    InFlight::Record& record = in_flight_->Claim("p", absl::Seconds(10));
    for (int i = 0; i < items; ++i) record.keys[static_cast<size_t>(i)] = KeyOf(ItemOf(i + 1));
    record.Begin("step", only, static_cast<uint32_t>(items), alone);
    record.signal = signal;
    record.overrun = overrun ? 1 : 0;
    Start();
  }
  std::optional<InFlight::Suspect> Find(int number) { return in_flight_->Find("p", KeyOf(ItemOf(number))); }

  const std::filesystem::path file_;
  bool machine_restarts_ = false;
  std::unique_ptr<InFlight> in_flight_;
};

TEST_F(InFlightTest, CallsThatReturnedLeaveNoSuspects) {
  InFlight::Record& record = in_flight_->Claim("p", absl::Seconds(10));
  record.keys[0] = KeyOf(ItemOf(1));
  { const InFlight::Call call(record, "step", InFlight::kAll, 1, false); }
  Start();
  EXPECT_EQ(in_flight_->suspects(), 0u);
}

TEST_F(InFlightTest, AllItemsOfACallAreSuspectsAndNoneIsCondemned) {
  Die(3, InFlight::kAll, false, SIGSEGV, false);
  EXPECT_EQ(in_flight_->suspects(), 3u);
  for (int number = 1; number <= 3; ++number) {
    ASSERT_TRUE(Find(number).has_value());
    EXPECT_FALSE(Find(number)->verdict.has_value());
  }
  EXPECT_FALSE(Find(4).has_value());
  EXPECT_FALSE(in_flight_->Find("other", KeyOf(ItemOf(1))).has_value());
}

TEST_F(InFlightTest, AFaultInALoneCallCondemns) {
  Die(3, InFlight::kAll, false, SIGSEGV, false);
  Die(3, 1, true, SIGSEGV, false);
  EXPECT_FALSE(Find(1)->verdict.has_value());
  ASSERT_TRUE(Find(2)->verdict.has_value());
  EXPECT_EQ(Find(2)->verdict->reason, "fault");
  EXPECT_EQ(Find(2)->verdict->step, "step");
  EXPECT_NE(Find(2)->verdict->text.find("SIGSEGV"), std::string::npos);
}

TEST_F(InFlightTest, AnOverrunInALoneCallCondemns) {
  Die(1, 0, false, 0, true);
  EXPECT_FALSE(Find(1)->verdict.has_value());
  Die(1, 0, true, 0, true);
  ASSERT_TRUE(Find(1)->verdict.has_value());
  EXPECT_EQ(Find(1)->verdict->reason, "overrun");
}

TEST_F(InFlightTest, UnexplainedDeathsCondemnAtTheThirdLoneCall) {
  Die(1, 0, false, 0, false);
  for (int deaths = 0; deaths < 2; ++deaths) Die(1, 0, true, 0, false);
  EXPECT_FALSE(Find(1)->verdict.has_value());
  Die(1, 0, true, 0, false);
  ASSERT_TRUE(Find(1)->verdict.has_value());
  EXPECT_EQ(Find(1)->verdict->reason, "fault");
}

// A power cut explains the death; what was noted before it counts all the same.
TEST_F(InFlightTest, RestartsOfTheMachineCondemnNothing) {
  machine_restarts_ = true;
  Die(1, 0, false, 0, false);
  for (int deaths = 0; deaths < 10; ++deaths) Die(1, 0, true, 0, false);
  ASSERT_TRUE(Find(1).has_value());
  EXPECT_FALSE(Find(1)->verdict.has_value());
  Die(1, 0, true, SIGSEGV, false);
  EXPECT_TRUE(Find(1)->verdict.has_value());
}

// However often it is killed: calls about several Items condemn none.
TEST_F(InFlightTest, PlainDeathsCondemnNothing) {
  for (int deaths = 0; deaths < 10; ++deaths) Die(5, InFlight::kAll, false, 0, false);
  EXPECT_EQ(in_flight_->suspects(), 5u);
  for (int number = 1; number <= 5; ++number) EXPECT_FALSE(Find(number)->verdict.has_value());
}

TEST_F(InFlightTest, WhatIsThroughIsForgottenForGood) {
  Die(2, InFlight::kAll, false, 0, false);
  in_flight_->Clear({Find(1)->id});
  EXPECT_FALSE(Find(1).has_value());
  EXPECT_TRUE(Find(2).has_value());
  Start();
  EXPECT_FALSE(Find(1).has_value());
  EXPECT_TRUE(Find(2).has_value());
}

TEST_F(InFlightTest, AFileThatIsNoneOfOursIsBegunAnew) {
  Die(2, InFlight::kAll, false, 0, false);
  in_flight_.reset();
  std::filesystem::resize_file(file_, 100);
  Start();
  EXPECT_EQ(in_flight_->suspects(), 0u);
}

TEST(KeyOfTest, TellsVersionsAndContentsApart) {
  const v1::Item item = ItemOf(1);
  v1::Item later = item, other = item;
  later.set_version(2);
  other.set_content_hash("1123456789abcdef0123456789abcdef");
  EXPECT_EQ(KeyOf(item), KeyOf(ItemOf(1)));
  EXPECT_NE(KeyOf(item), KeyOf(later));
  EXPECT_NE(KeyOf(item), KeyOf(other));
  EXPECT_NE(KeyOf("timer", "a", "1"), KeyOf("timer", "a", "2"));
}

// The watchdog ends a process whose step does not return, and notes why.
TEST_F(InFlightTest, TheWatchdogEndsAProcessThatOverruns) {
  EXPECT_EXIT(
      {
        InFlight::Record& record = in_flight_->Claim("p", absl::Milliseconds(200));
        record.keys[0] = KeyOf(ItemOf(1));
        in_flight_->Guard();
        const InFlight::Call call(record, "slow", 0, 1, true);
        sleep(20);
      },
      testing::KilledBySignal(SIGABRT), "does not return");
  Start();
  ASSERT_TRUE(Find(1).has_value());
  EXPECT_EQ(Find(1)->verdict->reason, "overrun");
}

TEST_F(InFlightTest, AFaultIsNotedAndTheProcessDiesOfIt) {
  EXPECT_EXIT(
      {
        in_flight_->Guard();
        InFlight::Record& record = in_flight_->Claim("p", absl::Seconds(10));
        record.keys[0] = KeyOf(ItemOf(1));
        const InFlight::Call call(record, "crashing", 0, 1, true);
        volatile int* volatile nowhere = nullptr;
        *nowhere = 1;
      },
      testing::KilledBySignal(SIGSEGV), "SIGSEGV in step \"crashing\"");
  Start();
  ASSERT_TRUE(Find(1).has_value());
  EXPECT_EQ(Find(1)->verdict->step, "crashing");
}

}  // namespace
}  // namespace wirewatch::pipeline

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "google/protobuf/util/json_util.h"
#include "wirewatch/sdk/alert_channel.h"
#include "wirewatch/testing/plugin_harness.h"

namespace wirewatch {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class CommandTest : public ::testing::Test {
 protected:
  CommandTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "wirewatch-command-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~CommandTest() override { std::filesystem::remove_all(folder_); }

  static v1::AlertEvent Event() {
    v1::AlertEvent event;
    event.set_journal_id("j");
    event.set_sequence(7);
    event.set_alert_id("a1");
    event.set_type(v1::ALERT_EVENT_TYPE_RAISED);
    event.mutable_alert()->set_severity(v1::SEVERITY_HIGH);
    event.mutable_alert()->set_title("kfor: $(reboot) “3 Items”");
    return event;
  }
  // What one delivery to a shell script comes to.
  absl::Status Delivered(const std::string& script, const std::string& more = "",
                         const v1::AlertEvent& event = Event()) {
    const std::filesystem::path path = folder_ / "script";
    std::ofstream(path) << "#!/bin/sh\n" << script << "\n";
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    const auto channel = testing::CreatePlugin<AlertChannel>(
        absl::StrCat("{argv: [./script, \"a b; c\", $HOME]", more.empty() ? "" : ", ", more, "}"), true,
        folder_.string());
    return channel->Deliver(event);
  }
  std::string Content(const std::string& name) const {
    std::ostringstream content;
    content << std::ifstream(folder_ / name).rdbuf();
    return content.str();
  }
  // A signal takes a moment.
  bool Ends(const std::string& pid_file) const {
    for (int i = 0; i < 250 && Alive(pid_file); ++i) absl::SleepFor(absl::Milliseconds(20));
    return !Alive(pid_file);
  }
  bool Alive(const std::string& pid_file) const {
    const int pid = std::atoi(Content(pid_file).c_str());
    EXPECT_GT(pid, 0);
    // A killed orphan is a zombie until whoever inherits it has waited for it.
    std::ifstream stat(absl::StrCat("/proc/", pid, "/stat"));
    std::string number, name, state;
    stat >> number >> name >> state;
    return stat && state != "Z";
  }

  std::filesystem::path folder_;
};

TEST_F(CommandTest, GetsTheEventOnStandardInputAndNoShellReadsItsArguments) {
  ASSERT_TRUE(Delivered("cat > input; printf '%s|' \"$@\" > arguments").ok());
  v1::AlertEvent event;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(Content("input"), &event).ok());
  EXPECT_EQ(event.alert().title(), Event().alert().title());
  EXPECT_EQ(Content("arguments"), "a b; c|$HOME|");
}

TEST_F(CommandTest, KnowsNothingOfTheEnvironmentButWhatItIsGiven) {
  ASSERT_EQ(setenv("WIREWATCH_TEST_PASSWORD", "hunter2", 1), 0);
  ASSERT_EQ(setenv("HOME", "/home/desk", 1), 0);
  ASSERT_TRUE(Delivered("env > environment", "environment: [{name: TOKEN, value: t0}]").ok());
  unsetenv("WIREWATCH_TEST_PASSWORD");
  const std::string environment = Content("environment");
  EXPECT_THAT(environment, Not(HasSubstr("hunter2")));
  EXPECT_THAT(environment, HasSubstr("TOKEN=t0\n"));
  EXPECT_THAT(environment, HasSubstr("HOME=/home/desk\n"));
  EXPECT_THAT(environment, HasSubstr("PATH="));
  EXPECT_THAT(environment, HasSubstr("WIREWATCH_EVENT_TYPE=raised\n"));
  EXPECT_THAT(environment, HasSubstr("WIREWATCH_ALERT_ID=a1\n"));
  EXPECT_THAT(environment, HasSubstr("WIREWATCH_SEVERITY=high\n"));
  EXPECT_THAT(environment, HasSubstr("WIREWATCH_SEQUENCE=7\n"));
  EXPECT_THAT(environment, HasSubstr("WIREWATCH_IDEMPOTENCY_KEY=" + IdempotencyKey(Event(), "test/command") + "\n"));
}

TEST_F(CommandTest, TheExitStatusDecidesWhetherItIsTriedAgain) {
  EXPECT_TRUE(Delivered("exit 0").ok());
  EXPECT_TRUE(absl::IsUnavailable(Delivered("exit 75")));
  EXPECT_TRUE(absl::IsFailedPrecondition(Delivered("exit 1")));
  EXPECT_TRUE(absl::IsFailedPrecondition(Delivered("exit 64")));
  EXPECT_TRUE(absl::IsUnavailable(Delivered("kill -ABRT $$")));
}

TEST_F(CommandTest, WhatItSaidIsToldWithinBounds) {
  const absl::Status failed =
      Delivered("head -c 9000000 /dev/zero | tr '\\0' x; printf '\\033[31mno such team\\n' >&2; exit 1");
  EXPECT_THAT(std::string(failed.message()), HasSubstr("ended with status 1"));
  EXPECT_THAT(std::string(failed.message()), HasSubstr("no such team"));
  EXPECT_THAT(std::string(failed.message()), Not(HasSubstr("\033")));
  EXPECT_LT(failed.message().size(), 700U);
}

TEST_F(CommandTest, AProgramThatHangsIsEndedWithAllItHasStarted) {
  const absl::Time begin = absl::Now();
  const absl::Status status =
      Delivered("sleep 100 & echo $! > child; echo $$ > own; wait", "timeout: 300ms, grace: 10s");
  EXPECT_TRUE(absl::IsDeadlineExceeded(status)) << status;
  EXPECT_LT(absl::Now() - begin, absl::Seconds(5));
  EXPECT_TRUE(Ends("child"));
  EXPECT_TRUE(Ends("own"));
}

TEST_F(CommandTest, AProgramThatIgnoresSigtermIsKilled) {
  const absl::Status status =
      Delivered("trap '' TERM; echo $$ > own; while :; do sleep 0.05; done", "timeout: 200ms, grace: 200ms");
  EXPECT_TRUE(absl::IsDeadlineExceeded(status)) << status;
  EXPECT_TRUE(Ends("own"));
}

TEST_F(CommandTest, WhatItLeavesRunningNeitherHoldsUpTheChannelNorStays) {
  const absl::Time begin = absl::Now();
  EXPECT_TRUE(Delivered("sleep 100 & echo $! > child; exit 0").ok());
  EXPECT_LT(absl::Now() - begin, absl::Seconds(5));
  EXPECT_TRUE(Ends("child"));
}

TEST_F(CommandTest, InputThatNobodyReadsIsNoError) {
  v1::AlertEvent event = Event();
  event.mutable_alert()->set_title(std::string(4 << 20, 'x'));
  EXPECT_TRUE(Delivered("exit 0", "", event).ok());
  EXPECT_TRUE(Delivered("exec <&-; sleep 0.2; exit 0", "", event).ok());
}

TEST_F(CommandTest, ItInheritsNoFileAndNoIgnoredSignal) {
  const int leaked = open("/dev/null", O_RDONLY);
  signal(SIGUSR1, SIG_IGN);
  ASSERT_TRUE(Delivered("ls /proc/self/fd > files; grep SigIgn /proc/self/status > signals").ok());
  signal(SIGUSR1, SIG_DFL);
  close(leaked);
  EXPECT_EQ(Content("files"), "0\n1\n2\n3\n");                     // 3 is the folder that ls reads
  EXPECT_THAT(Content("signals"), ::testing::EndsWith("0000\n"));  // SIGUSR1 is bit 9
}

TEST_F(CommandTest, AProgramThatIsGoneIsTriedAgain) {
  std::ofstream(folder_ / "gone") << "#!/bin/sh\n";
  std::filesystem::permissions(folder_ / "gone", std::filesystem::perms::owner_all);
  const auto channel = testing::CreatePlugin<AlertChannel>("argv: [./gone]", true, folder_.string());
  std::filesystem::remove(folder_ / "gone");
  EXPECT_TRUE(absl::IsUnavailable(channel->Deliver(Event())));
}

TEST_F(CommandTest, ATemplateTakesThePlaceOfTheJson) {
  ASSERT_TRUE(Delivered("cat > input", "template: '{\"t\": \"{{ alert.title }}\"}', escape: json",
                        [] {
                          v1::AlertEvent event = Event();
                          event.mutable_alert()->set_title("\"a\"");
                          return event;
                        }())
                  .ok());
  EXPECT_EQ(Content("input"), "{\"t\": \"\\\"a\\\"\"}");
  // What comes to nothing is no reason to run it.
  EXPECT_TRUE(Delivered("exit 1", "template: \"{% if alert.late %}late{% endif %}\"").ok());
}

TEST_F(CommandTest, WrongOptionsAreToldWithTheirPlace) {
  EXPECT_THAT(testing::OptionErrors("{}"), HasSubstr("\"command\" needs the option \"argv\""));
  EXPECT_THAT(testing::OptionErrors("argv: [no-such-program-anywhere]"), HasSubstr("options.yaml:1:7: "));
  EXPECT_THAT(testing::OptionErrors("argv: [\"page --now\"]"), HasSubstr("there is no program page --now"));
  EXPECT_THAT(testing::OptionErrors("argv: [sh]\nenvironment: [{name: WIREWATCH_ALERT_ID, value: x}]"),
              HasSubstr("options.yaml:2:14: "));
  EXPECT_THAT(testing::OptionErrors("argv: [sh]\ntimeout: 1h"), HasSubstr("options.yaml:2:10: "));
  EXPECT_THAT(testing::OptionErrors("argv: [sh]\ntemplate: a {{ alert.titel }}"), HasSubstr("options.yaml:2:"));
  EXPECT_EQ(testing::OptionErrors("argv: [sh, -c, \"exit 0\"]"), "");
}

}  // namespace
}  // namespace wirewatch

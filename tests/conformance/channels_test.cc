// What every channel must be, whoever wrote it: made from its conformance.yaml (where FOLDER is a folder of its own,
// and nobody answers at the addresses), strict about its options, the same for the same event, and unharmed by a peer
// that is not there and by events that say next to nothing.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "tests/support/built_plugins.h"
#include "wirewatch/config/yaml.h"
#include "wirewatch/loader/registry.h"
#include "wirewatch/pipeline/assemble.h"
#include "wirewatch/pipeline/host_setup.h"
#include "wirewatch/sdk/alert_channel.h"
#include "wirewatch/templates/alert_model.h"

namespace wirewatch {
namespace {

class ChannelConformanceTest : public ::testing::Test {
 protected:
  ChannelConformanceTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "wirewatch-channels-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~ChannelConformanceTest() override { std::filesystem::remove_all(folder_); }

  std::string OptionsOf(const std::string& name) const {
    std::ifstream file(WIREWATCH_SOURCE_DIR "/plugins/alerts/" + name + "/conformance.yaml");
    std::stringstream text;
    text << file.rdbuf();
    return absl::StrReplaceAll(text.str(), {{"FOLDER", folder_.string()}});
  }
  // nullptr where the diagnostics say why.
  static std::unique_ptr<Plugin> Create(const std::string& name, const std::string& options, Diagnostics& diagnostics) {
    const loader::Library* const set[] = {Plugins().Find("alerts", name)};
    const auto factories = Plugins().Load(set);
    if (!factories.ok()) {
      ADD_FAILURE() << factories.status();
      return nullptr;
    }
    const auto node = config::ParseYaml(options, "conformance.yaml", diagnostics);
    if (!node) return nullptr;
    const pipeline::SetupContext context{SystemClock(), true, config::ProcessEnvironment()};
    pipeline::HostSetup setup(context, "conformance", name, *node, diagnostics);
    return (*factories)[0]->Create(*node, setup);
  }
  std::unique_ptr<AlertChannel> Channel(const std::string& name) const {
    Diagnostics diagnostics;
    auto plugin = Create(name, OptionsOf(name), diagnostics);
    EXPECT_TRUE(diagnostics.ok()) << name << ": " << diagnostics.ToString();
    auto* const channel = dynamic_cast<AlertChannel*>(plugin.get());
    EXPECT_NE(channel, nullptr) << name;
    static_cast<void>(plugin.release());
    return std::unique_ptr<AlertChannel>(channel);
  }

  // The sample; one about a silence; one that says nothing; one that is all that outsiders can do.
  static std::vector<v1::AlertEvent> Events() {
    std::vector<v1::AlertEvent> events = {templates::SampleEvent(), {}, {}, templates::SampleEvent()};
    events[1].set_type(v1::ALERT_EVENT_TYPE_SILENCE_ENDED);
    events[1].mutable_silence()->set_reason("maintenance");
    std::string text;
    for (int i = 0; i < 2000; ++i) text += "\r\n.\r\n\"<]>'&\\\x01\x1b[2J\u202E{{ x }}";
    v1::AlertEvent& hostile = events[3];
    hostile.set_reason(text);
    hostile.mutable_alert()->set_title(text);
    for (v1::Evidence& evidence : *hostile.mutable_alert()->mutable_evidence()) {
      evidence.set_headline(text);
      evidence.set_url("https://e.example/" + text);
      evidence.set_snippet(text);
      evidence.mutable_highlights(0)->set_end(1 << 30);
    }
    for (size_t i = 0; i < events.size(); ++i) {
      events[i].set_journal_id("j");
      events[i].set_sequence(i + 1);
    }
    return events;
  }
  static bool MayPass(const absl::Status& status) {
    return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) || absl::IsResourceExhausted(status);
  }

  std::filesystem::path folder_;
};

TEST_F(ChannelConformanceTest, AnOptionThatIsNotThereIsRefusedWithItsPlace) {
  int channels = 0;
  for (const std::string& name : Plugins().Names("alerts")) {
    ++channels;
    Diagnostics diagnostics;
    const std::string options = OptionsOf(name);
    const auto lines = std::count(options.begin(), options.end(), '\n');
    EXPECT_EQ(Create(name, options + "no_such_option: 1\n", diagnostics), nullptr) << name;
    EXPECT_NE(diagnostics.ToString().find("conformance.yaml:" + std::to_string(lines + 1) + ":1: error: "),
              std::string::npos)
        << name << ": " << diagnostics.ToString();
  }
  EXPECT_GE(channels, 7);
}

TEST_F(ChannelConformanceTest, AnEventIsTakenOrTriedAgainAndTheNextIsToo) {
  for (const std::string& name : Plugins().Names("alerts")) {
    ::testing::internal::CaptureStdout();
    const auto channel = Channel(name);
    const absl::Status opened = channel->Open(0);
    EXPECT_TRUE(opened.ok() || MayPass(opened)) << name << ": " << opened;
    for (int round = 0; round < 2; ++round) {
      for (const v1::AlertEvent& event : Events()) {
        const absl::Status taken = channel->Deliver(event);
        EXPECT_TRUE(taken.ok() || MayPass(taken)) << name << ": " << taken;
      }
      channel->Gap(1, 2);
      const absl::Status flushed = channel->Flush();
      EXPECT_TRUE(flushed.ok() || MayPass(flushed)) << name << ": " << flushed;
    }
    ::testing::internal::GetCapturedStdout();
  }
}

TEST_F(ChannelConformanceTest, TheSameEventIsSentInTheSameWay) {
  for (const std::string& name : Plugins().Names("alerts")) {
    const auto channel = Channel(name);
    const auto again = Channel(name);
    for (const v1::AlertEvent& event : Events()) {
      const absl::StatusOr<std::string> preview = channel->Preview(event);
      if (absl::IsUnimplemented(preview.status())) continue;
      ASSERT_TRUE(preview.ok()) << name << ": " << preview.status();
      EXPECT_EQ(*preview, *channel->Preview(event)) << name;
      EXPECT_EQ(*preview, *again->Preview(event)) << name;
    }
  }
}

}  // namespace
}  // namespace wirewatch

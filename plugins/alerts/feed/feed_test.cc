#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "wirewatch/sdk/alert_channel.h"
#include "wirewatch/templates/alert_model.h"
#include "wirewatch/testing/plugin_harness.h"

namespace wirewatch::alerts {
namespace {

namespace pb = google::protobuf;
using templates::SampleEvent;
using ::testing::HasSubstr;
using ::testing::Not;

class FeedTest : public ::testing::Test {
 protected:
  FeedTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "wirewatch-feed-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~FeedTest() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<AlertChannel> Channel(const std::string& more = "") const {
    auto channel = testing::CreatePlugin<AlertChannel>(
        absl::StrCat("{atom: feed.atom, json: feed.json", more.empty() ? "" : ", ", more, "}"), true, folder_.string());
    EXPECT_TRUE(channel->Open(0).ok());
    return channel;
  }
  static v1::AlertEvent Event(uint64_t sequence, const std::string& alert) {
    v1::AlertEvent event = SampleEvent();
    event.set_sequence(sequence);
    event.set_alert_id(alert);
    event.mutable_alert()->set_title("Alert " + alert);
    event.mutable_at()->set_seconds(1795694400 + static_cast<int64_t>(sequence));
    return event;
  }
  std::string Content(const std::string& name) const {
    std::ifstream file(folder_ / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  // As feedparser reads the Atom document.
  pb::Struct Atom() const {
    const std::string command =
        absl::StrCat("/usr/bin/python3 " WIREWATCH_SOURCE_DIR "/plugins/alerts/feed/read_feed.py '",
                     (folder_ / "feed.atom").string(), "'");
    FILE* const pipe = popen(command.c_str(), "r");
    std::string json;
    std::array<char, 4096> bytes{};
    for (size_t got = 0; (got = fread(bytes.data(), 1, bytes.size(), pipe)) > 0;) json.append(bytes.data(), got);
    EXPECT_EQ(pclose(pipe), 0);
    return Parsed(json);
  }
  pb::Struct Json() const { return Parsed(Content("feed.json")); }
  static pb::Struct Parsed(const std::string& json) {
    pb::Struct parsed;
    EXPECT_TRUE(pb::util::JsonStringToMessage(json, &parsed).ok()) << json;
    return parsed;
  }
  static std::string Text(const pb::Struct& from, const std::string& name) {
    const auto found = from.fields().find(name);
    return found == from.fields().end() ? "" : found->second.string_value();
  }
  static std::vector<pb::Struct> List(const pb::Struct& from, const std::string& name) {
    std::vector<pb::Struct> list;
    for (const pb::Value& value : from.fields().at(name).list_value().values()) list.push_back(value.struct_value());
    return list;
  }
  static std::vector<std::string> Titles(const std::vector<pb::Struct>& entries) {
    std::vector<std::string> titles;
    for (const pb::Struct& entry : entries) titles.push_back(Text(entry, "title"));
    return titles;
  }

  std::filesystem::path folder_;
};

TEST_F(FeedTest, AReaderReadsIt) {
  const auto channel = Channel("title: \"Desk & <co>\", home_url: \"https://desk.example/?a&b\"");
  ASSERT_TRUE(channel->Deliver(SampleEvent()).ok());
  ASSERT_TRUE(channel->Flush().ok());
  const pb::Struct atom = Atom();
  EXPECT_EQ(Text(atom, "title"), "Desk & <co>");
  EXPECT_THAT(Text(atom, "id"),
              ::testing::MatchesRegex("urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  EXPECT_EQ(Text(atom, "updated"), "2026-11-26T12:01:30Z");
  const auto entries = List(atom, "entries");
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(Text(entries[0], "title"), "danube-floods: 2 Items from 2 origins");
  EXPECT_EQ(Text(entries[0], "link"), "https://courier.example/danube?page=1&id=7");
  EXPECT_EQ(Text(entries[0], "type"), "text/html");
  EXPECT_THAT(Text(entries[0], "html"), HasSubstr("<a href=\"https://courier.example/danube?page=1&amp;id=7\">River "
                                                  "&lt;Danube&gt; passes"));
  EXPECT_THAT(Text(entries[0], "html"), HasSubstr("By noon the <mark>Danube</mark> stood"));
  const pb::Struct json = Json();
  EXPECT_EQ(Text(json, "version"), "https://jsonfeed.org/version/1.1");
  const auto items = List(json, "items");
  ASSERT_EQ(items.size(), 1U);
  for (const char* const same : {"id", "title"}) EXPECT_EQ(Text(items[0], same), Text(entries[0], same));
  // feedparser takes away the space at the end.
  EXPECT_EQ(Text(items[0], "content_html"), Text(entries[0], "html") + "\n");
  EXPECT_EQ(Text(items[0], "date_modified"), Text(entries[0], "updated"));
  EXPECT_EQ(items[0].fields().at("tags").list_value().values(1).string_value(), "danube-floods");
}

TEST_F(FeedTest, AnAlertIsOneEntryThatChangesAndComesFirst) {
  const auto channel = Channel();
  ASSERT_TRUE(channel->Deliver(Event(1, "a")).ok());
  ASSERT_TRUE(channel->Deliver(Event(2, "b")).ok());
  ASSERT_TRUE(channel->Flush().ok());
  const auto before = List(Json(), "items");
  v1::AlertEvent update = Event(3, "a");
  update.set_type(v1::ALERT_EVENT_TYPE_UPDATED);
  ASSERT_TRUE(channel->Deliver(update).ok());
  ASSERT_TRUE(channel->Flush().ok());
  const auto after = List(Json(), "items");
  EXPECT_THAT(Titles(after), ::testing::ElementsAre("Alert a (updated)", "Alert b"));
  EXPECT_EQ(Text(after[0], "id"), Text(before[1], "id"));
  EXPECT_NE(Text(after[0], "date_modified"), Text(before[1], "date_modified"));
  EXPECT_EQ(Text(after[0], "date_published"), Text(before[1], "date_published"));
  // What comes again, or is older, changes nothing.
  ASSERT_TRUE(channel->Deliver(Event(1, "a")).ok());
  ASSERT_TRUE(channel->Deliver(update).ok());
  ASSERT_TRUE(channel->Flush().ok());
  EXPECT_THAT(Titles(List(Json(), "items")), ::testing::ElementsAre("Alert a (updated)", "Alert b"));
}

TEST_F(FeedTest, KeepsSoManyAlsoThroughARestart) {
  {
    const auto channel = Channel("entries: 3");
    for (uint64_t i = 1; i <= 5; ++i) ASSERT_TRUE(channel->Deliver(Event(i, absl::StrCat(i))).ok());
    ASSERT_TRUE(channel->Flush().ok());
  }
  const std::string atom = Content("feed.atom");
  std::filesystem::remove(folder_ / "feed.json");
  const auto channel = Channel("entries: 3");
  EXPECT_EQ(Content("feed.atom"), atom);
  EXPECT_THAT(Titles(List(Json(), "items")), ::testing::ElementsAre("Alert 5", "Alert 4", "Alert 3"));
  ASSERT_TRUE(channel->Deliver(Event(6, "6")).ok());
  ASSERT_TRUE(channel->Flush().ok());
  EXPECT_THAT(Titles(List(Atom(), "entries")), ::testing::ElementsAre("Alert 6", "Alert 5", "Alert 4"));
}

TEST_F(FeedTest, FilesThatHaveNotChangedAreLeftAlone) {
  Channel();
  struct stat before {
  }, after{};
  ASSERT_EQ(stat((folder_ / "feed.atom").c_str(), &before), 0);
  Channel()->Flush().IgnoreError();
  ASSERT_EQ(stat((folder_ / "feed.atom").c_str(), &after), 0);
  EXPECT_EQ(before.st_ino, after.st_ino);
  EXPECT_EQ(Titles(List(Atom(), "entries")).size(), 0U);
}

TEST_F(FeedTest, HostileTextsStayTexts) {
  const auto channel = Channel();
  v1::AlertEvent event = SampleEvent();
  event.mutable_alert()->set_title("]]></title><script>\x01\x0b\xEF\xBF\xBF&amp;");
  v1::Evidence& evidence = *event.mutable_alert()->mutable_evidence(0);
  evidence.set_headline("<script>alert(1)</script>\x08");
  evidence.set_snippet("</content></entry>]]>");
  evidence.clear_highlights();
  evidence.set_url("javascript:alert(1)");
  ASSERT_TRUE(channel->Deliver(event).ok());
  ASSERT_TRUE(channel->Flush().ok());
  const auto entries = List(Atom(), "entries");
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_THAT(Text(entries[0], "title"), HasSubstr("]]></title><script>"));
  EXPECT_THAT(Text(entries[0], "html"), Not(HasSubstr("<script>")));
  EXPECT_THAT(Text(entries[0], "html"), HasSubstr("&lt;script&gt;alert(1)"));
  EXPECT_THAT(Content("feed.atom"), Not(HasSubstr("javascript:")));
  EXPECT_THAT(Content("feed.json"), Not(HasSubstr("javascript:")));
  EXPECT_EQ(List(Json(), "items").size(), 1U);
}

TEST_F(FeedTest, AReaderNeverSeesHalfOfItThoughTheHostIsKilled) {
  std::mt19937 random(3);
  for (int round = 0; round < 15; ++round) {
    const pid_t child = fork();
    if (child == 0) {
      const auto channel = Channel("entries: 20");
      for (uint64_t i = 1;; ++i) {
        if (!channel->Deliver(Event(i, absl::StrCat(i % 40))).ok() || !channel->Flush().ok()) _exit(1);
      }
    }
    usleep(5000 + random() % 40000);
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));
    const std::string json = Content("feed.json"), atom = Content("feed.atom");
    if (!json.empty()) Parsed(json);
    EXPECT_TRUE(atom.empty() || absl::EndsWith(atom, "</feed>\n"));
  }
  Channel("entries: 20");
  EXPECT_LE(List(Json(), "items").size(), 20U);
  EXPECT_EQ(Titles(List(Atom(), "entries")), Titles(List(Json(), "items")));
}

TEST_F(FeedTest, AFolderThatIsNotThereIsTriedAgain) {
  const auto channel = testing::CreatePlugin<AlertChannel>("atom: none/feed.atom", true, folder_.string());
  EXPECT_TRUE(absl::IsUnavailable(channel->Open(0)));
  std::filesystem::create_directory(folder_ / "none");
  ASSERT_TRUE(channel->Open(0).ok());
  ASSERT_TRUE(channel->Deliver(SampleEvent()).ok());
  std::filesystem::remove_all(folder_ / "none");
  EXPECT_TRUE(absl::IsUnavailable(channel->Flush()));
  std::filesystem::create_directory(folder_ / "none");
  EXPECT_TRUE(channel->Flush().ok());
  EXPECT_THAT(Content("none/feed.atom"), HasSubstr("<entry>"));
}

TEST_F(FeedTest, StateThatIsDamagedIsToldAndNotInTheWay) {
  std::ofstream(folder_ / "feed.atom.state") << "\xff\xff\xff\xff\x7fgarbage";
  ::testing::internal::CaptureStderr();
  const auto channel = Channel();
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("cannot be read to its end"));
  ASSERT_TRUE(channel->Deliver(SampleEvent()).ok());
  EXPECT_TRUE(channel->Flush().ok());
}

TEST_F(FeedTest, WrongOptionsAreToldWithTheirPlace) {
  EXPECT_THAT(testing::OptionErrors("{}"), HasSubstr("\"feed\" needs the option \"atom\" or \"json\""));
  EXPECT_THAT(testing::OptionErrors("json: x\nhome_url: nowhere"), HasSubstr("options.yaml:2:11: "));
  EXPECT_THAT(testing::OptionErrors("json: x\ntemplate: \"{{ alert.titel }}\""), HasSubstr("options.yaml:2:"));
  EXPECT_THAT(testing::OptionErrors("json: x\nentries: 0"), HasSubstr("options.yaml:2:10: "));
  EXPECT_EQ(testing::OptionErrors("json: x"), "");
}

}  // namespace
}  // namespace wirewatch::alerts

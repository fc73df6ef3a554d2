#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <sstream>

#include "wirewatch/sdk/alert_channel.h"
#include "wirewatch/testing/plugin_harness.h"

namespace wirewatch {
namespace {

class JsonlTest : public ::testing::Test {
 protected:
  JsonlTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "wirewatch-jsonl-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~JsonlTest() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<AlertChannel> Channel(uint64_t delivered) {
    auto channel = testing::CreatePlugin<AlertChannel>("path: " + file().string());
    EXPECT_TRUE(channel->Open(delivered).ok());
    return channel;
  }
  static v1::AlertEvent Event(uint64_t sequence, const std::string& journal = "j") {
    v1::AlertEvent event;
    event.set_sequence(sequence);
    event.set_journal_id(journal);
    return event;
  }
  std::filesystem::path file() const { return folder_ / "alerts.jsonl"; }
  std::string Content() const {
    std::ostringstream content;
    content << std::ifstream(file()).rdbuf();
    return content.str();
  }

  std::filesystem::path folder_;
};

TEST_F(JsonlTest, WritesOneLineAnEvent) {
  auto channel = Channel(0);
  ASSERT_TRUE(channel->Deliver(Event(1)).ok());
  ASSERT_TRUE(channel->Deliver(Event(2)).ok());
  ASSERT_TRUE(channel->Flush().ok());
  EXPECT_EQ(Content(), "{\"journalId\":\"j\",\"sequence\":\"1\"}\n{\"journalId\":\"j\",\"sequence\":\"2\"}\n");
}

v1::Digest DigestOf(const std::string& id) {
  v1::Digest digest;
  digest.set_id(id);
  digest.set_checked(3);
  return digest;
}

TEST_F(JsonlTest, ADigestIsALineOfItsOwnAndComesOnce) {
  const std::string lines =
      "{\"journalId\":\"j\",\"sequence\":\"4\"}\n{\"digest\":{\"id\":\"d1\",\"checked\":\"3\"}}\n";
  {
    auto channel = Channel(0);
    ASSERT_TRUE(channel->Deliver(Event(4)).ok());
    ASSERT_TRUE(channel->DeliverDigest(DigestOf("d1")).ok());
    ASSERT_TRUE(channel->DeliverDigest(DigestOf("d1")).ok());
  }
  // As after a crash: neither is written again.
  auto channel = Channel(0);
  ASSERT_TRUE(channel->DeliverDigest(DigestOf("d1")).ok());
  ASSERT_TRUE(channel->Deliver(Event(4)).ok());
  EXPECT_EQ(Content(), lines);
  ASSERT_TRUE(channel->DeliverDigest(DigestOf("d2")).ok());
  EXPECT_EQ(Content(), lines + "{\"digest\":{\"id\":\"d2\",\"checked\":\"3\"}}\n");
}

TEST_F(JsonlTest, AfterACrashCutsHalfALineAndRepeatsNothing) {
  std::ofstream(file()) << "{\"journalId\":\"j\",\"sequence\":\"1\"}\n{\"journalId\":\"j\",\"seq";
  auto channel = Channel(0);
  ASSERT_TRUE(channel->Deliver(Event(1)).ok());
  ASSERT_TRUE(channel->Deliver(Event(2)).ok());
  EXPECT_EQ(Content(), "{\"journalId\":\"j\",\"sequence\":\"1\"}\n{\"journalId\":\"j\",\"sequence\":\"2\"}\n");
}

TEST_F(JsonlTest, AnotherJournalIsWrittenThoughItsNumbersAreLower) {
  Channel(0)->Deliver(Event(7)).IgnoreError();
  auto channel = Channel(0);
  ASSERT_TRUE(channel->Deliver(Event(1, "k")).ok());
  EXPECT_THAT(Content(), ::testing::EndsWith("{\"journalId\":\"k\",\"sequence\":\"1\"}\n"));
}

TEST_F(JsonlTest, FollowsARotatedFile) {
  auto channel = Channel(0);
  ASSERT_TRUE(channel->Deliver(Event(1)).ok());
  std::filesystem::rename(file(), folder_ / "old");
  ASSERT_TRUE(channel->Deliver(Event(2)).ok());
  EXPECT_EQ(Content(), "{\"journalId\":\"j\",\"sequence\":\"2\"}\n");
}

TEST_F(JsonlTest, AFolderThatIsNotThereIsTriedAgain) {
  auto channel = testing::CreatePlugin<AlertChannel>("path: " + (folder_ / "none/x.jsonl").string());
  EXPECT_EQ(channel->Open(0).code(), absl::StatusCode::kUnavailable);
}

TEST_F(JsonlTest, WrongOptionsAreToldWithTheirPlace) {
  using ::testing::HasSubstr;
  EXPECT_THAT(testing::OptionErrors("{}"), HasSubstr("\"jsonl\" needs the option \"path\""));
  EXPECT_THAT(testing::OptionErrors("path: x\nrotate: {daily: true, zone: Europe/Atlantis}"),
              HasSubstr("options.yaml:2:9: error: there is no time zone \"Europe/Atlantis\""));
  EXPECT_THAT(testing::OptionErrors("path: x\nrotate: {keep: 3}"), HasSubstr("options.yaml:2:9: "));
  EXPECT_THAT(testing::OptionErrors("path: \"-\"\nrotate: {daily: true}"), HasSubstr("options.yaml:2:9: "));
  EXPECT_EQ(testing::OptionErrors("path: x\nrotate: {size: 1MiB, keep: 3, gzip: true}"), "");
}

}  // namespace
}  // namespace wirewatch

#include "wirewatch/store/copies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "wirewatch/store/check.h"
#include "wirewatch/store/schema.h"
#include "wirewatch/store/store_fixture.h"
#include "wirewatch/v1/alert.pb.h"
#include "wirewatch/v1/item.pb.h"

namespace wirewatch::store {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

void NoProgress(uint64_t, uint64_t) {}

class CopiesTest : public StoreTest {
 protected:
  void CommitItems(uint64_t count, size_t size = 100) {
    for (uint64_t i = 0; i < count; ++i) {
      ++position_;
      EpochWrites epoch = JournalEpoch(position_, {position_});
      epoch.journal[0].event = v1::AlertEvent().SerializeAsString();
      v1::Item item;
      item.set_body(std::string(size, 'x'));
      epoch.items = {{.position = position_,
                      .id = std::to_string(position_),
                      .version = 1,
                      .content_hash = "h",
                      .item = item.SerializeAsString()}};
      epoch.state = {{.step = "s", .version = 1, .writes = {{"k", "v"}}}};
      ASSERT_TRUE(Commit(std::move(epoch)).ok());
    }
  }
  // Behind the store's back.
  void Change(const std::string& sql) {
    absl::StatusOr<std::unique_ptr<Connection>> connection = Connection::Open(file(), Connection::Access::kExisting);
    ASSERT_TRUE(connection.ok());
    const absl::Status done = (*connection)->Execute(sql);
    ASSERT_TRUE(done.ok()) << done;
  }
  std::vector<std::string> Damage() {
    const absl::StatusOr<StoreContents> checked = CheckStore(file());
    EXPECT_TRUE(checked.ok()) << checked.status();
    return checked.ok() ? checked->damage : std::vector<std::string>{"no store"};
  }

  uint64_t position_ = 0;
};

TEST_F(CopiesTest, CheckShowsWhatIsThereWhileAHostRuns) {
  CommitItems(3);
  ASSERT_TRUE(store_->Advance("mail", 2).ok());
  const absl::StatusOr<StoreContents> checked = CheckStore(file());
  ASSERT_TRUE(checked.ok()) << checked.status();
  EXPECT_THAT(checked->damage, IsEmpty());
  ASSERT_EQ(checked->pipelines.size(), 1u);
  EXPECT_EQ(checked->pipelines[0].items, 3u);
  EXPECT_EQ(checked->pipelines[0].last.position, 3u);
  EXPECT_EQ(checked->pipelines[0].state_keys, 1u);
  EXPECT_EQ(checked->journal.end, 3u);
  ASSERT_EQ(checked->subscriptions.size(), 1u);
  EXPECT_EQ(checked->subscriptions[0].sequence, 2u);
  EXPECT_EQ(checked->journal_id, store_->JournalId());
}

TEST_F(CopiesTest, CheckWorksWithoutAHost) {
  CommitItems(3);
  store_.reset();
  EXPECT_THAT(Damage(), IsEmpty());
}

TEST_F(CopiesTest, CheckSaysWhatDoesNotFitTogether) {
  CommitItems(5);
  Change("DELETE FROM alert_events WHERE sequence = 3");
  EXPECT_THAT(Damage(), Contains(HasSubstr("gap: 4 follows 2")));
  Change("DELETE FROM alert_events; UPDATE items SET item = x'ff' WHERE id = '2'");
  EXPECT_THAT(Damage(), Contains(HasSubstr("Item 2 is not readable")));
  Change("UPDATE pipelines SET last_position = 4");
  EXPECT_THAT(Damage(), Contains(HasSubstr("Item 5 is past its pipeline's last position 4")));
  Change("DELETE FROM recent_keys; DELETE FROM item_keys");
  EXPECT_THAT(Damage(), Contains(HasSubstr("5 Items cannot be found by their ids")));
  Change("INSERT INTO subscriptions VALUES ('ahead', 77)");
  EXPECT_THAT(Damage(), Contains(HasSubstr("\"ahead\" is past the end")));
  Change("DELETE FROM state_versions");
  EXPECT_THAT(Damage(), Contains(HasSubstr("\"s\" has no version")));
  Change("INSERT INTO cursors VALUES (9, 'x', 'y')");
  EXPECT_THAT(Damage(), Contains(HasSubstr("1 rows of the table cursors")));
  Change("UPDATE meta SET value = 9 WHERE key = 'journal_end'; INSERT INTO alert_events VALUES (1, 1, 'a', 0, '')");
  EXPECT_THAT(Damage(), Contains(HasSubstr("end is said to be 9, and its last event is 1")));
}

TEST_F(CopiesTest, CheckFindsAnOverwrittenPage) {
  CommitItems(200);
  store_.reset();
  ASSERT_THAT(Damage(), IsEmpty());
  std::fstream pages(file(), std::ios::in | std::ios::out | std::ios::binary);
  pages.seekp(static_cast<std::streamoff>(std::filesystem::file_size(file()) - 2 * 8192));
  pages << std::string(8192, '\x5a');
  pages.close();
  EXPECT_THAT(Damage(), Contains(HasSubstr("SQLite")));
}

TEST_F(CopiesTest, CheckRefusesWhatIsNoStore) {
  EXPECT_EQ(CheckStore(directory_ / "nothing").status().code(), absl::StatusCode::kNotFound);
  std::ofstream(directory_ / "text") << std::string(5000, 'x');
  EXPECT_FALSE(CheckStore(directory_ / "text").ok());
  Change("PRAGMA user_version = 99");
  EXPECT_EQ(CheckStore(file()).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(CopiesTest, BackupIsTheStoreWithAnotherJournalId) {
  CommitItems(50, 10'000);
  const std::filesystem::path copy = directory_ / "copy.db";
  uint64_t last = 0, all = 0;
  ASSERT_TRUE(BackUpStore(file(), copy, [&](uint64_t done, uint64_t of) { last = done, all = of; }).ok());
  EXPECT_EQ(last, all);
  EXPECT_GT(all, 500'000u);
  CommitItems(1);
  absl::StatusOr<std::unique_ptr<Store>> opened = OpenSqlite({.path = copy});
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_NE((*opened)->JournalId(), store_->JournalId());
  EXPECT_EQ((*opened)->LastPosition("p")->position, 50u);
  EXPECT_EQ((*opened)->ReadItems("p", 0, 100)->size(), 50u);
  EXPECT_EQ((*opened)->Journal()->end, 50u);
  opened->reset();
  // Nothing else stands there.
  for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
    EXPECT_TRUE(entry.path().filename() == "copy.db" || entry.path().filename() == "copy.db.lock" ||
                entry.path().filename() == "sub")
        << entry.path();
  }
}

TEST_F(CopiesTest, BackupOverwritesNothing) {
  CommitItems(1);
  std::ofstream(directory_ / "precious") << "mine";
  EXPECT_EQ(BackUpStore(file(), directory_ / "precious", NoProgress).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(std::filesystem::file_size(directory_ / "precious"), 4u);
  EXPECT_FALSE(BackUpStore(file(), directory_ / "no folder" / "copy", NoProgress).ok());
}

TEST_F(CopiesTest, BackupEndsWhileAHostCommits) {
  CommitItems(300, 40'000);
  // Each step of the copy sees another commit.
  ASSERT_TRUE(BackUpStore(file(), directory_ / "copy", [&](uint64_t, uint64_t) { CommitItems(1); }).ok());
  const absl::StatusOr<StoreContents> checked = CheckStore(directory_ / "copy");
  ASSERT_TRUE(checked.ok()) << checked.status();
  EXPECT_THAT(checked->damage, IsEmpty());
  EXPECT_EQ(checked->pipelines[0].items, 300u);
}

// As after a kill: all that is there stands in the log.
TEST_F(CopiesTest, CompactCountsWhatTheLogHolds) {
  CommitItems(20, 20'000);
  const std::filesystem::path copy = directory_ / "killed.db";
  std::filesystem::copy(file(), copy);
  std::filesystem::copy(file().string() + "-wal", copy.string() + "-wal");
  const absl::StatusOr<Compaction> done = CompactStore(copy);
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_GT(done->bytes_before, 400'000u);
  EXPECT_GT(done->bytes_after, 400'000u);
}

TEST_F(CopiesTest, CompactGivesBackAndLosesNothing) {
  CommitItems(100, 20'000);
  Change("DELETE FROM items WHERE id > '5'; UPDATE pipelines SET item_bytes = (SELECT sum(length(item)) FROM items)");
  EXPECT_EQ(CompactStore(file()).status().code(), absl::StatusCode::kFailedPrecondition);
  store_.reset();
  const absl::StatusOr<Compaction> done = CompactStore(file());
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_LT(done->bytes_after, done->bytes_before / 3 * 2);
  EXPECT_THAT(Damage(), IsEmpty());
  Reopen();
  EXPECT_EQ(store_->Journal()->end, 100u);
  EXPECT_EQ(CompactStore(directory_ / "nothing").status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace wirewatch::store

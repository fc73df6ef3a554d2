// A store in trouble: what it says, that it has lost nothing, and that the same object goes on when the trouble is
// over.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include "wirewatch/store/checkpointer.h"
#include "wirewatch/store/faulty_files_fixture.h"
#include "wirewatch/store/store_fixture.h"

namespace wirewatch::store {
namespace {

using ::testing::HasSubstr;

class TroubleTest : public StoreTest {
 protected:
  TroubleTest() : files_(std::make_unique<FaultyFiles>()) {}
  ~TroubleTest() override { store_.reset(); }

  // Position n with an Item and a journal entry.
  static EpochWrites Number(uint64_t n) {
    EpochWrites epoch = JournalEpoch(n, {n});
    epoch.items = {{.position = n, .id = std::to_string(n), .version = 1, .content_hash = "h", .item = "i"}};
    return epoch;
  }
  void ExpectUpTo(uint64_t n) {
    EXPECT_EQ(store_->LastPosition("p")->position, n);
    EXPECT_EQ(store_->ReadItems("p", 0, 100)->size(), n);
    EXPECT_EQ(store_->Journal()->end, n);
    EXPECT_EQ(Sequences(0).size(), n);
  }

  std::unique_ptr<FaultyFiles> files_;
};

TEST_F(TroubleTest, FullDiskIsWaitedOut) {
  ASSERT_TRUE(Commit(Number(1)).ok());
  (*files_)[FaultyFiles::kLog].write = SQLITE_FULL;
  for (int i = 0; i < 3; ++i) {
    const absl::Status full = Commit(Number(2));
    EXPECT_EQ(full.code(), absl::StatusCode::kResourceExhausted) << full;
    EXPECT_TRUE(IsTrouble(full));
    ExpectUpTo(1);
  }
  (*files_)[FaultyFiles::kLog].write = SQLITE_OK;
  EXPECT_TRUE(Commit(Number(2)).ok());
  EXPECT_TRUE(Commit(Number(3)).ok());
  ExpectUpTo(3);
}

TEST_F(TroubleTest, IoErrorsAreWaitedOut) {
  ASSERT_TRUE(Commit(Number(1)).ok());
  for (const auto fault : {&FileFaults::write, &FileFaults::sync}) {
    (*files_)[FaultyFiles::kLog].*fault = SQLITE_IOERR_WRITE;
    EXPECT_EQ(Commit(Number(2)).code(), absl::StatusCode::kUnavailable);
    ExpectUpTo(1);
    (*files_)[FaultyFiles::kLog].*fault = SQLITE_OK;
  }
  EXPECT_TRUE(Commit(Number(2)).ok());
  EXPECT_TRUE(store_->Advance("mail", 2).ok());
  ExpectUpTo(2);
}

// The log has got the commit, though the disk would not say that it is safe: when every connection has been closed
// meanwhile, the next one finds it there.
TEST_F(TroubleTest, CommitThatBecameDurableAllTheSameIsNotDoubled) {
  ASSERT_TRUE(Commit(Number(1)).ok());
  (*files_)[FaultyFiles::kLog].sync = SQLITE_IOERR_FSYNC;
  EXPECT_FALSE(Commit(Number(2)).ok());
  (*files_)[FaultyFiles::kLog].sync = SQLITE_OK;
  EXPECT_EQ(store_->LastPosition("p")->position, 2u) << "this must go the way that the test is about";
  EXPECT_TRUE(Commit(Number(2)).ok());
  ExpectUpTo(2);
  EXPECT_TRUE(Commit(Number(3)).ok());
  ExpectUpTo(3);
}

TEST_F(TroubleTest, ReadErrorsAreWaitedOut) {
  ASSERT_TRUE(Commit(Number(1)).ok());
  Reopen();  // all is in the file now, not in the log
  (*files_)[FaultyFiles::kMain].read = SQLITE_IOERR_READ;
  EXPECT_EQ(store_->ReadItems("p", 0, 10).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(store_->ReadItem("p", "1", 0).status().code(), absl::StatusCode::kUnavailable);
  (*files_)[FaultyFiles::kMain].read = SQLITE_OK;
  ExpectUpTo(1);
}

TEST_F(TroubleTest, DamagedPagesAreDataLossAsLongAsTheyLast) {
  ASSERT_TRUE(Commit(Number(1)).ok());
  Reopen();
  (*files_)[FaultyFiles::kMain].garbled = true;
  EXPECT_EQ(store_->ReadItems("p", 0, 10).status().code(), absl::StatusCode::kDataLoss);
  const absl::Status damaged = Commit(Number(2));
  EXPECT_EQ(damaged.code(), absl::StatusCode::kDataLoss) << damaged;
  (*files_)[FaultyFiles::kMain].garbled = false;
  EXPECT_TRUE(Commit(Number(2)).ok());
  ExpectUpTo(2);
}

TEST_F(TroubleTest, ReadOnlyStoreIsPermissionDenied) {
  ASSERT_TRUE(Commit(Number(1)).ok());
  (*files_)[FaultyFiles::kLog].write = SQLITE_IOERR_WRITE;
  EXPECT_FALSE(Commit(Number(2)).ok());
  (*files_)[FaultyFiles::kLog].write = SQLITE_OK;
  files_->set_read_only(true);
  const absl::Status denied = Commit(Number(2));
  EXPECT_EQ(denied.code(), absl::StatusCode::kPermissionDenied) << denied;
  EXPECT_TRUE(IsTrouble(denied));
  files_->set_read_only(false);
  EXPECT_TRUE(Commit(Number(2)).ok());
  ExpectUpTo(2);
}

TEST_F(TroubleTest, StoreThatIsGoneIsWaitedForAndNeverMadeAnew) {
  ASSERT_TRUE(Commit(Number(1)).ok());
  (*files_)[FaultyFiles::kLog].write = SQLITE_IOERR_WRITE;
  EXPECT_FALSE(Commit(Number(2)).ok());
  (*files_)[FaultyFiles::kLog].write = SQLITE_OK;
  std::filesystem::rename(file(), file().string() + ".away");
  EXPECT_EQ(Commit(Number(2)).code(), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(std::filesystem::exists(file()));
  std::filesystem::rename(file().string() + ".away", file());
  EXPECT_TRUE(Commit(Number(2)).ok());
  ExpectUpTo(2);
}

TEST_F(TroubleTest, LogIsCopiedWhenTheTroubleIsOver) {
  (*files_)[FaultyFiles::kMain].write = SQLITE_FULL;
  for (uint64_t n = 1; n <= 8; ++n) {
    EpochWrites epoch = Number(n);
    epoch.items[0].item.assign(1 << 20, 'x');
    ASSERT_TRUE(Commit(std::move(epoch)).ok());
  }
  const uintmax_t before = std::filesystem::file_size(file());
  (*files_)[FaultyFiles::kMain].write = SQLITE_OK;
  bool copied = false;
  for (int i = 0; i < 1000 && !copied; ++i) {
    copied = std::filesystem::file_size(file()) > before + (8 << 20);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_TRUE(copied);
}

TEST_F(TroubleTest, WhatTheSystemSaysDecidesAndIsTold) {
  ASSERT_TRUE(Commit(Number(1)).ok());
  signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit small = before;
  small.rlim_cur = 64 << 10;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  EpochWrites large = Number(2);
  large.items[0].item.assign(1 << 20, 'x');
  const absl::Status limited = Commit(large);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_EQ(limited.code(), absl::StatusCode::kResourceExhausted) << limited;
  EXPECT_THAT(std::string(limited.message()), HasSubstr("File too large"));
  EXPECT_TRUE(Commit(std::move(large)).ok());
  ExpectUpTo(2);
}

}  // namespace
}  // namespace wirewatch::store

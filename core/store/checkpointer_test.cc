#include "wirewatch/store/checkpointer.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

#include "wirewatch/store/store_fixture.h"

namespace wirewatch::store {
namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20;

class CheckpointerTest : public StoreTest {
 protected:
  uint64_t LogBytes() const { return std::filesystem::file_size(file().string() + "-wal"); }
  uint64_t FileBytes() const { return std::filesystem::file_size(file()); }

  void CommitMegabytes(uint64_t count) {
    for (uint64_t i = 0; i < count; ++i) {
      EpochWrites epoch = Epoch(++position_);
      epoch.items = {{.position = position_,
                      .id = std::to_string(position_),
                      .version = 1,
                      .content_hash = "h",
                      .item = std::string(kMiB, 'x')}};
      ASSERT_TRUE(Commit(std::move(epoch)).ok());
    }
  }
  template <class Condition>
  bool Eventually(Condition condition) {
    for (int i = 0; i < 1000; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }

  uint64_t position_ = 0;
};

TEST_F(CheckpointerTest, LogIsCopiedBehindTheCommits) {
  CommitMegabytes(8);
  // What the last copy left may stay in the log.
  EXPECT_TRUE(Eventually([&] { return FileBytes() + Checkpointer::kCopyBytes > 8 * kMiB; }));
}

TEST_F(CheckpointerTest, LogIsNoLongerThanItsBound) {
  CommitMegabytes(200);
  // What was committed while the last copy ran comes on top.
  EXPECT_LT(LogBytes(), 2 * Checkpointer::kLongBytes);
}

TEST_F(CheckpointerTest, LogThatAReaderHeldIsCutBackAfterwards) {
  absl::StatusOr<std::unique_ptr<Connection>> reader = Connection::Open(file(), Connection::Access::kReadOnly);
  ASSERT_TRUE(reader.ok()) << reader.status();
  ASSERT_TRUE((*reader)->Execute("BEGIN; SELECT count(*) FROM items").ok());
  CommitMegabytes(80);
  EXPECT_GT(LogBytes(), Checkpointer::kLongBytes);
  ASSERT_TRUE((*reader)->Execute("COMMIT").ok());
  EXPECT_TRUE(Eventually([&] {
    CommitMegabytes(4);
    return LogBytes() <= Checkpointer::kLongBytes;
  }));
}

}  // namespace
}  // namespace wirewatch::store

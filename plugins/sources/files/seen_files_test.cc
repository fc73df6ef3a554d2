#include "seen_files.h"

#include <gtest/gtest.h>

namespace wirewatch::sources {
namespace {

TEST(SeenFilesTest, CursorsComeBack) {
  SeenFiles seen;
  seen.Set(7, {.stamp = 1, .entry = 2, .offset = 3, .element = 4, .tail = 5, .line = 6});
  seen.Set(8, {.stamp = 0, .offset = uint64_t{1} << 60});
  SeenFiles again;
  ASSERT_TRUE(again.Decode(seen.Encode()).ok());
  EXPECT_EQ(again.Find(7)->tail, 5u);
  EXPECT_EQ(again.Find(7)->line, 6u);
  EXPECT_EQ(again.Find(8)->offset, uint64_t{1} << 60);
  EXPECT_EQ(again.Find(9), nullptr);
  EXPECT_EQ(again.Encode(), seen.Encode());
}

TEST(SeenFilesTest, CursorsFromBeforeLinesWereCountedAreRead) {
  std::string cursor = "files-1\n";
  for (const char number : {7, 1, 2, 3, 4, 5, 8, 0, 0, 9, 0, 0})
    cursor += std::string(1, number) + std::string(7, '\0');
  SeenFiles seen;
  ASSERT_TRUE(seen.Decode(cursor).ok());
  EXPECT_EQ(seen.Find(7)->tail, 5u);
  EXPECT_EQ(seen.Find(7)->line, 0u);
  EXPECT_EQ(seen.Find(8)->offset, 9u);
}

TEST(SeenFilesTest, CursorsHoldTheFilesThatWereReadLast) {
  SeenFiles seen;
  for (uint64_t key = 1; key <= SeenFiles::kMaxInCursor + 10; ++key) seen.Set(key, {.stamp = key});
  EXPECT_NE(seen.Find(1), nullptr);  // a run forgets nothing
  const std::string cursor = seen.Encode();
  EXPECT_LT(cursor.size(), size_t{1} << 20);
  SeenFiles again;
  ASSERT_TRUE(again.Decode(cursor).ok());
  EXPECT_EQ(again.Find(10), nullptr);
  EXPECT_NE(again.Find(11), nullptr);
}

TEST(SeenFilesTest, FilesThatAreGoneAreForgotten) {
  SeenFiles seen;
  for (const FileKey key : {1, 2, 3}) seen.Set(key, {});
  seen.Keep({2});
  EXPECT_EQ(seen.Find(1), nullptr);
  EXPECT_NE(seen.Find(2), nullptr);
}

TEST(SeenFilesTest, WhatIsNoCursorIsRefused) {
  SeenFiles seen;
  EXPECT_FALSE(seen.Decode("nonsense").ok());
  seen.Set(1, {});
  EXPECT_FALSE(SeenFiles().Decode(seen.Encode() + "x").ok());
}

}  // namespace
}  // namespace wirewatch::sources

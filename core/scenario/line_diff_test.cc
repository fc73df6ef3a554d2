#include "wirewatch/scenario/line_diff.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace wirewatch::scenario {
namespace {

TEST(UnifiedDiffTest, EqualTextsHaveNone) { EXPECT_EQ(UnifiedDiff("a\nb\n", "a\nb\n", "x", "y"), ""); }

TEST(UnifiedDiffTest, AsDiffPrintsIt) {
  EXPECT_EQ(UnifiedDiff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n10\n", "old", "new"),
            "--- old\n+++ new\n"
            "@@ -2,8 +2,9 @@\n"
            " 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n 9\n+10\n");
}

TEST(UnifiedDiffTest, FarChangesStandApart) {
  std::string before, after;
  for (int i = 1; i <= 20; ++i) {
    absl::StrAppend(&before, i, "\n");
    absl::StrAppend(&after, i == 2 || i == 19 ? "x" : absl::StrCat(i), "\n");
  }
  EXPECT_EQ(UnifiedDiff(before, after, "a", "b", 1),
            "--- a\n+++ b\n@@ -1,3 +1,3 @@\n 1\n-2\n+x\n 3\n@@ -18,3 +18,3 @@\n 18\n-19\n+x\n 20\n");
}

TEST(UnifiedDiffTest, FromAndToNothing) {
  EXPECT_EQ(UnifiedDiff("", "a\n", "a", "b"), "--- a\n+++ b\n@@ -0,0 +1 @@\n+a\n");
  EXPECT_EQ(UnifiedDiff("a\nb\n", "", "a", "b"), "--- a\n+++ b\n@@ -1,2 +0,0 @@\n-a\n-b\n");
}

// Applied to `before`, what the difference says must give `after`.
TEST(UnifiedDiffTest, LongTextsAreReplacedWhereComparingWouldTakeTooMuch) {
  std::string before, after;
  for (int i = 0; i < 5000; ++i) {
    absl::StrAppend(&before, "a", i, "\n");
    absl::StrAppend(&after, "b", i, "\n");
  }
  const std::string difference = UnifiedDiff(before, after, "a", "b");
  EXPECT_NE(difference.find("@@ -1,5000 +1,5000 @@\n-a0\n-a1\n"), std::string::npos);
}

}  // namespace
}  // namespace wirewatch::scenario

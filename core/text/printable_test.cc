#include "wirewatch/text/printable.h"

#include <gtest/gtest.h>

namespace wirewatch::text {
namespace {

TEST(PrintableTest, KeepsTextAndMakesItOneLine) { EXPECT_EQ(Printable("Žižek — 東京\n\tдва"), "Žižek — 東京  два"); }

TEST(PrintableTest, TakesTheSequencesOfTerminalsApart) {
  EXPECT_EQ(Printable("a\x1b[31mb\x07"), "a\xEF\xBF\xBD[31mb\xEF\xBF\xBD");
  EXPECT_EQ(Printable("a\xC2\x9B"
                      "31mb"),
            "a\xEF\xBF\xBD"
            "31mb");
}

TEST(PrintableTest, LeavesOutWhatReordersOrHides) {
  EXPECT_EQ(Printable("a\u202Eb\u2066c\u00ADd"), "abcd");
  EXPECT_EQ(Printable("👩\u200D🚒"), "👩\u200D🚒");
}

TEST(PrintableTest, CountsColumns) {
  EXPECT_EQ(ColumnsOf("abc"), 3);
  EXPECT_EQ(ColumnsOf("東京"), 4);
  EXPECT_EQ(ColumnsOf("e\u0301"), 1);
}

}  // namespace
}  // namespace wirewatch::text

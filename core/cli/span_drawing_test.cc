#include "wirewatch/cli/span_drawing.h"

#include <gtest/gtest.h>

namespace wirewatch::cli {
namespace {

TEST(SpanDrawingTest, DrawsMarksUnderTheirWords) {
  EXPECT_EQ(DrawSpans("KFOR clashed here", {{0, 4, "kfor"}, {5, 12, "clash"}}, 80),
            "  KFOR clashed here\n"
            "  └──┘ kfor\n"
            "       └─────┘ clash\n");
}

TEST(SpanDrawingTest, PutsMarksThatDoNotTouchOnOneRow) {
  EXPECT_EQ(DrawSpans("KFOR then said that it clashed", {{0, 4, "a"}, {23, 30, "b"}}, 80),
            "  KFOR then said that it clashed\n"
            "  └──┘ a                 └─────┘ b\n");
}

TEST(SpanDrawingTest, WrapsAtBlanksAndGoesOnOnTheNextLine) {
  EXPECT_EQ(DrawSpans("one two three four", {{4, 13, "m"}}, 8),
            "  one two \n"
            "      └─── m\n"
            "  three \n"
            "  ────┘\n"
            "  four\n");
}

TEST(SpanDrawingTest, CountsColumnsNotBytes) {
  EXPECT_EQ(DrawSpans("Žižek 東京 x", {{8, 14, "t"}}, 80),
            "  Žižek 東京 x\n"
            "        └──┘ t\n");
}

TEST(SpanDrawingTest, KeepsParagraphsAndNothingThatDrivesATerminal) {
  EXPECT_EQ(DrawSpans("a\n\nb\x1b[2J", {}, 80), "  a\n\n  b\xEF\xBF\xBD[2J\n");
}

TEST(SpanDrawingTest, SurvivesALongWord) {
  EXPECT_EQ(DrawSpans(std::string(10, 'x'), {{0, 10, "w"}}, 4), "  xxxx\n  └─── w\n  xxxx\n  ────\n  xx\n  ─┘\n");
}

}  // namespace
}  // namespace wirewatch::cli

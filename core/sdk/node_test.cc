#include "wirewatch/sdk/node.h"

#include <gtest/gtest.h>

namespace wirewatch {
namespace {

SourceLocation At(int line, int column) { return {std::make_shared<const std::string>("a.yaml"), line, column}; }

TEST(DiagnosticsTest, ListsEveryProblemByPlace) {
  Diagnostics diagnostics;
  diagnostics.Error(At(9, 2), "later");
  diagnostics.Warning(At(3, 7), "odd", "mend it");
  EXPECT_EQ(diagnostics.ToString(), "a.yaml:3:7: warning: odd (mend it)\na.yaml:9:2: error: later");
  EXPECT_EQ(diagnostics.errors(), 1);
  EXPECT_FALSE(diagnostics.ToStatus().ok());
}

TEST(DiagnosticsTest, WarningsAloneAreFine) {
  Diagnostics diagnostics;
  diagnostics.Warning(At(1, 1), "odd");
  EXPECT_TRUE(diagnostics.ToStatus().ok());
}

TEST(NodeTest, NamesThePlaceInsideABlockScalar) {
  Node node = Node::Scalar("first\nsecond AND OR\n", At(4, 10), true);
  node.set_block(5, 6);
  EXPECT_EQ(node.PlaceOf(0).ToString(), "a.yaml:5:7");
  EXPECT_EQ(node.PlaceOf(6 + 11).ToString(), "a.yaml:6:18");
}

TEST(NodeTest, CountsCodePointsNotBytes) {
  const Node node = Node::Scalar("évé x", At(1, 3));
  EXPECT_EQ(node.PlaceOf(6).column, 3 + 4);
}

TEST(NodeTest, AQuotedScalarHasOnlyItsOwnPlace) {
  const Node node = Node::Scalar("a \\n b", At(1, 3), true);
  EXPECT_EQ(node.PlaceOf(4).column, 3);
}

TEST(ClosestNameTest, FindsWhatWasMeant) {
  const std::vector<std::string> names = {"files", "min_ratio", "when"};
  EXPECT_EQ(ClosestName("fiels", names), "files");
  EXPECT_EQ(ClosestName("file", names), "files");
  EXPECT_EQ(ClosestName("min", names), "min_ratio");
  EXPECT_EQ(ClosestName("colour", names), "");
}

}  // namespace
}  // namespace wirewatch

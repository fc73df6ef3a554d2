#include "wirewatch/alerts/raise_when.h"

#include <gtest/gtest.h>

namespace wirewatch::alerts {
namespace {

v1::Alert With(uint64_t origins, uint64_t items, v1::Severity severity) {
  v1::Alert alert;
  alert.set_origin_count(origins);
  alert.set_item_count(items);
  alert.set_signal_count(items + 1);
  alert.set_severity(severity);
  return alert;
}

bool Holds(std::string_view text, const v1::Alert& alert) {
  RaiseWhen parsed;
  RaiseWhen::Error error;
  EXPECT_TRUE(RaiseWhen::Parse(text, parsed, error)) << text << ": " << error.message;
  return parsed.Holds(alert);
}

TEST(RaiseWhen, ComparesWhatIsKnownOfAnAlert) {
  const v1::Alert alert = With(2, 5, v1::SEVERITY_HIGH);
  EXPECT_TRUE(Holds("origins>=2", alert));
  EXPECT_FALSE(Holds("origins > 2", alert));
  EXPECT_TRUE(Holds("items=5 and signals==6", alert));
  EXPECT_FALSE(Holds("items!=5", alert));
  EXPECT_TRUE(Holds("items<=5 AND items<6", alert));
  EXPECT_TRUE(Holds("severity>=medium", alert));
  EXPECT_FALSE(Holds("severity>HIGH", alert));
  EXPECT_TRUE(RaiseWhen().Holds(alert));
}

TEST(RaiseWhen, NotBindsBeforeAndAndBeforeOr) {
  const v1::Alert alert = With(1, 1, v1::SEVERITY_LOW);
  EXPECT_TRUE(Holds("origins>=1 OR origins>=2 AND origins>=3", alert));
  EXPECT_FALSE(Holds("(origins>=1 OR origins>=2) AND origins>=3", alert));
  EXPECT_FALSE(Holds("NOT origins>=1 AND origins>=2 OR items>1", alert));
  EXPECT_TRUE(Holds("NOT (origins>=2 OR items>=2)", alert));
  EXPECT_TRUE(Holds("not not items=1", alert));
}

TEST(RaiseWhen, SaysWhereItIsWrong) {
  const auto error = [](std::string_view text) {
    RaiseWhen parsed;
    RaiseWhen::Error wrong;
    EXPECT_FALSE(RaiseWhen::Parse(text, parsed, wrong)) << text;
    EXPECT_TRUE(parsed.always());
    return std::to_string(wrong.column) + ": " + wrong.message;
  };
  EXPECT_EQ(error(""), "1: a comparison is missing");
  EXPECT_EQ(error("origin>=3"), "1: \"origin\" is nothing that is counted");
  EXPECT_EQ(error("origins>=three"), "10: \"three\" is no number");
  EXPECT_EQ(error("items>=2 AND severity>=dire"), "24: \"dire\" is no severity");
  EXPECT_EQ(error("items 2"), "7: \"items\" is compared with nothing");
  EXPECT_EQ(error("items>=2 items>=3"), "10: expected AND, OR or the end");
  EXPECT_EQ(error("items>=1 AND (items>=2"), "14: a parenthesis without its end");
  EXPECT_EQ(error("items>=1 ü"), "10: expected AND, OR or the end");
  EXPECT_EQ(error("items>=-1"), "8: \"-\" is no number");
  EXPECT_NE(error(std::string(10'000, '(')).find("nested too deeply"), std::string::npos);
  std::string text = "items=1";
  for (int i = 0; i < 200; ++i) text += " OR items=1";
  EXPECT_NE(error(text).find("too long"), std::string::npos);
}

}  // namespace
}  // namespace wirewatch::alerts

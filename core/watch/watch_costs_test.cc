#include "wirewatch/watch/watch_costs.h"

#include <gtest/gtest.h>

#include <deque>
#include <string>

#include "absl/strings/str_cat.h"

namespace wirewatch::watch {
namespace {

absl::Time Minute(int minute) { return absl::FromUnixSeconds(1'000'000'200) + absl::Minutes(minute); }

TEST(WatchCostsTest, AddsUpWhatWasTimed) {
  WatchCosts costs;
  costs.SetTime(Minute(0));
  costs.Add({{"a", 300, false}, {"b", 100, true}}, 500);
  costs.SetTime(Minute(30));
  costs.Add({{"b", 500, true}, {"c", 0, true}}, 500);
  const std::vector<WatchCost> dearest = costs.Dearest(2);
  ASSERT_EQ(dearest.size(), 2U);
  EXPECT_EQ(dearest[0].id, "b");
  EXPECT_DOUBLE_EQ(dearest[0].share_of_time, 0.6);
  EXPECT_EQ(dearest[0].candidates, 2 * WatchCosts::kOneIn);
  EXPECT_EQ(dearest[0].hits, 2 * WatchCosts::kOneIn);
  EXPECT_EQ(dearest[1].id, "a");
  EXPECT_EQ(dearest[1].hits, 0U);
}

TEST(WatchCostsTest, ForgetsWhatIsOlderThanAnHour) {
  WatchCosts costs;
  costs.SetTime(Minute(0));
  costs.Add({{"old", 1000, false}}, 1000);
  costs.SetTime(Minute(58));
  costs.SetTime(Minute(20));  // not taken notice of
  costs.Add({{"new", 1, false}}, 1);
  EXPECT_EQ(costs.Dearest(10).size(), 2U);
  costs.SetTime(Minute(61));
  ASSERT_EQ(costs.Dearest(10).size(), 1U);
  EXPECT_EQ(costs.Dearest(10)[0].id, "new");
  EXPECT_DOUBLE_EQ(costs.Dearest(10)[0].share_of_time, 1);
}

TEST(WatchCostsTest, KeepsTheDearOfMany) {
  WatchCosts costs;
  std::deque<std::string> ids;
  for (int i = 0; i < 20'000; ++i) ids.push_back(absl::StrCat("cheap", i));
  for (int i = 0; i < 20'000; ++i) {
    const std::string dear = absl::StrCat("dear", i % 5);
    costs.Add({{ids[static_cast<size_t>(i)], 10, false}, {dear, 1000, false}}, 1010);
  }
  const std::vector<WatchCost> dearest = costs.Dearest(100'000);
  EXPECT_LE(dearest.size(), 2 * WatchCosts::kMostWatches);
  for (size_t i = 0; i < 5; ++i) {
    EXPECT_TRUE(dearest[i].id.starts_with("dear")) << dearest[i].id;
    EXPECT_NEAR(dearest[i].share_of_time, 0.198, 0.003);
  }
}

}  // namespace
}  // namespace wirewatch::watch

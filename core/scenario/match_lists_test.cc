#include "wirewatch/scenario/match_lists.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace wirewatch::scenario {
namespace {

// Elements are letters, and differ by how far apart they stand. "wanted-found" for each step, "_" for none.
std::string Paired(const std::string& wanted, const std::string& found, bool whole, bool any_order) {
  const Pairing pairing = Pair(wanted.size(), found.size(), whole, any_order,
                               [&](size_t i, size_t j) { return static_cast<size_t>(std::abs(wanted[i] - found[j])); });
  std::string text;
  for (const Pairing::Step& step : pairing.steps) {
    text += step.wanted == Pairing::kNone ? '_' : wanted[step.wanted];
    text += step.found == Pairing::kNone ? '_' : found[step.found];
    text += ' ';
  }
  return text;
}

TEST(PairTest, InOrder) {
  EXPECT_EQ(Paired("ac", "abc", false, false), "aa _b cc ");
  EXPECT_EQ(Paired("", "ab", true, false), "_a _b ");
  EXPECT_EQ(Paired("ab", "", true, false), "a_ b_ ");
  EXPECT_EQ(Paired("aab", "xaxab", false, false), "_x aa _x aa bb ");
}

TEST(PairTest, TheFirstThatAnswersIsNotAlwaysTheRightOne) {
  // Greedily, `b` would take the only `b`, and `a` before it find nothing.
  EXPECT_EQ(Paired("ab", "bab", false, false), "_b aa bb ");
}

TEST(PairTest, OfEqualLengthOneByOne) { EXPECT_EQ(Paired("amz", "anz", true, false), "aa mn zz "); }

TEST(PairTest, WhatIsMissingIsComparedWithTheNearestBetweenItsNeighbours) {
  EXPECT_EQ(Paired("amz", "acnz", false, false), "aa _c mn zz ");
  EXPECT_EQ(Paired("amz", "azm", false, false), "aa _z mm z_ ");
}

TEST(PairTest, AnyOrder) {
  EXPECT_EQ(Paired("cab", "abc", true, true), "aa bb cc ");
  EXPECT_EQ(Paired("ab", "bb", true, true), "bb ab ");
}

}  // namespace
}  // namespace wirewatch::scenario

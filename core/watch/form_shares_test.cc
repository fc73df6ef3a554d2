#include "wirewatch/watch/form_shares.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "wirewatch/watch/watch_fixture.h"

namespace wirewatch::watch {
namespace {

void AddItems(FormShares& shares, int count, const std::string& body) {
  text::TextIndex index;
  for (int i = 0; i < count; ++i) {
    index.Build(BodyItem(absl::StrCat(body, i % 10 == 0 ? " tenth tenth" : "", " number", i)));
    shares.Add(index);
  }
}

TEST(FormSharesTest, WhatWasNotMeasuredIsAsAssumed) {
  const FormShares by_length(nullptr);
  EXPECT_DOUBLE_EQ(by_length.Of("kosovo"), ShareByLength(6));
  const FormShares given([](std::string_view form) { return form == "kfor" ? 0.25 : -1; });
  EXPECT_DOUBLE_EQ(given.Of("kfor"), 0.25);
  EXPECT_DOUBLE_EQ(given.Of("kosovo"), ShareByLength(6));
}

TEST(FormSharesTest, CountsEachWordOnceAnItem) {
  FormShares shares(nullptr);
  AddItems(shares, 2000, "the");
  EXPECT_EQ(shares.added(), 2000U);
  EXPECT_GT(shares.Of("the"), 0.98);
  EXPECT_NEAR(shares.Of("tenth"), 0.1, 0.01);
  EXPECT_LT(shares.Of("number77"), 0.002);
  EXPECT_LT(shares.Of("elsewhere"), 0.002);
  EXPECT_GT(shares.Of("elsewhere"), 0);
}

TEST(FormSharesTest, OlderItemsFade) {
  FormShares shares(nullptr);
  const auto add = [&](const std::string& body) {
    for (int i = 0; i < 40; ++i) {
      AddItems(shares, 1000, body);
      shares.Fade();
    }
  };
  add("strike");
  EXPECT_GT(shares.Of("strike"), 0.98);
  add("summit");
  EXPECT_LT(shares.Of("strike"), 0.15);
  EXPECT_GT(shares.Of("summit"), 0.85);
  EXPECT_LE(shares.Of("summit"), 1);
}

}  // namespace
}  // namespace wirewatch::watch

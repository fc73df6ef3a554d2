#include "wirewatch/pipeline/known_items.h"

#include <gtest/gtest.h>

#include "wirewatch/pipeline/last_stage.h"
#include "wirewatch/v1/item.pb.h"

namespace wirewatch::pipeline {
namespace {

// A version behind one that was quarantined once had another first_seen, depending on whether that was committed yet.
TEST(KnownItemsTest, WhatIsNotArchivedIsKnownWithWhenItWasFirstSeen) {
  v1::Item item;
  item.set_version(3);
  item.set_content_hash("01ab");
  item.mutable_first_seen()->set_seconds(1'782'274'780);
  item.mutable_first_seen()->set_nanos(500);
  const auto known = UnpackKnown(PackKnown(item));
  ASSERT_TRUE(known.has_value());
  EXPECT_EQ(known->version, 3u);
  EXPECT_EQ(known->content_hash, "01ab");
  ASSERT_TRUE(known->first_seen.has_value());
  EXPECT_EQ(known->first_seen->seconds(), 1'782'274'780);
  EXPECT_EQ(known->first_seen->nanos(), 500);
}

TEST(KnownItemsTest, StoresFromBeforeThatAreRead) {
  const auto known = UnpackKnown("2:01ab");
  ASSERT_TRUE(known.has_value());
  EXPECT_EQ(known->version, 2u);
  EXPECT_FALSE(known->first_seen.has_value());
  EXPECT_FALSE(UnpackKnown("nonsense").has_value());
}

}  // namespace
}  // namespace wirewatch::pipeline

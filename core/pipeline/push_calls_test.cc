// Pushed records in the stream of a pipeline: each is told its fate, once that is durable, whatever happens on the way.
#include "wirewatch/pipeline/push_calls.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "wirewatch/pipeline/push_fixture.h"
#include "wirewatch/store/sqlite_store.h"

namespace wirewatch::pipeline {
namespace {

class PushCallsTest : public ::testing::Test {
 protected:
  PushCallsTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "wirewatch-push-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    OpenStore();
  }
  ~PushCallsTest() override {
    pipeline_.reset();
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  void OpenStore() { store_ = store::OpenSqlite({.path = folder_ / "desk.db"}).value(); }

  std::unique_ptr<Pipeline> Prepare(Definition definition) {
    RunOptions options;
    options.store = store_.get();
    options.push_lanes = &lanes_;
    options.once = once_;
    options.commit_gap = gap_;
    auto prepared = Pipeline::Prepare(std::move(definition), options);
    EXPECT_TRUE(prepared.ok()) << prepared.status();
    return *std::move(prepared);
  }
  void Start(Definition definition) {
    pipeline_ = Prepare(std::move(definition));
    pipeline_->Go();
    lane_ = pipeline_->Pushes().Lane("push");
    ASSERT_NE(lane_, nullptr);
  }
  void Push(uint64_t ref, v1::Item item, const std::shared_ptr<KeepingPusher>& by) {
    lane_->Push({std::move(item), "raw", ref, by});
  }
  void Push(uint64_t ref, v1::Item item) { Push(ref, std::move(item), pusher_); }
  uint64_t Archived() { return store_->ReadItems("desk", 0, 100'000)->size(); }

  std::filesystem::path folder_;
  std::unique_ptr<store::Store> store_;
  bool once_ = false;
  absl::Duration gap_ = absl::Milliseconds(1);
  PushLanes lanes_;
  std::unique_ptr<Pipeline> pipeline_;
  std::shared_ptr<PushLane> lane_;
  std::shared_ptr<KeepingPusher> pusher_ = std::make_shared<KeepingPusher>();
};

TEST_F(PushCallsTest, EachIsToldItsFate) {
  Start(PushDefinition());
  Push(1, Story("a", "One"));
  Push(2, Story("a", "One"));
  Push(3, Story("a", "One", "corrected"));
  Push(4, Story("b", "drop"));
  Push(5, Story("c", "fail"));
  Push(6, Story("d", "\xff"));
  Push(7, Story("b", "drop"));
  Push(8, Story("c", "fail"));
  EXPECT_EQ(pusher_->Outcome(1), "ACCEPTED 1 ");
  EXPECT_EQ(pusher_->Outcome(2), "DUPLICATE 1 ");
  EXPECT_EQ(pusher_->Outcome(3), "NEW_VERSION 2 ");
  EXPECT_EQ(pusher_->Outcome(4), "DROPPED 1 dropped by obey: told_to");
  EXPECT_EQ(pusher_->Outcome(5), "QUARANTINED 1 obey: told to");
  EXPECT_EQ(pusher_->Outcome(6), "REJECTED 0 push: \"headline\" is not UTF-8");
  EXPECT_EQ(pusher_->Outcome(7), "DUPLICATE 1 ");
  EXPECT_EQ(pusher_->Outcome(8), "DUPLICATE 1 ");
  const v1::IngestResponse first = *pusher_->Wait(1);
  EXPECT_EQ(first.item_id(), pusher_->Wait(2)->item_id());
  EXPECT_TRUE(store_->FindItem("desk", first.item_id())->has_value());
  for (uint64_t ref = 1; ref <= 8; ++ref) EXPECT_EQ(pusher_->Wait(ref)->position(), ref);
  EXPECT_EQ(Archived(), 2u);
}

TEST_F(PushCallsTest, ABatchOfDuplicatesIsAnswered) {
  Start(PushDefinition());
  Push(1, Story("a", "One"));
  EXPECT_EQ(pusher_->Outcome(1), "ACCEPTED 1 ");
  for (uint64_t ref = 2; ref < 200; ++ref) Push(ref, Story("a", "One"));
  for (uint64_t ref = 2; ref < 200; ++ref) EXPECT_EQ(pusher_->Outcome(ref), "DUPLICATE 1 ");
  EXPECT_EQ(Archived(), 1u);
}

TEST_F(PushCallsTest, WhatIsAnsweredIsDurable) {
  gap_ = absl::Milliseconds(20);
  Start(PushDefinition());
  const auto checking = std::make_shared<KeepingPusher>([this](uint64_t, const KeepingPusher::Answer& answer) {
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_GE(store_->LastPosition("desk")->position, answer->position());
    EXPECT_TRUE(store_->FindItem("desk", answer->item_id())->has_value());
  });
  for (uint64_t ref = 0; ref < 2000; ++ref) Push(ref, Story(absl::StrCat(ref / 2), "Story"), checking);
  for (uint64_t ref = 0; ref < 2000; ++ref) {
    EXPECT_EQ(checking->Outcome(ref), ref % 2 == 0 ? "ACCEPTED 1 " : "DUPLICATE 1 ");
  }
  EXPECT_EQ(checking->rooms(), 2000u);
  EXPECT_EQ(Archived(), 1000u);
}

TEST_F(PushCallsTest, WhatWasAnsweredIsThereWhenTheStoreIsOpenedAgain) {
  Start(PushDefinition());
  for (uint64_t ref = 0; ref < 100; ++ref) Push(ref, Story(absl::StrCat(ref), ref == 7 ? "fail" : "Story"));
  for (uint64_t ref = 0; ref < 100; ++ref) EXPECT_TRUE(pusher_->Wait(ref).ok());
  const std::string id = pusher_->Wait(50)->item_id();
  pipeline_.reset();
  store_.reset();
  OpenStore();
  Start(PushDefinition());
  for (uint64_t ref = 100; ref < 250; ++ref) Push(ref, Story(absl::StrCat(ref - 100), ref == 107 ? "fail" : "Story"));
  for (uint64_t ref = 100; ref < 250; ++ref) {
    EXPECT_EQ(pusher_->Outcome(ref), ref < 200 ? "DUPLICATE 1 " : "ACCEPTED 1 ");
  }
  EXPECT_EQ(pusher_->Wait(150)->item_id(), id);
  EXPECT_EQ(Archived(), 149u);
}

TEST_F(PushCallsTest, WhatFindsNoRoomWaits) {
  Start(PushDefinition({2, 1 << 20}));
  ASSERT_TRUE(pipeline_->Pause(absl::Seconds(60)).ok());
  EXPECT_EQ(lane_->WhatIsFull(), "");
  Push(1, Story("a", "One"));
  Push(2, Story("b", "Two"));
  EXPECT_EQ(pusher_->rooms(), 2u);
  EXPECT_EQ(lane_->WhatIsFull(), "2 records wait for the source already (max_pending)");
  Push(3, Story("c", "Three"));
  const auto other = std::make_shared<KeepingPusher>(), third = std::make_shared<KeepingPusher>();
  Push(4, Story("d", "Four"), other);
  Push(5, Story("e", "Five"), third);
  EXPECT_EQ(pusher_->rooms(), 2u);
  lane_->Withdraw(*other);
  EXPECT_EQ(other.use_count(), 1);
  pipeline_->Resume();
  EXPECT_EQ(pusher_->Outcome(3), "ACCEPTED 1 ");
  EXPECT_EQ(third->Outcome(5), "ACCEPTED 1 ");
  EXPECT_EQ(pusher_->rooms(), 3u);
  EXPECT_EQ(other->rooms() + other->answers(), 0u);
  // What has room is not withdrawn.
  ASSERT_TRUE(pipeline_->Pause(absl::Seconds(60)).ok());
  Push(6, Story("f", "Six"), other);
  lane_->Withdraw(*other);
  pipeline_->Resume();
  EXPECT_EQ(other->Outcome(6), "ACCEPTED 1 ");
}

TEST_F(PushCallsTest, RoomIsBytesAsWell) {
  Start(PushDefinition({1000, 100'000}));
  ASSERT_TRUE(pipeline_->Pause(absl::Seconds(60)).ok());
  Push(1, Story("a", "One", std::string(200'000, 'x')));
  Push(2, Story("b", "Two"));
  EXPECT_EQ(pusher_->rooms(), 1u);
  EXPECT_TRUE(absl::StrContains(lane_->WhatIsFull(), "bytes wait for the source already (max_bytes)"));
  pipeline_->Resume();
  EXPECT_EQ(pusher_->Outcome(2), "ACCEPTED 1 ");
}

TEST_F(PushCallsTest, WhatWaitsOutlivesAReload) {
  Start(PushDefinition({2, 1 << 20}));
  ASSERT_TRUE(pipeline_->Pause(absl::Seconds(60)).ok());
  for (uint64_t ref = 1; ref <= 20; ++ref) Push(ref, Story(absl::StrCat(ref), "Story"));
  // One that fails changes nothing.
  Prepare(PushDefinition({5, 1 << 20})).reset();
  EXPECT_EQ(pusher_->rooms(), 2u);
  std::unique_ptr<Pipeline> next = Prepare(PushDefinition({3, 1 << 20}));
  EXPECT_EQ(pusher_->rooms(), 2u);
  pipeline_->Retire();
  next->Go();
  pipeline_ = std::move(next);
  for (uint64_t ref = 1; ref <= 20; ++ref) EXPECT_EQ(pusher_->Outcome(ref), "ACCEPTED 1 ");
  EXPECT_EQ(pipeline_->Pushes().Lane("push"), lane_);
}

TEST_F(PushCallsTest, ASourceThatAReloadTakesAwayAnswers) {
  Start(PushDefinition());
  ASSERT_TRUE(pipeline_->Pause(absl::Seconds(60)).ok());
  Push(1, Story("a", "One"));
  Definition without = PushDefinition();
  without.sources.front().id = "other";
  std::unique_ptr<Pipeline> next = Prepare(std::move(without));
  pipeline_->Retire();
  next->Go();
  EXPECT_EQ(pusher_->Outcome(1), "UNAVAILABLE: the source that it was pushed to is not there any more");
  Push(2, Story("b", "Two"));
  EXPECT_EQ(pusher_->Wait(2).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(next->Pushes().Lane("push"), nullptr);
  next.reset();
}

TEST_F(PushCallsTest, AnEndAnswersEverybody) {
  Start(PushDefinition());
  ASSERT_TRUE(pipeline_->Pause(absl::Seconds(60)).ok());
  Push(1, Story("a", "One"));
  pipeline_->Stop();
  ASSERT_TRUE(pipeline_->Wait().ok());
  EXPECT_EQ(pusher_->Outcome(1), "UNAVAILABLE: \"desk\" has come to its end");
  Push(2, Story("b", "Two"));
  EXPECT_EQ(pusher_->Outcome(2), "UNAVAILABLE: \"desk\" has come to its end");
  EXPECT_EQ(Archived(), 0u);
}

TEST_F(PushCallsTest, APipelineThatFailsAnswersEverybody) {
  Start(PushDefinition({1000, 1 << 20}, config::OnError::kStop));
  Push(1, Story("a", "One"));
  EXPECT_EQ(pusher_->Outcome(1), "ACCEPTED 1 ");
  Push(2, Story("b", "fail"));
  Push(3, Story("c", "Three"));
  EXPECT_FALSE(pipeline_->Wait().ok());
  EXPECT_EQ(pusher_->Wait(2).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(pusher_->Wait(3).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Archived(), 1u);
}

TEST_F(PushCallsTest, ARecordThatItsSourceLosesIsAnswered) {
  Start(PushDefinition());
  Push(1, Story("a", "lose"));
  EXPECT_EQ(pusher_->Outcome(1), "UNAVAILABLE: it did not get to a commit; push it again");
}

TEST_F(PushCallsTest, WithOnceNothingCanBePushed) {
  once_ = true;
  Start(PushDefinition());
  Push(1, Story("a", "One"));
  EXPECT_EQ(pusher_->Outcome(1),
            "FAILED_PRECONDITION: source \"push\" takes nothing: the run ends with its sources (--once)");
  pipeline_->Stop();
}

}  // namespace
}  // namespace wirewatch::pipeline

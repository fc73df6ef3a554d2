#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "wirewatch/store/store_fixture.h"

namespace wirewatch::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::Pair;

using SqliteStoreTest = StoreTest;

TEST_F(SqliteStoreTest, EmptyStoreKnowsNothing) {
  EXPECT_EQ(store_->LastPosition("p")->position, 0u);
  EXPECT_EQ(store_->LastPosition("p")->arrival, absl::InfinitePast());
  EXPECT_EQ(store_->Cursor("p", "s").value(), std::nullopt);
  EXPECT_FALSE(store_->FindItem("p", kId)->has_value());
  EXPECT_EQ(store_->StateVersion("p", "s").value(), 0u);
  EXPECT_EQ(store_->Journal()->end, 0u);
  EXPECT_EQ(store_->Journal()->begin, 1u);
  EXPECT_EQ(store_->SubscriptionPosition("x").value(), std::nullopt);
  EXPECT_EQ(store_->JournalId().size(), 32u);
}

TEST_F(SqliteStoreTest, EpochSurvivesReopening) {
  EpochWrites epoch = Epoch(9);
  epoch.items = {{.position = 8, .id = kId, .version = 1, .content_hash = "h1", .item = std::string("a\0b", 3)},
                 {.position = 9, .id = kId, .version = 2, .content_hash = kId, .item = "second"}};
  epoch.journal = {{.sequence = 1, .alert_id = kId, .at = absl::FromUnixMicros(1234567), .event = "raised"}};
  epoch.state = {{.step = "s", .version = 3, .writes = {{"k", "v"}}}};
  epoch.cursors = {{"files", "cursor-1"}};
  epoch.quarantine = {{.position = 7,
                       .step = "s",
                       .plugin = "pl",
                       .plugin_version = "1.0",
                       .reason = "error",
                       .error = absl::InvalidArgumentError("no date"),
                       .at = absl::FromUnixSeconds(5),
                       .origin = "a.jsonl:3",
                       .item = "item",
                       .raw = "raw"}};
  ASSERT_TRUE(Commit(std::move(epoch)).ok());
  const std::string journal_id = store_->JournalId();
  Reopen();

  EXPECT_EQ(store_->JournalId(), journal_id);
  EXPECT_EQ(store_->LastPosition("p")->position, 9u);
  EXPECT_EQ(store_->LastPosition("p")->arrival, absl::FromUnixSeconds(100));
  EXPECT_THAT(store_->Cursor("p", "files").value(), Optional(std::string("cursor-1")));
  const KnownItem known = store_->FindItem("p", kId)->value();
  EXPECT_EQ(known.version, 2u);
  EXPECT_EQ(known.content_hash, kId);
  EXPECT_EQ(known.position, 9u);
  EXPECT_THAT(store_->ReadItem("p", kId, 1).value(), Optional(std::string("a\0b", 3)));
  EXPECT_THAT(store_->ReadItem("p", kId, 0).value(), Optional(std::string("second")));
  EXPECT_EQ(store_->ReadItem("p", kId, 3).value(), std::nullopt);
  EXPECT_EQ(store_->ReadItem("other", kId, 1).value(), std::nullopt);
  const std::vector<ArchivedItem> items = store_->ReadItems("p", 8, 10).value();
  ASSERT_EQ(items.size(), 1u);
  EXPECT_EQ(items[0].id, kId);
  EXPECT_EQ(items[0].position, 9u);
  EXPECT_EQ(store_->StateVersion("p", "s").value(), 3u);
  const std::vector<JournalEntry> journal = store_->ReadJournal(0, 10).value();
  ASSERT_EQ(journal.size(), 1u);
  EXPECT_EQ(journal[0].pipeline, "p");
  EXPECT_EQ(journal[0].alert_id, kId);
  EXPECT_EQ(journal[0].at, absl::FromUnixMicros(1234567));
  EXPECT_EQ(journal[0].event, "raised");
  const std::vector<QuarantineEntry> quarantine = store_->ReadQuarantine("", 0, 10).value();
  ASSERT_EQ(quarantine.size(), 1u);
  EXPECT_EQ(quarantine[0].pipeline, "p");
  EXPECT_EQ(quarantine[0].error, absl::InvalidArgumentError("no date"));
  EXPECT_EQ(quarantine[0].origin, "a.jsonl:3");
  EXPECT_EQ(quarantine[0].raw, "raw");
}

TEST_F(SqliteStoreTest, AllEpochsOfACommitOrNone) {
  std::vector<EpochWrites> epochs = {JournalEpoch(1, {1, 2}), JournalEpoch(2, {4})};  // 3 is missing
  epochs[0].state = {{.step = "s", .version = 1, .writes = {{"k", "v"}}}};
  EXPECT_EQ(store_->Commit(epochs).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(store_->LastPosition("p")->position, 0u);
  EXPECT_THAT(Scan(""), IsEmpty());
  EXPECT_THAT(Sequences(0), IsEmpty());
  epochs[1] = JournalEpoch(2, {3});
  EXPECT_TRUE(store_->Commit(epochs).ok());
  EXPECT_THAT(Sequences(0), ElementsAre(1, 2, 3));
}

TEST_F(SqliteStoreTest, PositionsDoNotGoBack) {
  ASSERT_TRUE(Commit(Epoch(5)).ok());
  EXPECT_TRUE(Commit(Epoch(5)).ok());
  EXPECT_EQ(Commit(Epoch(4)).code(), absl::StatusCode::kFailedPrecondition);
  EpochWrites beyond = Epoch(6);
  beyond.items = {{.position = 7, .id = "i", .version = 1}};
  EXPECT_EQ(Commit(std::move(beyond)).code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(SqliteStoreTest, PipelinesAreApart) {
  EpochWrites first = Epoch(1);
  first.items = {{.position = 1, .id = "i", .version = 1, .content_hash = "h", .item = "of p"}};
  EpochWrites second = first;
  second.pipeline = "q";
  second.items[0].item = "of q";
  ASSERT_TRUE(store_->Commit(std::vector<EpochWrites>{first, second}).ok());
  EXPECT_THAT(store_->ReadItem("q", "i", 0).value(), Optional(std::string("of q")));
  ASSERT_EQ(store_->ReadItems("p", 0, 10)->size(), 1u);
  EXPECT_EQ(store_->ReadItems("p", 0, 10)->front().item, "of p");
  EXPECT_FALSE(store_->FindItem("r", "i")->has_value());
}

// Keys of ids move from one table to another, a stretch at a commit.
TEST_F(SqliteStoreTest, ItemsAreFoundAfterHoweverManyCommits) {
  const auto id = [](uint64_t n) { return n % 2 == 0 ? std::to_string(n) : absl::StrFormat("%016x%016x", n << 58, n); };
  for (uint64_t n = 1; n <= 40; ++n) {
    EpochWrites epoch = Epoch(n);
    epoch.items = {{.position = n, .id = id(n), .version = 1, .content_hash = "h", .item = "i"}};
    ASSERT_TRUE(Commit(std::move(epoch)).ok());
    for (uint64_t known = 1; known <= n; ++known) {
      ASSERT_EQ(store_->FindItem("p", id(known)).value()->position, known) << "after commit " << n;
    }
    ASSERT_FALSE(store_->FindItem("p", id(n + 1))->has_value());
  }
}

TEST_F(SqliteStoreTest, StateIsWrittenOverRemovedAndScannedInByteOrder) {
  EpochWrites epoch = Epoch(1);
  epoch.state = {{.step = "s",
                  .version = 1,
                  .writes = {{"b/2", "2"}, {"a", "0"}, {"b/1", "1"}, {"b/\xff", "f"}, {"c", "3"}, {"\xff\xff", "z"}}},
                 {.step = "t", .version = 1, .writes = {{"b/1", "of t"}}}};
  ASSERT_TRUE(Commit(std::move(epoch)).ok());
  EXPECT_THAT(Scan("b/"), ElementsAre(Pair("b/1", "1"), Pair("b/2", "2"), Pair("b/\xff", "f")));
  EXPECT_THAT(Scan("\xff"), ElementsAre(Pair("\xff\xff", "z")));
  epoch = Epoch(2);
  epoch.state = {{.step = "s", .version = 2, .writes = {{"b/1", std::nullopt}, {"b/2", ""}, {"b/3", "3"}}}};
  ASSERT_TRUE(Commit(std::move(epoch)).ok());
  EXPECT_THAT(Scan("b/"), ElementsAre(Pair("b/2", ""), Pair("b/3", "3"), Pair("b/\xff", "f")));
  EXPECT_EQ(store_->StateVersion("p", "s").value(), 2u);
  EXPECT_EQ(store_->StateVersion("p", "t").value(), 1u);
  EXPECT_THAT(store_->GetState("p", "s", "b/2").value(), Optional(std::string()));
  EXPECT_EQ(store_->GetState("p", "s", "b/1").value(), std::nullopt);
}

TEST_F(SqliteStoreTest, JournalKnowsItsEndAfterTrimming) {
  ASSERT_TRUE(Commit(JournalEpoch(1, {1, 2, 3})).ok());
  ASSERT_TRUE(store_->TrimJournal(3).ok());
  EXPECT_EQ(store_->Journal()->begin, 3u);
  EXPECT_EQ(store_->Journal()->end, 3u);
  ASSERT_TRUE(store_->TrimJournal(100).ok());
  Reopen();
  EXPECT_EQ(store_->Journal()->begin, 4u);
  EXPECT_EQ(store_->Journal()->end, 3u);
  EXPECT_EQ(Commit(JournalEpoch(2, {1})).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(Commit(JournalEpoch(2, {4, 5})).ok());
  EXPECT_THAT(Sequences(3, 1), ElementsAre(4));
}

TEST_F(SqliteStoreTest, SubscriptionsAdvanceAndKeepDeadLetters) {
  ASSERT_TRUE(Commit(JournalEpoch(1, {1, 2, 3})).ok());
  EXPECT_EQ(store_->Advance("mail", 4).code(), absl::StatusCode::kOutOfRange);
  const DeadLetter letter{
      .sequence = 2, .attempts = 8, .error = absl::UnavailableError("down"), .at = absl::UnixEpoch()};
  ASSERT_TRUE(store_->Advance("mail", 2, std::span(&letter, 1)).ok());
  EXPECT_TRUE(store_->Advance("mail", 2).ok());
  EXPECT_EQ(store_->Advance("mail", 1).code(), absl::StatusCode::kFailedPrecondition);
  Reopen();
  EXPECT_THAT(store_->SubscriptionPosition("mail").value(), Optional(uint64_t{2}));
  const std::vector<DeadLetter> letters = store_->DeadLetters("mail", 10).value();
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(letters[0].attempts, 8u);
  EXPECT_EQ(letters[0].error, absl::UnavailableError("down"));
  EXPECT_THAT(store_->DeadLetters("other", 10).value(), IsEmpty());
}

TEST_F(SqliteStoreTest, WhatASubscriberRemembersChangesWithItsPosition) {
  ASSERT_TRUE(Commit(JournalEpoch(1, {1, 2})).ok());
  const auto remembered = [this](const char* subscription) {
    std::vector<std::pair<std::string, std::string>> all;
    const std::vector<StateWrite> stored = store_->SubscriptionState(subscription).value();
    for (const StateWrite& write : stored) all.emplace_back(write.key, *write.value);
    return all;
  };
  const std::vector<StateWrite> both = {{"b", std::string("1\0", 2)}, {"a", "2"}};
  ASSERT_TRUE(store_->Advance("mail", 1, {}, both).ok());
  EXPECT_EQ(store_->Advance("mail", 9, {}, std::vector<StateWrite>{{"c", "3"}}).code(), absl::StatusCode::kOutOfRange);
  Reopen();
  EXPECT_THAT(remembered("mail"), ElementsAre(Pair("a", "2"), Pair("b", std::string("1\0", 2))));
  EXPECT_THAT(remembered("other"), IsEmpty());
  ASSERT_TRUE(store_->Advance("mail", 1, {}, std::vector<StateWrite>{{"a", std::nullopt}, {"b", "4"}}).ok());
  EXPECT_THAT(remembered("mail"), ElementsAre(Pair("b", "4")));
}

TEST_F(SqliteStoreTest, ItemsAreCountedByPosition) {
  EpochWrites epoch = Epoch(9);
  epoch.items = {{.position = 2, .id = "a", .version = 1, .item = "x"},
                 {.position = 5, .id = "b", .version = 1, .item = "x"},
                 {.position = 9, .id = "c", .version = 1, .item = "x"}};
  ASSERT_TRUE(Commit(std::move(epoch)).ok());
  EXPECT_EQ(store_->CountItems("p", 0, 9).value(), 3u);
  EXPECT_EQ(store_->CountItems("p", 2, 8).value(), 1u);
  EXPECT_EQ(store_->CountItems("p", 9, 9).value(), 0u);
  EXPECT_EQ(store_->CountItems("p", 0, ~uint64_t{0}).value(), 3u);
  EXPECT_EQ(store_->CountItems("q", 0, 9).value(), 0u);
}

TEST_F(SqliteStoreTest, QuarantineIsPagedAndDropped) {
  EpochWrites epoch = Epoch(3);
  epoch.quarantine = {{.position = 1, .step = "s"}, {.position = 2, .step = "s"}, {.position = 3, .step = "s"}};
  ASSERT_TRUE(Commit(std::move(epoch)).ok());
  const uint64_t first = store_->ReadQuarantine("p", 0, 1)->front().id;
  ASSERT_TRUE(store_->DropQuarantined({&first, 1}).ok());
  EXPECT_EQ(store_->DropQuarantined({&first, 1}).code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(store_->ReadQuarantine("p", 0, 10)->size(), 2u);
  EXPECT_THAT(store_->ReadQuarantine("q", 0, 10).value(), IsEmpty());
  EXPECT_EQ(store_->ReadQuarantine("", first, 1)->front().position, 2u);
}

TEST_F(SqliteStoreTest, RetriesWaitUntilTheyHaveComeBackAsInput) {
  EpochWrites epoch = Epoch(3);
  epoch.quarantine = {{.position = 1, .step = "s", .item = "one"},
                      {.position = 2, .step = "s", .item = "two"},
                      {.position = 3, .step = "s", .raw = "a record"}};
  ASSERT_TRUE(Commit(std::move(epoch)).ok());
  EXPECT_THAT(store_->ReadRetries("p", 0, 10).value(), IsEmpty());
  const std::vector<QuarantineEntry> all = store_->ReadQuarantine("p", 0, 10).value();
  ASSERT_EQ(all.size(), 3u);

  const std::vector<uint64_t> with_record = {all[0].id, all[2].id};
  EXPECT_EQ(store_->RetryQuarantined(with_record).code(), absl::StatusCode::kFailedPrecondition);
  const std::vector<uint64_t> with_unknown = {all[0].id, 99};
  EXPECT_EQ(store_->RetryQuarantined(with_unknown).code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(store_->ReadRetries("p", 0, 10).value(), IsEmpty());

  const std::vector<uint64_t> both = {all[1].id, all[0].id};
  ASSERT_TRUE(store_->RetryQuarantined(both).ok());
  Reopen();
  const std::vector<QuarantineEntry> retries = store_->ReadRetries("p", 0, 10).value();
  ASSERT_EQ(retries.size(), 2u);
  EXPECT_EQ(retries[0].item, "one");
  EXPECT_TRUE(retries[0].retry);
  EXPECT_EQ(store_->ReadRetries("p", retries[0].id, 10)->size(), 1u);
  EXPECT_THAT(store_->ReadRetries("q", 0, 10).value(), IsEmpty());
  EXPECT_EQ(store_->ReadQuarantine("p", 0, 10)->size(), 3u);
}

TEST_F(SqliteStoreTest, RetriedEntriesGoWithTheEpochOfTheirPipeline) {
  EpochWrites epoch = Epoch(2);
  epoch.quarantine = {{.position = 1, .step = "s", .item = "one"}, {.position = 2, .step = "s", .item = "two"}};
  ASSERT_TRUE(Commit(std::move(epoch)).ok());
  const uint64_t first = store_->ReadQuarantine("p", 0, 1)->front().id;
  ASSERT_TRUE(store_->RetryQuarantined({&first, 1}).ok());
  EpochWrites other = Epoch(1);
  other.pipeline = "q";
  other.retried = {first};
  ASSERT_TRUE(Commit(std::move(other)).ok());
  EXPECT_EQ(store_->ReadRetries("p", 0, 10)->size(), 1u);
  epoch = Epoch(3);
  epoch.retried = {first};
  ASSERT_TRUE(Commit(std::move(epoch)).ok());
  EXPECT_THAT(store_->ReadRetries("p", 0, 10).value(), IsEmpty());
  EXPECT_EQ(store_->ReadQuarantine("p", 0, 10)->front().item, "two");
}

TEST_F(SqliteStoreTest, SecondOwnerIsRefusedByName) {
  const absl::StatusOr<std::unique_ptr<Store>> second = OpenSqlite({.path = file()});
  ASSERT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("process " + std::to_string(getpid())));
}

// What a lock on a network filesystem may let happen: a second host opens the same file.
TEST_F(SqliteStoreTest, OwnerThatWasOvertakenWritesNoMore) {
  ASSERT_TRUE(Commit(Epoch(1)).ok());
  std::filesystem::remove(file().string() + ".lock");
  absl::StatusOr<std::unique_ptr<Store>> second = OpenSqlite({.path = file()});
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(Commit(Epoch(2)).code(), absl::StatusCode::kAborted);
  EXPECT_EQ(store_->Advance("x", 0).code(), absl::StatusCode::kAborted);
  EXPECT_EQ((*second)->LastPosition("p")->position, 1u);
}

TEST_F(SqliteStoreTest, ReadersGoOnWhileTheWriterCommits) {
  std::atomic<bool> done = false;
  std::vector<std::thread> readers;
  std::atomic<int> failures = 0;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      uint64_t last = 0;
      while (!done) {
        // Journal end and item are of one commit: never an event without its Item.
        const uint64_t end = store_->Journal()->end;
        if (end < last) ++failures;
        if (end > 0 && !store_->FindItem("p", std::to_string(end))->has_value()) ++failures;
        last = end;
      }
    });
  }
  for (uint64_t n = 1; n <= 100; ++n) {
    EpochWrites epoch = JournalEpoch(n, {n});
    epoch.items = {{.position = n, .id = std::to_string(n), .version = 1, .content_hash = "h", .item = "i"}};
    ASSERT_TRUE(Commit(std::move(epoch)).ok());
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(failures, 0);
}

TEST_F(SqliteStoreTest, CommittedEpochsSurviveAKill) {
  store_.reset();
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    absl::StatusOr<std::unique_ptr<Store>> opened = OpenSqlite({.path = file()});
    EpochWrites epoch = JournalEpoch(1, {1});
    if (opened.ok() && (*opened)->Commit(std::span(&epoch, 1)).ok()) kill(getpid(), SIGKILL);
    _exit(1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  Reopen();
  EXPECT_THAT(Sequences(0), ElementsAre(1));
}

TEST(TemporaryStore, WorksAndLeavesNothing) {
  absl::StatusOr<std::unique_ptr<Store>> store = OpenSqlite({});
  ASSERT_TRUE(store.ok()) << store.status();
  EpochWrites epoch = JournalEpoch(1, {1});
  EXPECT_TRUE((*store)->Commit(std::span(&epoch, 1)).ok());
  EXPECT_EQ((*store)->Journal()->end, 1u);
  absl::StatusOr<std::unique_ptr<Store>> other = OpenSqlite({});
  EXPECT_TRUE(other.ok());
}

}  // namespace
}  // namespace wirewatch::store

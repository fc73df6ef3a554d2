// A store in a directory of its own, and epochs in short.
#ifndef WIREWATCH_STORE_STORE_FIXTURE_H_
#define WIREWATCH_STORE_STORE_FIXTURE_H_

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "wirewatch/store/sqlite_store.h"

namespace wirewatch::store {

inline constexpr char kId[] = "00112233445566778899aabbccddeeff";

class StoreTest : public ::testing::Test {
 protected:
  StoreTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "store-test-XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
  }
  ~StoreTest() override {
    store_.reset();
    std::filesystem::remove_all(directory_);
  }

  std::filesystem::path file() const { return directory_ / "sub" / "store.db"; }
  void Reopen() {
    store_.reset();
    absl::StatusOr<std::unique_ptr<Store>> opened = OpenSqlite({.path = file()});
    ASSERT_TRUE(opened.ok()) << opened.status();
    store_ = *std::move(opened);
  }
  void SetUp() override { Reopen(); }

  absl::Status Commit(EpochWrites epoch) { return store_->Commit(std::span(&epoch, 1)); }
  std::vector<std::pair<std::string, std::string>> Scan(std::string_view prefix) {
    std::vector<std::pair<std::string, std::string>> found;
    EXPECT_TRUE(store_
                    ->ScanState("p", "s", prefix,
                                [&](std::string_view key, std::string_view value) {
                                  found.emplace_back(key, value);
                                  return true;
                                })
                    .ok());
    return found;
  }
  std::vector<uint64_t> Sequences(uint64_t after, size_t limit = 100) {
    std::vector<uint64_t> sequences;
    const std::vector<JournalEntry> entries = store_->ReadJournal(after, limit).value();
    for (const JournalEntry& entry : entries) sequences.push_back(entry.sequence);
    return sequences;
  }

  std::filesystem::path directory_;
  std::unique_ptr<Store> store_;
};

inline EpochWrites Epoch(uint64_t last_position) {
  return {.pipeline = "p", .last_position = last_position, .last_arrival = absl::FromUnixSeconds(100)};
}
inline EpochWrites JournalEpoch(uint64_t position, std::vector<uint64_t> sequences) {
  EpochWrites epoch = Epoch(position);
  for (const uint64_t sequence : sequences) {
    epoch.journal.push_back({.sequence = sequence, .alert_id = "a", .at = absl::FromUnixSeconds(7), .event = "event"});
  }
  return epoch;
}

}  // namespace wirewatch::store

#endif  // WIREWATCH_STORE_STORE_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/json_util.h"
#include "wirewatch/store/check.h"
#include "wirewatch/store/faulty_files_fixture.h"
#include "wirewatch/store/search.h"
#include "wirewatch/store/store_fixture.h"
#include "wirewatch/v1/alert.pb.h"
#include "wirewatch/v1/host_service.pb.h"
#include "wirewatch/v1/item.pb.h"

namespace wirewatch::store {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const absl::Time kBegin = absl::FromUnixSeconds(1'700'000'000);

class RetentionTest : public StoreTest {
 protected:
  // An epoch with one Item, its event and nothing else, `hours` after the begin; returns its position.
  uint64_t Archive(double hours, const std::string& pipeline = "p", size_t size = 1000) {
    const uint64_t position = ++positions_[pipeline];
    const absl::Time at = kBegin + absl::Hours(hours);
    v1::Item item;
    item.set_position(position);
    item.set_headline(absl::StrCat("Item ", position));
    item.set_body(std::string(size, 'x'));
    EpochWrites epoch{.pipeline = pipeline, .last_position = position, .last_arrival = at};
    epoch.items = {{.position = position,
                    .id = Id(position),
                    .version = 1,
                    .content_hash = "hash",
                    .item = item.SerializeAsString()}};
    epoch.journal = {
        {.sequence = ++sequence_, .alert_id = "a", .at = at, .event = v1::AlertEvent().SerializeAsString()}};
    EXPECT_TRUE(Commit(std::move(epoch)).ok());
    return position;
  }
  EpochWrites Nothing(double hours) {
    return {.pipeline = "p", .last_position = positions_["p"], .last_arrival = kBegin + absl::Hours(hours)};
  }
  static std::string Id(uint64_t position) { return absl::StrCat("id", position); }

  // Until there is no more.
  RetentionProgress Retain(const RetentionRule& rule, double hours) {
    RetentionProgress all;
    for (int i = 0; i < 10'000; ++i) {
      const absl::StatusOr<RetentionProgress> some = store_->Retain(std::span(&rule, 1), kBegin + absl::Hours(hours));
      EXPECT_TRUE(some.ok()) << some.status();
      if (!some.ok()) return all;
      all.items += some->items;
      all.item_bytes += some->item_bytes;
      all.events += some->events;
      all.quarantined += some->quarantined;
      if (!some->more) return all;
    }
    ADD_FAILURE() << "it never ends";
    return all;
  }
  std::vector<uint64_t> Positions(const std::string& pipeline = "p") {
    std::vector<uint64_t> positions;
    const std::vector<ArchivedItem> items = store_->ReadItems(pipeline, 0, 10'000).value();
    for (const ArchivedItem& item : items) positions.push_back(item.position);
    return positions;
  }
  void ExpectWhole() {
    const absl::StatusOr<StoreContents> checked = CheckStore(file());
    ASSERT_TRUE(checked.ok()) << checked.status();
    EXPECT_THAT(checked->damage, IsEmpty());
  }
  std::filesystem::path Exported() const { return file().string() + ".quarantine.jsonl"; }
  std::vector<v1::QuarantineEntry> ReadExported() const {
    std::vector<v1::QuarantineEntry> entries;
    std::ifstream lines(Exported());
    for (std::string line; std::getline(lines, line);) {
      EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(line, &entries.emplace_back()).ok()) << line;
    }
    return entries;
  }

  std::map<std::string, uint64_t> positions_;
  uint64_t sequence_ = 0;
};

TEST_F(RetentionTest, NothingIsRemovedUnlessARuleSaysSo) {
  for (int hour = 0; hour < 5; ++hour) Archive(hour);
  const RetentionProgress none = Retain({.pipeline = "p"}, 1e6);
  EXPECT_EQ(none.items + none.events + none.quarantined, 0u);
  EXPECT_EQ(Retain({.pipeline = "unknown", .items = absl::Hours(1), .alerts = absl::Hours(1)}, 1e6).items, 0u);
  EXPECT_THAT(Positions(), SizeIs(5));
}

TEST_F(RetentionTest, ItemsGoByArrival) {
  for (int hour = 0; hour < 6; ++hour) Archive(hour);
  Archive(0, "q");
  const RetentionProgress removed = Retain({.pipeline = "p", .items = absl::Hours(3)}, 5.5);
  EXPECT_EQ(removed.items, 3u);
  EXPECT_GT(removed.item_bytes, 3000u);
  EXPECT_THAT(Positions(), ElementsAre(4, 5, 6));
  EXPECT_THAT(Positions("q"), ElementsAre(1));
  EXPECT_EQ(store_->ReadItem("p", Id(3), 0).value(), std::nullopt);
  EXPECT_TRUE(store_->ReadItem("p", Id(4), 0).value().has_value());
  Reopen();
  EXPECT_THAT(Positions(), ElementsAre(4, 5, 6));
  EXPECT_EQ(Archive(6), 7u);
  ExpectWhole();
}

TEST_F(RetentionTest, LastItemsOfAnIdlePipelineGoToo) {
  for (int i = 0; i < 4; ++i) Archive(i / 1000.0);  // within a minute
  EXPECT_EQ(Retain({.pipeline = "p", .items = absl::Hours(1)}, 1.5).items, 4u);
}

// A source that gives an Item again right after it was removed must not raise it anew.
TEST_F(RetentionTest, RemovedItemsStayKnownForAWhile) {
  for (int hour = 0; hour < 6; ++hour) Archive(hour);
  const RetentionRule rule{.pipeline = "p", .items = absl::Hours(2)};
  Retain(rule, 4.5);
  EXPECT_THAT(Positions(), ElementsAre(4, 5, 6));
  EXPECT_FALSE(store_->FindItem("p", Id(1)).value().has_value());
  const std::optional<KnownItem> known = store_->FindItem("p", Id(2)).value();
  ASSERT_TRUE(known.has_value());
  EXPECT_EQ(known->version, 1u);
  EXPECT_EQ(known->content_hash, "hash");
  EXPECT_EQ(known->position, 2u);
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(Commit(Nothing(5)).ok());  // keys move
  Retain(rule, 6.5);
  EXPECT_FALSE(store_->FindItem("p", Id(2)).value().has_value());
  EXPECT_FALSE(store_->FindItem("p", Id(3)).value().has_value());
  EXPECT_TRUE(store_->FindItem("p", Id(4)).value().has_value());
  ExpectWhole();
  Retain(rule, 1000);
  EXPECT_FALSE(store_->FindItem("p", Id(6)).value().has_value());
  ExpectWhole();
}

TEST_F(RetentionTest, ItemsGoBySizeOldestFirstButNeverYoungOnes) {
  for (int hour = 0; hour < 200; ++hour) Archive(hour, "p", 1000);
  const RetentionProgress removed = Retain({.pipeline = "p", .size = 100 * 1024}, 300);
  EXPECT_GE(removed.items, 98u);
  EXPECT_LE(removed.items, 98u + 64u);
  EXPECT_THAT(Positions(), SizeIs(200 - removed.items));
  EXPECT_EQ(Positions().back(), 200u);
  EXPECT_TRUE(store_->FindItem("p", Id(1)).value().has_value());
  ExpectWhole();
  Retain({.pipeline = "p", .items_at_least = absl::Hours(30), .size = 1}, 200);
  EXPECT_THAT(Positions(), SizeIs(29));
  EXPECT_EQ(Retain({.pipeline = "p", .items_at_least = absl::Hours(30), .size = 1}, 200).items, 0u);
}

TEST_F(RetentionTest, AnyOneCallIsShort) {
  EpochWrites epoch{.pipeline = "p", .last_position = 50'000, .last_arrival = kBegin};
  for (uint64_t position = 1; position <= epoch.last_position; ++position) {
    epoch.items.push_back({.position = position, .id = Id(position), .version = 1, .item = std::string(500, 'x')});
  }
  ASSERT_TRUE(Commit(std::move(epoch)).ok());
  const RetentionRule rule{.pipeline = "p", .items = absl::Hours(1)};
  const absl::StatusOr<RetentionProgress> some = store_->Retain(std::span(&rule, 1), kBegin + absl::Hours(10));
  ASSERT_TRUE(some.ok());
  EXPECT_TRUE(some->more);
  EXPECT_GT(some->items, 0u);
  EXPECT_LT(some->items, 50'000u);
  EXPECT_EQ(some->items + Retain(rule, 10).items, 50'000u);
  EXPECT_THAT(Positions(), IsEmpty());
}

TEST_F(RetentionTest, EventsGoAsAPrefixAndSubscriptionsSeeTheGap) {
  Archive(0);
  Archive(1);
  Archive(0, "keeps");  // older than what follows, and kept
  Archive(2);
  ASSERT_TRUE(store_->Advance("mail", 1).ok());
  const std::vector<RetentionRule> rules = {{.pipeline = "p", .alerts = absl::Hours(10)},
                                            {.pipeline = "keeps", .alerts = absl::Hours(50)}};
  EXPECT_EQ(store_->Retain(rules, kBegin + absl::Hours(10.5))->events, 1u);
  EXPECT_EQ(store_->Journal()->begin, 2u);
  EXPECT_EQ(store_->Retain(rules, kBegin + absl::Hours(20))->events, 1u);
  EXPECT_EQ(store_->Journal()->begin, 3u);
  EXPECT_THAT(Sequences(0), ElementsAre(3, 4));
  // What the subscription asks for next is not there, and the range says so.
  EXPECT_EQ(store_->SubscriptionPosition("mail").value(), 1u);
  EXPECT_LT(*store_->SubscriptionPosition("mail").value() + 1, store_->Journal()->begin);
  EXPECT_EQ(store_->Retain(rules, kBegin + absl::Hours(60))->events, 2u);
  EXPECT_EQ(store_->Journal()->begin, 5u);
  EXPECT_EQ(store_->Journal()->end, 4u);
  EXPECT_THAT(Positions(), SizeIs(3));
  Archive(61);
  EXPECT_THAT(Sequences(0), ElementsAre(5));
  ExpectWhole();
}

class QuarantineRetentionTest : public RetentionTest {
 protected:
  void Quarantine(uint64_t count, size_t size) {
    EpochWrites epoch{.pipeline = "p", .last_position = ++positions_["p"], .last_arrival = kBegin};
    for (uint64_t i = 0; i < count; ++i) {
      v1::Item item;
      item.set_headline(absl::StrCat("Item ", ++quarantined_));
      item.set_body(std::string(size, 'x'));
      epoch.quarantine.push_back({.position = epoch.last_position,
                                  .step = "step",
                                  .plugin = "plugin",
                                  .plugin_version = "1",
                                  .reason = "error",
                                  .error = absl::InvalidArgumentError("no date"),
                                  .at = kBegin,
                                  .origin = "a.jsonl:1",
                                  .item = item.SerializeAsString()});
    }
    ASSERT_TRUE(Commit(std::move(epoch)).ok());
  }
  std::vector<std::string> Left() {
    std::vector<std::string> headlines;
    const std::vector<QuarantineEntry> entries = store_->ReadQuarantine("p", 0, 10'000).value();
    for (const QuarantineEntry& entry : entries) {
      v1::Item item;
      EXPECT_TRUE(item.ParseFromString(entry.item));
      headlines.push_back(item.headline());
    }
    return headlines;
  }
  uint64_t quarantined_ = 0;
};

TEST_F(QuarantineRetentionTest, OldestAreExportedAndGo) {
  Quarantine(5, 1000);
  const RetentionRule rule{.pipeline = "p", .quarantine = 2500};
  EXPECT_EQ(Retain(rule, 0).quarantined, 3u);
  EXPECT_THAT(Left(), ElementsAre("Item 4", "Item 5"));
  const std::vector<v1::QuarantineEntry> exported = ReadExported();
  ASSERT_THAT(exported, SizeIs(3));
  EXPECT_EQ(exported[0].item().headline(), "Item 1");
  EXPECT_EQ(exported[2].item().headline(), "Item 3");
  EXPECT_EQ(exported[0].pipeline(), "p");
  EXPECT_EQ(exported[0].failure().message(), "no date");
  EXPECT_EQ(exported[0].at().seconds(), absl::ToUnixSeconds(kBegin));
  EXPECT_EQ(exported[0].origin(), "a.jsonl:1");
  Quarantine(1, 1000);
  EXPECT_EQ(Retain(rule, 0).quarantined, 1u);
  EXPECT_THAT(ReadExported(), SizeIs(4)) << "appended";
  EXPECT_EQ(Retain(rule, 0).quarantined, 0u);
}

TEST_F(QuarantineRetentionTest, WhatIsToBeRetriedStays) {
  Quarantine(3, 1000);
  const uint64_t first = store_->ReadQuarantine("p", 0, 1)->front().id;
  ASSERT_TRUE(store_->RetryQuarantined({&first, 1}).ok());
  EXPECT_EQ(Retain({.pipeline = "p", .quarantine = 1}, 0).quarantined, 2u);
  EXPECT_THAT(Left(), ElementsAre("Item 1"));
}

TEST_F(QuarantineRetentionTest, ManyGoInSlices) {
  Quarantine(40, 100'000);
  const RetentionRule rule{.pipeline = "p", .quarantine = 1};
  const absl::StatusOr<RetentionProgress> some = store_->Retain(std::span(&rule, 1), kBegin);
  ASSERT_TRUE(some.ok());
  EXPECT_TRUE(some->more);
  EXPECT_LT(some->quarantined, 40u);
  EXPECT_EQ(some->quarantined + Retain(rule, 0).quarantined, 40u);
  EXPECT_THAT(ReadExported(), SizeIs(40));
}

// Whatever fails between the two, an entry is in the store or in the file.
TEST_F(QuarantineRetentionTest, NothingIsLostWhenTheExportOrTheRemovalFails) {
  Quarantine(3, 1000);
  const RetentionRule rule{.pipeline = "p", .quarantine = 1};
  std::filesystem::create_directory(Exported());
  EXPECT_FALSE(store_->Retain(std::span(&rule, 1), kBegin).ok());
  EXPECT_THAT(Left(), SizeIs(3));
  std::filesystem::remove(Exported());
  {
    FaultyFiles files;
    Reopen();
    files[FaultyFiles::kLog].write = SQLITE_FULL;
    EXPECT_EQ(store_->Retain(std::span(&rule, 1), kBegin).status().code(), absl::StatusCode::kResourceExhausted);
    files[FaultyFiles::kLog].write = SQLITE_OK;
    EXPECT_THAT(Left(), SizeIs(3));
    EXPECT_EQ(Retain(rule, 0).quarantined, 3u);
    store_.reset();
  }
  Reopen();
  std::set<uint64_t> ids;
  for (const v1::QuarantineEntry& entry : ReadExported()) ids.insert(entry.id());
  EXPECT_THAT(ids, SizeIs(3));
}

TEST_F(RetentionTest, SearchNoLongerFindsRemovedItems) {
  store_.reset();
  absl::StatusOr<std::unique_ptr<Store>> opened = OpenSqlite({.path = file(), .search_index = true});
  ASSERT_TRUE(opened.ok());
  store_ = *std::move(opened);
  for (int hour = 0; hour < 10; ++hour) Archive(hour);
  EXPECT_THAT(SearchStore(file(), "headline:item", {})->found, SizeIs(10));
  Retain({.pipeline = "p", .items = absl::Hours(3)}, 9.5);
  const absl::StatusOr<SearchResult> result = SearchStore(file(), "headline:item", {});
  ASSERT_TRUE(result.ok());
  EXPECT_THAT(result->found, SizeIs(3));
  EXPECT_EQ(result->read, 3u);
}

}  // namespace
}  // namespace wirewatch::store

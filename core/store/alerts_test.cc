// What those who follow Alerts read from the store, and the turns that it remembers of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "wirewatch/store/schema.h"
#include "wirewatch/store/sqlite_alerts.h"
#include "wirewatch/store/store_fixture.h"

namespace wirewatch::store {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr char kOther[] = "00112233445566778899aabbccddee00";

class StoreAlertsTest : public StoreTest {
 protected:
  // One entry for each alert id, a second apart.
  void Write(std::vector<std::pair<std::string, int>> entries) {
    EpochWrites epoch = Epoch(++position_);
    for (auto& [id, second] : entries) {
      epoch.journal.push_back(
          {.sequence = ++sequence_, .alert_id = id, .at = absl::FromUnixSeconds(second), .event = "event"});
    }
    ASSERT_TRUE(Commit(epoch).ok());
  }
  std::vector<std::pair<uint64_t, std::string>> Alerts(uint64_t at, uint64_t before, size_t limit = 100) {
    std::vector<std::pair<uint64_t, std::string>> alerts;
    const std::vector<JournalEntry> entries = store_->ReadAlerts(at, before, limit).value();
    for (const JournalEntry& entry : entries) alerts.emplace_back(entry.sequence, entry.alert_id);
    return alerts;
  }

  uint64_t position_ = 0, sequence_ = 0;
};

TEST_F(StoreAlertsTest, AlertsAreReadAsTheyStood) {
  Write({{kId, 1}, {"b", 2}, {"", 3}, {kId, 4}, {"c", 5}, {"b", 6}});
  using P = std::pair<uint64_t, std::string>;
  EXPECT_THAT(Alerts(~uint64_t{0}, ~uint64_t{0}), ElementsAre(P(6, "b"), P(5, "c"), P(4, kId)));
  EXPECT_THAT(Alerts(5, 6), ElementsAre(P(5, "c"), P(4, kId), P(2, "b"))) << "the later entry of b is not there yet";
  EXPECT_THAT(Alerts(6, 6), ElementsAre(P(5, "c"), P(4, kId))) << "a page goes on where the one before ended";
  EXPECT_THAT(Alerts(6, 100, 1), ElementsAre(P(6, "b")));
  EXPECT_THAT(Alerts(0, 100), IsEmpty());
  EXPECT_EQ(store_->ReadAlerts(6, 7, 1).value()[0].pipeline, "p");
}

TEST_F(StoreAlertsTest, TheLastEventsOfAnAlertComeOldestFirst) {
  Write({{kId, 1}, {"b", 2}, {kId, 3}, {kId, 4}});
  const std::vector<JournalEntry> events = store_->ReadAlertEvents(kId, 2).value();
  ASSERT_THAT(events, SizeIs(2));
  EXPECT_EQ(events[0].sequence, 3u);
  EXPECT_EQ(events[1].sequence, 4u);
  const std::vector<JournalEntry> before = store_->ReadAlertEvents(kId, 1, 3).value();
  ASSERT_THAT(before, SizeIs(1));
  EXPECT_EQ(before[0].sequence, 3u) << "as it stood then";
  EXPECT_THAT(store_->ReadAlertEvents("", 10).value(), IsEmpty());
  EXPECT_THAT(store_->ReadAlertEvents("0011", 10).value(), IsEmpty());
}

TEST_F(StoreAlertsTest, AlertsAreFoundByTheBeginningOfTheirId) {
  Write({{kId, 1}, {kOther, 1}, {"0011 in words", 2}, {kId, 3}, {"ffffffffffffffffffffffffffffffff", 4}});
  EXPECT_THAT(store_->FindAlerts("0011", 10).value(), UnorderedElementsAre(kId, kOther, "0011 in words"));
  EXPECT_THAT(store_->FindAlerts("0011", 2).value(), SizeIs(2));
  EXPECT_THAT(store_->FindAlerts("00112", 10).value(), UnorderedElementsAre(kId, kOther)) << "an odd number of digits";
  EXPECT_THAT(store_->FindAlerts("00112233445566778899aabbccddeef", 10).value(), ElementsAre(kId));
  EXPECT_THAT(store_->FindAlerts(kId, 10).value(), ElementsAre(kId));
  EXPECT_THAT(store_->FindAlerts("ffff", 10).value(), SizeIs(1));
  EXPECT_THAT(store_->FindAlerts("0011 in words", 10).value(), ElementsAre("0011 in words"));
  EXPECT_THAT(store_->FindAlerts("0012", 10).value(), IsEmpty());
  EXPECT_THAT(store_->FindAlerts("0011223344556677\xff\xff", 10).value(), IsEmpty());
  EXPECT_THAT(store_->FindAlerts("", 10).value(), IsEmpty());
}

TEST_F(StoreAlertsTest, NothingLaterThanATimeLiesBeforeItsPosition) {
  EXPECT_EQ(store_->JournalPositionAt(absl::FromUnixSeconds(5)).value(), 0u);
  Write({{"a", 10}, {"a", 30}, {"a", 20}, {"a", 40}});
  const auto at = [&](int second) { return store_->JournalPositionAt(absl::FromUnixSeconds(second)).value(); };
  EXPECT_EQ(at(5), 0u);
  EXPECT_EQ(at(10), 1u);
  EXPECT_EQ(at(25), 1u) << "the entry of second 30 stands before that of second 20";
  EXPECT_EQ(at(30), 3u);
  EXPECT_EQ(at(40), 4u);
  ASSERT_TRUE(store_->TrimJournal(5).ok());
  EXPECT_EQ(at(5), 4u) << "the end of an empty journal";
}

TEST_F(StoreAlertsTest, TurnsGoWithWhatIsAdvanced) {
  Write({{"a", 1}, {"a", 2}, {"a", 3}});
  ASSERT_TRUE(store_->RecordTurn("client:x", {.number = 1, .sent = 1}).ok());
  ASSERT_TRUE(store_->RecordTurn("client:x", {.number = 2, .sent = 1}).ok());
  ASSERT_TRUE(store_->RecordTurn("client:x", {.number = 2, .sent = 3}).ok());
  ASSERT_TRUE(store_->RecordTurn("client:x", {.number = 2, .sent = 2}).ok());
  ASSERT_TRUE(store_->RecordTurn("client:y", {.number = 1, .sent = 1}).ok());
  Reopen();
  const auto sent = [&](const char* name) {
    std::vector<uint64_t> all;
    const std::vector<Turn> turns = store_->Turns(name).value();
    for (const Turn& turn : turns) all.push_back(turn.sent);
    return all;
  };
  EXPECT_THAT(sent("client:x"), ElementsAre(1, 3)) << "a turn never moves back";
  ASSERT_TRUE(store_->Advance("client:x", 2).ok());
  EXPECT_THAT(sent("client:x"), ElementsAre(3));
  EXPECT_THAT(sent("client:y"), ElementsAre(1));
  for (uint64_t number = 3; number < 3 + 2 * Store::kMostTurns; ++number) {
    ASSERT_TRUE(store_->RecordTurn("client:x", {.number = number, .sent = number}).ok());
  }
  EXPECT_THAT(sent("client:x"), AllOf(SizeIs(Store::kMostTurns), Each(::testing::Gt(Store::kMostTurns))));
}

// Every read of the journal is a search of an index or of the row ids, never a scan of the whole.
TEST(StoreAlertsPlan, ReadsUseIndexes) {
  const std::unique_ptr<Connection> connection = *Connection::Open(":memory:", Connection::Access::kReadWrite);
  ASSERT_TRUE(Migrate(*connection, Migrations()).ok());
  for (const char* sql : {kSelectAlerts, kSelectEventsOfAlert, kSelectNextAlertId, kSelectPositionAt}) {
    static std::vector<std::string> explained;  // statements are known by their address
    explained.reserve(8);
    Statement statement =
        *connection->Prepare(explained.emplace_back(std::string("EXPLAIN QUERY PLAN ") + sql).c_str());
    std::string plan;
    while (*statement.Step()) plan += statement.ColumnString(3) + "\n";
    EXPECT_THAT(plan, AllOf(Not(HasSubstr("SCAN")), Not(HasSubstr("TEMP B-TREE")), HasSubstr("SEARCH"))) << sql;
  }
}

}  // namespace
}  // namespace wirewatch::store

#include "wirewatch/store/suppressions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wirewatch/store/check.h"
#include "wirewatch/store/schema.h"
#include "wirewatch/store/store_fixture.h"

namespace wirewatch::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const absl::Time kBegin = absl::FromUnixSeconds(1'700'000'000);

class SuppressionsTest : public StoreTest {
 protected:
  static Suppression One(const std::string& key, std::vector<std::string> subjects, double hours = 0) {
    return {.key = key, .subjects = std::move(subjects), .at = kBegin + absl::Hours(hours), .entry = "entry " + key};
  }
  void Put(std::vector<Suppression> suppressions, const std::string& pipeline = "p") {
    EpochWrites epoch = Epoch(++position_);
    epoch.pipeline = pipeline;
    epoch.suppressions = std::move(suppressions);
    ASSERT_TRUE(Commit(std::move(epoch)).ok());
  }
  std::vector<std::string> About(const std::string& subject, size_t limit = 100) {
    std::vector<std::string> entries;
    const std::vector<Suppression> read = store_->ReadSuppressions(subject, limit).value();
    for (const Suppression& one : read) entries.push_back(one.entry);
    return entries;
  }
  uint64_t Retain(const RetentionRule& rule, double hours) {
    uint64_t removed = 0;
    for (int i = 0; i < 1000; ++i) {
      const auto some = store_->Retain(std::span(&rule, 1), kBegin + absl::Hours(hours));
      EXPECT_TRUE(some.ok()) << some.status();
      if (!some.ok()) break;
      removed += some->suppressions;
      if (!some->more) return removed;
    }
    ADD_FAILURE() << "it never ends";
    return removed;
  }
  void ExpectWhole() {
    const absl::StatusOr<StoreContents> checked = CheckStore(file());
    ASSERT_TRUE(checked.ok()) << checked.status();
    EXPECT_THAT(checked->damage, IsEmpty());
  }

  uint64_t position_ = 0;
};

TEST_F(SuppressionsTest, AreFoundByEverySubjectOldestFirst) {
  Put({One("1", {"item", "https://news.example/a"}), One("2", {"item"})});
  Put({One("3", {"item", "item"})});
  EXPECT_THAT(About("item"), ElementsAre("entry 1", "entry 2", "entry 3"));
  EXPECT_THAT(About("item", 2), ElementsAre("entry 1", "entry 2"));
  EXPECT_THAT(About("https://news.example/a"), ElementsAre("entry 1"));
  EXPECT_THAT(About("else"), IsEmpty());
  const Suppression read = store_->ReadSuppressions("https://news.example/a", 1).value()[0];
  EXPECT_EQ(read.pipeline, "p");
  EXPECT_EQ(read.at, kBegin);
  Reopen();
  EXPECT_THAT(About("item"), SizeIs(3));
  ExpectWhole();
}

TEST_F(SuppressionsTest, OneOfAKeyIsWritten) {
  Put({One("1", {"item"}), One("1", {"item"})});
  Put({One("1", {"item"})});
  EXPECT_THAT(About("item"), SizeIs(1));
  ExpectWhole();
}

TEST_F(SuppressionsTest, AdvanceWritesThemForItsPipeline) {
  ASSERT_TRUE(Commit(JournalEpoch(++position_, {1, 2})).ok());
  Suppression held = One("1", {"alert"});
  held.pipeline = "p";
  ASSERT_TRUE(store_->Advance("p/desk/mail", 1, {}, {}, std::span(&held, 1)).ok());
  EXPECT_THAT(About("alert"), ElementsAre("entry 1"));
  Suppression failed = One("2", {"alert"});
  failed.pipeline = "p";
  EXPECT_FALSE(store_->Advance("p/desk/mail", 9, {}, {}, std::span(&failed, 1)).ok());
  EXPECT_THAT(About("alert"), SizeIs(1)) << "an advance that fails writes nothing";
  failed.pipeline = "unknown";
  ASSERT_TRUE(store_->Advance("p/desk/mail", 2, {}, {}, std::span(&failed, 1)).ok());
  EXPECT_THAT(About("alert"), SizeIs(1)) << "of a pipeline that has committed nothing they are left out";
  ExpectWhole();
}

TEST_F(SuppressionsTest, GoByAgeAndByNumberTheOldestFirst) {
  for (int hour = 0; hour < 6; ++hour) Put({One(absl::StrCat(hour), {"item"}, hour)});
  Put({One("other", {"item"})}, "q");
  EXPECT_EQ(Retain({.pipeline = "p"}, 1e6), 0u);
  EXPECT_EQ(Retain({.pipeline = "p", .suppressions = absl::Hours(3)}, 5.5), 3u);
  EXPECT_THAT(About("item"), ElementsAre("entry 3", "entry 4", "entry 5", "entry other"));
  EXPECT_EQ(Retain({.pipeline = "p", .most_suppressions = 1}, 5.5), 2u);
  EXPECT_THAT(About("item"), ElementsAre("entry 5", "entry other"));
  // What is gone may be written again.
  Put({One("0", {"item"}, 6)});
  EXPECT_THAT(About("item"), ElementsAre("entry 5", "entry 0", "entry other"));
  ExpectWhole();
  EXPECT_EQ(Retain({.pipeline = "p", .suppressions = absl::Hours(1)}, 1e6), 2u);
  EXPECT_THAT(About("item"), ElementsAre("entry other"));
  ExpectWhole();
}

TEST(SuppressionsSchema, AnOlderStoreGetsAnEmptyJournal) {
  const std::unique_ptr<Connection> connection = *Connection::Open(":memory:", Connection::Access::kReadWrite);
  ASSERT_TRUE(Migrate(*connection, Migrations().first(5)).ok());
  ASSERT_TRUE(connection
                  ->Execute("INSERT INTO pipelines (id, name, last_position, last_arrival_us) "
                            "VALUES (1, 'p', 3, 0)")
                  .ok());
  ASSERT_TRUE(Migrate(*connection, Migrations()).ok());
  EXPECT_THAT(ReadSuppressionsAbout(*connection, "item", 10).value(), IsEmpty());
  const Suppression one{.key = "1", .subjects = {"item"}, .at = kBegin, .entry = "entry"};
  ASSERT_TRUE(WriteSuppressions(*connection, 1, std::span(&one, 1)).ok());
  EXPECT_EQ(ReadSuppressionsAbout(*connection, "item", 10).value().at(0).entry, "entry");
  EXPECT_EQ(connection->Number("SELECT suppressed_until - suppressed_from FROM pipelines").value(), 1);
}

}  // namespace
}  // namespace wirewatch::store

#include "wirewatch/store/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "wirewatch/store/sqlite_reads.h"

namespace wirewatch::store {
namespace {

using ::testing::HasSubstr;

std::unique_ptr<Connection> Memory() { return *Connection::Open(":memory:", Connection::Access::kReadWrite); }

TEST(Schema, MigratesForwardStepByStep) {
  const std::unique_ptr<Connection> connection = Memory();
  ASSERT_TRUE(Migrate(*connection, Migrations()).ok());
  EXPECT_EQ(connection->Number("PRAGMA user_version").value(), static_cast<int64_t>(Migrations().size()));
  std::vector<const char*> next(Migrations().begin(), Migrations().end());
  next.push_back("CREATE TABLE added (x); INSERT INTO added VALUES (41)");
  next.push_back("UPDATE added SET x = x + 1");
  ASSERT_TRUE(Migrate(*connection, next).ok());
  EXPECT_EQ(connection->Number("SELECT x FROM added").value(), 42);
  EXPECT_TRUE(Migrate(*connection, next).ok());
  EXPECT_EQ(connection->Number("SELECT x FROM added").value(), 42);
}

TEST(Schema, ItemsOfAnOlderStoreAreFound) {
  const std::unique_ptr<Connection> connection = Memory();
  ASSERT_TRUE(Migrate(*connection, Migrations().first(2)).ok());
  ASSERT_TRUE(connection
                  ->Execute("INSERT INTO pipelines VALUES (1, 'p', 3, 0); INSERT INTO items VALUES "
                            "(17592186044417, 1, 'text', 1, 'h', 'one'), (17592186044418, 1, 'text', 2, 'h', 'two'), "
                            "(17592186044419, 1, x'00112233445566778899aabbccddeeff', 1, 'h', 'three')")
                  .ok());
  ASSERT_TRUE(Migrate(*connection, Migrations()).ok());
  EXPECT_EQ(ReadKnownItem(*connection, "p", "text").value()->version, 2u);
  EXPECT_EQ(ReadArchivedItem(*connection, "p", "text", 1).value(), "one");
  EXPECT_EQ(ReadArchivedItem(*connection, "p", "00112233445566778899aabbccddeeff", 0).value(), "three");
  EXPECT_EQ(ReadArchivedItem(*connection, "p", "tex", 0).value(), std::nullopt);
}

TEST(Schema, FailedMigrationChangesNothing) {
  const std::unique_ptr<Connection> connection = Memory();
  ASSERT_TRUE(Migrate(*connection, Migrations()).ok());
  std::vector<const char*> broken(Migrations().begin(), Migrations().end());
  broken.push_back("CREATE TABLE half (x); INSERT INTO no_such_table VALUES (1)");
  const absl::Status failed = Migrate(*connection, broken);
  EXPECT_THAT(std::string(failed.message()), HasSubstr("no_such_table"));
  EXPECT_EQ(connection->Number("SELECT count(*) FROM sqlite_schema WHERE name = 'half'").value(), 0);
  EXPECT_EQ(connection->Number("PRAGMA user_version").value(), static_cast<int64_t>(Migrations().size()));
}

TEST(Schema, NewerStoreIsRefused) {
  const std::unique_ptr<Connection> connection = Memory();
  ASSERT_TRUE(Migrate(*connection, Migrations()).ok());
  ASSERT_TRUE(connection->Execute("PRAGMA user_version = 99").ok());
  const absl::Status refused = Migrate(*connection, Migrations());
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("schema 99"));
}

TEST(Schema, AnotherProgramsDatabaseIsRefused) {
  const std::unique_ptr<Connection> connection = Memory();
  ASSERT_TRUE(connection->Execute("CREATE TABLE theirs (x)").ok());
  EXPECT_EQ(Migrate(*connection, Migrations()).code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace wirewatch::store

#include "wirewatch/service/quarantine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "wirewatch/service/host_fixture.h"

namespace wirewatch::service {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class QuarantineTest : public ::testing::Test {
 protected:
  QuarantineTest() : store_(*store::OpenSqlite({})) {
    v1::Item item;
    item.set_headline("Bridge closed");
    item.mutable_language()->set_tag("en");
    for (uint64_t position = 1; position <= 150; ++position) {
      const bool record = position % 10 == 0;
      PutIntoQuarantine(*store_, position, record ? "files" : "watch", record ? "rejected" : "error",
                        record ? v1::Item() : item);
    }
  }
  static std::vector<uint64_t> IdsOf(const v1::ListQuarantineResponse& response) {
    std::vector<uint64_t> ids;
    for (const v1::QuarantineEntry& entry : response.entries()) ids.push_back(entry.id());
    return ids;
  }

  std::unique_ptr<store::Store> store_;
};

TEST_F(QuarantineTest, PagesHaveEveryEntryOnce) {
  v1::ListQuarantineRequest request;
  request.set_page_size(7);
  std::vector<uint64_t> all;
  do {
    const auto page = ListQuarantine(*store_, request);
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_EQ(page->total(), 150u);
    for (const uint64_t id : IdsOf(*page)) all.push_back(id);
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  ASSERT_EQ(all.size(), 150u);
  for (size_t i = 1; i < all.size(); ++i) EXPECT_LT(all[i - 1], all[i]);
}

TEST_F(QuarantineTest, ListsAreFilteredAndWithoutContent) {
  v1::ListQuarantineRequest request;
  request.set_pipeline("desk");
  request.set_step("files");
  request.set_reason("rejected");
  const auto page = ListQuarantine(*store_, request);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->total(), 15u);
  EXPECT_EQ(page->next_page_token(), "");
  EXPECT_EQ(page->entries(0).position(), 10u);
  EXPECT_EQ(page->entries(0).origin(), "inbox/a.jsonl:10");
  EXPECT_EQ(page->entries(0).failure().message(), "cannot be read\xEF\xBF\xBD");
  EXPECT_EQ(page->entries(0).raw(), "");
  request.set_reason("fault");
  EXPECT_EQ(ListQuarantine(*store_, request)->total(), 0u);
  request.set_pipeline("other");
  EXPECT_EQ(ListQuarantine(*store_, request)->total(), 0u);
}

TEST_F(QuarantineTest, PagesThatCannotBeAreRefused) {
  v1::ListQuarantineRequest request;
  request.set_page_token("x");
  EXPECT_TRUE(absl::IsInvalidArgument(ListQuarantine(*store_, request).status()));
  request.clear_page_token();
  request.set_page_size(1001);
  EXPECT_TRUE(absl::IsInvalidArgument(ListQuarantine(*store_, request).status()));
}

TEST_F(QuarantineTest, AnEntryIsShownInFull) {
  const auto entry = GetQuarantined(*store_, 1);
  ASSERT_TRUE(entry.ok()) << entry.status();
  EXPECT_EQ(entry->item().headline(), "Bridge closed");
  EXPECT_THAT(entry->raw(), HasSubstr("\x1b[31mred\xff"));
  EXPECT_TRUE(entry->retryable());
  EXPECT_FALSE(GetQuarantined(*store_, 10)->has_item());
  EXPECT_FALSE(GetQuarantined(*store_, 10)->retryable());
  for (const uint64_t id : {uint64_t{0}, uint64_t{151}, ~uint64_t{0}}) {
    EXPECT_TRUE(absl::IsNotFound(GetQuarantined(*store_, id).status())) << id;
  }
}

TEST_F(QuarantineTest, RetriedAndDropped) {
  Ids ids;
  for (const uint64_t id : {2, 1, 2}) ids.Add(id);
  EXPECT_EQ(RetryQuarantined(*store_, ids).value(), 2u);
  EXPECT_TRUE(GetQuarantined(*store_, 1)->retry());
  EXPECT_FALSE(GetQuarantined(*store_, 3)->retry());
  EXPECT_EQ(DropQuarantined(*store_, ids).value(), 2u);
  EXPECT_TRUE(absl::IsNotFound(GetQuarantined(*store_, 1).status()));
  EXPECT_TRUE(absl::IsNotFound(DropQuarantined(*store_, ids).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(DropQuarantined(*store_, Ids()).status()));
  Ids record;
  record.Add(10);
  EXPECT_TRUE(absl::IsFailedPrecondition(RetryQuarantined(*store_, record).status()));
}

}  // namespace
}  // namespace wirewatch::service

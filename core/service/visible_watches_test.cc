#include "wirewatch/service/visible_watches.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace wirewatch::service {
namespace {

// Watches w0 to w9; every third has the label desk=home.
class TenWatches final : public WatchHolder {
 public:
  static v1::WatchRecord Record(int number) {
    v1::WatchRecord record;
    record.mutable_definition()->set_id(absl::StrCat("w", number));
    v1::Label& label = *record.mutable_definition()->add_labels();
    label.set_name("desk");
    label.set_value(number % 3 == 0 ? "home" : "world");
    return record;
  }

  absl::Status Restore(const Beginning&, State&) override { return {}; }
  absl::Status Apply(std::span<const WatchEdits>, Moment, State&) override { return {}; }
  void Passed(uint64_t) override {}
  void Check(const v1::ApplyWatchesRequest&, v1::ApplyWatchesResponse&) const override {}
  // Three a page, whatever is asked.
  absl::Status List(const v1::ListWatchesRequest& request, v1::ListWatchesResponse& response) const override {
    int begin = 0;
    (void)absl::SimpleAtoi(request.page_token(), &begin);
    for (int i = begin; i < std::min(begin + 3, 10); ++i) *response.add_watches() = Record(i);
    if (begin + 3 < 10) response.set_next_page_token(absl::StrCat(begin + 3));
    response.set_total(10);
    return absl::OkStatus();
  }
  absl::Status Get(const v1::GetWatchRequest& request, v1::GetWatchResponse& response) const override {
    if (request.id().size() != 2) return absl::NotFoundError(absl::StrCat("there is no watch \"", request.id(), "\""));
    *response.mutable_watch() = Record(request.id()[1] - '0');
    return absl::OkStatus();
  }
  absl::Status Revisions(const v1::ListRevisionsRequest& request, State&,
                         v1::ListRevisionsResponse& response) const override {
    if (!request.list().empty()) response.add_lists()->set_query("secret");
    if (request.list().empty()) *response.add_watches() = Record(request.id()[1] - '0');
    return absl::OkStatus();
  }
  absl::Status Test(const v1::TestWatchRequest&, const std::function<absl::Status(const TryItem&)>&,
                    v1::TestWatchResponse&) const override {
    return absl::OkStatus();
  }
  absl::Status Top(const v1::TopWatchesRequest&, v1::TopWatchesResponse& response) const override {
    for (int i = 0; i < 10; ++i) response.add_watches()->set_id(absl::StrCat("w", i));
    return absl::OkStatus();
  }
};

class NoState final : public State {
 public:
  absl::StatusOr<std::optional<std::string>> Get(std::string_view) override { return std::nullopt; }
  absl::Status Put(std::string_view, std::string_view) override { return absl::OkStatus(); }
  absl::Status Delete(std::string_view) override { return absl::OkStatus(); }
  absl::Status Scan(std::string_view, const std::function<bool(std::string_view, std::string_view)>&) override {
    return absl::OkStatus();
  }
};

class VisibleWatchesTest : public ::testing::Test {
 protected:
  // The ids of all pages of two.
  std::vector<std::string> ListAll(uint64_t expected_total) {
    std::vector<std::string> ids;
    v1::ListWatchesRequest request;
    request.set_page_size(2);
    do {
      v1::ListWatchesResponse page;
      EXPECT_TRUE(visible_.List(request, page).ok());
      EXPECT_EQ(page.total(), expected_total);
      for (const v1::WatchRecord& record : page.watches()) ids.push_back(record.definition().id());
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return ids;
  }
  absl::Status Get(const std::string& id) {
    v1::GetWatchRequest request;
    request.set_id(id);
    v1::GetWatchResponse response;
    absl::Status status = visible_.Get(request, response);
    EXPECT_EQ(status.ok(), response.has_watch());
    return status;
  }

  TenWatches watches_;
  Visibility visibility_;
  VisibleWatches visible_{watches_, visibility_};
  NoState state_;
};

TEST_F(VisibleWatchesTest, WhoeverSeesEverythingGetsTheHoldersAnswers) {
  EXPECT_EQ(ListAll(10).size(), 10u);
  EXPECT_TRUE(Get("w1").ok());
}

TEST_F(VisibleWatchesTest, WhatIsNotVisibleDoesNotExist) {
  visibility_.labels = {{"desk", "home"}};
  visibility_.watches = {"w4"};
  EXPECT_EQ(ListAll(5), (std::vector<std::string>{"w0", "w3", "w4", "w6", "w9"}));
  EXPECT_TRUE(Get("w3").ok());
  EXPECT_TRUE(Get("w4").ok());
  const absl::Status hidden = Get("w1"), missing = Get("none");
  EXPECT_TRUE(absl::IsNotFound(hidden));
  EXPECT_EQ(hidden.message(), "there is no watch \"w1\"");
  EXPECT_EQ(missing.message(), "there is no watch \"none\"");

  v1::ListRevisionsRequest revisions;
  v1::ListRevisionsResponse of_watch, of_hidden, of_list;
  revisions.set_id("w3");
  EXPECT_TRUE(visible_.Revisions(revisions, state_, of_watch).ok());
  EXPECT_EQ(of_watch.watches_size(), 1);
  revisions.set_id("w1");
  EXPECT_TRUE(absl::IsNotFound(visible_.Revisions(revisions, state_, of_hidden)));
  EXPECT_EQ(of_hidden.watches_size(), 0);
  revisions.set_list("water");
  EXPECT_TRUE(absl::IsNotFound(visible_.Revisions(revisions, state_, of_list)));
  EXPECT_EQ(of_list.lists_size(), 0);

  v1::TopWatchesResponse top;
  EXPECT_TRUE(visible_.Top({}, top).ok());
  EXPECT_EQ(top.watches_size(), 5);
  v1::ListWatchesRequest request;
  request.set_page_token("w3");
  v1::ListWatchesResponse page;
  EXPECT_TRUE(absl::IsInvalidArgument(visible_.List(request, page)));
}

}  // namespace
}  // namespace wirewatch::service

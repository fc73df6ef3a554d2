#include "live_watches.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/arena.h"
#include "wirewatch/testing/memory_state.h"
#include "wirewatch/testing/plugin_harness.h"

namespace wirewatch::analyses {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kFiles[] = R"(
lists: { force: force OR clash* }
watches:
  - id: kfor
    query: |
      KFOR
)";

// A step `watch` with its State; made anew by Restart().
class LiveWatchesTest : public ::testing::Test {
 protected:
  LiveWatchesTest() { EXPECT_TRUE(Restart(kFiles).ok()); }

  absl::Status Restart(const std::string& options) {
    analysis_ = testing::CreatePlugin<Analysis>(options);
    holder_ = dynamic_cast<WatchHolder*>(analysis_.get());
    state_.writes = 0;
    const auto before = state_.values;
    absl::Status restored =
        holder_->Restore({before.empty() ? 0u : 1u, {position_, absl::FromUnixSeconds(100)}, {"language"}}, state_);
    if (!restored.ok()) state_.values = before;  // as the host does
    return restored;
  }

  v1::ApplyWatchesResponse Apply(const v1::ApplyWatchesRequest& request) {
    v1::ApplyWatchesResponse response;
    for (int i = 0; i < request.edits_size(); ++i) response.add_results();
    holder_->Check(request, response);
    const WatchEdits edits{&request, 0, request.edits_size(), &response};
    EXPECT_TRUE(holder_->Apply(std::span(&edits, 1), {++position_, absl::FromUnixSeconds(200)}, state_).ok());
    return response;
  }
  static v1::ApplyWatchesRequest By(const std::string& author) {
    v1::ApplyWatchesRequest request;
    request.mutable_author()->set_author(author);
    return request;
  }
  static void Add(v1::ApplyWatchesRequest& request, const std::string& id, const std::string& query) {
    v1::WatchDefinition& definition = *request.add_edits()->mutable_add();
    definition.set_id(id);
    definition.set_query(query);
  }
  v1::WatchEditResult AddOne(const std::string& id, const std::string& query) {
    v1::ApplyWatchesRequest request = By("anna");
    Add(request, id, query);
    return Apply(request).results(0);
  }
  v1::WatchEditResult ChangeOne(const std::string& id, const std::string& query, uint64_t expected = 0) {
    v1::ApplyWatchesRequest request = By("bert");
    v1::WatchEdit& edit = *request.add_edits();
    edit.mutable_change()->set_id(id);
    edit.mutable_change()->set_query(query);
    edit.set_expected_revision(expected);
    return Apply(request).results(0);
  }
  v1::WatchEditResult RemoveOne(const std::string& id) {
    v1::ApplyWatchesRequest request = By("carl");
    request.add_edits()->set_remove(id);
    return Apply(request).results(0);
  }

  // `id:revision` of each hit, for an Item at a position; the next unless given.
  std::vector<std::string> Hits(uint64_t position = 0) {
    v1::Item item;
    item.set_body("On Monday KFOR soldiers clashed with a crowd.");
    Document document;
    document.Reset(&item, {}, position == 0 ? ++position_ : position, absl::FromUnixSeconds(300));
    google::protobuf::Arena arena;
    Findings findings(&arena, &scratch_);
    EXPECT_TRUE(analysis_->Analyze(document, findings).ok());
    std::vector<std::string> hits;
    for (const v1::Signal* signal : findings.signals()) {
      hits.push_back(signal->watch_id() + ":" + std::to_string(signal->revision()));
    }
    return hits;
  }
  v1::ListRevisionsResponse Revisions(const std::string& id) {
    v1::ListRevisionsRequest request;
    request.set_id(id);
    v1::ListRevisionsResponse response;
    EXPECT_TRUE(holder_->Revisions(request, state_, response).ok());
    return response;
  }

  testing::MemoryState state_;
  uint64_t position_ = 0;
  std::unique_ptr<Analysis> analysis_;
  WatchHolder* holder_ = nullptr;
  ScratchSlot scratch_;
};

TEST_F(LiveWatchesTest, AChangeHoldsFromItsPositionOn) {
  EXPECT_THAT(Hits(), ElementsAre("kfor:1"));
  const v1::WatchEditResult added = AddOne("crowd", "crowd NEAR/9 LIST(force)");
  EXPECT_EQ(added.revision(), 1u);
  EXPECT_EQ(added.position(), 2u);
  EXPECT_THAT(Hits(), ElementsAre("crowd:1", "kfor:1"));
  EXPECT_EQ(ChangeOne("crowd", "crowd OR people").revision(), 2u);
  EXPECT_EQ(RemoveOne("crowd").revision(), 3u);
  EXPECT_THAT(Hits(), ElementsAre("kfor:1"));
  // Items that were under way see what was there at their positions.
  EXPECT_THAT(Hits(1), ElementsAre("kfor:1"));
  EXPECT_THAT(Hits(3), ElementsAre("crowd:1", "kfor:1"));
  EXPECT_THAT(Hits(4), ElementsAre("crowd:2", "kfor:1"));
  EXPECT_THAT(Hits(5), ElementsAre("kfor:1"));
  holder_->Passed(3);
  EXPECT_THAT(Hits(4), ElementsAre("crowd:2", "kfor:1"));
  holder_->Passed(6);
  EXPECT_THAT(Hits(), ElementsAre("kfor:1"));
}

TEST_F(LiveWatchesTest, ARestartFindsEverything) {
  AddOne("crowd", "crowd");
  ChangeOne("crowd", "crowds OR crowd");
  AddOne("gone", "crowd");
  RemoveOne("gone");
  ASSERT_TRUE(Restart(kFiles).ok());
  EXPECT_EQ(state_.writes, 0);
  EXPECT_THAT(Hits(), ElementsAre("crowd:2", "kfor:1"));
  const v1::ListRevisionsResponse revisions = Revisions("crowd");
  ASSERT_EQ(revisions.watches_size(), 2);
  EXPECT_EQ(revisions.watches(0).author(), "bert");
  EXPECT_EQ(revisions.watches(1).author(), "anna");
  EXPECT_EQ(revisions.watches(1).definition().query(), "crowd");
  EXPECT_EQ(revisions.watches(1).at().seconds(), 200);
  // One that was removed comes back under its next revision.
  EXPECT_EQ(AddOne("gone", "soldiers").revision(), 3u);
}

TEST_F(LiveWatchesTest, FilesMakeRevisionsToo) {
  ASSERT_TRUE(Restart("watches: [{id: kfor, query: KFOR OR UNMIK, severity: high}]").ok());
  EXPECT_THAT(Hits(), ElementsAre("kfor:2"));
  ASSERT_TRUE(Restart("watches: [{id: other, query: crowd}]").ok());
  EXPECT_THAT(Hits(), ElementsAre("other:1"));
  const v1::ListRevisionsResponse revisions = Revisions("kfor");
  ASSERT_EQ(revisions.watches_size(), 3);
  EXPECT_TRUE(revisions.watches(0).removed());
  EXPECT_THAT(revisions.watches(1).author(), HasSubstr("options.yaml"));
  EXPECT_EQ(revisions.watches(2).definition().query(), "KFOR\n");
}

TEST_F(LiveWatchesTest, AnotherListIsANewRevisionOfWhoUsesIt) {
  AddOne("force", "LIST(force)");
  AddOne("crowd", "crowd");
  ASSERT_TRUE(Restart("{lists: {force: clash* OR gunfire}, watches: [{id: kfor, query: \"KFOR\\n\"}]}").ok());
  EXPECT_THAT(Hits(), ElementsAre("crowd:1", "force:2", "kfor:1"));
  v1::ListRevisionsRequest request;
  request.set_list("force");
  v1::ListRevisionsResponse lists;
  ASSERT_TRUE(holder_->Revisions(request, state_, lists).ok());
  ASSERT_EQ(lists.lists_size(), 2);
  EXPECT_EQ(lists.lists(0).revision(), 2u);
  EXPECT_EQ(lists.lists(1).query(), "force OR clash*");
}

TEST_F(LiveWatchesTest, WhatCannotBeIsRefusedWithItsPlace) {
  EXPECT_THAT(AddOne("bad", "KFOR\n NEAR force").failure().message(), HasSubstr("\"bad\": 2:2: NEAR without how many"));
  const v1::WatchEditFailure failure = AddOne("bad", "KFOR\n NEAR force").failure();
  EXPECT_EQ(failure.line(), 2u);
  EXPECT_EQ(failure.column(), 2u);
  EXPECT_FALSE(failure.hint().empty());
  EXPECT_THAT(AddOne("a b", "x").failure().message(), HasSubstr("no id"));
  EXPECT_THAT(AddOne("kfor", "x").failure().message(), HasSubstr("options.yaml:5"));
  EXPECT_EQ(AddOne("kfor", "x").failure().code(), static_cast<int>(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(ChangeOne("nothing", "x").failure().code(), static_cast<int>(absl::StatusCode::kNotFound));
  EXPECT_THAT(AddOne("where", "agency:tass").failure().message(), HasSubstr("no step before"));
  EXPECT_FALSE(AddOne("german", "language:de").has_failure());
  EXPECT_EQ(AddOne("german", "x").failure().code(), static_cast<int>(absl::StatusCode::kAlreadyExists));
  EXPECT_EQ(ChangeOne("german", "x", 7).failure().code(), static_cast<int>(absl::StatusCode::kAborted));
  EXPECT_EQ(ChangeOne("german", "x", 1).revision(), 2u);
  v1::ApplyWatchesRequest nobody;
  Add(nobody, "x", "y");
  EXPECT_THAT(Apply(nobody).results(0).failure().message(), HasSubstr("author"));
}

TEST_F(LiveWatchesTest, AllOrNothing) {
  v1::ApplyWatchesRequest request = By("anna");
  request.set_all_or_nothing(true);
  Add(request, "crowd", "crowd");
  Add(request, "crowd", "twice");
  const v1::ApplyWatchesResponse response = Apply(request);
  EXPECT_EQ(response.results(0).revision(), 0u);
  EXPECT_TRUE(response.results(1).has_failure());
  EXPECT_THAT(Hits(), ElementsAre("kfor:1"));
  request.set_all_or_nothing(false);
  EXPECT_EQ(Apply(request).results(0).revision(), 1u);
  EXPECT_THAT(Hits(), ElementsAre("crowd:1", "kfor:1"));
}

TEST_F(LiveWatchesTest, EditsOfOneGroupSeeEachOther) {
  v1::ApplyWatchesRequest request = By("anna");
  Add(request, "crowd", "crowd");
  request.add_edits()->mutable_change()->set_id("crowd");
  request.mutable_edits(1)->mutable_change()->set_query("KFOR");
  request.add_edits()->mutable_put()->set_id("crowd");
  request.mutable_edits(2)->mutable_put()->set_query("KFOR");
  const v1::ApplyWatchesResponse response = Apply(request);
  EXPECT_EQ(response.results(1).revision(), 2u);
  EXPECT_TRUE(response.results(2).unchanged());
  EXPECT_THAT(Hits(), ElementsAre("crowd:2", "kfor:1"));
  EXPECT_EQ(Revisions("crowd").watches_size(), 2);
}

TEST_F(LiveWatchesTest, FilesAndWhatIsLiveMustAgree) {
  AddOne("crowd", "LIST(force) AND crowd");
  EXPECT_THAT(Restart("{lists: {force: a}, watches: [{id: crowd, query: x}]}").message(),
              HasSubstr("made through the interface by anna (revision 1)"));
  EXPECT_THAT(Restart("watches: [{id: kfor, query: x}]").message(), HasSubstr("\"crowd\": 1:6: "));
  EXPECT_THAT(Restart("{lists: {force: a}, live: false, watches: [{id: kfor, query: x}]}").message(),
              HasSubstr("live: false"));
  EXPECT_TRUE(Restart("{lists: {force: clash*}, live: true}").ok());
  EXPECT_THAT(Hits(), ElementsAre("crowd:2"));
}

TEST_F(LiveWatchesTest, TheLastHundredRevisionsAreKept) {
  AddOne("crowd", "crowd");
  for (int i = 0; i < 150; ++i) ChangeOne("crowd", "crowd OR x" + std::to_string(i));
  const v1::ListRevisionsResponse revisions = Revisions("crowd");
  ASSERT_EQ(revisions.watches_size(), 100);
  EXPECT_EQ(revisions.watches(0).revision(), 151u);
  EXPECT_EQ(revisions.watches(99).revision(), 52u);
}

TEST_F(LiveWatchesTest, ListsAreRead) {
  for (const char* id : {"a", "b", "c"}) AddOne(id, "crowd");
  RemoveOne("b");
  v1::ListWatchesRequest request;
  request.set_page_size(2);
  v1::ListWatchesResponse page;
  ASSERT_TRUE(holder_->List(request, page).ok());
  EXPECT_EQ(page.total(), 3u);
  ASSERT_EQ(page.watches_size(), 2);
  EXPECT_EQ(page.watches(1).definition().id(), "c");
  request.set_page_token(page.next_page_token());
  v1::ListWatchesResponse next;
  ASSERT_TRUE(holder_->List(request, next).ok());
  ASSERT_EQ(next.watches_size(), 1);
  EXPECT_THAT(next.watches(0).place(), HasSubstr("options.yaml:5"));
  EXPECT_TRUE(next.next_page_token().empty());
}

TEST_F(LiveWatchesTest, ATestTellsWhatWouldBeGainedAndLost) {
  AddOne("crowd", "crowd OR river");
  v1::TestWatchRequest request;
  request.mutable_watch()->set_id("crowd");
  request.mutable_watch()->set_query("crowd OR bridge");
  v1::TestWatchResponse response;
  const auto each = [](const WatchHolder::TryItem& try_item) {
    for (const char* body : {"a crowd", "a bridge", "a river", "a house"}) {
      v1::Item item;
      item.set_body(body);
      item.set_id(body);
      Document document;
      document.Reset(&item, {}, 1, absl::UnixEpoch());
      try_item(document);
    }
    return absl::OkStatus();
  };
  ASSERT_TRUE(holder_->Test(request, each, response).ok());
  EXPECT_EQ(response.tried(), 4u);
  EXPECT_EQ(response.hits(), 2u);
  EXPECT_TRUE(response.compared());
  EXPECT_EQ(response.gained(), 1u);
  EXPECT_EQ(response.lost(), 1u);
  ASSERT_EQ(response.items_size(), 3);
  EXPECT_EQ(response.items(2).item_id(), "a crowd");
  EXPECT_FALSE(response.items(0).evidence().explanation().summary().empty());
}

}  // namespace
}  // namespace wirewatch::analyses

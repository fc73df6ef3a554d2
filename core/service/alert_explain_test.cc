#include "wirewatch/service/alert_explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "wirewatch/alerts/times.h"
#include "wirewatch/pipeline/last_stage.h"
#include "wirewatch/service/host_fixture.h"

namespace wirewatch::service {
namespace {

using ::testing::HasSubstr;

const absl::Time kNoon = absl::FromUnixSeconds(1'781'000'000);

class ExplainTest : public ::testing::Test {
 protected:
  static v1::Item Item(const std::string& id) {
    v1::Item item;
    item.set_id(id);
    item.set_version(1);
    item.set_url("https://news.example/" + id);
    item.set_headline("The river rises");
    item.set_body("The river rises in the town.");
    return item;
  }
  static void Hit(v1::Item& item) {
    v1::WatchHit& hit = *item.add_watch_hits();
    hit.set_watch_id("floods");
    hit.set_revision(3);
    hit.mutable_explanation()->set_summary("\"river\" in the body");
  }
  void Archive(v1::Item item) {
    store::EpochWrites epoch{.pipeline = "desk", .last_position = ++position_, .last_arrival = kNoon};
    item.set_position(position_);
    alerts::SetTime(item.mutable_arrival(), kNoon);
    epoch.items.push_back({position_, item.id(), item.version(), "", item.SerializeAsString()});
    Commit(std::move(epoch));
  }
  // The event by which an Alert shows the Item.
  void Raise(const std::string& item, const std::string& silence = "") {
    v1::AlertEvent event;
    event.set_alert_id("a1");
    event.set_type(v1::ALERT_EVENT_TYPE_RAISED);
    if (!silence.empty()) event.add_silenced_by(silence);
    v1::Evidence& evidence = *event.mutable_alert()->add_evidence();
    evidence.set_item_id(item);
    evidence.set_item_version(1);
    evidence.set_watch_id("floods");
    store::EpochWrites epoch{.pipeline = "desk", .last_position = position_, .last_arrival = kNoon};
    epoch.journal.push_back(
        {.sequence = ++sequence_, .alert_id = "a1", .at = kNoon, .event = event.SerializeAsString()});
    Commit(std::move(epoch));
  }
  void Commit(store::EpochWrites epoch) { ASSERT_TRUE(host_.store().Commit(std::span(&epoch, 1)).ok()); }

  // The last stage that is told, and what is said of it.
  std::pair<v1::ExplainStage, v1::ExplainStep> Last(const std::string& item, const std::string& recipient = "") {
    v1::ExplainRequest request;
    item.find("://") == std::string::npos ? request.set_item_id(item) : request.set_url(item);
    request.set_watch_id("floods");
    request.set_recipient(recipient);
    auto explained = Explain(host_, visible_, request, [] { return false; });
    if (!explained.ok() || explained->steps().empty()) {
      ADD_FAILURE() << explained.status();
      return {};
    }
    last_ = *std::move(explained);
    const v1::ExplainStep& step = *last_.steps().rbegin();
    for (int i = 0; i + 1 < last_.steps_size(); ++i) EXPECT_EQ(last_.steps(i).passed(), v1::TRUTH_TRUE) << i;
    return {step.stage(), step};
  }
  void ExpectStop(const std::string& item, v1::ExplainStage stage, const std::string& detail,
                  const std::string& recipient = "") {
    const auto [at, step] = Last(item, recipient);
    EXPECT_EQ(at, stage) << step.detail();
    EXPECT_EQ(step.passed(), v1::TRUTH_FALSE);
    EXPECT_THAT(step.detail(), HasSubstr(detail));
  }

  FakeHost host_;
  VisibleAlerts visible_{host_, {}};
  v1::ExplainResponse last_;
  uint64_t position_ = 0, sequence_ = 0;
};

TEST_F(ExplainTest, WhatNeverCame) {
  ExpectStop("x", v1::EXPLAIN_STAGE_FETCHED, "inbox: no such folder");
  ExpectStop("https://news.example/x", v1::EXPLAIN_STAGE_FETCHED, "among its latest 20000 positions");
}

TEST_F(ExplainTest, WhatWasSetAside) {
  PutIntoQuarantine(host_.store(), 1, "language", "error", Item("x"));
  ExpectStop("x", v1::EXPLAIN_STAGE_KEPT, "\"language\" (language 0.1.0): cannot be read");
  ExpectStop("https://news.example/x", v1::EXPLAIN_STAGE_KEPT, "quarantine entry 1");
}

TEST_F(ExplainTest, WhatAnAnalysisDropped) {
  store::EpochWrites epoch{.pipeline = "desk", .last_position = ++position_, .last_arrival = kNoon};
  epoch.state.push_back({pipeline::kUnarchivedStep, 1, {{"x", pipeline::PackKnown(Item("x"))}}});
  Commit(std::move(epoch));
  ExpectStop("x", v1::EXPLAIN_STAGE_KEPT, "not recorded any more");
}

TEST_F(ExplainTest, WhatHasNoText) {
  v1::Item item = Item("x");
  item.clear_headline();
  item.clear_body();
  Archive(item);
  ExpectStop("https://news.example/x", v1::EXPLAIN_STAGE_EXTRACTED, "no text");
}

TEST_F(ExplainTest, WhatNoStepWatches) {
  Archive(Item("x"));
  ExpectStop("x", v1::EXPLAIN_STAGE_CANDIDATE, "no pipeline that holds watches");
}

TEST_F(ExplainTest, WhatNoEventTellsOf) {
  v1::Item item = Item("x");
  Hit(item);
  Archive(item);
  EXPECT_EQ(Last("x").first, v1::EXPLAIN_STAGE_GROUPED);
  EXPECT_EQ(last_.steps().rbegin()->passed(), v1::TRUTH_UNKNOWN);
  EXPECT_EQ(last_.revision(), 3u);
  EXPECT_EQ(last_.explanation().summary(), "\"river\" in the body");
}

TEST_F(ExplainTest, WhatASilenceHides) {
  v1::Item item = Item("x");
  Hit(item);
  Archive(item);
  Raise("x", "s1");
  ExpectStop("x", v1::EXPLAIN_STAGE_NOT_SILENCED, "the silence s1 hides it");
}

TEST_F(ExplainTest, WhatAChannelHasNotTakenYet) {
  v1::Item item = Item("x");
  Hit(item);
  Archive(item);
  Raise("x");
  EXPECT_EQ(Last("x").first, v1::EXPLAIN_STAGE_NOT_SILENCED);
  EXPECT_EQ(last_.alert_ids(0), "a1");
  EXPECT_EQ(Last("x", "console").first, v1::EXPLAIN_STAGE_DELIVERED);
  EXPECT_EQ(last_.steps().rbegin()->passed(), v1::TRUTH_TRUE);
  host_.Set([](FakeHost& host) { host.pipelines_[0].channels[0].position = 0; });
  ExpectStop("x", v1::EXPLAIN_STAGE_DELIVERED, "\"console\" is at event 0: no route", "console");
}

TEST_F(ExplainTest, WhatIsAskedMustBeSaid) {
  v1::ExplainRequest request;
  const auto explain = [&] { return Explain(host_, visible_, request, [] { return false; }).status(); };
  EXPECT_TRUE(absl::IsInvalidArgument(explain()));
  request.set_item_id("x");
  EXPECT_TRUE(explain().ok()) << "any watch is meant where none is named";
}

}  // namespace
}  // namespace wirewatch::service

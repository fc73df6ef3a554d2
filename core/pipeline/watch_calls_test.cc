// Edits of watches in the stream of a pipeline, with a step that holds the simplest watches there are: the queries of
// those that are there, in order, are what it finds in every Item.
#include "wirewatch/pipeline/watch_calls.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "wirewatch/alerts/times.h"
#include "wirewatch/pipeline/pipeline.h"
#include "wirewatch/store/sqlite_store.h"

namespace wirewatch::pipeline {
namespace {

const absl::Time kNoon = absl::FromUnixSeconds(1'750'000'000);

class Held final : public Analysis, public WatchHolder {
 public:
  absl::Status Analyze(const Document& document, Findings& findings) const override {
    const std::lock_guard lock(mutex_);
    EXPECT_GT(document.position(), passed_);
    const auto& [from, watches] = *std::prev(versions_.upper_bound(document.position()));
    for (const auto& [id, query] : watches) {
      v1::Signal& signal = findings.AddSignal();
      signal.set_kind(v1::SIGNAL_KIND_HIT);
      signal.set_watch_id(absl::StrCat(id, "=", query));
      signal.set_revision(from);
    }
    return absl::OkStatus();
  }

  absl::Status Restore(const Beginning& beginning, State& state) override {
    provided = beginning.provided;
    const std::lock_guard lock(mutex_);
    return state.Scan("w/", [this](std::string_view key, std::string_view value) {
      versions_[0].emplace(key.substr(2), value);
      return true;
    });
  }
  absl::Status Apply(std::span<const WatchEdits> edits, Moment moment, State& state) override {
    const std::lock_guard lock(mutex_);
    Watches now = versions_.rbegin()->second;
    ++groups;
    for (const WatchEdits& call : edits) {
      for (int i = call.first; i < call.first + call.count; ++i) {
        v1::WatchEditResult& result = *call.response->mutable_results(i);
        if (result.has_failure()) continue;
        const v1::WatchDefinition& definition = call.request->edits(i).put();
        if (definition.query() == "late") {
          result.mutable_failure()->set_message("wrong, as it turns out");
          continue;
        }
        if (definition.query() == "throw") throw std::runtime_error("cannot");
        now[definition.id()] = definition.query();
        if (absl::Status status = state.Put("w/" + definition.id(), definition.query()); !status.ok()) return status;
        result.set_revision(1);
        result.set_position(moment.position);
      }
    }
    versions_[moment.position] = std::move(now);
    return absl::OkStatus();
  }
  void Passed(uint64_t position) override {
    const std::lock_guard lock(mutex_);
    passed_ = position;
  }
  void Check(const v1::ApplyWatchesRequest& request, v1::ApplyWatchesResponse& response) const override {
    for (int i = 0; i < request.edits_size(); ++i) {
      if (request.edits(i).put().query() != "bad") continue;
      response.mutable_results(i)->mutable_failure()->set_message("bad by itself");
    }
  }
  absl::Status List(const v1::ListWatchesRequest&, v1::ListWatchesResponse&) const override { return {}; }
  absl::Status Get(const v1::GetWatchRequest&, v1::GetWatchResponse&) const override { return {}; }
  absl::Status Revisions(const v1::ListRevisionsRequest&, State&, v1::ListRevisionsResponse&) const override {
    return {};
  }
  absl::Status Test(const v1::TestWatchRequest&, const std::function<absl::Status(const TryItem&)>&,
                    v1::TestWatchResponse&) const override {
    return {};
  }
  absl::Status Top(const v1::TopWatchesRequest&, v1::TopWatchesResponse&) const override { return {}; }

  std::vector<std::string> provided;
  std::atomic<int> groups{0};

 private:
  using Watches = std::map<std::string, std::string>;
  mutable std::mutex mutex_;
  std::map<uint64_t, Watches> versions_{{0, {}}};
  uint64_t passed_ = 0;
};

v1::ApplyWatchesRequest Put(const std::vector<std::pair<std::string, std::string>>& watches) {
  v1::ApplyWatchesRequest request;
  for (const auto& [id, query] : watches) {
    v1::WatchDefinition& definition = *request.add_edits()->mutable_put();
    definition.set_id(id);
    definition.set_query(query);
  }
  return request;
}

// Numbered Items; before those whose numbers are in `pauses` it calls back and lets go of the batch.
class Numbered final : public Source {
 public:
  Numbered(int count, std::map<int, std::function<void()>> pauses) : count_(count), pauses_(std::move(pauses)) {}
  v1::SourcePromise promise() const override { return v1::SOURCE_PROMISE_REPLAYABLE; }
  absl::Status Open(std::string_view cursor) override {
    if (!cursor.empty() && !absl::SimpleAtoi(std::string(cursor), &next_)) return absl::DataLossError("not a number");
    return absl::OkStatus();
  }
  absl::StatusOr<Progress> Read(BatchBuilder& batch, absl::Duration) override {
    for (; next_ < count_ && !batch.full(); ++next_) {
      if (const auto pause = pauses_.find(next_); pause != pauses_.end()) {
        if (std::exchange(paused_at_, next_) != next_) {
          pause->second();
          return Progress::Idle(absl::ZeroDuration());
        }
      }
      v1::Item& item = batch.NewItem();
      item.set_headline(absl::StrCat("Story ", next_));
      item.set_body(absl::StrCat("Text of ", next_));
      alerts::SetTime(item.mutable_published()->mutable_value(), kNoon + absl::Minutes(next_));
      batch.Add("");
    }
    return next_ < count_ ? Progress::More() : Progress::End();
  }
  std::string Cursor() const override { return absl::StrCat(next_); }

 private:
  const int count_;
  const std::map<int, std::function<void()>> pauses_;
  int next_ = 0;
  int paused_at_ = -1;
};

// A pipeline with a step that holds watches, on a store of its own.
class WatchCallsTest : public ::testing::Test {
 protected:
  void Start(int items, std::map<int, std::function<void()>> pauses, int workers, uint64_t seed = 0, bool once = true) {
    Definition definition;
    definition.name = "p";
    StepOf<Source> source;
    source.id = source.plugin = "numbers";
    source.instance = std::make_unique<Numbered>(items, std::move(pauses));
    definition.sources.push_back(std::move(source));
    StepOf<Analysis> step;
    step.id = step.plugin = "watch";
    step.version = "1";
    auto held = std::make_unique<Held>();
    held_ = held.get();
    step.instance = std::move(held);
    definition.analyses.push_back({std::move(step), {}});
    definition.grouping.group_by = {"watch"};
    RunOptions options;
    options.workers = workers;
    options.once = once;
    options.clock = &clock_;
    options.store = store_.get();
    options.schedule_seed = seed;
    options.commit_gap = absl::ZeroDuration();
    options.on_item = [this](const v1::Item& item, std::span<const v1::Signal* const> signals) {
      absl::StrAppend(&seen_, item.position(), ":");
      for (const v1::Signal* signal : signals) absl::StrAppend(&seen_, " ", signal->watch_id(), "/", signal->id());
      absl::StrAppend(&seen_, "\n");
    };
    auto pipeline = Pipeline::Prepare(std::move(definition), std::move(options));
    ASSERT_TRUE(pipeline.ok()) << pipeline.status();
    pipeline_ = *std::move(pipeline);
    pipeline_->Go();
  }
  // Calls on a thread of its own; returns when the edits wait for their place.
  void Call(v1::ApplyWatchesRequest request) {
    std::atomic<bool> queued{false};
    callers_.emplace_back([this, request = std::move(request), &queued] {
      const auto answer = pipeline_->ApplyWatches("watch", request, absl::Seconds(60), [&queued] { queued = true; });
      EXPECT_TRUE(answer.ok()) << answer.status();
    });
    while (!queued) std::this_thread::yield();
  }
  void Join() {
    for (std::thread& caller : callers_) caller.join();
    callers_.clear();
  }
  std::string Stored(const std::string& id) { return store_->GetState("p", "watch", "w/" + id)->value_or(""); }

  ManualClock clock_{kNoon + absl::Hours(48)};
  std::unique_ptr<store::Store> store_ = store::OpenSqlite({}).value();
  Held* held_ = nullptr;
  std::unique_ptr<Pipeline> pipeline_;
  std::vector<std::thread> callers_;
  std::string seen_;
};

TEST_F(WatchCallsTest, TheSameStreamGivesTheSameSignals) {
  std::string expected;
  for (uint64_t run = 0; run < 40; ++run) {
    store_ = store::OpenSqlite({}).value();
    seen_.clear();
    Start(500,
          {{7,
            [this] {
              Call(Put({{"a", "first"}}));
            }},
           {100,
            [this] {
              Call(Put({{"a", "second"}, {"b", "first"}}));
            }},
           {101,
            [this] {
              Call(Put({{"b", "second"}, {"c", "late"}}));
            }},
           {480,
            [this] {
              Call(Put({{"a", "third"}}));
            }}},
          run % 3 == 0   ? 1
          : run % 3 == 1 ? 2
                         : 8,
          run / 3);
    ASSERT_TRUE(pipeline_->Wait().ok());
    Join();
    pipeline_.reset();
    if (run == 0) expected = seen_;
    ASSERT_TRUE(seen_ == expected) << "run " << run;
  }
  EXPECT_NE(expected.find("7:\n9: a=first/"), std::string::npos) << expected.substr(0, 300);
  EXPECT_EQ(expected.find("late"), std::string::npos);
}

TEST_F(WatchCallsTest, WhatIsAnsweredIsDurable) {
  Start(0, {}, 1, 0, false);
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 8; ++caller) {
    callers.emplace_back([this, caller] {
      for (int i = 0; i < 25; ++i) {
        const std::string id = absl::StrCat("w", caller, "-", i);
        const auto answer = pipeline_->ApplyWatches("watch", Put({{id, "x"}, {"bad", "bad"}}), absl::Seconds(60));
        ASSERT_TRUE(answer.ok()) << answer.status();
        EXPECT_EQ(answer->done(), 1u);
        EXPECT_EQ(answer->results(1).failure().message(), "bad by itself");
        EXPECT_EQ(Stored(id), "x");
        EXPECT_GE(store_->LastPosition("p")->position, answer->results(0).position());
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_LT(held_->groups, 200);  // those that wait go together
  EXPECT_EQ(pipeline_->ApplyWatches("nothing", Put({{"a", "x"}}), absl::Seconds(1)).status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(WatchCallsTest, WhatIsWrongTakesNoPlace) {
  Start(0, {}, 1, 0, false);
  EXPECT_EQ(pipeline_->ApplyWatches("watch", Put({{"a", "bad"}}), absl::Seconds(60))->failed(), 1u);
  EXPECT_EQ(held_->groups, 0);
  EXPECT_EQ(pipeline_->ApplyWatches("watch", Put({{"a", "late"}}), absl::Seconds(60))->failed(), 1u);
  v1::ApplyWatchesRequest all = Put({{"a", "x"}, {"b", "bad"}});
  all.set_all_or_nothing(true);
  const auto answer = pipeline_->ApplyWatches("watch", all, absl::Seconds(60));
  EXPECT_EQ(answer->failed(), 2u);
  EXPECT_EQ(answer->results(0).failure().code(), static_cast<int>(absl::StatusCode::kAborted));
  EXPECT_EQ(pipeline_->Snapshot().position, 0u);
}

TEST_F(WatchCallsTest, ALongCallIsCutButNotIfItIsAllOrNothing) {
  Start(0, {}, 1, 0, false);
  std::vector<std::pair<std::string, std::string>> many;
  for (int i = 0; i < 1000; ++i) many.emplace_back(absl::StrCat("w", i), "x");
  v1::ApplyWatchesRequest request = Put(many);
  auto answer = pipeline_->ApplyWatches("watch", request, absl::Seconds(60));
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->done(), 1000u);
  EXPECT_GE(answer->results(999).position(), answer->results(0).position() + 3);
  EXPECT_EQ(Stored("w999"), "x");
  request.set_all_or_nothing(true);
  answer = pipeline_->ApplyWatches("watch", request, absl::Seconds(60));
  EXPECT_EQ(answer->results(999).position(), answer->results(0).position());
}

TEST_F(WatchCallsTest, APausedPipelineSaysSoAndTakesNothing) {
  Start(0, {}, 1, 0, false);
  ASSERT_TRUE(pipeline_->Pause(absl::Seconds(60)).ok());
  const auto answer = pipeline_->ApplyWatches("watch", Put({{"a", "x"}}), absl::Milliseconds(50));
  EXPECT_EQ(answer.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(std::string(answer.status().message()).find("has no effect: the pipeline is being reloaded"),
            std::string::npos)
      << answer.status();
  pipeline_->Resume();
  EXPECT_TRUE(pipeline_->ApplyWatches("watch", Put({{"b", "x"}}), absl::Seconds(60)).ok());
  EXPECT_EQ(Stored("a"), "");
  ASSERT_TRUE(pipeline_->Pause(absl::Seconds(60)).ok());
  std::thread late([this] {
    EXPECT_EQ(pipeline_->ApplyWatches("watch", Put({{"c", "x"}}), absl::Seconds(60)).status().code(),
              absl::StatusCode::kAborted);
  });
  pipeline_->Retire();
  late.join();
}

TEST_F(WatchCallsTest, AStepThatFailsOnAChangeEndsThePipelineAndKeepsNothing) {
  Start(0, {}, 1, 0, false);
  EXPECT_TRUE(pipeline_->ApplyWatches("watch", Put({{"a", "x"}}), absl::Seconds(60)).ok());
  const auto answer = pipeline_->ApplyWatches("watch", Put({{"b", "x"}, {"c", "throw"}}), absl::Seconds(60));
  EXPECT_EQ(answer.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(std::string(pipeline_->Wait().message()).find("the plugin threw: cannot"), std::string::npos);
  EXPECT_EQ(Stored("a"), "x");
  EXPECT_EQ(Stored("b"), "");
  // The next run has what was answered.
  Start(3, {}, 1);
  ASSERT_TRUE(pipeline_->Wait().ok());
  EXPECT_NE(seen_.find("a=x"), std::string::npos);
}

}  // namespace
}  // namespace wirewatch::pipeline

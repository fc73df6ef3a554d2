#include "wirewatch/pipeline/pipeline.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "wirewatch/alerts/times.h"
#include "wirewatch/pipeline/byte_budget.h"
#include "wirewatch/store/sqlite_store.h"

namespace wirewatch::pipeline {
namespace {

const absl::Time kNoon = absl::FromUnixSeconds(1'750'000'000);

// `count` Items, a minute apart; every 11th repeats the one before it, every 13th is a new version of it.
class CountingSource final : public Source {
 public:
  CountingSource(std::string name, int count) : name_(std::move(name)), count_(count) {}
  v1::SourcePromise promise() const override { return v1::SOURCE_PROMISE_REPLAYABLE; }
  absl::Status Open(std::string_view cursor) override {
    if (!cursor.empty() && !absl::SimpleAtoi(std::string(cursor), &next_)) return absl::DataLossError("not a number");
    return absl::OkStatus();
  }
  absl::StatusOr<Progress> Read(BatchBuilder& batch, absl::Duration) override {
    for (; next_ < count_ && !batch.full(); ++next_) {
      if (next_ % 29 == 28) {
        batch.Reject("{bad", absl::StrCat(name_, ":", next_), absl::InvalidArgumentError("no JSON"));
        continue;
      }
      Fill(batch.NewItem());
      batch.Add("raw");
    }
    return next_ < count_ ? Progress::More() : Progress::End();
  }
  std::string Cursor() const override { return absl::StrCat(next_); }
  void Committed(std::string_view cursor) override { committed_ = cursor; }
  std::string Summary() const override { return absl::StrCat(next_, " read, ", committed_, " committed"); }

 private:
  void Fill(v1::Item& item) const {
    const int base = next_ % 11 == 10 || next_ % 13 == 12 ? next_ - 1 : next_;
    v1::AlternateId& id = *item.add_alt_ids();
    id.set_role("publisher");
    id.set_value(absl::StrCat(base));
    item.mutable_outlet()->set_name(name_);
    item.set_headline(absl::StrCat("Story ", base));
    item.set_body(absl::StrCat("Text of ", base, next_ % 13 == 12 ? " corrected" : "", "."));
    alerts::SetTime(item.mutable_published()->mutable_value(), kNoon + absl::Minutes(base));
  }

  const std::string name_;
  const int count_;
  int next_ = 0;
  std::string committed_;
};

int NumberOf(const Document& document) {
  int number = 0;
  (void)absl::SimpleAtoi(document.item().headline().substr(6), &number);
  return number;
}

class Labels final : public Analysis {
 public:
  absl::Status Analyze(const Document& document, Findings& findings) const override {
    const int number = NumberOf(document);
    if (number % 17 == 5) return absl::InvalidArgumentError("17");
    if (number % 19 == 7) throw std::runtime_error("19");
    if (number % 23 == 3) {
      findings.Drop("every_23rd");
      return absl::OkStatus();
    }
    v1::Label& label = *findings.Annotate().add_labels();
    label.set_name("parity");
    label.set_value(number % 2 == 0 ? "even" : "odd");
    findings.Count("labelled");
    return absl::OkStatus();
  }
};

class Hits final : public Analysis {
 public:
  absl::Status Analyze(const Document& document, Findings& findings) const override {
    if (NumberOf(document) % 5 != 0) return absl::OkStatus();
    v1::Signal& signal = findings.AddSignal();
    signal.set_kind(v1::SIGNAL_KIND_HIT);
    signal.set_watch_id(absl::StrCat("every-", NumberOf(document) % 10));
    signal.set_severity(v1::SEVERITY_MEDIUM);
    return absl::OkStatus();
  }
};

// Makes much of little: an annotation of 64 KiB, and what it has seen of the budget meanwhile.
class Enlarging final : public Analysis {
 public:
  static constexpr size_t kBytes = 64 << 10;
  Enlarging(const ByteBudget& budget, std::atomic<uint64_t>& most) : budget_(budget), most_(most) {}
  absl::Status Analyze(const Document& document, Findings& findings) const override {
    if (document.item().labels_size() == 0) {
      v1::Label& label = *findings.Annotate().add_labels();
      label.set_name("large");
      label.set_value(std::string(kBytes, 'x'));
    }
    uint64_t most = most_;
    while (most < budget_.used() && !most_.compare_exchange_weak(most, budget_.used())) continue;
    return absl::OkStatus();
  }

 private:
  const ByteBudget& budget_;
  std::atomic<uint64_t>& most_;
};

// Counts Items by parity; every ten minutes raises a condition with the count. Fails now and then after writing.
class Counting final : public StatefulAnalysis {
 public:
  absl::Status Restore(uint32_t version, State& state) override {
    if (version > 1) return absl::FailedPreconditionError("newer");
    const auto due = state.Get("due");
    if (!due.ok()) return due.status();
    int64_t seconds = 0;
    if (*due && absl::SimpleAtoi(**due, &seconds)) due_ = absl::FromUnixSeconds(seconds);
    return absl::OkStatus();
  }
  absl::Status Analyze(const Document& document, Findings& findings, State& state) override {
    const std::string key = absl::StrCat("count/", document.item().labels(0).value());
    auto count = state.Get(key);
    if (!count.ok()) return count.status();
    int64_t value = 0;
    (void)absl::SimpleAtoi(count->value_or("0"), &value);
    (void)state.Put(key, absl::StrCat(value + 1));
    if (NumberOf(document) % 31 == 9) return absl::InternalError("after a write");
    if (due_ == absl::InfiniteFuture()) SetDue(document.arrival() + absl::Minutes(10), state);
    v1::NumberLabel& number = *findings.Annotate().add_numbers();
    number.set_name("seen");
    number.set_value(static_cast<double>(value + 1));
    return absl::OkStatus();
  }
  absl::Time NextTimer() const override { return due_; }
  absl::Status OnTimer(absl::Time due, Findings& findings, State& state) override {
    v1::Signal& signal = findings.AddSignal();
    signal.set_kind(v1::SIGNAL_KIND_BURST);
    absl::Status scanned = state.Scan("count/", [&signal](std::string_view key, std::string_view value) {
      signal.set_subject(signal.subject() + " " + std::string(key) + "=" + std::string(value));
      return true;
    });
    SetDue(due + absl::Minutes(10), state);
    return scanned;
  }

 private:
  void SetDue(absl::Time due, State& state) {
    due_ = due;
    (void)state.Put("due", absl::StrCat(absl::ToUnixSeconds(due)));
  }
  absl::Time due_ = absl::InfiniteFuture();
};

template <class P>
StepOf<P> Step(std::string id, std::unique_ptr<P> instance) {
  StepOf<P> step;
  step.id = step.plugin = std::move(id);
  step.version = "1";
  step.provides = {step.id, "any"};
  step.instance = std::move(instance);
  step.state_version = 1;
  return step;
}

Definition Example(int items) {
  Definition definition;
  definition.name = "p";
  definition.sources.push_back(Step<Source>("a", std::make_unique<CountingSource>("a", items)));
  definition.sources.push_back(Step<Source>("b", std::make_unique<CountingSource>("b", items / 2)));
  definition.analyses.push_back({Step<Analysis>("labels", std::make_unique<Labels>()), {}});
  definition.analyses.push_back({{}, Step<StatefulAnalysis>("counting", std::make_unique<Counting>())});
  definition.analyses.push_back({Step<Analysis>("hits", std::make_unique<Hits>()), {}});
  definition.grouping.group_by = {"watch", "subject"};
  return definition;
}

// Everything that a run leaves behind, as text.
std::string Contents(store::Store& store) {
  std::string all;
  const std::vector<store::ArchivedItem> items = store.ReadItems("p", 0, 100'000).value();
  for (const store::ArchivedItem& item : items) {
    absl::StrAppend(&all, "item ", item.position, " ", item.id, " ", item.version, " ", item.item, "\n");
  }
  const std::vector<store::JournalEntry> events = store.ReadJournal(0, 100'000).value();
  for (const store::JournalEntry& entry : events) {
    absl::StrAppend(&all, "event ", entry.sequence, " ", entry.event, "\n");
  }
  for (const char* step : {"counting", "$alerts", "$unarchived"}) {
    EXPECT_TRUE(
        store
            .ScanState("p", step, "",
                       [&](std::string_view key, std::string_view value) {
                         all.append("state ").append(step).append(" ").append(key).append("=").append(value).append(
                             "\n");
                         return true;
                       })
            .ok());
  }
  const std::vector<store::QuarantineEntry> quarantine = store.ReadQuarantine("p", 0, 100'000).value();
  for (const store::QuarantineEntry& entry : quarantine) {
    absl::StrAppend(&all, "quarantine ", entry.position, " ", entry.step, " ", entry.reason, " ", entry.item, "\n");
  }
  return all;
}

std::unique_ptr<store::Store> NewStore() { return store::OpenSqlite({}).value(); }

RunOptions Options(store::Store& store, Clock& clock, int workers, uint64_t seed = 0) {
  RunOptions options;
  options.workers = workers;
  options.once = true;
  options.clock = &clock;
  options.store = &store;
  options.schedule_seed = seed;
  options.commit_gap = absl::ZeroDuration();
  return options;
}

std::string RunOnce(int items, int workers, uint64_t seed = 0) {
  ManualClock clock(kNoon + absl::Hours(48));
  const std::unique_ptr<store::Store> store = NewStore();
  auto pipeline = Pipeline::Start(Example(items), Options(*store, clock, workers, seed));
  EXPECT_TRUE(pipeline.ok()) << pipeline.status();
  EXPECT_TRUE((*pipeline)->Wait().ok());
  return Contents(*store);
}

TEST(PipelineTest, ArchivesRaisesAndQuarantines) {
  ManualClock clock(kNoon + absl::Hours(48));
  const std::unique_ptr<store::Store> store = NewStore();
  int observed = 0;
  RunOptions options = Options(*store, clock, 2);
  options.on_item = [&observed](const v1::Item&, std::span<const v1::Signal* const>) { ++observed; };
  auto pipeline = Pipeline::Start(Example(300), std::move(options));
  ASSERT_TRUE(pipeline.ok()) << pipeline.status();
  ASSERT_TRUE((*pipeline)->Wait().ok());
  const Progress progress = (*pipeline)->Snapshot();
  EXPECT_EQ(progress.items_in, 450u);
  EXPECT_EQ(progress.position, 450u);
  EXPECT_EQ(progress.committed_position, 450u);
  EXPECT_EQ(progress.archived, static_cast<uint64_t>(observed));
  EXPECT_GT(progress.alerts_raised, 10u);
  EXPECT_EQ(progress.in_flight_bytes, 0u);
  EXPECT_EQ(progress.sources.at(0).rejected, 10u);
  EXPECT_GT(progress.sources[0].duplicates, 0u);
  EXPECT_GT(progress.sources[0].new_versions, 0u);
  EXPECT_EQ(progress.sources[0].summary, "300 read, 300 committed");
  EXPECT_TRUE(progress.sources.at(1).ended);
  ASSERT_EQ(progress.steps.size(), 3u);
  EXPECT_GT(progress.steps[0].dropped, 0u);
  EXPECT_GT(progress.steps[0].quarantined, 0u);
  EXPECT_GT(progress.steps[1].timers, 0u);
  EXPECT_EQ(progress.steps[0].items_out, progress.steps[1].items_in);
  EXPECT_EQ(progress.steps[2].items_out, progress.archived);
  EXPECT_EQ(progress.steps[0].latency.count, progress.steps[0].items_in);

  v1::Item first;
  ASSERT_TRUE(first.ParseFromString(store->ReadItems("p", 0, 1).value().at(0).item));
  EXPECT_EQ(first.labels(0).producer(), "labels/labels@1");
  EXPECT_EQ(first.provenance().touched_size(), 2);
  EXPECT_EQ(absl::StrJoin(first.provenance().produced(), " "), "any counting hits labels");
  EXPECT_EQ(first.first_seen().seconds(), absl::ToUnixSeconds(kNoon));
  EXPECT_EQ(first.word_count(), 5u);
  std::map<std::string, int> reasons;
  const std::vector<store::QuarantineEntry> quarantine = store->ReadQuarantine("p", 0, 1000).value();
  for (const store::QuarantineEntry& entry : quarantine) ++reasons[entry.reason];
  EXPECT_GT(reasons["exception"], 0);
  EXPECT_GT(reasons["error"], 0);
  EXPECT_EQ(reasons["rejected"], 15);
}

TEST(PipelineTest, NumberOfWorkersDoesNotMatter) {
  const std::string one = RunOnce(1000, 1);
  EXPECT_GT(one.size(), 100'000u);
  EXPECT_TRUE(RunOnce(1000, 2) == one);
  EXPECT_TRUE(RunOnce(1000, 8) == one);
}

// 1,000 with WIREWATCH_SCHEDULES=1000.
TEST(PipelineTest, SeededSchedulesDoNotMatter) {
  int schedules = 100;
  if (const char* given = std::getenv("WIREWATCH_SCHEDULES")) {
    ASSERT_TRUE(absl::SimpleAtoi(given, &schedules));
  }
  const std::string expected = RunOnce(150, 1);
  for (int seed = 1; seed <= schedules; ++seed) {
    ASSERT_TRUE(RunOnce(150, 1 + seed % 4, static_cast<uint64_t>(seed)) == expected) << "seed " << seed;
  }
}

TEST(PipelineTest, StopAndGoOnEqualsAnUndisturbedRun) {
  const std::string expected = RunOnce(1000, 2);
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    ManualClock clock(kNoon + absl::Hours(48));
    const std::unique_ptr<store::Store> store = NewStore();
    int runs = 0;
    for (bool ended = false; !ended; ++runs) {
      RunOptions options = Options(*store, clock, 2, seed);
      Pipeline* running = nullptr;
      std::atomic<Pipeline*> shared{nullptr};
      int left = 150;
      options.on_item = [&](const v1::Item&, std::span<const v1::Signal* const>) {
        if (--left > 0) return;
        while ((running = shared.load()) == nullptr) std::this_thread::yield();
        running->Stop();
      };
      auto pipeline = Pipeline::Start(Example(1000), std::move(options));
      ASSERT_TRUE(pipeline.ok()) << pipeline.status();
      shared = pipeline->get();
      ASSERT_TRUE((*pipeline)->Wait().ok());
      ended = left > 0;
    }
    EXPECT_GT(runs, 2);
    EXPECT_TRUE(Contents(*store) == expected) << "seed " << seed;
  }
}

TEST(PipelineTest, OnErrorStopEndsBeforeTheItem) {
  ManualClock clock(kNoon + absl::Hours(48));
  const std::unique_ptr<store::Store> store = NewStore();
  Definition definition = Example(300);
  definition.analyses[0].stateless.on_error = config::OnError::kStop;
  auto pipeline = Pipeline::Start(std::move(definition), Options(*store, clock, 2));
  ASSERT_TRUE(pipeline.ok());
  const absl::Status ended = (*pipeline)->Wait();
  EXPECT_NE(std::string(ended.message()).find("step \"labels\" failed on the Item at position 6"), std::string::npos)
      << ended;
  EXPECT_EQ(store->LastPosition("p")->position, 0u);
}

TEST(PipelineTest, OnErrorPassKeepsTheItem) {
  ManualClock clock(kNoon + absl::Hours(48));
  const std::unique_ptr<store::Store> store = NewStore();
  Definition definition = Example(60);
  definition.analyses.erase(definition.analyses.begin() + 1);
  definition.analyses[0].stateless.on_error = config::OnError::kPass;
  auto pipeline = Pipeline::Start(std::move(definition), Options(*store, clock, 2));
  ASSERT_TRUE(pipeline.ok());
  ASSERT_TRUE((*pipeline)->Wait().ok());
  const Progress progress = (*pipeline)->Snapshot();
  EXPECT_GT(progress.steps[0].failed, 0u);
  EXPECT_EQ(progress.steps[0].quarantined, 0u);
  v1::Item failed;  // what a step failed on it has not looked through
  ASSERT_TRUE(failed.ParseFromString(store->ReadItems("p", 5, 1).value().at(0).item));
  EXPECT_EQ(absl::StrJoin(failed.provenance().produced(), " "), "any hits");
}

TEST(PipelineTest, GoesOnWithATinyBudget) {
  ManualClock clock(kNoon + absl::Hours(48));
  const std::unique_ptr<store::Store> store = NewStore();
  Definition definition = Example(300);
  definition.limits.budget = KiB(64);
  definition.limits.commit_every = absl::Hours(1);
  auto pipeline = Pipeline::Start(std::move(definition), Options(*store, clock, 2));
  ASSERT_TRUE(pipeline.ok());
  ASSERT_TRUE((*pipeline)->Wait().ok());
  EXPECT_EQ((*pipeline)->Snapshot().committed_position, 450u);
}

TEST(PipelineTest, WhatStepsMakeCountsInTheBudget) {
  ManualClock clock(kNoon + absl::Hours(48));
  const std::unique_ptr<store::Store> store = NewStore();
  ByteBudget budget(MiB(256).bytes);
  std::atomic<uint64_t> most = 0;
  Definition definition = Example(256);
  definition.analyses.clear();
  // The second sees what the first has made.
  for (const char* id : {"first", "second"})
    definition.analyses.push_back({Step<Analysis>(id, std::make_unique<Enlarging>(budget, most)), {}});
  definition.analyses.insert(definition.analyses.begin() + 1,
                             {{}, Step<StatefulAnalysis>("counting", std::make_unique<Counting>())});
  RunOptions options = Options(*store, clock, 1);
  options.budget = &budget;
  auto pipeline = Pipeline::Start(std::move(definition), options);
  ASSERT_TRUE(pipeline.ok()) << pipeline.status();
  ASSERT_TRUE((*pipeline)->Wait().ok());
  EXPECT_GT(most, 64 * Enlarging::kBytes);  // of one batch
  EXPECT_EQ(budget.used(), 0u);
}

}  // namespace
}  // namespace wirewatch::pipeline

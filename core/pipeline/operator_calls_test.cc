// Operators' calls in the stream of a pipeline whose every Item is a hit of the watch "w".
#include "wirewatch/pipeline/operator_calls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
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

using ::testing::HasSubstr;

const absl::Time kNoon = absl::FromUnixSeconds(1'750'000'000);

class AlwaysHit final : public Analysis {
 public:
  absl::Status Analyze(const Document&, Findings& findings) const override {
    v1::Signal& signal = findings.AddSignal();
    signal.set_kind(v1::SIGNAL_KIND_HIT);
    signal.set_watch_id("w");
    signal.set_severity(v1::SEVERITY_CRITICAL);  // does not wait
    return absl::OkStatus();
  }
};

// Numbered Items, as many as it is told.
class Numbered final : public Source {
 public:
  explicit Numbered(const std::atomic<int>& count) : count_(count) {}
  v1::SourcePromise promise() const override { return v1::SOURCE_PROMISE_REPLAYABLE; }
  absl::Status Open(std::string_view cursor) override {
    if (!cursor.empty() && !absl::SimpleAtoi(std::string(cursor), &next_)) return absl::DataLossError("not a number");
    return absl::OkStatus();
  }
  absl::StatusOr<Progress> Read(BatchBuilder& batch, absl::Duration) override {
    for (; next_ < count_ && !batch.full(); ++next_) {
      v1::Item& item = batch.NewItem();
      item.set_headline(absl::StrCat("Story ", next_));
      batch.Add("");
    }
    return Progress::Idle(absl::Milliseconds(1));
  }
  std::string Cursor() const override { return absl::StrCat(next_); }

 private:
  const std::atomic<int>& count_;
  int next_ = 0;
};

class OperatorCallsTest : public ::testing::Test {
 protected:
  void Start(int workers = 2) {
    Definition definition;
    definition.name = "p";
    StepOf<Source> source;
    source.id = source.plugin = "numbers";
    source.instance = std::make_unique<Numbered>(items_);
    definition.sources.push_back(std::move(source));
    StepOf<Analysis> step;
    step.id = step.plugin = "hit";
    step.version = "1";
    step.instance = std::make_unique<AlwaysHit>();
    definition.analyses.push_back({std::move(step), {}});
    definition.grouping.group_by = {"watch"};
    RunOptions options;
    options.workers = workers;
    options.clock = &clock_;
    options.store = store_.get();
    options.commit_gap = absl::ZeroDuration();
    auto pipeline = Pipeline::Start(std::move(definition), std::move(options));
    ASSERT_TRUE(pipeline.ok()) << pipeline.status();
    pipeline_ = *std::move(pipeline);
  }
  std::vector<v1::AlertEvent> Journal() {
    std::vector<v1::AlertEvent> events;
    const auto entries = store_->ReadJournal(0, 100'000);
    EXPECT_TRUE(entries.ok());
    if (!entries.ok()) return events;
    for (const store::JournalEntry& entry : *entries) {
      EXPECT_TRUE(events.emplace_back().ParseFromString(entry.event));
      events.back().set_sequence(entry.sequence);
    }
    return events;
  }
  // Waits until the journal has as many events.
  std::vector<v1::AlertEvent> WaitForJournal(size_t events) {
    for (int i = 0; i < 10'000 && Journal().size() < events; ++i) absl::SleepFor(absl::Milliseconds(1));
    return Journal();
  }
  // The id of the Alert that the first Item raises.
  std::string Raised() {
    items_ = 1;
    const std::vector<v1::AlertEvent> events = WaitForJournal(1);
    return events.empty() ? "" : events[0].alert_id();
  }
  static v1::OperatorCall Note(const std::string& id, const std::string& text = "x") {
    v1::OperatorCall call;
    call.set_actor("ada");
    call.mutable_note()->set_alert_id(id);
    call.mutable_note()->set_text(text);
    return call;
  }
  v1::OperatorCall Silence(absl::Duration lasting) {
    v1::OperatorCall call;
    call.set_actor("ada");
    v1::SilenceRule& rule = *call.mutable_silence();
    rule.set_id("s");
    rule.set_reason("r");
    rule.mutable_matcher()->add_watch_ids("w");
    alerts::SetTime(rule.mutable_ends(), clock_.Now() + lasting);
    return call;
  }

  ManualClock clock_{kNoon};
  std::atomic<int> items_{0};
  std::unique_ptr<store::Store> store_ = store::OpenSqlite({}).value();
  std::unique_ptr<Pipeline> pipeline_;
};

TEST_F(OperatorCallsTest, WhatIsAnsweredIsDurableAndKnowsItsSequence) {
  Start();
  const std::string id = Raised();
  const auto answer = pipeline_->Operate(Note(id), absl::Seconds(20));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->alert().notes_size(), 1);
  const std::vector<v1::AlertEvent> journal = Journal();
  ASSERT_EQ(journal.size(), 2u);
  EXPECT_EQ(journal[1].type(), v1::ALERT_EVENT_TYPE_NOTED);
  EXPECT_EQ(answer->sequence(), journal[1].sequence());
}

TEST_F(OperatorCallsTest, ACallThatFailsChangesNothingAndTheOthersGoOn) {
  Start();
  const std::string id = Raised();
  EXPECT_TRUE(absl::IsNotFound(pipeline_->Operate(Note("none"), absl::Seconds(20)).status()));
  EXPECT_TRUE(pipeline_->Operate(Note(id), absl::Seconds(20)).ok());
  EXPECT_EQ(Journal().size(), 2u);
}

TEST_F(OperatorCallsTest, ManyCallersEachGetTheirOwnSequence) {
  Start(4);
  const std::string id = Raised();
  std::vector<std::thread> callers;
  std::vector<uint64_t> sequences(90);
  for (size_t i = 0; i < sequences.size(); ++i) {
    callers.emplace_back([&, i] {
      const auto answer = pipeline_->Operate(Note(id, absl::StrCat("note ", i)), absl::Seconds(60));
      if (answer.ok()) sequences[i] = answer->sequence();
    });
    ++items_;
  }
  for (std::thread& caller : callers) caller.join();
  const std::vector<v1::AlertEvent> journal = Journal();
  for (size_t i = 0; i < sequences.size(); ++i) {
    ASSERT_GT(sequences[i], 0u) << i;
    EXPECT_EQ(journal[sequences[i] - 1].reason(), absl::StrCat("note ", i));
  }
}

TEST_F(OperatorCallsTest, AcknowledgementsAndSilencesOutliveARestart) {
  Start();
  const std::string id = Raised();
  v1::OperatorCall call = Note(id);
  call.mutable_acknowledge()->set_alert_id(id);
  ASSERT_TRUE(pipeline_->Operate(call, absl::Seconds(20)).ok());
  ASSERT_TRUE(pipeline_->Operate(Silence(absl::Hours(48)), absl::Seconds(20)).ok());
  pipeline_.reset();
  Start();
  const auto answer = pipeline_->Operate(Note(id), absl::Seconds(20));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->alert().acknowledgement().by(), "ada");
  EXPECT_EQ(answer->alert().silenced_by(0), "s");
  EXPECT_EQ(answer->sequence(), Journal().back().sequence());
}

TEST_F(OperatorCallsTest, ASilenceEndsByTheClockWithoutItems) {
  Start();
  ASSERT_TRUE(pipeline_->Operate(Silence(absl::Hours(1)), absl::Seconds(20)).ok());
  items_ = 1;
  ASSERT_EQ(WaitForJournal(2).size(), 2u);
  EXPECT_EQ(Journal()[1].silenced_by_size(), 1);
  clock_.Advance(absl::Hours(2));
  const std::vector<v1::AlertEvent> journal = WaitForJournal(3);
  ASSERT_EQ(journal.size(), 3u);
  EXPECT_EQ(journal[2].type(), v1::ALERT_EVENT_TYPE_SILENCE_ENDED);
  EXPECT_EQ(journal[2].silence().hidden(), 1u);
  EXPECT_EQ(alerts::GetTime(journal[2].at()), kNoon + absl::Hours(1));
}

TEST_F(OperatorCallsTest, WhoComesTooLateIsTold) {
  Start();
  pipeline_->Stop();
  ASSERT_TRUE(pipeline_->Wait().ok());
  const auto answer = pipeline_->Operate(Note("x"), absl::Seconds(20));
  EXPECT_TRUE(absl::IsUnavailable(answer.status())) << answer.status();
  EXPECT_THAT(answer.status().message(), HasSubstr("has come to its end"));
}

TEST_F(OperatorCallsTest, WhatIsNotTakenInTimeNeverIs) {
  Start();
  const std::string id = Raised();
  ASSERT_TRUE(pipeline_->Pause(absl::Seconds(20)).ok());
  const auto answer = pipeline_->Operate(Note(id), absl::Milliseconds(50));
  EXPECT_TRUE(absl::IsUnavailable(answer.status()));
  EXPECT_THAT(answer.status().message(), HasSubstr("has no effect: the pipeline is being reloaded"));
  pipeline_->Resume();
  ASSERT_TRUE(pipeline_->Operate(Note(id, "another"), absl::Seconds(20)).ok());
  EXPECT_EQ(Journal().size(), 2u);
}

TEST_F(OperatorCallsTest, WhoeverTakesOverIsToBeAskedAgain) {
  Start();
  ASSERT_TRUE(pipeline_->Pause(absl::Seconds(20)).ok());
  std::atomic<bool> queued{false};
  absl::Status status;
  std::thread caller(
      [&] { status = pipeline_->Operate(Note("x"), absl::Seconds(60), [&queued] { queued = true; }).status(); });
  while (!queued) std::this_thread::yield();
  pipeline_->Retire();
  caller.join();
  EXPECT_TRUE(absl::IsAborted(status)) << status;
}

}  // namespace
}  // namespace wirewatch::pipeline

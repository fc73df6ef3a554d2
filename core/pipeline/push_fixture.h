// A source that takes what is pushed, an analysis that does as Items say, and somebody who pushes.
#ifndef WIREWATCH_PIPELINE_PUSH_FIXTURE_H_
#define WIREWATCH_PIPELINE_PUSH_FIXTURE_H_

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "wirewatch/pipeline/pipeline.h"
#include "wirewatch/pipeline/push_calls.h"

namespace wirewatch::pipeline {

class Receiving final : public Source, public PushReceiver {
 public:
  explicit Receiving(Limits limits = {1000, 16 << 20}) : limits_(limits) {}
  Limits push_limits() const override { return limits_; }
  void TakeFrom(PushQueue& queue) override { queue_ = &queue; }
  v1::SourcePromise promise() const override { return v1::SOURCE_PROMISE_ACKNOWLEDGED; }
  int wait_fd() const override { return queue_->fd(); }
  absl::Status Open(std::string_view) override { return absl::OkStatus(); }
  std::string Cursor() const override { return ""; }
  absl::StatusOr<Progress> Read(BatchBuilder& batch, absl::Duration) override {
    while (!batch.full()) {
      std::optional<PushedRecord> record = queue_->Take();
      if (!record) return Progress::Idle(absl::Hours(1));
      if (record->item.headline() == "lose") continue;
      batch.NewItem() = std::move(record->item);
      batch.SetTicket(std::move(record->ticket));
      batch.Add(record->raw);
    }
    return Progress::More();
  }

 private:
  const Limits limits_;
  PushQueue* queue_ = nullptr;
};

class Obeying final : public Analysis {
 public:
  absl::Status Analyze(const Document& document, Findings& findings) const override {
    if (document.item().headline() == "fail") return absl::InvalidArgumentError("told to");
    if (document.item().headline() == "drop") findings.Drop("told_to");
    return absl::OkStatus();
  }
};

// A pipeline "desk" with the source "push".
inline Definition PushDefinition(PushReceiver::Limits limits = {1000, 16 << 20},
                                 config::OnError on_error = config::OnError::kQuarantine) {
  Definition definition;
  definition.name = "desk";
  StepOf<Source> source;
  source.id = source.plugin = "push";
  source.version = "1";
  source.instance = std::make_unique<Receiving>(limits);
  definition.sources.push_back(std::move(source));
  StepOf<Analysis> step;
  step.id = step.plugin = "obey";
  step.version = "1";
  step.on_error = on_error;
  step.instance = std::make_unique<Obeying>();
  definition.analyses.push_back({std::move(step), {}});
  return definition;
}

inline v1::Item Story(const std::string& id, const std::string& headline, const std::string& body = "text") {
  v1::Item item;
  v1::AlternateId& publishers = *item.add_alt_ids();
  publishers.set_role("publisher");
  publishers.set_value(id);
  item.set_headline(headline);
  item.set_body(body);
  return item;
}

// Keeps what it is told. `check` is called with each answer as it comes.
class KeepingPusher final : public Pusher {
 public:
  using Answer = absl::StatusOr<v1::IngestResponse>;
  explicit KeepingPusher(std::function<void(uint64_t, const Answer&)> check = {}) : check_(std::move(check)) {}

  void OnRoom() override {
    const std::lock_guard lock(mutex_);
    ++rooms_;
    changed_.notify_all();
  }
  void OnAnswer(uint64_t ref, Answer answer) override {
    if (check_) check_(ref, answer);
    const std::lock_guard lock(mutex_);
    EXPECT_TRUE(answers_.emplace(ref, std::move(answer)).second) << ref << " is answered twice";
    changed_.notify_all();
  }
  // Waits for it, a minute at most.
  Answer Wait(uint64_t ref) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::minutes(1), [&] { return answers_.contains(ref); });
    const auto found = answers_.find(ref);
    return found != answers_.end() ? found->second : absl::DeadlineExceededError("not answered");
  }
  std::string Outcome(uint64_t ref) {
    const Answer answer = Wait(ref);
    if (!answer.ok()) return answer.status().ToString();
    return absl::StrCat(v1::IngestOutcome_Name(answer->outcome()).substr(15), " ", answer->item_version(), " ",
                        answer->failure().message());
  }
  size_t answers() {
    const std::lock_guard lock(mutex_);
    return answers_.size();
  }
  size_t rooms() {
    const std::lock_guard lock(mutex_);
    return rooms_;
  }

 private:
  const std::function<void(uint64_t, const Answer&)> check_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<uint64_t, Answer> answers_;
  size_t rooms_ = 0;
};

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_PUSH_FIXTURE_H_

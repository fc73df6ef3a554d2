#include "wirewatch/pipeline/taps.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace wirewatch::pipeline {
namespace {

absl::Status CheckThere(const char* what, const std::string& name, const std::vector<std::string>& names) {
  if (std::find(names.begin(), names.end(), name) != names.end()) return absl::OkStatus();
  return absl::NotFoundError(
      absl::StrCat("there is no ", what, " \"", name, "\"; there is ", absl::StrJoin(names, ", ")));
}

}  // namespace

absl::Status CheckTap(const TapOptions& options, const std::vector<std::string>& pipelines,
                      const std::vector<std::string>& steps) {
  absl::Status there = CheckThere("pipeline", options.pipeline, pipelines);
  if (there.ok()) there = CheckThere("analysis", options.step, steps);
  return there;
}

// What waits for one reader.
class TapQueue {
 public:
  explicit TapQueue(const TapOptions& options)
      : when_(options.when),
        interval_(absl::Seconds(1) / (options.items_per_second > 0 ? options.items_per_second : 10)) {}

  void Offer(const Document& document) {
    if (!when_.empty() && !when_.Matches(document)) return;
    {
      const std::lock_guard lock(mutex_);
      const absl::Time now = absl::Now();
      if (now < next_ || waiting_.size() >= kMost) {
        ++skipped_;
        return;
      }
      next_ = std::max(next_ + interval_, now);
      waiting_.push_back({document.item(), std::exchange(skipped_, 0)});
    }
    changed_.notify_all();
  }

  std::optional<TappedItem> Next(absl::Duration timeout) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, absl::ToChronoNanoseconds(timeout), [this] { return ended_ || !waiting_.empty(); });
    if (waiting_.empty()) return std::nullopt;
    std::optional<TappedItem> item = std::move(waiting_.front());
    waiting_.pop_front();
    return item;
  }

  void End() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    changed_.notify_all();
  }
  bool ended() {
    const std::lock_guard lock(mutex_);
    return ended_ && waiting_.empty();
  }

 private:
  static constexpr size_t kMost = 16;
  const Condition when_;
  const absl::Duration interval_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<TappedItem> waiting_;
  absl::Time next_ = absl::InfinitePast();
  uint64_t skipped_ = 0;
  bool ended_ = false;
};

namespace {

class QueueReader final : public TapReader {
 public:
  QueueReader(std::shared_ptr<TapPoint> point, std::shared_ptr<TapQueue> queue)
      : point_(std::move(point)), queue_(std::move(queue)) {}
  ~QueueReader() override { point_->Leave(queue_.get()); }
  std::optional<TappedItem> Next(absl::Duration timeout) override { return queue_->Next(timeout); }
  bool ended() const override { return queue_->ended(); }

 private:
  const std::shared_ptr<TapPoint> point_;
  const std::shared_ptr<TapQueue> queue_;
};

}  // namespace

void TapPoint::Offer(const Document& document) {
  const std::lock_guard lock(mutex_);
  for (const auto& queue : queues_) queue->Offer(document);
}

void TapPoint::Join(std::shared_ptr<TapQueue> queue) {
  const std::lock_guard lock(mutex_);
  queues_.push_back(std::move(queue));
  readers_ = static_cast<int>(queues_.size());
}

void TapPoint::Leave(const TapQueue* queue) {
  const std::lock_guard lock(mutex_);
  std::erase_if(queues_, [queue](const auto& joined) { return joined.get() == queue; });
  readers_ = static_cast<int>(queues_.size());
}

Taps::~Taps() { End(); }

TapPoint& Taps::Point(const std::string& pipeline, const std::string& step) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<TapPoint>& point = points_[{pipeline, step}];
  if (point == nullptr) point = std::make_shared<TapPoint>();
  return *point;
}

std::unique_ptr<TapReader> Taps::Open(const TapOptions& options) {
  Point(options.pipeline, options.step);
  auto queue = std::make_shared<TapQueue>(options);
  const std::lock_guard lock(mutex_);
  const std::shared_ptr<TapPoint> point = points_[{options.pipeline, options.step}];
  point->Join(queue);
  std::erase_if(queues_, [](const auto& known) { return known.expired(); });
  queues_.push_back(queue);
  return std::make_unique<QueueReader>(point, std::move(queue));
}

void Taps::End() {
  const std::lock_guard lock(mutex_);
  for (const auto& known : queues_) {
    if (const std::shared_ptr<TapQueue> queue = known.lock()) queue->End();
  }
}

}  // namespace wirewatch::pipeline

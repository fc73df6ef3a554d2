#include "wirewatch/pipeline/push_lane.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"

namespace wirewatch::pipeline {
namespace {

// What a record costs beside its bytes.
constexpr uint64_t kRecordBytes = 1024;

class Ticket final : public PushTicket {
 public:
  Ticket(std::shared_ptr<Pusher> pusher, uint64_t ref) : pusher_(std::move(pusher)), ref_(ref) {}
  ~Ticket() override {
    if (pusher_ == nullptr) return;
    pusher_->OnAnswer(ref_, absl::UnavailableError("it did not get to a commit; push it again"));
  }
  void Answer(v1::IngestResponse fate) override {
    const std::shared_ptr<Pusher> pusher = std::move(pusher_);
    pusher->OnAnswer(ref_, std::move(fate));
  }

 private:
  std::shared_ptr<Pusher> pusher_;  // nullptr: answered
  const uint64_t ref_;
};

int NewEvent() {
  const int event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (event >= 0) return event;
  std::perror("wirewatch: a source cannot start without a file descriptor (raise the limit with `ulimit -n`)");
  std::abort();
}

absl::Status Gone() { return absl::UnavailableError("the source that it was pushed to is not there any more"); }

// Makes the event readable, and not readable.
void Raise(int event) {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(event, &one, sizeof(one));
}
void Lower(int event) {
  uint64_t count = 0;
  [[maybe_unused]] const ssize_t got = read(event, &count, sizeof(count));
}

}  // namespace

PushLane::PushLane() : event_(NewEvent()) {}

PushLane::~PushLane() {
  Close(Gone());
  close(event_);
}

void PushLane::Join() {
  const std::lock_guard lock(mutex_);
  ++receivers_;
}

void PushLane::Leave() {
  {
    const std::lock_guard lock(mutex_);
    if (--receivers_ > 0) return;
  }
  Close(Gone());
}

void PushLane::SetLimits(PushReceiver::Limits limits) {
  std::vector<std::shared_ptr<Pusher>> let_in;
  {
    const std::lock_guard lock(mutex_);
    limits_ = limits;
    let_in = LetIn();
  }
  for (const auto& pusher : let_in) pusher->OnRoom();
}

void PushLane::Close(const absl::Status& status) {
  std::deque<Waiting> waiting;
  {
    const std::lock_guard lock(mutex_);
    if (!closed_.ok()) return;
    closed_ = status;
    waiting.swap(waiting_);
    inside_ = 0;
    bytes_ = 0;
  }
  for (const Waiting& one : waiting) one.record.pusher->OnAnswer(one.record.ref, status);
}

bool PushLane::closed() const {
  const std::lock_guard lock(mutex_);
  return !closed_.ok();
}

void PushLane::Push(Record record) {
  const uint64_t bytes = record.item.ByteSizeLong() + record.raw.size() + kRecordBytes;
  std::unique_lock lock(mutex_);
  if (!closed_.ok()) {
    const absl::Status closed = closed_;
    lock.unlock();
    return record.pusher->OnAnswer(record.ref, closed);
  }
  waiting_.push_back({std::move(record), bytes});
  const std::vector<std::shared_ptr<Pusher>> let_in = LetIn();
  lock.unlock();
  for (const auto& pusher : let_in) pusher->OnRoom();
}

std::vector<std::shared_ptr<Pusher>> PushLane::LetIn() {
  std::vector<std::shared_ptr<Pusher>> let_in;
  const bool was_empty = inside_ == 0;
  while (inside_ < waiting_.size()) {
    const Waiting& next = waiting_[inside_];
    if (inside_ > 0 && (inside_ >= limits_.records || bytes_ + next.bytes > limits_.bytes)) break;
    ++inside_;
    bytes_ += next.bytes;
    let_in.push_back(next.record.pusher);
  }
  if (was_empty && inside_ > 0) Raise(event_);
  return let_in;
}

void PushLane::Withdraw(const Pusher& pusher) {
  std::deque<Waiting> withdrawn;
  const std::lock_guard lock(mutex_);
  const auto without_room = waiting_.begin() + static_cast<std::ptrdiff_t>(inside_);
  const auto found = std::find_if(without_room, waiting_.end(),
                                  [&pusher](const Waiting& one) { return one.record.pusher.get() == &pusher; });
  if (found == waiting_.end()) return;
  withdrawn.push_back(std::move(*found));
  waiting_.erase(found);
}

std::string PushLane::WhatIsFull() const {
  const std::lock_guard lock(mutex_);
  if (inside_ >= limits_.records) return absl::StrCat(inside_, " records wait for the source already (max_pending)");
  if (inside_ < waiting_.size()) return absl::StrCat(bytes_, " bytes wait for the source already (max_bytes)");
  return "";
}

std::optional<PushedRecord> PushLane::Take() {
  std::optional<PushedRecord> taken;
  std::vector<std::shared_ptr<Pusher>> let_in;
  {
    const std::lock_guard lock(mutex_);
    if (inside_ > 0) {
      Waiting& first = waiting_.front();
      taken.emplace(PushedRecord{std::move(first.record.item), std::move(first.record.raw),
                                 std::make_unique<Ticket>(std::move(first.record.pusher), first.record.ref)});
      bytes_ -= first.bytes;
      --inside_;
      waiting_.pop_front();
      let_in = LetIn();
    }
    if (inside_ == 0) Lower(event_);
  }
  for (const auto& pusher : let_in) pusher->OnRoom();
  return taken;
}

std::shared_ptr<PushLane> PushLanes::Lane(const std::string& pipeline, const std::string& source) {
  const std::lock_guard lock(mutex_);
  std::weak_ptr<PushLane>& lane = lanes_[{pipeline, source}];
  std::shared_ptr<PushLane> there = lane.lock();
  if (there == nullptr || there->closed()) {
    there = std::make_shared<PushLane>();
    lane = there;
  }
  there->Join();
  return there;
}

}  // namespace wirewatch::pipeline

#include "wirewatch/service/journal_feed.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "wirewatch/sdk/log.h"

namespace wirewatch::service {
namespace {

constexpr size_t kNewsPage = 64;     // entries read at once
constexpr size_t kFirstEvents = 64;  // that the ring begins with
constexpr absl::Duration kForgetEvery = absl::Seconds(5);
constexpr absl::Duration kFirstPause = absl::Milliseconds(100), kLongestPause = absl::Seconds(5);

}  // namespace

JournalFeed::JournalFeed(pipeline::Host& host, std::function<void()> on_events, FeedLimits limits)
    : store_(host.store()),
      journal_id_(store_.JournalId()),
      lookup_(alerts::ArchiveOf(store_)),
      on_events_(std::move(on_events)),
      limits_(limits),
      journal_news_(host.journal_news()) {
  listener_ = journal_news_.Join([this] {
    const std::lock_guard lock(mutex_);
    news_ = true;
    changed_.notify_all();
  });
  thread_ = std::thread([this] { Run(); });
}

JournalFeed::~JournalFeed() {
  journal_news_.Leave(listener_);
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

JournalFeed::Next JournalFeed::After(uint64_t sequence) const {
  const std::shared_lock lock(ring_mutex_);
  if (sequence >= end_) return {Next::Where::kNotYet};
  const uint64_t behind = end_ - sequence;
  if (behind > ring_.size()) return {Next::Where::kInStore};
  return {Next::Where::kHere, ring_[ring_.size() - behind].event};
}

// ---- Pages ----

absl::StatusOr<std::shared_ptr<const JournalFeed::Page>> JournalFeed::ReadPage(uint64_t sequence) {
  // Pages begin at the same places for everybody.
  const uint64_t after = sequence / limits_.page * limits_.page;
  {
    const std::lock_guard lock(pages_mutex_);
    const auto kept = std::find_if(pages_.begin(), pages_.end(), [=](const KeptPage& p) { return p.after == after; });
    if (kept != pages_.end()) {
      pages_.splice(pages_.begin(), pages_, kept);
      return kept->page;
    }
  }
  absl::StatusOr<std::shared_ptr<const Page>> page = Read(after, limits_.page);
  if (!page.ok()) return page;
  // One that is not whole may yet grow.
  if ((*page)->size() < limits_.page) return page;
  const std::lock_guard lock(pages_mutex_);
  pages_.push_front({after, *page, absl::Now()});
  if (pages_.size() > limits_.pages) pages_.pop_back();
  return page;
}

absl::StatusOr<std::shared_ptr<const JournalFeed::Page>> JournalFeed::Read(uint64_t after, size_t limit) {
  const absl::StatusOr<std::vector<store::JournalEntry>> entries = store_.ReadJournal(after, limit);
  if (!entries.ok()) return entries.status();
  auto page = std::make_shared<Page>();
  for (const store::JournalEntry& entry : *entries) {
    absl::StatusOr<std::shared_ptr<const ServedEvent>> event = Serve(entry, journal_id_, lookup_);
    if (!event.ok()) return event.status();
    page->push_back(*std::move(event));
  }
  return std::shared_ptr<const Page>(std::move(page));
}

// ---- The thread ----

void JournalFeed::Run() {
  absl::Duration pause = absl::ZeroDuration();
  std::unique_lock lock(mutex_);
  while (true) {
    const absl::Duration wait = pause > absl::ZeroDuration() ? pause : kForgetEvery;
    changed_.wait_for(lock, absl::ToChronoNanoseconds(wait),
                      [&] { return stop_ || (news_ && pause == absl::ZeroDuration()); });
    if (stop_) return;
    const bool look = std::exchange(news_, false) || pause > absl::ZeroDuration();
    lock.unlock();
    const absl::StatusOr<bool> came = look ? ReadNews() : absl::StatusOr<bool>(false);
    Forget();
    if (came.ok() && *came) on_events_();
    if (!came.ok() && pause == absl::ZeroDuration()) {
      Log("alerts").Error("The journal cannot be read for subscribers; it is tried again.",
                          {{"error", std::string(came.status().message())}});
    }
    pause = came.ok() ? absl::ZeroDuration() : std::clamp(pause * 2, kFirstPause, kLongestPause);
    lock.lock();
    // A page at a time: subscribers go on while the next one is read.
    if (came.ok() && *came) news_ = true;
  }
}

absl::Status JournalFeed::Begin() {
  const absl::StatusOr<store::JournalRange> journal = store_.Journal();
  if (!journal.ok()) return journal.status();
  const std::unique_lock lock(ring_mutex_);
  end_ = std::max(journal->begin - 1, journal->end - std::min<uint64_t>(journal->end, kFirstEvents));
  begun_ = true;
  return absl::OkStatus();
}

absl::StatusOr<bool> JournalFeed::ReadNews() {
  if (!begun_) {
    if (absl::Status begun = Begin(); !begun.ok()) return begun;
  }
  absl::StatusOr<std::shared_ptr<const Page>> page = Read(end_, kNewsPage);
  if (!page.ok()) return page.status();
  for (const auto& event : **page) Append(event);
  return !(*page)->empty();
}

void JournalFeed::Append(std::shared_ptr<const ServedEvent> event) {
  const size_t bytes = event->Bytes();
  const std::unique_lock lock(ring_mutex_);
  // Retention has removed some: who waits for them finds out from the store.
  if (event->sequence != end_ + 1) {
    ring_.clear();
    ring_bytes_ = 0;
  }
  end_ = event->sequence;
  ring_bytes_ += bytes;
  ring_.push_back({std::move(event), bytes, absl::Now()});
}

void JournalFeed::Forget() {
  const absl::Time before = absl::Now() - limits_.age;
  {
    const std::unique_lock lock(ring_mutex_);
    while (!ring_.empty() &&
           (ring_.size() > limits_.events || ring_bytes_ > limits_.bytes || ring_.front().read <= before)) {
      ring_bytes_ -= ring_.front().bytes;
      ring_.pop_front();
    }
  }
  const std::lock_guard lock(pages_mutex_);
  pages_.remove_if([before](const KeptPage& page) { return page.read <= before; });
}

}  // namespace wirewatch::service

// JournalFeed: the journal for many readers. What a commit adds is read from the store once, on a thread of the feed,
// and stands in a ring for those who follow; who has fallen behind the ring reads pages, which are shared as well.
//
// Rendered texts are kept for a minute at most, so that what is erased from the archive is soon gone here too.
//
// Any thread. The callback is called by the feed's thread.
#ifndef WIREWATCH_SERVICE_JOURNAL_FEED_H_
#define WIREWATCH_SERVICE_JOURNAL_FEED_H_

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "wirewatch/alerts/render.h"
#include "wirewatch/pipeline/host.h"
#include "wirewatch/service/served_event.h"

namespace wirewatch::service {

struct FeedLimits {
  size_t events = 1024;  // in the ring
  size_t bytes = 16 << 20;
  size_t page = 16;   // events read at once by who is behind
  size_t pages = 32;  // that are kept
  absl::Duration age = absl::Minutes(1);
};

class JournalFeed {
 public:
  // Events in order without gap; never changed.
  using Page = std::vector<std::shared_ptr<const ServedEvent>>;
  struct Next {
    enum class Where {
      kHere,     // `event`
      kNotYet,   // there is none, as far as the feed knows
      kInStore,  // ReadPage() has it
    };
    Where where = Where::kNotYet;
    std::shared_ptr<const ServedEvent> event = nullptr;
  };

  // `on_events` is called when events have come. `host` outlives the object.
  JournalFeed(pipeline::Host& host, std::function<void()> on_events, FeedLimits limits = {});
  ~JournalFeed();
  JournalFeed(const JournalFeed&) = delete;
  JournalFeed& operator=(const JournalFeed&) = delete;

  // The event after `sequence`. Quick.
  Next After(uint64_t sequence) const;
  // A page that begins at the first entry after `sequence` or before it; empty when the journal has none. Retention
  // may have removed those right after `sequence`. Errors are the store's. Takes its time.
  absl::StatusOr<std::shared_ptr<const Page>> ReadPage(uint64_t sequence);

 private:
  struct RingEntry {
    std::shared_ptr<const ServedEvent> event;
    size_t bytes;
    absl::Time read;
  };
  struct KeptPage {
    uint64_t after;
    std::shared_ptr<const Page> page;
    absl::Time read;
  };

  void Run();
  // Begins at the journal's end, with what came last before it.
  absl::Status Begin();
  // Reads what is new; true when there was any.
  absl::StatusOr<bool> ReadNews();
  void Append(std::shared_ptr<const ServedEvent> event);
  void Forget();
  absl::StatusOr<std::shared_ptr<const Page>> Read(uint64_t after, size_t limit);

  store::Store& store_;
  const std::string journal_id_;
  const alerts::ItemLookup lookup_;
  const std::function<void()> on_events_;
  const FeedLimits limits_;

  mutable std::shared_mutex ring_mutex_;  // guards what follows
  std::deque<RingEntry> ring_;            // ends with the event end_
  uint64_t end_ = 0;                      // the last that the feed knows of
  size_t ring_bytes_ = 0;
  bool begun_ = false;

  std::mutex pages_mutex_;
  std::list<KeptPage> pages_;  // used last first; guarded by pages_mutex_

  pipeline::JournalNews& journal_news_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool news_ = true;  // guarded by mutex_, as is stop_
  bool stop_ = false;
  uint64_t listener_ = 0;
  std::thread thread_;
};

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_JOURNAL_FEED_H_

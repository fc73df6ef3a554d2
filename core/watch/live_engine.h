// LiveEngine: a set of watches that changes while Items are matched. Whoever matches takes a Snapshot(), which is never
// changed; a group of changes becomes a small Engine of its own beside those that are there, in which what was removed
// or replaced is only crossed out. A thread in the background merges Engines of like size, so that there are always
// few, builds one anew when it has become half empty or when words have become so common that others would select fewer
// candidates, and destroys what nobody uses any more (docs/adr/0006). Its priority is low, and no thread that matches
// ever waits for it, nor for one that changes.
#ifndef WIREWATCH_WATCH_LIVE_ENGINE_H_
#define WIREWATCH_WATCH_LIVE_ENGINE_H_

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "wirewatch/watch/engine.h"
#include "wirewatch/watch/published.h"
#include "wirewatch/watch/watch_snapshot.h"

namespace wirewatch::watch {

struct WatchChange {
  std::string id;
  std::optional<Watch>
      watch;  // takes the place of the one with this id; its own `id` is not looked at. nullopt: remove
};

class LiveEngine {
 public:
  struct Options {
    Words words = Words::kFolded;
    ShareOfForm share_of_form = nullptr;  // assumed before anything was measured; empty: by the words' lengths
    bool background = true;               // without, merging and destroying is done by Maintain() alone
  };
  LiveEngine();
  explicit LiveEngine(Options options);
  // Snapshots may be used for longer.
  ~LiveEngine();
  LiveEngine(const LiveEngine&) = delete;
  LiveEngine& operator=(const LiveEngine&) = delete;

  // Makes the changes, in order; those that are right are in every snapshot that is taken afterwards, all of them or
  // none. One for each change: an error for a watch that cannot be read, which changes nothing. To remove what is not
  // there is no error. `lists` is used during the call only. One caller at a time; snapshots may be taken meanwhile.
  // Better not by a thread that matches too: where an allocator has an arena for each thread, what was read of the
  // watches is given back to that of the one who added them.
  std::vector<std::optional<QueryError>> Apply(std::vector<WatchChange> changes, const Lists& lists = NoLists);

  // The watches as they are now. Any thread; takes no lock.
  std::shared_ptr<const WatchSnapshot> Snapshot() const { return published_.Get(); }

  // What time it is, for DearestWatches(); best at every epoch. Any thread.
  void SetTime(absl::Time now) { measurements_->costs.SetTime(now); }
  // The watches that took most of the time of matching over the last hour, the dearest first. Any thread.
  std::vector<WatchCost> DearestWatches(size_t most) const { return measurements_->costs.Dearest(most); }

  // Does one thing that is due: merges, builds anew, or destroys; whether there was anything. By one thread at a time,
  // and only without a background thread.
  bool Maintain();

  // Segments that were built anew because words had become more common.
  uint64_t rebuilt_for_shares() const { return rebuilt_for_shares_.load(); }

 private:
  std::unique_ptr<WatchSegment> NewSegment() const;
  std::vector<LiveSegment> Reserve(size_t size);
  std::vector<LiveSegment> TakeMergeable();
  std::vector<LiveSegment> TakeDear();
  std::vector<LiveSegment> TakeAlone(uint64_t number);
  void MergeThem(const std::vector<LiveSegment>& segments);
  template <class Skip>
  void CopyWatches(const std::vector<LiveSegment>& from, const Skip& skip, Engine& to) const;
  // With mutex_ held.
  template <class Touched>
  void CrossOut(const Touched& touched);
  std::vector<LiveSegment> Free() const;
  void Drop(const std::vector<LiveSegment>& segments);
  std::shared_ptr<const WatchSnapshot> NewSnapshot() const;
  void Publish();

  void Wake();
  void Run();

  const Options options_;
  const std::shared_ptr<WatchMeasurements> measurements_;
  const std::shared_ptr<DiscardHeap> heap_;
  mutable std::mutex mutex_;           // of what follows
  std::vector<LiveSegment> segments_;  // as they are published
  std::vector<uint64_t> in_merge_;     // numbers of those that are becoming another one
  Published<const WatchSnapshot> published_;
  // Of the thread that maintains.
  uint64_t compared_at_ = 0;  // Items measured when anchors were last compared
  size_t compare_from_ = 0;
  std::atomic<uint64_t> rebuilt_for_shares_ = 0;

  std::atomic<bool> stopping_ = false;
  std::mutex wake_mutex_;
  std::condition_variable wake_;
  bool due_ = false;
  std::thread thread_;
};

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_LIVE_ENGINE_H_

#include "wirewatch/watch/live_engine.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "wirewatch/text/term_hash.h"

namespace wirewatch::watch {
namespace {

// A segment is merged with all that are smaller once these have a quarter of its watches.
constexpr size_t kTier = 4;
// Watches that Apply() merges itself at most, so that there are few segments while the background is busy; beyond
// kMostSegments it merges as many as it takes.
constexpr size_t kMostAbsorbed = 2048;
constexpr size_t kMostSegments = 8;
// A segment is worth building anew from so many removed watches on.
constexpr size_t kFewRemoved = 64;

// Anchors are compared after so many measured Items, with about so many watches of each segment; others are chosen when
// that makes so many times fewer candidates.
constexpr uint64_t kItemsBetween = 1024;
constexpr size_t kWatchesCompared = 2000;
constexpr double kDearer = 2;

using Ids = absl::flat_hash_set<std::string, text::TermHasher, std::equal_to<>>;

}  // namespace

LiveEngine::LiveEngine() : LiveEngine(Options{}) {}

LiveEngine::LiveEngine(Options options)
    : options_(std::move(options)),
      measurements_(std::make_shared<WatchMeasurements>(options_.share_of_form)),
      heap_(std::make_shared<DiscardHeap>()),
      published_(NewSnapshot()) {
  if (options_.background) thread_ = std::thread([this] { Run(); });
}

LiveEngine::~LiveEngine() {
  stopping_.store(true);
  {
    const std::lock_guard lock(wake_mutex_);
    due_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
  heap_->Close();
  heap_->Empty();
}

std::unique_ptr<WatchSegment> LiveEngine::NewSegment() const {
  Engine::Options options;
  options.words = options_.words;
  options.share_of_form = [measured = measurements_](std::string_view form) { return measured->shares.Of(form); };
  return std::make_unique<WatchSegment>(std::move(options));
}

// ---- Changes ----

std::vector<std::optional<QueryError>> LiveEngine::Apply(std::vector<WatchChange> changes, const Lists& lists) {
  std::vector<std::optional<QueryError>> errors(changes.size());
  std::unique_ptr<WatchSegment> fresh = NewSegment();
  Ids touched;
  for (size_t i = 0; i < changes.size(); ++i) {
    WatchChange& change = changes[i];
    if (change.watch) {
      change.watch->id = change.id;
      errors[i] = fresh->engine.Add(*std::move(change.watch), lists);
    } else {
      fresh->engine.Remove(change.id);
    }
    if (!errors[i]) touched.insert(std::move(change.id));
  }
  if (touched.empty()) return errors;
  const std::vector<LiveSegment> absorbed = Reserve(fresh->engine.size());
  const auto is_touched = [&touched](const Watch& watch) { return touched.contains(watch.id); };
  for (const LiveSegment& segment : absorbed) CopyWatches({segment}, is_touched, fresh->engine);
  std::optional<LiveSegment> added;
  if (fresh->engine.size() > 0) added.emplace(std::move(fresh), heap_);
  {
    const std::lock_guard lock(mutex_);
    Drop(absorbed);
    CrossOut(touched);
    if (added) segments_.push_back(*std::move(added));
    Publish();
  }
  Wake();
  return errors;
}

// Takes small segments out of the background's hands, so that they become one with `size` new watches.
std::vector<LiveSegment> LiveEngine::Reserve(size_t size) {
  const std::lock_guard lock(mutex_);
  std::vector<LiveSegment> free = Free();
  std::vector<LiveSegment> reserved;
  while (!free.empty() && free.back().size() <= 2 * size) {
    size += free.back().size();
    if (size > kMostAbsorbed && segments_.size() - reserved.size() < kMostSegments) break;
    in_merge_.push_back(free.back().number());
    reserved.push_back(std::move(free.back()));
    free.pop_back();
  }
  return reserved;
}

template <class Touched>
void LiveEngine::CrossOut(const Touched& touched) {
  std::vector<uint32_t> slots;
  for (LiveSegment& segment : segments_) {
    slots.clear();
    for (const std::string& id : touched) {
      if (const std::optional<uint32_t> slot = segment.Find(id)) slots.push_back(*slot);
    }
    if (!slots.empty()) segment.Remove(slots);
  }
  std::erase_if(segments_, [](const LiveSegment& segment) { return segment.size() == 0; });
}

// Those that are not being merged, the largest first.
std::vector<LiveSegment> LiveEngine::Free() const {
  std::vector<LiveSegment> free;
  for (const LiveSegment& segment : segments_) {
    if (std::find(in_merge_.begin(), in_merge_.end(), segment.number()) == in_merge_.end()) free.push_back(segment);
  }
  std::sort(free.begin(), free.end(), [](const LiveSegment& a, const LiveSegment& b) { return a.size() > b.size(); });
  return free;
}

void LiveEngine::Drop(const std::vector<LiveSegment>& segments) {
  for (const LiveSegment& dropped : segments) {
    std::erase(in_merge_, dropped.number());
    std::erase_if(segments_, [&](const LiveSegment& segment) { return segment.number() == dropped.number(); });
  }
}

std::shared_ptr<const WatchSnapshot> LiveEngine::NewSnapshot() const {
  return DiscardHeap::Share(std::make_unique<WatchSnapshot>(segments_, measurements_), heap_);
}

void LiveEngine::Publish() { published_.Set(NewSnapshot()); }

// ---- Maintenance ----

void LiveEngine::Wake() {
  if (!options_.background) return;
  {
    const std::lock_guard lock(wake_mutex_);
    due_ = true;
  }
  wake_.notify_one();
}

void LiveEngine::Run() {
  // On Linux the priority is the calling thread's own. Without the right to lower it, it stays as it is.
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), 10);
  while (!stopping_.load()) {
    if (Maintain()) continue;
    // Threads that match wake nobody: what they measured and let go of is looked for every second.
    std::unique_lock lock(wake_mutex_);
    wake_.wait_for(lock, std::chrono::seconds(1), [this] { return due_; });
    due_ = false;
  }
}

bool LiveEngine::Maintain() {
  const bool emptied = heap_->Empty();
  measurements_->shares.Fade();
  std::vector<LiveSegment> due = TakeMergeable();
  if (due.empty()) due = TakeDear();
  if (due.empty()) return emptied;
  MergeThem(due);
  return true;
}

std::vector<LiveSegment> LiveEngine::TakeMergeable() {
  const std::lock_guard lock(mutex_);
  std::vector<LiveSegment> free = Free();
  size_t first = free.size();
  size_t smaller = 0;
  for (size_t i = free.size(); i-- > 0;) {
    const size_t live = free[i].size();
    const size_t slots = free[i].engine().slot_count();
    if ((smaller > 0 && live < kTier * smaller) || slots - live > live + kFewRemoved) first = i;
    smaller += live;
  }
  free.erase(free.begin(), free.begin() + static_cast<std::ptrdiff_t>(first));
  for (const LiveSegment& segment : free) in_merge_.push_back(segment.number());
  return free;
}

// A segment whose watches would be fewer Items' candidates below other keys.
std::vector<LiveSegment> LiveEngine::TakeDear() {
  const uint64_t measured = measurements_->shares.added();
  if (measured < compared_at_ + kItemsBetween) return {};
  compared_at_ = measured;
  ++compare_from_;
  std::vector<LiveSegment> looked_at;
  {
    const std::lock_guard lock(mutex_);
    looked_at = Free();
  }
  const auto share = [this](std::string_view form) { return measurements_->shares.Of(form); };
  for (const LiveSegment& segment : looked_at) {
    const size_t step = segment.engine().slot_count() / kWatchesCompared + 1;
    const AnchorCost cost = segment.engine().CompareAnchors(compare_from_ % step, step, share);
    const double saved = (cost.chosen - cost.cheapest) * static_cast<double>(step);
    if (cost.chosen > kDearer * cost.cheapest && saved >= 1) return TakeAlone(segment.number());
  }
  return {};
}

// Empty if a change has taken it meanwhile.
std::vector<LiveSegment> LiveEngine::TakeAlone(uint64_t number) {
  const std::lock_guard lock(mutex_);
  std::vector<LiveSegment> taken = Free();
  std::erase_if(taken, [number](const LiveSegment& segment) { return segment.number() != number; });
  if (taken.empty()) return taken;
  in_merge_.push_back(number);
  ++rebuilt_for_shares_;
  return taken;
}

void LiveEngine::MergeThem(const std::vector<LiveSegment>& segments) {
  std::unique_ptr<WatchSegment> merged = NewSegment();
  CopyWatches(
      segments, [](const Watch&) { return false; }, merged->engine);
  if (stopping_.load()) return;  // it need not be complete
  LiveSegment live(std::move(merged), heap_);
  const std::lock_guard lock(mutex_);
  std::vector<uint32_t> slots;
  for (const LiveSegment& before : segments) {
    const auto now = std::find_if(segments_.begin(), segments_.end(),
                                  [&](const LiveSegment& other) { return other.number() == before.number(); });
    for (uint32_t slot = 0; slot < before.engine().slot_count(); ++slot) {
      if (!before.Has(slot) || (now != segments_.end() && now->Has(slot))) continue;
      slots.push_back(*live.Find(before.engine().WatchAt(slot).id));
    }
  }
  if (!slots.empty()) live.Remove(slots);
  Drop(segments);
  if (live.size() > 0) segments_.push_back(std::move(live));
  Publish();
}

// In the order of ids, so that hits need not be sorted.
template <class Skip>
void LiveEngine::CopyWatches(const std::vector<LiveSegment>& from, const Skip& skip, Engine& to) const {
  struct Source {
    const Engine* engine;
    uint32_t slot;
    const Watch& watch() const { return engine->WatchAt(slot); }
  };
  std::vector<Source> sources;
  for (const LiveSegment& segment : from) {
    for (uint32_t slot = 0; slot < segment.engine().slot_count(); ++slot) {
      const Source source = {&segment.engine(), slot};
      if (segment.Has(slot) && !skip(source.watch())) sources.push_back(source);
    }
  }
  std::sort(sources.begin(), sources.end(),
            [](const Source& a, const Source& b) { return a.watch().id < b.watch().id; });
  for (const Source& source : sources) {
    // It was read before, by the same rules.
    to.Add(source.watch(), source.engine->ExpressionAt(source.slot));
    if (stopping_.load(std::memory_order_relaxed)) return;
  }
}

}  // namespace wirewatch::watch

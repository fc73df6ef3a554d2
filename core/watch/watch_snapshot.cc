#include "wirewatch/watch/watch_snapshot.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <set>
#include <utility>

namespace wirewatch::watch {
namespace {

uint64_t NewNumber() {
  static std::atomic<uint64_t> last = 0;
  return ++last;
}

}  // namespace

void SnapshotScratch::PrepareFor(const WatchSnapshot& snapshot) {
  if (snapshot_ == snapshot.number_) return;
  snapshot_ = snapshot.number_;
  for (auto& one : used_) free_.push_back(std::move(one));
  const std::vector<LiveSegment>& segments = snapshot.segments_;
  used_.clear();
  used_.resize(segments.size());
  std::vector<size_t> others;
  for (size_t i = 0; i < segments.size(); ++i) {
    const auto same =
        std::find_if(free_.begin(), free_.end(), [&](const auto& one) { return one->segment == segments[i].number(); });
    if (same == free_.end()) {
      others.push_back(i);
    } else {
      used_[i] = std::move(*same);
      free_.erase(same);
    }
  }
  // The largest memory for the largest segment, so that small ones do not grow with time.
  std::sort(others.begin(), others.end(),
            [&](size_t a, size_t b) { return segments[a].engine().slot_count() > segments[b].engine().slot_count(); });
  std::sort(free_.begin(), free_.end(), [](const auto& a, const auto& b) { return a->most_slots < b->most_slots; });
  for (const size_t i : others) {
    if (free_.empty()) free_.push_back(std::make_unique<OfSegment>());
    used_[i] = std::move(free_.back());
    free_.pop_back();
    used_[i]->segment = segments[i].number();
    used_[i]->most_slots = std::max(used_[i]->most_slots, segments[i].engine().slot_count());
  }
  for (const auto& one : used_) one->scratch.Begin();
}

WatchSnapshot::WatchSnapshot(std::vector<LiveSegment> segments, std::shared_ptr<WatchMeasurements> measurements)
    : number_(NewNumber()), segments_(std::move(segments)), measurements_(std::move(measurements)) {
  for (const LiveSegment& segment : segments_) size_ += segment.size();
}

MatchCounts WatchSnapshot::Match(const View& view, SnapshotScratch& scratch, std::vector<Hit>& hits) const {
  using Clock = std::chrono::steady_clock;
  scratch.PrepareFor(*this);
  const bool measured = ++scratch.items_ % WatchCosts::kOneIn == 0;
  const Clock::time_point begin = measured ? Clock::now() : Clock::time_point();
  scratch.samples_.clear();
  hits.clear();
  MatchCounts counts;
  for (size_t i = 0; i < segments_.size(); ++i) {
    const LiveSegment& segment = segments_[i];
    const Engine& engine = segment.engine();
    Scratch& own = scratch.used_[i]->scratch;
    MatchScope scope;
    if (!segment.IsWhole()) scope.only = segment.bits();
    scratch.times_.clear();
    if (measured) scope.times = &scratch.times_;
    const MatchCounts more = engine.MatchSlots(view, own, scope);
    counts.candidates += more.candidates;
    counts.unknown += more.unknown;
    counts.over_budget += more.over_budget;
    for (const uint32_t slot : own.hits) hits.push_back({&engine.WatchAt(slot)});
    for (const CandidateTime& time : scratch.times_) {
      scratch.samples_.push_back({engine.WatchAt(time.slot).id, time.nanoseconds, time.hit});
    }
  }
  const bool in_order = hits.empty() || (segments_.size() == 1 && segments_[0].engine().in_order());
  const auto before = [](const Hit& a, const Hit& b) { return a.watch->id < b.watch->id; };
  if (!in_order) std::sort(hits.begin(), hits.end(), before);
  if (measured) {
    Measure(view, scratch, static_cast<uint64_t>(std::chrono::nanoseconds(Clock::now() - begin).count()));
  }
  return counts;
}

void WatchSnapshot::Measure(const View& view, SnapshotScratch& scratch, uint64_t nanoseconds) const {
  measurements_->shares.Add(view.text());
  measurements_->costs.Add(scratch.samples_, nanoseconds);
}

std::optional<WatchSnapshot::Found> WatchSnapshot::FindSlot(std::string_view id) const {
  for (size_t i = 0; i < segments_.size(); ++i) {
    if (const std::optional<uint32_t> slot = segments_[i].Find(id)) return Found{i, *slot};
  }
  return std::nullopt;
}

const Watch* WatchSnapshot::Find(std::string_view id) const {
  const std::optional<Found> found = FindSlot(id);
  return found ? &segments_[found->segment].engine().WatchAt(found->slot) : nullptr;
}

bool WatchSnapshot::Explain(std::string_view id, const View& view, SnapshotScratch& scratch,
                            v1::Explanation& explanation) const {
  const std::optional<Found> found = FindSlot(id);
  if (!found) return false;
  scratch.PrepareFor(*this);
  return segments_[found->segment].engine().Explain(id, view, scratch.used_[found->segment]->scratch, explanation);
}

void WatchSnapshot::Describe(const Hit& hit, const View& view, SnapshotScratch& scratch, v1::WatchHit& described,
                             bool explain) const {
  const std::optional<Found> found = FindSlot(hit.watch->id);
  scratch.PrepareFor(*this);
  segments_[found->segment].engine().Describe(hit, view, scratch.used_[found->segment]->scratch, described, explain);
}

std::optional<Candidacy> WatchSnapshot::WhyCandidate(std::string_view id, const View& view,
                                                     SnapshotScratch& scratch) const {
  const std::optional<Found> found = FindSlot(id);
  if (!found) return std::nullopt;
  scratch.PrepareFor(*this);
  return segments_[found->segment].engine().WhyCandidate(id, view, scratch.used_[found->segment]->scratch);
}

std::string WatchSnapshot::NormalForm(std::string_view id) const {
  const std::optional<Found> found = FindSlot(id);
  return found ? segments_[found->segment].engine().NormalForm(id) : "";
}

std::vector<std::string> WatchSnapshot::Needs() const {
  std::set<std::string> needs;
  for (const LiveSegment& segment : segments_) {
    for (std::string& need : segment.engine().Needs(segment.bits())) needs.insert(std::move(need));
  }
  return {needs.begin(), needs.end()};
}

void WatchSnapshot::ForEach(const std::function<void(const Watch&)>& visit) const {
  for (const LiveSegment& segment : segments_) {
    for (uint32_t slot = 0; slot < segment.engine().slot_count(); ++slot) {
      if (segment.Has(slot)) visit(segment.engine().WatchAt(slot));
    }
  }
}

size_t WatchSnapshot::unanchored() const {
  size_t count = 0;
  for (const LiveSegment& segment : segments_) count += segment.engine().unanchored();
  return count;
}

size_t WatchSnapshot::common() const {
  size_t count = 0;
  for (const LiveSegment& segment : segments_) count += segment.engine().common();
  return count;
}

size_t WatchSnapshot::Bytes() const {
  size_t bytes = 0;
  for (const LiveSegment& segment : segments_) bytes += segment.engine().Bytes() + segment.bits().size_bytes();
  return bytes;
}

}  // namespace wirewatch::watch

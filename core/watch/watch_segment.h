// WatchSegment: an Engine that is not changed any more, one of those that a WatchSnapshot consists of. Its watches may
// only become fewer: which of them are still there is kept beside it, as bits. A segment is shared; when the last one
// who held it lets go of it, it is put on a DiscardHeap.
#ifndef WIREWATCH_WATCH_WATCH_SEGMENT_H_
#define WIREWATCH_WATCH_WATCH_SEGMENT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "wirewatch/watch/discard_heap.h"
#include "wirewatch/watch/engine.h"

namespace wirewatch::watch {

struct WatchSegment : Discardable {
  explicit WatchSegment(Engine::Options options);

  const uint64_t number;  // of no other one in this process
  Engine engine;          // not changed once the segment is shared
};

// A segment with those of its watches that are still there; a value.
class LiveSegment {
 public:
  LiveSegment(std::unique_ptr<WatchSegment> segment, std::shared_ptr<DiscardHeap> heap);

  const Engine& engine() const { return segment_->engine; }
  uint64_t number() const { return segment_->number; }
  size_t size() const { return size_; }
  bool Has(uint32_t slot) const { return ((*bits_)[slot / 64] >> (slot % 64) & 1) != 0; }
  std::span<const uint64_t> bits() const { return *bits_; }
  bool IsWhole() const { return size_ == segment_->engine.slot_count(); }
  std::optional<uint32_t> Find(std::string_view id) const;

  // Copies of this share the bits until then; so it is not cheap for one watch alone.
  void Remove(const std::vector<uint32_t>& slots);

 private:
  std::shared_ptr<const WatchSegment> segment_;
  std::shared_ptr<const std::vector<uint64_t>> bits_;  // by slot
  size_t size_ = 0;
};

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_WATCH_SEGMENT_H_

#include "wirewatch/watch/watch_segment.h"

#include <atomic>
#include <utility>

namespace wirewatch::watch {
namespace {

uint64_t NewNumber() {
  static std::atomic<uint64_t> last = 0;
  return ++last;
}

}  // namespace

WatchSegment::WatchSegment(Engine::Options options) : number(NewNumber()), engine(std::move(options)) {}

LiveSegment::LiveSegment(std::unique_ptr<WatchSegment> segment, std::shared_ptr<DiscardHeap> heap)
    : size_(segment->engine.size()) {
  const Engine& engine = segment->engine;
  auto bits = std::make_shared<std::vector<uint64_t>>(engine.slot_count() / 64 + 1);
  for (uint32_t slot = 0; slot < engine.slot_count(); ++slot) {
    if (engine.IsUsed(slot)) (*bits)[slot / 64] |= uint64_t{1} << (slot % 64);
  }
  bits_ = std::move(bits);
  segment_ = DiscardHeap::Share(std::move(segment), std::move(heap));
}

std::optional<uint32_t> LiveSegment::Find(std::string_view id) const {
  const std::optional<uint32_t> slot = engine().SlotOf(id);
  return slot && Has(*slot) ? slot : std::nullopt;
}

void LiveSegment::Remove(const std::vector<uint32_t>& slots) {
  auto bits = std::make_shared<std::vector<uint64_t>>(*bits_);
  for (const uint32_t slot : slots) {
    uint64_t& word = (*bits)[slot / 64];
    const uint64_t bit = uint64_t{1} << (slot % 64);
    size_ -= (word & bit) != 0 ? 1 : 0;
    word &= ~bit;
  }
  bits_ = std::move(bits);
}

}  // namespace wirewatch::watch

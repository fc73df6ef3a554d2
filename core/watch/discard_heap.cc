#include "wirewatch/watch/discard_heap.h"

namespace wirewatch::watch {

void DiscardHeap::Put(Discardable* discarded) {
  if (closed_.load()) {
    delete discarded;
    return;
  }
  discarded->next_ = top_.load(std::memory_order_relaxed);
  while (
      !top_.compare_exchange_weak(discarded->next_, discarded, std::memory_order_release, std::memory_order_relaxed)) {
  }
}

bool DiscardHeap::Empty() {
  bool any = false;
  // What is destroyed may put further things there.
  while (const Discardable* discarded = top_.exchange(nullptr, std::memory_order_acquire)) {
    any = true;
    while (discarded != nullptr) {
      const Discardable* const next = discarded->next_;
      delete discarded;
      discarded = next;
    }
  }
  return any;
}

}  // namespace wirewatch::watch

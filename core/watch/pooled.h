// List: a vector for what lives only while an Item is matched. Its memory comes from blocks that the thread keeps and
// uses again, so that the steady state allocates nothing; at most kMostKept bytes a thread, and nothing of a list that
// is larger than kLargest. A list may be given back by another thread. Under sanitizers nothing is kept, so that they
// see each use.
#ifndef WIREWATCH_WATCH_POOLED_H_
#define WIREWATCH_WATCH_POOLED_H_

#include <cstddef>
#include <vector>

namespace wirewatch::watch {

class BlockPool {
 public:
  static constexpr size_t kLargest = size_t{1} << 16;
  static constexpr size_t kMostKept = size_t{1} << 20;

  static void* Take(size_t bytes);
  static void Give(void* block, size_t bytes) noexcept;  // `bytes` as for Take()
};

template <class T>
struct Pooled {
  using value_type = T;
  Pooled() = default;
  template <class U>
  Pooled(const Pooled<U>& /*other*/) noexcept {}  // NOLINT(google-explicit-constructor): as allocators convert

  T* allocate(size_t count) {
    static_assert(alignof(T) <= alignof(std::max_align_t));
    return static_cast<T*>(BlockPool::Take(count * sizeof(T)));
  }
  void deallocate(T* block, size_t count) noexcept { BlockPool::Give(block, count * sizeof(T)); }
  friend bool operator==(const Pooled&, const Pooled&) { return true; }
};

template <class T>
using List = std::vector<T, Pooled<T>>;

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_POOLED_H_

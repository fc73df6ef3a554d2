#include "wirewatch/watch/pooled.h"

#include <algorithm>
#include <array>
#include <bit>
#include <new>
#include <utility>

#include "absl/base/config.h"

namespace wirewatch::watch {
namespace {

constexpr size_t kSmallest = 64;

#if defined(ABSL_HAVE_ADDRESS_SANITIZER) || defined(ABSL_HAVE_THREAD_SANITIZER) || defined(ABSL_HAVE_MEMORY_SANITIZER)
constexpr bool kKeeps = false;
#else
constexpr bool kKeeps = true;
#endif

struct Block {
  Block* next;
};

size_t SizeOf(size_t bytes) { return std::bit_ceil(std::max(bytes, kSmallest)); }

// One thread's blocks, by the power of two that their size is.
struct Kept {
  std::array<Block*, std::countr_zero(BlockPool::kLargest) + 1> blocks{};
  size_t bytes = 0;

  ~Kept();
};

// Outlives Kept: lists may be given back while the thread ends.
thread_local bool ended = false;
thread_local Kept kept;

Kept::~Kept() {
  ended = true;
  for (Block* block : blocks) {
    while (block != nullptr) ::operator delete(std::exchange(block, block->next));
  }
}

}  // namespace

void* BlockPool::Take(size_t bytes) {
  const size_t size = SizeOf(bytes);
  if (!kKeeps || size > kLargest) return ::operator new(bytes);
  if (!ended) {
    Block*& first = kept.blocks[static_cast<size_t>(std::countr_zero(size))];
    if (first != nullptr) {
      kept.bytes -= size;
      return std::exchange(first, first->next);
    }
  }
  return ::operator new(size);
}

void BlockPool::Give(void* block, size_t bytes) noexcept {
  const size_t size = SizeOf(bytes);
  if (!kKeeps || size > kLargest || ended || kept.bytes + size > kMostKept) return ::operator delete(block);
  Block*& first = kept.blocks[static_cast<size_t>(std::countr_zero(size))];
  first = ::new (block) Block{first};
  kept.bytes += size;
}

}  // namespace wirewatch::watch

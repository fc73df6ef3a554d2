// Every allocation of a match over texts fails in turn: the matcher must say so, and go on. The library's operator new
// is this one, because the executable's comes first.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "absl/base/config.h"
#include "wirewatch/watch/c/watch_c_fixture.h"

// Sanitizers have an operator new of their own.
#if defined(ABSL_HAVE_ADDRESS_SANITIZER) || defined(ABSL_HAVE_THREAD_SANITIZER) || defined(ABSL_HAVE_MEMORY_SANITIZER)
#define WIREWATCH_ALLOCATIONS_FAIL 0
#else
#define WIREWATCH_ALLOCATIONS_FAIL 1
#endif

namespace {
// Allocations of this thread until one fails; 0: none does.
thread_local int64_t countdown = 0;

bool Fails() { return countdown > 0 && --countdown == 0; }

[[maybe_unused]] void* Allocate(size_t size, size_t alignment) {
  void* const memory = Fails() ? nullptr : std::aligned_alloc(alignment, (size + alignment) / alignment * alignment);
  return memory;
}
}  // namespace

#if WIREWATCH_ALLOCATIONS_FAIL
void* operator new(size_t size) {
  if (void* const memory = Allocate(size, alignof(std::max_align_t))) return memory;
  throw std::bad_alloc();
}
void* operator new(size_t size, std::align_val_t alignment) {
  if (void* const memory = Allocate(size, static_cast<size_t>(alignment))) return memory;
  throw std::bad_alloc();
}
void* operator new(size_t size, const std::nothrow_t&) noexcept { return Allocate(size, alignof(std::max_align_t)); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, size_t, std::align_val_t) noexcept { std::free(memory); }
#endif

namespace wirewatch::watch::c {
namespace {

// Runs `call` with the first allocation failing, then the second, … until it needs no more. Returns how many failed.
template <class Call>
int FailInTurn(const Call& call) {
  for (int64_t at = 1;; ++at) {
    countdown = at;
    const wirewatch_watch_status status = call();
    const bool failed = countdown == 0;
    countdown = 0;
    if (!failed) {
      EXPECT_EQ(status, WIREWATCH_WATCH_OK);
      return static_cast<int>(at - 1);
    }
    // What fails may be of no consequence, as where a cache stays empty.
    EXPECT_TRUE(status == WIREWATCH_WATCH_OUT_OF_MEMORY || status == WIREWATCH_WATCH_OK) << status;
    if (::testing::Test::HasFailure()) return 0;
  }
}

TEST(OutOfMemoryInCTest, AMatcherGoesOn) {
  if (WIREWATCH_ALLOCATIONS_FAIL == 0) GTEST_SKIP() << "a sanitizer allocates";
  const auto engine = NewEngine();
  ASSERT_EQ(SetList(engine, "l", "kfor OR \"Kosovo Force\""), "");
  ASSERT_EQ(Set(engine, "w", "LIST(l) NEAR/5 clash*"), "");
  const int failed = FailInTurn([&] {
    wirewatch_watch_matcher* matcher = nullptr;
    const Held<wirewatch_watch_item> item(wirewatch_watch_item_create());
    if (item == nullptr) return WIREWATCH_WATCH_OUT_OF_MEMORY;
    auto status = wirewatch_watch_item_put(item.get(), "body", "KFOR and others clashed in Zvecan", 33, nullptr);
    if (status == WIREWATCH_WATCH_OK) status = wirewatch_watch_matcher_create(engine.get(), &matcher, nullptr);
    const Held<wirewatch_watch_matcher> held(matcher);
    if (status == WIREWATCH_WATCH_OK) status = wirewatch_watch_match(matcher, item.get(), nullptr);
    if (status == WIREWATCH_WATCH_OUT_OF_MEMORY && matcher != nullptr) {
      EXPECT_EQ(wirewatch_watch_matcher_hit_count(matcher), 0U);
      EXPECT_EQ(wirewatch_watch_match(matcher, item.get(), nullptr), WIREWATCH_WATCH_OK);
      EXPECT_EQ(wirewatch_watch_matcher_hit_count(matcher), 1U);
    }
    return status;
  });
  EXPECT_GT(failed, 20);
}

}  // namespace
}  // namespace wirewatch::watch::c

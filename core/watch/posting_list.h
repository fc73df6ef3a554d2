// PostingList: the watches below one key. Most keys have one: it lies in the list itself, so that no further memory is
// read for it. One thread changes a list while none reads it.
#ifndef WIREWATCH_WATCH_POSTING_LIST_H_
#define WIREWATCH_WATCH_POSTING_LIST_H_

#include <algorithm>
#include <bit>
#include <cstdint>
#include <utility>

#include "wirewatch/watch/keys.h"

namespace wirewatch::watch {

// One watch below a key.
struct Posting {
  uint32_t slot : 31;
  uint32_t exact : 1;  // then the watch is satisfied
  Key also;            // must be there too; kNoKey: nothing
};

class PostingList {
 public:
  PostingList() = default;
  ~PostingList() {
    if (capacity_ > 1) delete[] many_;
  }
  PostingList(PostingList&& other) noexcept : size_(other.size_), capacity_(other.capacity_), many_(other.many_) {
    other.size_ = 0;
    other.capacity_ = 1;
  }
  PostingList& operator=(PostingList&&) = delete;

  const Posting* begin() const { return capacity_ > 1 ? many_ : &one_; }
  const Posting* end() const { return begin() + size_; }

  void Add(Posting posting) {
    if (size_ == capacity_) Grow();
    (capacity_ > 1 ? many_ : &one_)[size_++] = posting;
  }
  void RemoveSlot(uint32_t slot) {
    Posting* const first = capacity_ > 1 ? many_ : &one_;
    Posting* const kept =
        std::remove_if(first, first + size_, [slot](const Posting& posting) { return posting.slot == slot; });
    size_ = static_cast<uint32_t>(kept - first);
  }
  // Makes room for so many, as adding them one by one does; of an empty list.
  void Reserve(uint32_t count) {
    if (count > 1) {
      capacity_ = std::bit_ceil(count);
      many_ = new Posting[capacity_];
    }
  }
  size_t size() const { return size_; }
  // Beside itself.
  size_t Bytes() const { return capacity_ > 1 ? capacity_ * sizeof(Posting) : 0; }

 private:
  void Grow() {
    auto* const more = new Posting[size_t{2} * capacity_];
    std::copy(begin(), end(), more);
    if (capacity_ > 1) delete[] many_;
    capacity_ *= 2;
    many_ = more;
  }

  uint32_t size_ = 0;
  uint32_t capacity_ = 1;
  union {
    Posting one_;
    Posting* many_ = nullptr;  // when there is room for more than one
  };
};
static_assert(sizeof(Posting) == 8 && sizeof(PostingList) == 16);

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_POSTING_LIST_H_

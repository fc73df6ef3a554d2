// TermTable: numbers strings from 0 in the order of their first arrival. Clearing keeps the memory. One thread at a
// time; views given out are valid until the next Intern() or Clear().
#ifndef WIREWATCH_TEXT_TERM_TABLE_H_
#define WIREWATCH_TEXT_TERM_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "wirewatch/text/term_hash.h"

namespace wirewatch::text {

class TermTable {
 public:
  static constexpr uint32_t kAbsent = 0xFFFFFFFF;

  // Forgets all strings; `expected` is a guess of how many will come.
  void Clear(size_t expected);

  uint32_t Intern(std::string_view term) {
    return term.size() <= kLongestShortForm ? Intern(ShortFormOf(term), term.size()) : InternLong(term);
  }
  // The same for a short form with its size.
  uint32_t Intern(ShortForm term, size_t size) {
    const uint64_t hash = HashTerm(term, size);
    for (size_t slot = FirstSlot(hash); slots_[slot] != 0; slot = (slot + 1) & mask_) {
      const uint32_t id = slots_[slot] - 1;
      if (entries_[id].hash == hash && IsShort(entries_[id], term, size)) return id;
    }
    return AddShort(term, size, hash);
  }
  uint32_t Find(std::string_view term) const;  // kAbsent when it is not there

  uint32_t size() const { return static_cast<uint32_t>(entries_.size()); }
  std::string_view operator[](uint32_t id) const {
    const Entry& entry = entries_[id];
    return {chars_.data() + entry.offset, entry.length};
  }
  uint64_t Hash(uint32_t id) const { return entries_[id].hash; }
  // Of a term of at most kLongestShortForm bytes all of it; of another the first of them.
  ShortForm Front(uint32_t id) const { return FrontAt(entries_[id].offset); }
  size_t Bytes() const {
    return chars_.capacity() + entries_.capacity() * sizeof(Entry) + slots_.capacity() * sizeof(uint32_t);
  }

 private:
  struct Entry {
    uint64_t hash;
    uint32_t offset;
    uint32_t length;
  };

  uint32_t InternLong(std::string_view term);
  uint32_t AddShort(ShortForm term, size_t size, uint64_t hash);
  uint32_t Add(size_t offset, size_t size, uint64_t hash);
  void Grow(size_t slots);
  size_t FirstSlot(uint64_t hash) const { return hash * secret_ >> shift_; }
  ShortForm FrontAt(uint32_t offset) const {
    ShortForm front;
    std::memcpy(&front, chars_.data() + offset, sizeof(front));
    return front;
  }
  bool IsShort(const Entry& entry, ShortForm term, size_t size) const {
    const ShortForm stored = FrontAt(entry.offset);
    return entry.length == size && stored.low == term.low && stored.high == term.high;
  }

  std::vector<char> chars_;  // each term filled up with 0 to a multiple of 16 bytes
  std::vector<Entry> entries_;
  std::vector<uint32_t> slots_ = {0, 0};  // id + 1, or 0; a power of two, at most half full
  size_t mask_ = 1;
  int shift_ = 63;
  uint64_t secret_ = SlotSecret();
};

}  // namespace wirewatch::text

#endif  // WIREWATCH_TEXT_TERM_TABLE_H_

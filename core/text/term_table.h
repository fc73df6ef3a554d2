// TermTable: numbers strings from 0 in the order of their first arrival. Clearing keeps the memory. One thread at a
// time; views given out are valid until the next Intern() or Clear().
#ifndef WIREWATCH_TEXT_TERM_TABLE_H_
#define WIREWATCH_TEXT_TERM_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wirewatch/text/term_hash.h"

namespace wirewatch::text {

class TermTable {
 public:
  static constexpr uint32_t kAbsent = 0xFFFFFFFF;

  // Forgets all strings; `expected` is a guess of how many will come.
  void Clear(size_t expected);

  uint32_t Intern(std::string_view term) { return Intern(term, HashTerm(term)); }
  uint32_t Intern(std::string_view term, uint64_t hash);  // `hash` is HashTerm(term)
  uint32_t Find(std::string_view term) const;             // kAbsent when it is not there

  uint32_t size() const { return static_cast<uint32_t>(entries_.size()); }
  std::string_view operator[](uint32_t id) const {
    const Entry& entry = entries_[id];
    return std::string_view(chars_).substr(entry.offset, entry.length);
  }
  uint64_t Hash(uint32_t id) const { return entries_[id].hash; }
  size_t Bytes() const {
    return chars_.capacity() + entries_.capacity() * sizeof(Entry) + slots_.capacity() * sizeof(uint32_t);
  }

 private:
  struct Entry {
    uint64_t hash;
    uint32_t offset;
    uint32_t length;
  };
  // Where `term` stands or would stand in slots_.
  size_t SlotOf(std::string_view term, uint64_t hash) const;
  size_t FirstSlot(uint64_t hash) const { return hash * secret_ >> shift_; }
  void Grow(size_t slots);

  std::string chars_;
  std::vector<Entry> entries_;
  std::vector<uint32_t> slots_;  // id + 1, or 0; a power of two, at most half full
  size_t mask_ = 0;
  int shift_ = 0;
  uint64_t secret_ = SlotSecret();
};

}  // namespace wirewatch::text

#endif  // WIREWATCH_TEXT_TERM_TABLE_H_

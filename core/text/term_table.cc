#include "wirewatch/text/term_table.h"

#include <algorithm>
#include <bit>

namespace wirewatch::text {

void TermTable::Clear(size_t expected) {
  chars_.clear();
  entries_.clear();
  // Sized by what is to come, not by the largest Item so far: clearing must not cost what that one cost.
  Grow(std::bit_ceil(std::max<size_t>(64, expected * 2)));
}

void TermTable::Grow(size_t slots) {
  slots_.assign(slots, 0);
  mask_ = slots - 1;
  shift_ = 64 - std::countr_zero(slots);
  for (uint32_t id = 0; id < entries_.size(); ++id) {
    size_t slot = FirstSlot(entries_[id].hash);
    while (slots_[slot] != 0) slot = (slot + 1) & mask_;
    slots_[slot] = id + 1;
  }
}

size_t TermTable::SlotOf(std::string_view term, uint64_t hash) const {
  size_t slot = FirstSlot(hash);
  while (slots_[slot] != 0) {
    const uint32_t id = slots_[slot] - 1;
    if (entries_[id].hash == hash && (*this)[id] == term) break;
    slot = (slot + 1) & mask_;
  }
  return slot;
}

uint32_t TermTable::Intern(std::string_view term, uint64_t hash) {
  if ((entries_.size() + 1) * 2 > slots_.size()) Grow(std::max<size_t>(64, slots_.size() * 2));
  const size_t slot = SlotOf(term, hash);
  if (slots_[slot] != 0) return slots_[slot] - 1;
  entries_.push_back({hash, static_cast<uint32_t>(chars_.size()), static_cast<uint32_t>(term.size())});
  chars_.append(term);
  slots_[slot] = size();
  return size() - 1;
}

uint32_t TermTable::Find(std::string_view term) const {
  if (slots_.empty()) return kAbsent;
  const size_t slot = SlotOf(term, HashTerm(term));
  return slots_[slot] == 0 ? kAbsent : slots_[slot] - 1;
}

}  // namespace wirewatch::text

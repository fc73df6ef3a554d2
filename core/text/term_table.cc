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

uint32_t TermTable::InternLong(std::string_view term) {
  const uint32_t found = Find(term);
  if (found != kAbsent) return found;
  const size_t offset = chars_.size();
  const size_t padded = (term.size() + 15) / 16 * 16;
  chars_.resize(offset + padded);
  std::memcpy(chars_.data() + offset, term.data(), term.size());
  return Add(offset, term.size(), HashTerm(term));
}

uint32_t TermTable::AddShort(ShortForm term, size_t size, uint64_t hash) {
  const size_t offset = chars_.size();
  const auto* const chars = reinterpret_cast<const char*>(&term);
  chars_.insert(chars_.end(), chars, chars + sizeof(term));
  return Add(offset, size, hash);
}

uint32_t TermTable::Add(size_t offset, size_t size, uint64_t hash) {
  if ((entries_.size() + 1) * 2 > slots_.size()) Grow(std::max<size_t>(64, slots_.size() * 2));
  entries_.push_back({hash, static_cast<uint32_t>(offset), static_cast<uint32_t>(size)});
  size_t slot = FirstSlot(hash);
  while (slots_[slot] != 0) slot = (slot + 1) & mask_;
  slots_[slot] = this->size();
  return this->size() - 1;
}

uint32_t TermTable::Find(std::string_view term) const {
  const uint64_t hash = HashTerm(term);
  for (size_t slot = FirstSlot(hash); slots_[slot] != 0; slot = (slot + 1) & mask_) {
    const uint32_t id = slots_[slot] - 1;
    if (entries_[id].hash == hash && (*this)[id] == term) return id;
  }
  return kAbsent;
}

}  // namespace wirewatch::text

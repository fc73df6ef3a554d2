#include "wirewatch/watch/term_cache.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace wirewatch::watch {
namespace {

constexpr size_t kFewestPlaces = 1 << 12;

}  // namespace

void TermCache::Begin(const Keys& keys, size_t terms) {
  const bool changed = version_ != keys.version();
  if (!changed && size_ + terms <= entries_.size() / 2) return;
  version_ = keys.version();
  // Other keys need not be those of as many watches: room is made as it is needed.
  if (changed) size_ = 0;
  // Twice the room as long as that is allowed; a text of many words gets what it needs.
  const size_t wanted = std::min(2 * (size_ + terms), kMostTerms);
  Clear(std::max({kFewestPlaces, std::bit_ceil(2 * wanted), std::bit_ceil(2 * (terms + 1))}));
}

void TermCache::Clear(size_t places) {
  entries_.assign(places, Entry{});
  mask_ = places - 1;
  size_ = 0;
  patterns_.clear();
  long_forms_.clear();
}

bool TermCache::IsOf(const Entry& entry, uint64_t hash, std::string_view form) const {
  if (entry.hash != hash || entry.length != form.size()) return false;
  if (form.size() <= entry.front.size()) return std::memcmp(entry.front.data(), form.data(), form.size()) == 0;
  return long_forms_[NumberOf(entry)] == form;
}

uint32_t TermCache::NumberOf(const Entry& entry) {
  uint32_t number = 0;
  std::memcpy(&number, entry.front.data() + kBeginning, sizeof(number));
  return number;
}

const TermCache::Entry& TermCache::Of(const Keys& keys, uint64_t hash, std::string_view form) {
  for (size_t at = hash & mask_;; at = (at + 1) & mask_) {
    Entry& entry = entries_[at];
    if (entry.length == Entry::kFree) {
      Fill(keys, entry, hash, form);
      return entry;
    }
    if (IsOf(entry, hash, form)) return entry;
  }
}

void TermCache::Fill(const Keys& keys, Entry& entry, uint64_t hash, std::string_view form) {
  ++size_;
  entry.hash = hash;
  entry.length = static_cast<uint32_t>(form.size());
  if (form.size() <= entry.front.size()) {
    std::memcpy(entry.front.data(), form.data(), form.size());
  } else {
    const auto number = static_cast<uint32_t>(long_forms_.size());
    std::memcpy(entry.front.data(), form.data(), kBeginning);
    std::memcpy(entry.front.data() + kBeginning, &number, sizeof(number));
    long_forms_.emplace_back(form);
  }
  entry.key = keys.FindForm(hash, form);
  entry.first_pattern = static_cast<uint32_t>(patterns_.size());
  if (keys.matcher().has_terms()) keys.matcher().Match(form, patterns_);
  entry.patterns = static_cast<uint32_t>(patterns_.size()) - entry.first_pattern;
}

}  // namespace wirewatch::watch

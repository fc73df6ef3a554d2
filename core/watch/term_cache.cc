#include "wirewatch/watch/term_cache.h"

#include <algorithm>
#include <bit>

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
  shift_ = 64 - std::countr_zero(places);
  size_ = 0;
  patterns_.clear();
  long_forms_.clear();
}

void TermCache::Fill(const Keys& keys, Entry& entry, uint64_t hash, std::string_view form) {
  ++size_;
  entry.length = static_cast<uint32_t>(form.size());
  if (form.size() <= text::kLongestShortForm) {
    entry.form = text::ShortFormOf(form);
  } else {
    entry.form = {hash, long_forms_.size()};
    long_forms_.insert(long_forms_.end(), form.begin(), form.end());
  }
  entry.key = keys.FindForm(hash, form);
  entry.first_pattern = static_cast<uint32_t>(patterns_.size());
  if (keys.matcher().has_terms()) keys.matcher().Match(form, patterns_);
  entry.patterns = static_cast<uint32_t>(patterns_.size()) - entry.first_pattern;
}

}  // namespace wirewatch::watch

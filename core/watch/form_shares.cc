#include "wirewatch/watch/form_shares.h"

#include <algorithm>
#include <utility>

#include "wirewatch/text/term_hash.h"

namespace wirewatch::watch {

FormShares::FormShares(ShareOfForm before)
    : before_(std::move(before)), secret_(text::SlotSecret()), counts_(kRows << kRowBits) {}

// The rows are independent enough: each takes other bits of the hash, mixed by a number that nobody outside knows.
size_t FormShares::PlaceOf(size_t row, uint64_t hash) const {
  const uint64_t mixed = (hash ^ hash >> (16 * row + 7)) * (secret_ + 2 * row);
  return (row << kRowBits) + (mixed >> (64 - kRowBits));
}

void FormShares::Add(const text::TextIndex& item) {
  for (text::TermId term = 0; term < item.term_count(); ++term) {
    const uint64_t hash = item.TermHash(term);
    for (size_t row = 0; row < kRows; ++row) counts_[PlaceOf(row, hash)].fetch_add(1, std::memory_order_relaxed);
  }
  added_.fetch_add(1, std::memory_order_relaxed);
  items_.fetch_add(1, std::memory_order_relaxed);
}

void FormShares::Fade() {
  const uint64_t items = items_.load(std::memory_order_relaxed);
  if (items < 2 * kWindow) return;
  for (std::atomic<uint32_t>& count : counts_) {
    const uint32_t before = count.load(std::memory_order_relaxed);
    if (before != 0) count.fetch_sub(before - before / 2, std::memory_order_relaxed);
  }
  items_.fetch_sub(items - items / 2, std::memory_order_relaxed);
}

double FormShares::Of(std::string_view form) const {
  const uint64_t hash = text::HashTerm(form);
  uint32_t least = UINT32_MAX;
  for (size_t row = 0; row < kRows; ++row) {
    least = std::min(least, counts_[PlaceOf(row, hash)].load(std::memory_order_relaxed));
  }
  const double assumed = before_ ? before_(form) : -1;
  const double prior = assumed >= 0 ? assumed : ShareByLength(form.size());
  const auto items = static_cast<double>(items_.load(std::memory_order_relaxed));
  return std::min(1.0, (least + kAssumed * prior) / (items + kAssumed));
}

}  // namespace wirewatch::watch

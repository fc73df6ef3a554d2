// FormShares: in what share of the Items of late a word stands, measured from some of them while they are matched: a
// count-min sketch (Cormode and Muthukrishnan, "An improved data stream summary", 2005) whose counts are halved after
// kWindow Items, so that older ones fade. Memory is fixed; a share may be too large where words collide, hardly ever
// too small. Any number of threads may add and ask at once; a word that is counted while the counts are halved may be
// lost.
#ifndef WIREWATCH_WATCH_FORM_SHARES_H_
#define WIREWATCH_WATCH_FORM_SHARES_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "wirewatch/text/text_index.h"
#include "wirewatch/watch/key_shares.h"

namespace wirewatch::watch {

class FormShares {
 public:
  static constexpr uint64_t kWindow = 8192;

  // `before` says what is assumed before anything was measured; empty: by the words' lengths.
  explicit FormShares(ShareOfForm before);

  // One Item: each of its words counts once, as folded. Allocates nothing.
  void Add(const text::TextIndex& item);
  // Halves the counts if enough Items have come since. Not by two threads at once.
  void Fade();

  // Items that were added, ever.
  uint64_t added() const { return added_.load(std::memory_order_relaxed); }
  // 0 to 1, never 0: what was assumed before counts as much as kAssumed Items.
  double Of(std::string_view form) const;

 private:
  static constexpr size_t kRows = 4, kRowBits = 17;
  static constexpr double kAssumed = 32;
  size_t PlaceOf(size_t row, uint64_t hash) const;

  const ShareOfForm before_;
  const uint64_t secret_;
  std::vector<std::atomic<uint32_t>> counts_;
  std::atomic<uint64_t> added_ = 0;
  std::atomic<uint64_t> items_ = 0;  // that the counts stand for
};

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_FORM_SHARES_H_

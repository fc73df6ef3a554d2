// Frequencies: in how many Items each word stands, measured from Items, in bounded memory. A table of at most
// `capacity` words; when it is full, the median count is taken off all of them, and words that have nothing left go
// (Misra and Gries, "Finding repeated elements", 1982; by the median: Anderson et al., "A high-performance algorithm
// for identifying frequent items in data streams", 2017). So each count is too small by at most error(), which is at
// most 2 / capacity of all that was counted, and is 0 as long as nothing had to go. Tables that were measured apart can
// be merged; the bound then holds for the sum. A value: one thread changes it while none reads it.
#ifndef WIREWATCH_WATCH_FREQUENCIES_H_
#define WIREWATCH_WATCH_FREQUENCIES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "wirewatch/text/text_index.h"

namespace wirewatch::watch {

// What is certain of a count, or of a share.
template <class T>
struct Bounds {
  T least, most;
};

class Frequencies {
 public:
  static constexpr size_t kDefaultCapacity = 100'000;

  explicit Frequencies(size_t capacity = kDefaultCapacity);

  // One Item: each of its words counts once, as folded. What bare words do not search (a dateline) counts as well.
  void Add(const text::TextIndex& item);
  void Merge(const Frequencies& other);

  uint64_t items() const { return items_; }
  // Items that have this word, folded as in a TextIndex.
  Bounds<uint64_t> ItemsWith(std::string_view word) const;
  // At most so many Items have a word of this shape (`*` and `?`): the sum over all words of the table that do.
  uint64_t MostWithShape(std::string_view glob) const;
  // Words with their least counts, the commonest first.
  std::vector<std::pair<std::string, uint64_t>> Commonest(size_t count) const;

  // By how much a count may be too small.
  uint64_t error() const { return error_; }
  size_t size() const { return counts_.size(); }

  // Lines of text, the same for the same table: a head, then a word and its count each, by word.
  std::string Serialize() const;
  // InvalidArgument, with the line, for what Serialize() did not write.
  static absl::StatusOr<Frequencies> Parse(std::string_view text);

 private:
  void Shrink();

  size_t capacity_;
  uint64_t items_ = 0;
  uint64_t error_ = 0;
  absl::flat_hash_map<std::string, uint64_t> counts_;
};

// The share of Items that have something of which `hits` in `items` were seen: 95 of 100 such intervals contain it
// (Wilson, "Probable inference", 1927). items > 0.
Bounds<double> ShareOf(uint64_t hits, uint64_t items);

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_FREQUENCIES_H_

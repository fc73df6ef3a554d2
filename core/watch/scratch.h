// Scratch: memory of one thread for matching one Item after another, so that each pattern is looked up once for an Item
// and memory is used again. Borrowed by Engine and Evaluator; never shared between threads.
#ifndef WIREWATCH_WATCH_SCRATCH_H_
#define WIREWATCH_WATCH_SCRATCH_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "wirewatch/text/text_index.h"
#include "wirewatch/v1/item.pb.h"
#include "wirewatch/watch/item_keys.h"
#include "wirewatch/watch/pooled.h"
#include "wirewatch/watch/term_pattern.h"

namespace wirewatch::watch {

class FieldTexts;

// Where something was found: positions and bytes of one part, half open. A match of several words that need not follow
// each other (NEAR, a loose phrase) has its words as leaves.
struct Place {
  uint32_t part = 0;  // index into TextIndex::parts()
  uint32_t begin = 0, end = 0;
  uint32_t byte_begin = 0, byte_end = 0;
  uint32_t first_leaf = 0, leaf_count = 0;  // in Scratch::leaves; none: the place itself is the only leaf
};
inline bool operator<(const Place& a, const Place& b) {
  return std::tie(a.part, a.begin, a.end, a.byte_begin) < std::tie(b.part, b.begin, b.end, b.byte_begin);
}
inline bool SamePositions(const Place& a, const Place& b) {
  return a.part == b.part && a.begin == b.begin && a.end == b.end;
}

// Whether a language tag (BCP 47) names the language (ISO 639-1).
bool Speaks(std::string_view tag, std::string_view language);

class Scratch {
 public:
  // To be called before anything is found in another Item, or in the same one after it was changed.
  void Begin() {
    ++item_;
    leaves.clear();
  }

  // Where `pattern` (number `id` of one table, the same table throughout) stands in the Item, in order.
  const List<Place>& Find(const text::TextIndex& index, std::string_view language, PatternId id,
                          const TermPattern& pattern);

  // By term of the index; "" for a term that no token has.
  const std::vector<std::string>& Stems(const text::TextIndex& index, std::string_view language);

  List<Place> leaves;
  // Of the Engine: what the Item has, and the watches that it satisfies or may satisfy, by slot.
  ItemKeys keys;
  std::vector<uint32_t> candidates, hits;
  std::vector<Key> anchors;
  // Forgets the watches of the Item before; there are `count`.
  void BeginWatches(size_t count);
  // Whether a watch is met for the first time, for certain or as a candidate; what is certain need not be a candidate.
  bool Mark(uint32_t slot, bool certain) {
    const uint64_t bit = uint64_t{1} << (slot % 64);
    uint64_t& bits = (certain ? certain_bits_ : candidate_bits_)[slot / 64];
    if ((bits & bit) != 0) return false;
    bits |= bit;
    return true;
  }
  // Puts the hits in order.
  void SortHits();
  // For queries whose patterns are in a table of their own.
  Scratch& apart();
  uint64_t item() const { return item_; }

  // The values of the Item's fields; FieldTexts::Of() makes them.
  std::shared_ptr<FieldTexts> field_texts;

 private:
  struct Found {
    uint64_t item = 0;
    List<Place> places;
  };
  uint64_t item_ = 0;
  std::vector<uint64_t> candidate_bits_, certain_bits_;  // by slot
  std::unique_ptr<Scratch> apart_;
  std::deque<Found> found_;  // by pattern; what was found stays where it is when further patterns come
  uint64_t stems_item_ = 0;
  std::string stems_language_;
  std::vector<std::string> stems_;  // by term
};

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_SCRATCH_H_

// MatchedSentences: the sentences of an Item in which a Signal found something, as hashes, by which a new version of
// the Item is known to say the same or something else there. One Item; one thread.
#ifndef WIREWATCH_ALERTS_MATCHED_SENTENCES_H_
#define WIREWATCH_ALERTS_MATCHED_SENTENCES_H_

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "wirewatch/alerts/snippet.h"
#include "wirewatch/text/sections.h"
#include "wirewatch/v1/item.pb.h"

namespace wirewatch::alerts {

class MatchedSentences {
 public:
  // More are not told apart.
  static constexpr size_t kMost = 64;

  // `item` outlives it.
  explicit MatchedSentences(const v1::Item& item) : item_(item) {}

  // Hashes of the sentences that the spans touch, sorted, each once; white space is all alike. Spans that do not lie in
  // the Item's text are left out.
  std::vector<uint64_t> Of(const Spans& spans);

 private:
  const text::TextSections& SectionsOf(v1::Part part, uint32_t part_index);

  const v1::Item& item_;
  std::map<std::pair<int, uint32_t>, text::TextSections> sections_;
};

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_ALERTS_MATCHED_SENTENCES_H_

#include "wirewatch/watch/scratch.h"

#include <algorithm>
#include <bit>

namespace wirewatch::watch {
namespace {

void AddOccurrences(const text::TextIndex& index, text::TermId term, const TermPattern& pattern, List<Place>& places) {
  for (const text::TokenRef ref : index.Occurrences(term)) {
    const text::PartIndex& part = index.parts()[ref.part];
    const text::Token& token = part.tokens[ref.token];
    if (!token.searchable) continue;
    if (!pattern.MatchesSpelling(part.text, token)) continue;
    places.push_back({ref.part, token.position, token.position + token.positions, token.begin, token.end, 0, 0});
  }
}

}  // namespace

bool Speaks(std::string_view tag, std::string_view language) {
  return tag == language || (tag.size() > language.size() && tag.starts_with(language) && tag[language.size()] == '-');
}

const List<Place>& Scratch::Find(const text::TextIndex& index, std::string_view language, PatternId id,
                                 const TermPattern& pattern) {
  if (id >= found_.size()) found_.resize(id + 1);
  Found& found = found_[id];
  if (found.item == item_) return found.places;
  found.item = item_;
  found.places.clear();
  if (pattern.kind == TermPattern::Kind::kForm) {
    const text::TermId term = index.Lookup(pattern.form);
    if (term != text::kNoTerm) AddOccurrences(index, term, pattern, found.places);
    return found.places;
  }
  if (pattern.kind == TermPattern::Kind::kStem) {
    if (!Speaks(language, pattern.language)) return found.places;
    const std::vector<std::string>& stems = Stems(index, pattern.language);
    for (text::TermId term = 0; term < index.term_count(); ++term) {
      if (stems[term] == pattern.form) AddOccurrences(index, term, pattern, found.places);
    }
  } else {
    for (text::TermId term = 0; term < index.term_count(); ++term) {
      if (pattern.MatchesTerm(index.Term(term))) AddOccurrences(index, term, pattern, found.places);
    }
  }
  // A word and its variants (attack's, attack) may both match; the longer stretch of text stands for them.
  std::sort(found.places.begin(), found.places.end(), [](const Place& a, const Place& b) {
    return std::tie(a.part, a.begin, a.end, a.byte_begin, b.byte_end) <
           std::tie(b.part, b.begin, b.end, b.byte_begin, a.byte_end);
  });
  found.places.erase(std::unique(found.places.begin(), found.places.end(), SamePositions), found.places.end());
  return found.places;
}

const std::vector<std::string>& Scratch::Stems(const text::TextIndex& index, std::string_view language) {
  if (stems_item_ == item_ && stems_language_ == language) return stems_;
  stems_item_ = item_;
  stems_language_ = language;
  // Only ever more: strings keep their memory.
  if (stems_.size() < index.term_count()) stems_.resize(index.term_count());
  for (text::TermId term = 0; term < index.term_count(); ++term) {
    const std::span<const text::TokenRef> refs = index.Occurrences(term);
    stems_[term].clear();
    if (refs.empty()) continue;
    const text::PartIndex& part = index.parts()[refs[0].part];
    const text::Token& token = part.tokens[refs[0].token];
    stems_[term] = Stem(language, part.text.substr(token.begin, token.end - token.begin));
  }
  return stems_;
}

void Scratch::BeginWatches(size_t count) {
  for (const uint32_t slot : candidates) candidate_bits_[slot / 64] = 0;
  for (const uint32_t slot : hits) certain_bits_[slot / 64] = 0;
  candidates.clear();
  hits.clear();
  const size_t words = count / 64 + 1;
  if (candidate_bits_.size() < words) {
    candidate_bits_.resize(words);
    certain_bits_.resize(words);
  }
}

void Scratch::SortHits() {
  // Where they are dense, their bits are read off quicker than they are sorted.
  constexpr size_t kSparse = 8;
  if (hits.size() < certain_bits_.size() / kSparse) return std::sort(hits.begin(), hits.end());
  for (const uint32_t slot : hits) Mark(slot, true);
  const size_t count = hits.size();
  hits.clear();
  for (size_t word = 0; hits.size() < count; ++word) {
    for (uint64_t bits = certain_bits_[word]; bits != 0; bits &= bits - 1) {
      hits.push_back(static_cast<uint32_t>(64 * word) + static_cast<uint32_t>(std::countr_zero(bits)));
    }
  }
}

Scratch& Scratch::apart() {
  if (apart_ == nullptr) apart_ = std::make_unique<Scratch>();
  return *apart_;
}

}  // namespace wirewatch::watch

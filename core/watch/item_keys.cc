#include "wirewatch/watch/item_keys.h"

#include <algorithm>

#include "wirewatch/watch/scratch.h"

namespace wirewatch::watch {

void ItemKeys::Fill(const Keys& keys, const text::TextIndex& text, std::string_view language, bool language_is_known,
                    Scratch& scratch) {
  Clear(keys);
  AddTerms(keys, text);
  if (!keys.matcher().stems().empty()) AddStems(keys.matcher(), text, language, language_is_known, scratch);
  if (keys.has_pairs()) AddPairs(keys);
}

void ItemKeys::Clear(const Keys& keys) {
  for (const Key key : present_) bits_[key / 64] = 0;
  present_.clear();
  tokens_.clear();
  if (ends_.size() < keys.size()) {
    ends_.resize(keys.size());
    bits_.resize(keys.size() / 64 + 1);
  }
}

void ItemKeys::AddToken(Key key, uint32_t part, uint32_t begin, uint32_t end) {
  const auto at = static_cast<uint32_t>(tokens_.size());
  if (Has(key)) {
    tokens_[ends_[key].last].next = at;
    ends_[key].last = at;
  } else {
    Add(key);
    ends_[key] = {at, at};
  }
  tokens_.push_back({key, part, begin, end, kNone});
}

void ItemKeys::AddTerms(const Keys& keys, const text::TextIndex& text) {
  const uint32_t terms = text.term_count();
  key_of_.resize(terms);
  seen_.assign(terms, 0);
  patterned_.clear();
  cache_.Begin(keys, terms);
  for (text::TermId term = 0; term < terms; ++term) cache_.Prefetch(text.TermHash(term));
  for (text::TermId term = 0; term < terms; ++term) {
    const TermCache::Entry& entry = cache_.Of(keys, text.TermHash(term), text.Term(term));
    key_of_[term] = entry.key;
    if (entry.patterns > 0) patterned_.emplace_back(term, entry);
  }
  const std::span<const text::PartIndex> parts = text.parts();
  for (uint32_t part = 0; part < parts.size(); ++part) {
    for (const text::Token& token : parts[part].tokens) {
      if (!token.searchable) continue;
      seen_[token.term] = 1;
      const Key key = key_of_[token.term];
      if (key != kNoKey) AddToken(key, part, token.position, token.position + token.positions);
    }
  }
  for (const auto& [term, entry] : patterned_) {
    if (seen_[term] == 0) continue;
    for (const Key key : cache_.PatternsOf(entry)) Add(key);
  }
}

void ItemKeys::AddStems(const TermMatcher& matcher, const text::TextIndex& text, std::string_view language, bool known,
                        Scratch& scratch) {
  for (const auto& [stems_language, stems] : matcher.stems()) {
    if (!known) {
      for (const auto& [stem, key] : stems) Add(key);
      continue;
    }
    if (!Speaks(language, stems_language)) continue;
    const std::vector<std::string>& of_terms = scratch.Stems(text, stems_language);
    for (text::TermId term = 0; term < text.term_count(); ++term) {
      if (seen_[term] == 0) continue;
      const auto found = stems.find(of_terms[term]);
      if (found != stems.end()) Add(found->second);
    }
  }
}

// Forms that stand one behind the other. Looked up in two rounds, so that the table's memory is on its way before it is
// read.
void ItemKeys::AddPairs(const Keys& keys) {
  neighbours_.clear();
  for (size_t i = 0; i < tokens_.size(); ++i) {
    const Token& token = tokens_[i];
    if (!keys.BeginsPair(token.key)) continue;
    for (size_t j = i + 1; j < tokens_.size(); ++j) {
      const Token& next = tokens_[j];
      if (next.part != token.part || next.begin > token.end) break;
      if (next.begin != token.end || !keys.EndsPair(next.key)) continue;
      keys.PrefetchPair(token.key, next.key);
      neighbours_.emplace_back(token.key, next.key);
    }
  }
  for (const auto& [first, second] : neighbours_) {
    const Key pair = keys.FindPair(first, second);
    if (pair != kNoKey) Add(pair);
  }
}

}  // namespace wirewatch::watch

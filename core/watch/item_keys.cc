#include "wirewatch/watch/item_keys.h"

#include <algorithm>

#include "wirewatch/text/fold.h"
#include "wirewatch/watch/item_fields.h"
#include "wirewatch/watch/scratch.h"

namespace wirewatch::watch {

void ItemKeys::Fill(const Keys& keys, const View& view, Scratch& scratch) {
  const text::TextIndex& text = view.text();
  const v1::Item& item = view.item();
  Clear(keys);
  LookUpTerms(keys, text);
  AddTokens(text);
  AddTerms();
  words_ = WordsOf(view);
  if (!keys.matcher().stems().empty())
    AddStems(keys.matcher(), text, item.language().tag(), LanguageIsKnown(item), scratch);
  if (keys.has_pairs()) AddPairs(keys);
  if (!keys.code_fields().empty()) AddCodes(keys, item);
  if (keys.has_any()) AddImplied(keys);
}

void ItemKeys::Clear(const Keys& keys) {
  for (const Key key : present_) bits_[key / 64] = 0;
  present_.clear();
  if (first_.size() < keys.size()) {
    first_.resize(keys.size());
    bits_.resize(keys.size() / 64 + 1);
  }
}

void ItemKeys::LookUpTerms(const Keys& keys, const text::TextIndex& text) {
  const text::TermTable& terms = text.terms();
  const uint32_t count = terms.size();
  if (key_of_.size() < count) {
    key_of_.resize(count);
    next_of_.resize(count);
    known_.resize(count);
  }
  first_of_.assign(count, kNone);
  patterned_.clear();
  cache_.Begin(keys, count);
  for (text::TermId term = 0; term < count; ++term) cache_.Prefetch(terms.Hash(term));
  known_count_ = 0;
  for (text::TermId term = 0; term < count; ++term) {
    const TermCache::Entry& entry = cache_.Of(keys, terms, term);
    key_of_[term] = entry.key;
    next_of_[term] = &first_of_[term];
    known_[known_count_] = {term, entry.key};
    known_count_ += entry.key != kNoKey ? 1 : 0;
    if (entry.patterns > 0) patterned_.push_back({term, entry});
  }
}

// Links the tokens of each form. Where nothing can be foreseen, as with which words follow each other, there is nothing
// to decide.
void ItemKeys::AddTokens(const text::TextIndex& text) {
  const std::span<const text::PartIndex> parts = text.parts();
  size_t most = 0;
  for (const text::PartIndex& part : parts) most += part.tokens.size();
  if (tokens_.size() < most) tokens_.resize(most);
  token_count_ = 0;
  for (uint32_t part = 0; part < parts.size(); ++part) {
    for (const text::Token& token : parts[part].tokens) {
      if (!token.searchable) continue;
      Token& own = tokens_[token_count_];
      own = {key_of_[token.term], part, token.position, token.position + token.positions, kNone};
      *next_of_[token.term] = static_cast<uint32_t>(token_count_++);
      next_of_[token.term] = &own.next;
    }
  }
}

void ItemKeys::AddTerms() {
  for (const Known& known : std::span(known_).first(known_count_)) {
    const uint32_t first = first_of_[known.term];
    if (first == kNone) continue;
    first_[known.key] = first;
    Add(known.key);
  }
  for (const Patterned& patterned : patterned_) {
    if (first_of_[patterned.term] == kNone) continue;
    for (const Key key : cache_.PatternsOf(patterned.entry)) Add(key);
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
      if (first_of_[term] == kNone) continue;
      const auto found = stems.find(of_terms[term]);
      if (found != stems.end()) Add(found->second);
    }
  }
}

// Forms that stand one behind the other. Few of them are keys; these are looked up in two rounds, so that the table's
// memory is on its way before it is read.
void ItemKeys::AddPairs(const Keys& keys) {
  size_t count = 0;
  for (size_t i = 0; i < token_count_; ++i) {
    const Token& token = tokens_[i];
    for (size_t j = i + 1; j < token_count_; ++j) {
      const Token& next = tokens_[j];
      if (next.part != token.part || next.begin > token.end) break;
      if (next.begin != token.end) continue;
      if (count == pairs_.size()) pairs_.resize(2 * count + 64);
      const uint64_t hash = Keys::HashOfPair(token.key, next.key);
      pairs_[count] = {hash, token.key, next.key};
      count += keys.MayBePair(hash) ? 1 : 0;
    }
  }
  const std::span<const Pair> pairs = std::span(pairs_).first(count);
  for (const Pair& pair : pairs) keys.PrefetchPair(pair.hash);
  for (const Pair& pair : pairs) {
    const Key key = keys.FindPair(pair.hash, pair.first, pair.second);
    if (key != kNoKey) Add(key);
  }
}

void ItemKeys::AddCodes(const Keys& keys, const v1::Item& item) {
  for (const std::string& field : keys.code_fields()) {
    if (field == "language" && !LanguageIsKnown(item)) {
      for (const Key key : keys.languages()) Add(key);
      continue;
    }
    for (const std::string_view value : ValuesOf(item, field)) {
      code_.clear();
      text::AppendFolded(value, &code_);
      const std::string_view code = code_;
      AddCode(keys, field, code);
      // A language is also that of all its regions, a domain that of those that it is part of.
      for (size_t at = 0; field == "language" && (at = code.find('-', at)) != code.npos; ++at)
        AddCode(keys, field, code.substr(0, at));
      for (size_t at = 0; field == "domain" && (at = code.find('.', at)) != code.npos; ++at)
        AddCode(keys, field, code.substr(at + 1));
    }
  }
}

void ItemKeys::AddCode(const Keys& keys, std::string_view field, std::string_view code) {
  form_.clear();
  Keys::AppendCode(field, code, form_);
  const Key key = keys.FindForm(text::HashTerm(form_), form_);
  if (key != kNoKey) Add(key);
}

void ItemKeys::AddImplied(const Keys& keys) {
  for (size_t i = 0; i < present_.size(); ++i) {
    if (!keys.Implies(present_[i])) continue;
    for (const Key key : keys.ImpliedBy(present_[i])) Add(key);
  }
}

}  // namespace wirewatch::watch

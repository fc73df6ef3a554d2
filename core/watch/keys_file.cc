// Keys to and from a file. The tables are made anew: what they hold may be anything.
#include <algorithm>
#include <functional>
#include <utility>

#include "wirewatch/text/term_hash.h"
#include "wirewatch/watch/expression_file.h"
#include "wirewatch/watch/keys.h"

namespace wirewatch::watch {
namespace {

// Places of a table that has grown to hold `count`: at most half full.
size_t PlacesFor(size_t count) {
  size_t places = 16;
  while (2 * count > places) places *= 2;
  return places;
}

}  // namespace

void Keys::Save(ByteWriter& bytes) const {
  const size_t count = facts_.size();
  std::vector<uint8_t> flags(count);
  std::vector<uint32_t> first(count), second(count);
  for (size_t i = 0; i < count; ++i) {
    flags[i] = facts_[i].flags & (kIsForm | kIsPair | kIsAny);
    first[i] = facts_[i].a;
    second[i] = facts_[i].b;
  }
  bytes.Array(std::span<const uint8_t>(flags));
  bytes.Array(std::span<const uint32_t>(first));
  bytes.Array(std::span<const uint32_t>(second));
  bytes.Text(text_);
  absl::flat_hash_map<Key, const TermPattern*> patterns;
  absl::flat_hash_map<Key, const std::vector<Key>*> lists;
  for (const auto& [pattern, key] : patterns_) patterns[key] = &pattern;
  for (const auto& [keys, key] : any_) lists[key] = &keys;
  for (Key key = 0; key < count; ++key) {
    if (flags[key] == 0) WritePattern(*patterns.at(key), bytes);
    if (flags[key] == kIsAny) bytes.Array(std::span<const Key>(*lists.at(key)));
  }
}

void Keys::Load(ByteReader& bytes) {
  const std::vector<uint8_t> flags = bytes.Array<uint8_t>();
  const auto first = bytes.Array<uint32_t>(flags.size());
  const auto second = bytes.Array<uint32_t>(flags.size());
  text_ = std::string(bytes.Text());
  if (!bytes.ok() || !bytes.Require(flags.size() < kNoKey)) return;
  facts_.resize(flags.size());
  for (Key key = 0; key < facts_.size() && bytes.ok(); ++key) {
    const uint32_t a = first[key];
    const uint32_t b = second[key];
    facts_[key] = {a, b, flags[key]};
    if (flags[key] == kIsForm) {
      if (!bytes.Require(a <= text_.size() && b <= text_.size() - a)) return;
      ++form_count_;
      if (IsCode(key)) NoteCode(Form(key).substr(1, Form(key).find(':') - 1), key);
    } else if (flags[key] == kIsPair) {
      if (!bytes.Require(a < key && b < key && IsForm(a) && IsForm(b))) return;
      ++pair_count_;
    } else if (flags[key] == kIsAny) {
      std::vector<Key> keys = bytes.Array<Key>();
      const bool ascending = std::adjacent_find(keys.begin(), keys.end(), std::greater_equal<>()) == keys.end();
      if (!bytes.Require(!keys.empty() && ascending && keys.back() < key)) return;
      const auto [entry, is_new] = any_.try_emplace(std::move(keys), key);
      if (bytes.Require(is_new)) NoteAny(entry->first, key);
    } else {
      TermPattern pattern = ReadPattern(bytes);
      const bool right = flags[key] == 0 && pattern.kind != TermPattern::Kind::kForm &&
                         pattern.spelling == TermPattern::Spelling::kFolded;
      if (!bytes.Require(bytes.ok() && right)) return;
      const auto [entry, is_new] = patterns_.try_emplace(std::move(pattern), key);
      if (bytes.Require(is_new)) AddPattern(key, entry->first);
    }
  }
  if (bytes.ok()) bytes.Require(MakeTables());
}

// False when keys are there twice, or were chosen so that their places are the same.
bool Keys::MakeTables() {
  forms_.assign(PlacesFor(form_count_), Place{});
  form_mask_ = forms_.size() - 1;
  pairs_.assign(PlacesFor(pair_count_), Place{});
  pair_mask_ = pairs_.size() - 1;
  pair_filter_.assign(FilterWord(~uint64_t{0}) + 1, 0);
  constexpr size_t kAhead = 16;  // places whose memory is asked for before it is read
  constexpr size_t kMostStepsEach = 64;
  std::vector<uint64_t> hashes(facts_.size());
  for (Key key = 0; key < facts_.size(); ++key) {
    if (IsForm(key)) hashes[key] = text::HashTerm(Form(key));
    if (IsPair(key)) hashes[key] = HashOfPair(First(key), Second(key));
  }
  size_t steps = kMostStepsEach * (facts_.size() + kAhead);
  const auto insert = [&](std::vector<Place>& places, size_t mask, Key key, const auto& same) {
    const auto tag = static_cast<uint32_t>(hashes[key] >> 32);
    size_t at = hashes[key] & mask;
    for (; places[at].key != 0; at = (at + 1) & mask) {
      if (steps-- == 0 || (places[at].tag == tag && same(places[at].key - 1))) return false;
    }
    places[at] = {tag, key + 1};
    return true;
  };
  for (Key key = 0; key < facts_.size(); ++key) {
    if (key + kAhead < facts_.size()) {
      const uint64_t next = hashes[key + kAhead];
      __builtin_prefetch(IsPair(static_cast<Key>(key + kAhead)) ? &pairs_[next & pair_mask_]
                                                                : &forms_[next & form_mask_]);
    }
    const auto same_form = [&](Key other) { return Form(other) == Form(key); };
    const auto same_pair = [&](Key other) { return First(other) == First(key) && Second(other) == Second(key); };
    if (IsForm(key) && !insert(forms_, form_mask_, key, same_form)) return false;
    if (IsPair(key) && !insert(pairs_, pair_mask_, key, same_pair)) return false;
    if (IsPair(key)) pair_filter_[FilterWord(hashes[key])] |= FilterBit(hashes[key]);
  }
  return true;
}

}  // namespace wirewatch::watch

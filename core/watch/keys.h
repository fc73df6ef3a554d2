// Keys: numbers for what can be present in an Item: a folded form, two forms in a row, or a term pattern that is no
// plain form (wildcard, edit distance, stem). Watches are indexed by keys, and an Item is seen through the keys that it
// has (item_keys.h). One thread adds while none reads.
#ifndef WIREWATCH_WATCH_KEYS_H_
#define WIREWATCH_WATCH_KEYS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "wirewatch/watch/byte_stream.h"
#include "wirewatch/watch/term_matcher.h"
#include "wirewatch/watch/term_pattern.h"

namespace wirewatch::watch {

class Keys {
 public:
  // The number of what is given; the same each time. They are never taken back: what is no longer used costs some bytes
  // until the Engine is built anew.
  Key OfForm(std::string_view form);
  Key OfPair(Key first, Key second);  // two forms
  Key OfPattern(const TermPattern& pattern);
  // A folded code as the value of a field, as HasCodeKeys() says. Items in an unknown language have all languages.
  Key OfCode(std::string_view field, std::string_view code);
  // What is there when one of `keys` is, which are ascending: a LIST that many watches use is looked at once.
  Key OfAny(const std::vector<Key>& keys);

  // kNoKey when there is none. `hash` is text::HashTerm(form).
  Key FindForm(uint64_t hash, std::string_view form) const;
  void PrefetchForm(uint64_t hash) const { __builtin_prefetch(&forms_[hash & form_mask_]); }

  // Pairs are looked for by their hashes: a short look first, which finds most of those that are none.
  static uint64_t HashOfPair(Key first, Key second) {
    uint64_t hash = (uint64_t{first} << 32 | second) * 0x9E3779B97F4A7C15;
    hash ^= hash >> 29;
    hash *= 0xBF58476D1CE4E5B9;
    return hash ^ hash >> 32;
  }
  bool MayBePair(uint64_t hash) const { return (pair_filter_[FilterWord(hash)] & FilterBit(hash)) != 0; }
  void PrefetchPair(uint64_t hash) const { __builtin_prefetch(&pairs_[hash & pair_mask_]); }
  Key FindPair(uint64_t hash, Key first, Key second) const;

  // The fields of which there are codes, and the keys of languages.
  const std::vector<std::string>& code_fields() const { return code_fields_; }
  const std::vector<Key>& languages() const { return languages_; }
  // The form under which a code is a key: no token has it.
  static void AppendCode(std::string_view field, std::string_view code, std::string& form);
  bool IsCode(Key key) const { return IsForm(key) && Form(key).starts_with(kCodeMark); }

  // What is there because `key` is (OfAny()).
  bool Implies(Key key) const { return (facts_[key].flags & kImplies) != 0; }
  const std::vector<Key>& ImpliedBy(Key key) const { return implied_.find(key)->second; }
  bool has_any() const { return !any_.empty(); }

  size_t size() const { return facts_.size(); }
  bool has_pairs() const { return pair_count_ > 0; }
  bool IsForm(Key key) const { return (facts_[key].flags & kIsForm) != 0; }
  bool IsPair(Key key) const { return (facts_[key].flags & kIsPair) != 0; }
  std::string_view Form(Key key) const { return std::string_view(text_).substr(facts_[key].a, facts_[key].b); }
  // The two forms of a pair.
  Key First(Key pair) const { return facts_[pair].a; }
  Key Second(Key pair) const { return facts_[pair].b; }
  // What people call it: `kfor`, `"kosovo force"`, `clash*`.
  std::string Name(Key key) const;

  // Different for any other Keys, and after anything was added.
  uint64_t version() const { return serial_ << 32 | facts_.size(); }
  const TermMatcher& matcher() const { return matcher_; }
  size_t Bytes() const;

  void Save(ByteWriter& bytes) const;
  // Of Keys that have none. The reader fails when what it reads are no keys; then these are of no use.
  void Load(ByteReader& bytes);

 private:
  static constexpr uint8_t kIsForm = 1, kIsPair = 2, kImplies = 4, kIsAny = 8;
  static constexpr char kCodeMark = '\1';
  struct Fact {
    uint32_t a = 0, b = 0;  // a form: its bytes in text_; a pair: its two forms
    uint8_t flags = 0;
  };
  // An open-addressed table's place; `key` is one more than the key, 0 for none.
  struct Place {
    uint32_t tag = 0;
    uint32_t key = 0;
  };
  // A word of pair_filter_ for 16 places of the table.
  size_t FilterWord(uint64_t hash) const { return (hash & pair_mask_) >> 4; }
  static uint64_t FilterBit(uint64_t hash) { return uint64_t{1} << (hash >> 58); }
  void InsertPair(uint64_t hash, Key key);
  // Notes what was added.
  void NoteCode(std::string_view field, Key key);
  void NoteAny(const std::vector<Key>& keys, Key any);
  Key Add(Fact fact);
  void InsertForm(uint64_t hash, Key key);
  void AddPattern(Key key, const TermPattern& folded);
  bool MakeTables();

  static uint64_t NewSerial();

  const uint64_t serial_ = NewSerial();
  std::vector<Fact> facts_;  // by key
  std::string text_;
  std::vector<Place> forms_ = std::vector<Place>(16);
  size_t form_mask_ = 15;
  size_t form_count_ = 0;
  std::vector<Place> pairs_ = std::vector<Place>(16);
  std::vector<uint64_t> pair_filter_ = std::vector<uint64_t>(1);  // a Bloom filter of one hash
  size_t pair_mask_ = 15;
  size_t pair_count_ = 0;
  absl::flat_hash_map<TermPattern, Key> patterns_;  // those that are no forms, folded
  absl::flat_hash_map<Key, std::string> names_;     // of these
  TermMatcher matcher_;
  std::vector<std::string> code_fields_;
  std::vector<Key> languages_;
  absl::flat_hash_map<std::vector<Key>, Key> any_;
  absl::flat_hash_map<Key, std::vector<Key>> implied_;
};

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_KEYS_H_

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

  // kNoKey when there is none. `hash` is text::HashTerm(form).
  Key FindForm(uint64_t hash, std::string_view form) const;
  Key FindPair(Key first, Key second) const;
  void PrefetchForm(uint64_t hash) const { __builtin_prefetch(&forms_[hash & form_mask_]); }
  void PrefetchPair(Key first, Key second) const {
    __builtin_prefetch(&pairs_[HashOfPair(first, second) & pair_mask_]);
  }
  bool BeginsPair(Key form) const { return (facts_[form].flags & kBegins) != 0; }
  bool EndsPair(Key form) const { return (facts_[form].flags & kEnds) != 0; }

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
  static constexpr uint8_t kIsForm = 1, kIsPair = 2, kBegins = 4, kEnds = 8;
  struct Fact {
    uint32_t a = 0, b = 0;  // a form: its bytes in text_; a pair: its two forms
    uint8_t flags = 0;
  };
  // An open-addressed table's place; `key` is one more than the key, 0 for none.
  struct Place {
    uint32_t tag = 0;
    uint32_t key = 0;
  };
  static uint64_t HashOfPair(Key first, Key second);
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
  size_t pair_mask_ = 15;
  size_t pair_count_ = 0;
  absl::flat_hash_map<TermPattern, Key> patterns_;  // those that are no forms, folded
  absl::flat_hash_map<Key, std::string> names_;     // of these
  TermMatcher matcher_;
};

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_KEYS_H_

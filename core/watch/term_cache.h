// TermCache: what an Engine knows of a term, kept from Item to Item, as most words of a text have been met before: its
// key as a form, and those of the wildcards and edit distances that it satisfies. Bounded: it begins anew when it is
// full. One thread.
#ifndef WIREWATCH_WATCH_TERM_CACHE_H_
#define WIREWATCH_WATCH_TERM_CACHE_H_

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "wirewatch/text/term_hash.h"
#include "wirewatch/text/term_table.h"
#include "wirewatch/text/text_index.h"
#include "wirewatch/watch/keys.h"

namespace wirewatch::watch {

class TermCache {
 public:
  static constexpr size_t kMostTerms = 1 << 16;

  // Two to a cache line.
  struct alignas(32) Entry {
    text::ShortForm form;        // of a longer form its hash, and where it begins in long_forms_
    uint32_t length = kFree;     // of the form, in bytes
    Key key = kNoKey;            // as a form
    uint32_t first_pattern = 0;  // in patterns_
    uint32_t patterns = 0;
    static constexpr uint32_t kFree = 0xFFFFFFFF;
  };

  // To be called before each Item: forgets everything when the keys have changed, or there is little room left for
  // `terms` more.
  void Begin(const Keys& keys, size_t terms);
  void Prefetch(uint64_t hash) const { __builtin_prefetch(&entries_[FirstPlace(hash)]); }
  // What is known of a term of `terms`. Valid until the next call.
  const Entry& Of(const Keys& keys, const text::TermTable& terms, text::TermId term) {
    const uint64_t hash = terms.Hash(term);
    const text::ShortForm front = terms.Front(term);
    const auto length = static_cast<uint32_t>(terms[term].size());
    for (size_t at = FirstPlace(hash);; at = (at + 1) & mask_) {
      Entry& entry = entries_[at];
      if (entry.length == length && entry.form.low == front.low && entry.form.high == front.high &&
          length <= text::kLongestShortForm) {
        return entry;
      }
      if (entry.length == Entry::kFree) {
        Fill(keys, entry, hash, terms[term]);
        return entry;
      }
      if (length > text::kLongestShortForm && IsLong(entry, hash, terms[term])) return entry;
    }
  }
  std::span<const Key> PatternsOf(const Entry& entry) const {
    return std::span<const Key>(patterns_).subspan(entry.first_pattern, entry.patterns);
  }

 private:
  // Words come from outside: nobody may choose where they go.
  size_t FirstPlace(uint64_t hash) const { return hash * secret_ >> shift_; }
  bool IsLong(const Entry& entry, uint64_t hash, std::string_view form) const {
    return entry.length == form.size() && entry.form.low == hash &&
           std::string_view(long_forms_.data() + entry.form.high, form.size()) == form;
  }
  void Fill(const Keys& keys, Entry& entry, uint64_t hash, std::string_view form);
  void Clear(size_t places);

  std::vector<Entry> entries_;  // open addressing, at most half full
  size_t mask_ = 0;
  int shift_ = 0;
  uint64_t secret_ = text::SlotSecret();
  size_t size_ = 0;
  std::vector<Key> patterns_;
  std::vector<char> long_forms_;
  uint64_t version_ = 0;
};

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_TERM_CACHE_H_

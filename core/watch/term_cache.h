// TermCache: what an Engine knows of a term, kept from Item to Item, as most words of a text have been met before: its
// key as a form, and those of the wildcards and edit distances that it satisfies. Bounded: it begins anew when it is
// full. One thread.
#ifndef WIREWATCH_WATCH_TERM_CACHE_H_
#define WIREWATCH_WATCH_TERM_CACHE_H_

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wirewatch/watch/keys.h"

namespace wirewatch::watch {

class TermCache {
 public:
  static constexpr size_t kMostTerms = 1 << 16;

  struct Entry {
    uint64_t hash = 0;
    std::array<char, 16> front{};  // the form; of a longer one its beginning, and 4 bytes that number it in long_forms_
    uint32_t length = kFree;       // of the form, in bytes
    Key key = kNoKey;              // as a form
    uint32_t first_pattern = 0;    // in patterns_
    uint32_t patterns = 0;
    static constexpr uint32_t kFree = 0xFFFFFFFF;
  };

  // To be called before each Item: forgets everything when the keys have changed, or there is little room left for
  // `terms` more.
  void Begin(const Keys& keys, size_t terms);
  void Prefetch(uint64_t hash) const { __builtin_prefetch(&entries_[hash & mask_]); }
  // `hash` is text::HashTerm(form). Valid until the next call.
  const Entry& Of(const Keys& keys, uint64_t hash, std::string_view form);
  std::span<const Key> PatternsOf(const Entry& entry) const {
    return std::span<const Key>(patterns_).subspan(entry.first_pattern, entry.patterns);
  }

 private:
  static constexpr size_t kBeginning = 12;
  static uint32_t NumberOf(const Entry& entry);
  bool IsOf(const Entry& entry, uint64_t hash, std::string_view form) const;
  void Fill(const Keys& keys, Entry& entry, uint64_t hash, std::string_view form);
  void Clear(size_t places);

  std::vector<Entry> entries_;  // open addressing, at most half full
  size_t mask_ = 0;
  size_t size_ = 0;
  std::vector<Key> patterns_;
  std::vector<std::string> long_forms_;
  uint64_t version_ = 0;
};

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_TERM_CACHE_H_

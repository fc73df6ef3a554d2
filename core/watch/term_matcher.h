// TermMatcher: which of many wildcards, edit distances and stems a term satisfies, without trying each. Prefixes and
// suffixes are looked up by the term's own prefixes and suffixes, other wildcards by three bytes of their longest
// literal piece, edit distances by what is left when up to two letters are deleted (symmetric deletion, W. Garbe 2012).
// One thread adds while none reads.
#ifndef WIREWATCH_WATCH_TERM_MATCHER_H_
#define WIREWATCH_WATCH_TERM_MATCHER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "wirewatch/text/term_hash.h"
#include "wirewatch/watch/pooled.h"
#include "wirewatch/watch/term_pattern.h"

namespace wirewatch::watch {

using Key = uint32_t;
inline constexpr Key kNoKey = 0xFFFFFFFF;

class TermMatcher {
 public:
  // Not for kForm; spelling is not looked at.
  void Add(Key key, const TermPattern& pattern);

  bool has_terms() const { return has_terms_; }
  // Appends the keys of wildcards and edit distances that a folded form satisfies, each once, in no order.
  void Match(std::string_view form, std::vector<Key>& keys) const;

  // Languages of the stems that were added, ISO 639-1, and the key of a stem; kNoKey for none.
  using Stems = absl::flat_hash_map<std::string, Key>;
  const std::map<std::string, Stems, std::less<>>& stems() const { return stems_; }

  // Changes whenever something is added.
  uint64_t version() const { return version_; }
  size_t Bytes() const;

 private:
  struct Pattern {
    Key key;
    TermPattern pattern;
  };
  void AddGlob(Key key, const TermPattern& pattern);
  void AddFuzzy(Key key, const TermPattern& pattern);
  // Tries patterns_[index] once for a Match().
  void Try(uint32_t index, std::string_view form, std::vector<Key>& keys, List<uint32_t>& tried) const;
  void MatchFuzzy(std::string_view form, std::vector<Key>& keys, List<uint32_t>& tried) const;

  static constexpr size_t kLongestAffix = 63;  // bytes; longer ones are matched as other wildcards
  static constexpr size_t kLongestFuzzy =
      24;  // code points; longer words are compared with every pattern of their length

  bool has_terms_ = false;
  uint64_t version_ = 0;
  absl::flat_hash_map<std::string, Key, text::TermHasher, std::equal_to<>> prefixes_, suffixes_;
  uint64_t prefix_lengths_ = 0, suffix_lengths_ = 0;                  // bit n: one of n bytes is there
  std::vector<Pattern> patterns_;                                     // that are verified
  absl::flat_hash_map<uint32_t, std::vector<uint32_t>> by_gram_;      // of patterns_; see GramOf()
  absl::flat_hash_map<uint64_t, std::vector<uint32_t>> by_deletion_;  // hash of what is left
  std::vector<uint32_t> any_;                                         // to be tried for every term
  std::vector<uint32_t> long_fuzzy_;
  uint32_t edits_ = 0;  // the most there are
  std::map<std::string, Stems, std::less<>> stems_;
};

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_TERM_MATCHER_H_

// TermPattern: one word of a query, as it is held against the tokens of an Item; and the table that numbers the
// distinct patterns of all queries, so that each is looked up once for an Item however many watches use it.
#ifndef WIREWATCH_WATCH_TERM_PATTERN_H_
#define WIREWATCH_WATCH_TERM_PATTERN_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/node_hash_map.h"
#include "wirewatch/text/term_hash.h"
#include "wirewatch/text/text_index.h"

namespace wirewatch::watch {

struct TermPattern {
  enum class Kind : uint8_t {
    kForm,   // the folded form itself
    kGlob,   // * and ? (one grapheme) in the folded form
    kFuzzy,  // at most `edits` insertions, deletions, replacements or swaps of neighbours away (optimal alignment)
    kStem,   // the Snowball stem, in Items of that language
  };
  enum class Spelling : uint8_t { kFolded, kCase, kExact };

  Kind kind = Kind::kForm;
  Spelling spelling = Spelling::kFolded;
  uint8_t edits = 0;
  std::string form = {};      // folded form or glob; for kStem the stem
  std::string original = {};  // kCase: the form with its case; kExact: as written
  std::string joint = {};     // kExact: what stands before it in the same word, as the - of b in a-b
  std::string language = {};  // kStem: ISO 639-1

  bool is_form() const { return kind == Kind::kForm && spelling == Spelling::kFolded; }
  bool MatchesTerm(std::string_view folded) const;  // not for kStem
  // Whether a token of `part_text` is also spelt as CASE() or EXACT() asks.
  bool MatchesSpelling(std::string_view part_text, const text::Token& token) const;

  friend bool operator==(const TermPattern&, const TermPattern&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const TermPattern& p) {
    return H::combine(std::move(h), p.kind, p.spelling, p.edits, p.form, p.original, p.joint, p.language);
  }
};

using PatternId = uint32_t;

// One thread changes it while none reads it.
class PatternTable {
 public:
  // The number of a pattern; the same for equal ones. Each Intern() is undone by one Release().
  PatternId Intern(const TermPattern& pattern);
  PatternId InternForm(std::string_view form);  // of a folded form and nothing more
  void Release(PatternId id);
  // As interning the pattern again.
  void Retain(PatternId id) { ++entries_[id].uses; }
  const TermPattern& operator[](PatternId id) const { return *entries_[id].pattern; }
  // Numbers given out are below this.
  size_t size() const { return entries_.size(); }
  // Without forms too long to stand in a string itself.
  size_t Bytes() const {
    return entries_.capacity() * sizeof(Entry) + free_.capacity() * sizeof(PatternId) +
           ids_.size() * sizeof(*ids_.begin()) + ids_.capacity() * (sizeof(void*) + 1);
  }

 private:
  struct Entry {
    const TermPattern* pattern = nullptr;  // the key in ids_
    uint32_t uses = 0;
  };
  // Most patterns are forms, which are looked up by themselves.
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view form) const { return text::HashTerm(form); }
    size_t operator()(const TermPattern& pattern) const;
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const TermPattern& a, const TermPattern& b) const { return a == b; }
    bool operator()(const TermPattern& pattern, std::string_view form) const;
  };
  template <class Value, class Make>
  PatternId InternAs(const Value& value, const Make& make);

  absl::node_hash_map<TermPattern, PatternId, Hash, Equal> ids_;
  std::vector<Entry> entries_;
  std::vector<PatternId> free_;
};

// `*` is any number of characters, `?` one grapheme.
bool MatchesGlob(std::string_view glob, std::string_view text);

// Distance by optimal string alignment, in code points; `limit` + 1 when it is greater than `limit`.
uint32_t EditDistance(std::string_view a, std::string_view b, uint32_t limit);

// The Snowball stem of a word; "" when there is no stemmer for the language (ISO 639-1). Valid until this thread asks
// again.
std::string_view Stem(std::string_view language, std::string_view word);
bool HasStemmer(std::string_view language);

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_TERM_PATTERN_H_

// ItemKeys: which keys (keys.h) an Item has, and where its known forms stand. Filled for one Item after another; memory
// is used again, so that the steady state allocates nothing. One thread.
#ifndef WIREWATCH_WATCH_ITEM_KEYS_H_
#define WIREWATCH_WATCH_ITEM_KEYS_H_

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "wirewatch/text/text_index.h"
#include "wirewatch/watch/keys.h"
#include "wirewatch/watch/term_cache.h"

namespace wirewatch::watch {

class Scratch;

class ItemKeys {
 public:
  // A searchable token whose form is a key.
  struct Token {
    Key key = kNoKey;
    uint32_t part = 0;
    uint32_t begin = 0, end = 0;  // positions
    uint32_t next = kNone;        // the next token of this key
  };
  static constexpr uint32_t kNone = 0xFFFFFFFF;

  // Forgets the Item before. The same Keys each time, or those of an Engine that has taken its place. Stems of a text
  // in a language that is not known are all taken to be there: what they come to is unknown. `scratch` gives stems.
  void Fill(const Keys& keys, const text::TextIndex& text, std::string_view language, bool language_is_known,
            Scratch& scratch);

  bool Has(Key key) const { return (bits_[key / 64] >> (key % 64) & 1) != 0; }
  // What it has, each once.
  std::span<const Key> keys() const { return present_; }
  std::span<const Token> tokens() const { return tokens_; }
  // The first token of a form that it has; further ones by Token::next, in order of part and position.
  uint32_t First(Key form) const { return ends_[form].first; }

 private:
  struct Ends {
    uint32_t first = 0, last = 0;
  };
  void Clear(const Keys& keys);
  void Add(Key key) {
    uint64_t& bits = bits_[key / 64];
    const uint64_t bit = uint64_t{1} << (key % 64);
    if ((bits & bit) != 0) return;
    bits |= bit;
    present_.push_back(key);
  }
  void AddToken(Key key, uint32_t part, uint32_t begin, uint32_t end);
  void AddTerms(const Keys& keys, const text::TextIndex& text);
  void AddStems(const TermMatcher& matcher, const text::TextIndex& text, std::string_view language, bool known,
                Scratch& scratch);
  void AddPairs(const Keys& keys);

  std::vector<uint64_t> bits_;  // by key
  std::vector<Ends> ends_;      // by key; meant for forms that are there
  std::vector<Key> present_;
  std::vector<Token> tokens_;
  std::vector<Key> key_of_;    // by term of the text
  std::vector<uint8_t> seen_;  // by term: it has a searchable token
  std::vector<std::pair<Key, Key>> neighbours_;
  TermCache cache_;
  std::vector<std::pair<text::TermId, TermCache::Entry>> patterned_;  // terms that satisfy wildcards
};

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_ITEM_KEYS_H_

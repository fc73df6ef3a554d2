// ItemKeys: which keys (keys.h) an Item has, and where its known forms stand. Filled for one Item after another; memory
// is used again, so that the steady state allocates nothing. One thread.
#ifndef WIREWATCH_WATCH_ITEM_KEYS_H_
#define WIREWATCH_WATCH_ITEM_KEYS_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wirewatch/text/text_index.h"
#include "wirewatch/watch/keys.h"
#include "wirewatch/watch/term_cache.h"
#include "wirewatch/watch/view.h"

namespace wirewatch::watch {

class Scratch;

class ItemKeys {
 public:
  // A searchable token.
  struct Token {
    Key key = kNoKey;  // of its form
    uint32_t part = 0;
    uint32_t begin = 0, end = 0;  // positions
    uint32_t next = kNone;        // the next token of this form
  };
  static constexpr uint32_t kNone = 0xFFFFFFFF;

  // Forgets the Item before. The same Keys each time, or those of an Engine that has taken its place. Stems of a text
  // in a language that is not known are all taken to be there: what they come to is unknown. `scratch` gives stems.
  void Fill(const Keys& keys, const View& view, Scratch& scratch);

  bool Has(Key key) const { return (bits_[key / 64] >> (key % 64) & 1) != 0; }
  // What it has, each once.
  std::span<const Key> keys() const { return present_; }
  // What `words` is compared with.
  uint32_t words() const { return words_; }
  // All searchable tokens, in order of part and position.
  std::span<const Token> tokens() const { return {tokens_.data(), token_count_}; }
  // The first token of a form that it has; further ones by Token::next.
  uint32_t First(Key form) const { return first_[form]; }

 private:
  // A term that is a key.
  struct Known {
    text::TermId term = 0;
    Key key = kNoKey;
  };
  struct Patterned {
    text::TermId term = 0;
    TermCache::Entry entry;
  };
  struct Pair {
    uint64_t hash = 0;
    Key first = kNoKey, second = kNoKey;
  };
  void Clear(const Keys& keys);
  void Add(Key key) {
    uint64_t& bits = bits_[key / 64];
    const uint64_t bit = uint64_t{1} << (key % 64);
    if ((bits & bit) != 0) return;
    bits |= bit;
    present_.push_back(key);
  }
  void LookUpTerms(const Keys& keys, const text::TextIndex& text);
  void AddTokens(const text::TextIndex& text);
  void AddTerms();
  void AddStems(const TermMatcher& matcher, const text::TextIndex& text, std::string_view language, bool known,
                Scratch& scratch);
  void AddPairs(const Keys& keys);
  void AddCodes(const Keys& keys, const v1::Item& item);
  void AddCode(const Keys& keys, std::string_view field, std::string_view code);
  void AddImplied(const Keys& keys);

  std::vector<uint64_t> bits_;   // by key
  std::vector<uint32_t> first_;  // by key: a token; meant for forms that are there
  std::vector<Key> present_;
  std::vector<Token> tokens_;  // the first token_count_; those behind are of Items before
  size_t token_count_ = 0;
  // By term of the text: its key as a form, its first token, and where to write which one is the next.
  std::vector<Key> key_of_;
  std::vector<uint32_t> first_of_;
  std::vector<uint32_t*> next_of_;
  std::vector<Known> known_;  // the first known_count_
  size_t known_count_ = 0;
  std::vector<Pair> pairs_;  // that may be keys
  std::string code_, form_;
  uint32_t words_ = 0;
  TermCache cache_;
  std::vector<Patterned> patterned_;  // terms that satisfy wildcards
};

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_ITEM_KEYS_H_

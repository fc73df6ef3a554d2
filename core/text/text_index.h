// TextIndex: the words of one Item's text parts, as watches, conditions and analyses all see them. Built once for an
// Item and shared by all steps; one thread at a time. Rebuilding keeps the memory, so the steady state allocates
// nothing.
//
// Tokens follow UAX #29 with the rules of the watch language (docs/watch-language.md, "Tokens"). All offsets are UTF-8
// bytes, half open, into the part's original text.
#ifndef WIREWATCH_TEXT_TEXT_INDEX_H_
#define WIREWATCH_TEXT_TEXT_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "wirewatch/text/term_hash.h"
#include "wirewatch/v1/span.pb.h"

namespace wirewatch::v1 {
class Item;
}

namespace wirewatch::text {

class TermTable;

// Dense number of a folded form within one TextIndex.
using TermId = uint32_t;
inline constexpr TermId kNoTerm = 0xFFFFFFFF;

// One searchable position of one part. Variants (`X` of `X's`, `ab` of `a-b`) are Tokens with the same position; a
// variant that stands for several positions (`ab`) has `positions` > 1.
struct Token {
  uint32_t begin = 0;  // bytes in the part
  uint32_t end = 0;
  uint32_t position = 0;   // counts from 0 within the part
  uint16_t positions = 1;  // how many positions it covers
  enum class Kind : uint8_t { kWord, kNumber, kHashtag, kHandle, kUrl, kSymbol, kEmoji } kind = Kind::kWord;
  bool variant = false;    // not the plain form at this position
  bool searchable = true;  // false: dateline, sign-off, a headline repeated at the top of the body
  TermId term = kNoTerm;   // folded form
  uint32_t sentence = 0;   // counts from 0 within the part
  uint32_t paragraph = 0;
};

// Bytes [begin, end) of a sentence or paragraph and its tokens [first_token, last_token).
struct Section {
  uint32_t begin = 0, end = 0;
  uint32_t first_token = 0, last_token = 0;
};

struct TokenRef {
  uint32_t part = 0;   // index into TextIndex::parts()
  uint32_t token = 0;  // index into PartIndex::tokens
};

// One part of the Item.
struct PartIndex {
  v1::Part part = v1::PART_UNSPECIFIED;
  uint32_t part_index = 0;        // which caption
  std::string_view text;          // the Item's own string
  std::span<const Token> tokens;  // by position, plain form first, then variants
  std::span<const Section> sentences;
  std::span<const Section> paragraphs;
  uint32_t positions = 0;   // number of positions
  uint32_t text_begin = 0;  // byte where the text proper begins (after dateline or repeated headline)
};

class TextIndex {
 public:
  TextIndex();
  ~TextIndex();
  TextIndex(TextIndex&&) noexcept;
  TextIndex& operator=(TextIndex&&) noexcept;

  // Indexes headline, subheadline, lead, body and captions; the Item must outlive the index's use.
  void Build(const v1::Item& item);

  // Indexes `text`, which must outlive the index's use, as one body of plain tokens: the words of Lucene 8's
  // StandardTokenizer in lower case, code point by code point. No variants, nothing hidden, no sentences or paragraphs.
  void BuildPlain(std::string_view text);

  std::span<const PartIndex> parts() const;
  const PartIndex* Find(v1::Part part, uint32_t part_index = 0) const;  // nullptr when the Item has none

  // The table of the distinct folded forms; the calls below ask it.
  const TermTable& terms() const;
  // term_count() forms, numbered from 0.
  uint32_t term_count() const;
  std::string_view Term(TermId term) const;
  TermId Lookup(std::string_view folded) const;  // kNoTerm when no token has it
  // The hash of a form, kept from when it was numbered; HashOf() gives the same for any form (term_hash.h).
  uint64_t TermHash(TermId term) const;
  static uint64_t HashOf(std::string_view folded) { return HashTerm(folded); }
  std::span<const TokenRef> Occurrences(TermId term) const;  // in order of part and position

  // Bytes held, for the byte budget.
  size_t Bytes() const;

 private:
  struct Rep;
  std::unique_ptr<Rep> rep_;
};

}  // namespace wirewatch::text

#endif  // WIREWATCH_TEXT_TEXT_INDEX_H_

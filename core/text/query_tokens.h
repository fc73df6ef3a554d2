// Query tokens: the words of a query, made the way texts are, so that query and index agree. Pure functions, any
// thread.
#ifndef WIREWATCH_TEXT_QUERY_TOKENS_H_
#define WIREWATCH_TEXT_QUERY_TOKENS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wirewatch/text/text_index.h"

namespace wirewatch::text {

// One term to look up in a TextIndex, folded as there.
struct QueryTerm {
  std::string form;
  // kHashtag, kHandle, kSymbol and kEmoji stand for tokens of that kind; the others for any token of their form.
  Token::Kind kind = Token::Kind::kWord;
  bool wildcard = false;  // the form contains * (any letters) or ? (one grapheme)
  uint32_t begin = 0;     // bytes in the query
  uint32_t end = 0;
};

// A word of a query: several ways to write it, each a row of consecutive terms. `anti-war` is [anti, war] or [antiwar];
// most words are one row of one term. A row matches where the first term's token ends (position + positions) the next
// term's token begins, and so on.
struct QueryWord {
  std::vector<std::vector<QueryTerm>> rows;
  uint32_t begin = 0;  // bytes in the query
  uint32_t end = 0;
};

// The words of `query`, one word or a phrase, without operators and quotation marks. Consecutive words of an unspaced
// run in Han, Kana, Thai, Lao, Khmer or Myanmar are graphemes. Empty when there is no word in it.
std::vector<QueryWord> TokenizeQuery(std::string_view query);

// A token as written but in the form that it is indexed in, with its case: NATO for N.A.T.O., NATO of NATO’s. What
// CASE() compares; for a query's word, CasedForm(word).
std::string CasedForm(std::string_view part_text, const Token& token);
std::string CasedForm(std::string_view query_word);

}  // namespace wirewatch::text

#endif  // WIREWATCH_TEXT_QUERY_TOKENS_H_

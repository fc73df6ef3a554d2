// PlainTokens: the Tokens of a text as Lucene's StandardTokenizer and LowerCaseFilter make them (ScanMode::kPlain), for
// the `lucene` dialect: no variants, no folding but lower case, code point by code point. One thread; memory is used
// again.
#ifndef WIREWATCH_TEXT_PLAIN_TOKENS_H_
#define WIREWATCH_TEXT_PLAIN_TOKENS_H_

#include <string>
#include <string_view>
#include <vector>

#include "wirewatch/text/term_table.h"
#include "wirewatch/text/text_index.h"
#include "wirewatch/text/word_scanner.h"

namespace wirewatch::text {

class PlainTokens {
 public:
  // Appends the tokens of `text` to `tokens`; their terms go into `terms`. Returns the number of positions, which is
  // that of the tokens. Sentences and paragraphs are left at 0.
  uint32_t Append(std::string_view text, TermTable* terms, std::vector<Token>* tokens);

  size_t Bytes() const { return scratch_.capacity(); }

 private:
  class Taker;

  std::string scratch_;
};

}  // namespace wirewatch::text

#endif  // WIREWATCH_TEXT_PLAIN_TOKENS_H_

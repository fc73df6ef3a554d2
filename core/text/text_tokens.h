// TextTokens: makes the Tokens of one text from its clusters, plain forms and variants. One thread; memory is used
// again.
#ifndef WIREWATCH_TEXT_TEXT_TOKENS_H_
#define WIREWATCH_TEXT_TEXT_TOKENS_H_

#include <string>
#include <string_view>
#include <vector>

#include "wirewatch/text/cluster.h"
#include "wirewatch/text/term_table.h"
#include "wirewatch/text/text_index.h"

namespace wirewatch::text {

class TextTokens {
 public:
  // Appends the tokens of `text` to `tokens`, by position, plain form first; their terms go into `terms`. Returns the
  // number of positions. Sentences and paragraphs are left at 0. Words of which a glance shows that they stand alone
  // take a short cut; `short_cuts` is false only where a test looks at the long way.
  uint32_t Append(std::string_view text, TermTable* terms, std::vector<Token>* tokens, bool short_cuts = true);

  size_t Bytes() const { return scratch_.capacity() + cluster_.forms.capacity(); }

 private:
  size_t AddLoneWords(size_t at);
  size_t AddLoneWord(size_t at);
  size_t AddLoneGrapheme(size_t at, size_t end, CodePoint first);
  void AddPart(size_t part, const ClusterScanner& scanner);
  size_t WordsInTag(size_t part, const ClusterScanner& scanner) const;
  void AddHashtag(const ClusterPart& part, bool variant, size_t words);
  void AddSubForms(const ClusterPart& part, std::string_view form);
  void AddJoined(size_t first, size_t last);
  void AddSymbolTerms(size_t part);
  void Add(uint32_t begin, uint32_t end, Token::Kind kind, bool variant, std::string_view form, size_t positions = 1);
  void AddLone(size_t begin, size_t end, Token::Kind kind, TermId term);

  std::string_view text_;
  TermTable* terms_ = nullptr;
  std::vector<Token>* tokens_ = nullptr;
  uint32_t position_ = 0;
  Cluster cluster_;
  std::string scratch_;
};

}  // namespace wirewatch::text

#endif  // WIREWATCH_TEXT_TEXT_TOKENS_H_

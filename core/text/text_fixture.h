// What the tests of this folder say of an index, in short strings.
#ifndef WIREWATCH_TEXT_TEXT_FIXTURE_H_
#define WIREWATCH_TEXT_TEXT_FIXTURE_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wirewatch/text/query_tokens.h"
#include "wirewatch/text/text_index.h"
#include "wirewatch/v1/item.pb.h"

namespace wirewatch::text {

inline v1::Item ItemWithBody(std::string_view body) {
  v1::Item item;
  item.set_body(std::string(body));
  return item;
}

// "position:form" of each token of the body, with "+n" for a token over n positions and "!" for one not searched.
inline std::vector<std::string> TokensOf(const TextIndex& index, v1::Part part = v1::PART_BODY) {
  std::vector<std::string> out;
  const PartIndex* found = index.Find(part);
  if (found == nullptr) return out;
  for (const Token& token : found->tokens) {
    std::string shown = std::to_string(token.position) + ":" + std::string(index.Term(token.term));
    if (token.positions > 1) shown += "+" + std::to_string(token.positions);
    if (!token.searchable) shown += "!";
    out.push_back(std::move(shown));
  }
  return out;
}

inline std::vector<std::string> TokensOf(std::string_view body) {
  const v1::Item item = ItemWithBody(body);
  TextIndex index;
  index.Build(item);
  return TokensOf(index);
}

inline bool RowMatchesAt(const TextIndex& index, const PartIndex& part, const std::vector<QueryWord>& words,
                         size_t word, const std::vector<QueryTerm>& row, size_t term, uint32_t position) {
  if (term == row.size()) {
    if (word + 1 == words.size()) return true;
    for (const auto& next : words[word + 1].rows) {
      if (RowMatchesAt(index, part, words, word + 1, next, 0, position)) return true;
    }
    return false;
  }
  for (const Token& token : part.tokens) {
    if (token.position != position || !token.searchable || index.Term(token.term) != row[term].form) continue;
    if (RowMatchesAt(index, part, words, word, row, term + 1, position + token.positions)) return true;
  }
  return false;
}

// Whether the phrase `query` stands in `body`, as the watch language has it.
inline bool Matches(std::string_view query, std::string_view body) {
  const v1::Item item = ItemWithBody(body);
  TextIndex index;
  index.Build(item);
  const std::vector<QueryWord> words = TokenizeQuery(query);
  const PartIndex* part = index.Find(v1::PART_BODY);
  if (words.empty() || part == nullptr) return false;
  for (uint32_t position = 0; position < part->positions; ++position) {
    for (const auto& row : words[0].rows) {
      if (RowMatchesAt(index, *part, words, 0, row, 0, position)) return true;
    }
  }
  return false;
}

}  // namespace wirewatch::text

#endif  // WIREWATCH_TEXT_TEXT_FIXTURE_H_

#include "wirewatch/text/query_tokens.h"

#include <algorithm>

#include "wirewatch/text/cluster.h"
#include "wirewatch/text/fold.h"

namespace wirewatch::text {
namespace {

// Up to four parts every way of joining them is asked for, beyond that all or none.
constexpr size_t kMostPartsForAllRows = 4;

Token::Kind KindOf(const ClusterPart& part) {
  if (part.kind == RawKind::kHandle) return Token::Kind::kHandle;
  if (part.kind == RawKind::kEmoji) return Token::Kind::kEmoji;
  return part.shape == WordShape::kNumber ? Token::Kind::kNumber : Token::Kind::kWord;
}

QueryTerm MakeTerm(std::string form, Token::Kind kind, uint32_t begin, uint32_t end) {
  // In a literal C++ or a tag * and ? are wildcards as well.
  const bool wildcard = form.find_first_of("*?") != std::string::npos;
  return {std::move(form), kind, wildcard, begin, end};
}

class QueryTokenizer {
 public:
  explicit QueryTokenizer(std::string_view query) : query_(query), scanner_(query, 0, query.size(), ScanMode::kQuery) {}

  std::vector<QueryWord> Run() {
    while (scanner_.Next(&cluster_)) AddCluster();
    return std::move(words_);
  }

 private:
  void AddCluster() {
    const size_t tag = AddTag();
    if (tag == cluster_.parts.size()) return;
    std::vector<QueryTerm> separate;
    bool only_words = true;
    const size_t first = tag;
    for (size_t i = first; i < cluster_.parts.size(); ++i) {
      const size_t last = cluster_.EndOfSymbolTerm(i);
      if (cluster_.HasSymbols(i, last)) {
        std::string form;
        AppendSymbolForm(query_, cluster_, i, last, &form);
        separate.push_back(MakeTerm(std::move(form), Token::Kind::kSymbol, cluster_.parts[i].symbols_begin,
                                    cluster_.parts[last].symbols_end));
        only_words = false;
        i = last;
      } else {
        separate.push_back(MakeTerm(std::string(cluster_.Form(i)), KindOf(cluster_.parts[i]), cluster_.parts[i].begin,
                                    cluster_.parts[i].end));
      }
    }
    QueryWord word;
    word.begin = separate.front().begin;
    word.end = separate.back().end;
    word.rows.push_back(separate);
    if (only_words && separate.size() > 1) AddJoinedRows(first, separate, &word);
    words_.push_back(std::move(word));
  }

  // A #tag at the front of the cluster; the parts that it takes up are passed over. Returns the first part behind it.
  size_t AddTag() {
    const uint32_t tag_end = cluster_.parts[0].tag_end;
    if (tag_end == 0) {
      // A grapheme inside a tag that an earlier cluster has begun.
      return cluster_.parts[0].begin < tag_end_ ? cluster_.parts.size() : 0;
    }
    tag_end_ = tag_end;
    const uint32_t begin = cluster_.parts[0].begin - 1;
    std::string form(1, '#');
    AppendFolded(query_.substr(begin + 1, tag_end - begin - 1), &form);
    QueryWord word;
    word.begin = begin;
    word.end = tag_end;
    word.rows.push_back({MakeTerm(std::move(form), Token::Kind::kHashtag, begin, tag_end)});
    words_.push_back(std::move(word));
    size_t part = 0;
    while (part < cluster_.parts.size() && cluster_.parts[part].begin < tag_end) ++part;
    return part;
  }

  void AddJoinedRows(size_t first, const std::vector<QueryTerm>& separate, QueryWord* word) const {
    const size_t gaps = separate.size() - 1;
    const uint32_t all = separate.size() <= kMostPartsForAllRows ? (1U << gaps) - 1 : 1;
    for (uint32_t joined = 1; joined <= all; ++joined) {
      std::vector<QueryTerm> row;
      bool possible = true;
      for (size_t i = 0; i < separate.size(); ++i) {
        const bool joins = i > 0 && (separate.size() > kMostPartsForAllRows || (joined >> (i - 1) & 1U) != 0);
        if (!joins) {
          row.push_back(separate[i]);
          continue;
        }
        possible = possible && cluster_.Joins(first + i - 1, first + i);
        row.back().form += separate[i].form;
        row.back().wildcard = row.back().wildcard || separate[i].wildcard;
        row.back().kind = Token::Kind::kWord;
        row.back().end = separate[i].end;
      }
      if (possible) word->rows.push_back(std::move(row));
    }
  }

  std::string_view query_;
  ClusterScanner scanner_;
  Cluster cluster_;
  uint32_t tag_end_ = 0;
  std::vector<QueryWord> words_;
};

void AppendCasedWords(std::string_view text, std::string* out) {
  WordScanner words(text);
  for (RawToken word; words.Next(&word);) {
    AppendCasedWordForm(text.substr(word.begin, word.end - word.begin), out);
  }
}

}  // namespace

std::vector<QueryWord> TokenizeQuery(std::string_view query) { return QueryTokenizer(query).Run(); }

std::string CasedForm(std::string_view part_text, const Token& token) {
  const std::string_view written = part_text.substr(token.begin, token.end - token.begin);
  std::string form;
  if (token.kind == Token::Kind::kWord || token.kind == Token::Kind::kNumber) {
    AppendCasedWords(written, &form);
  } else {
    AppendCaseKept(written, &form);
  }
  return form;
}

std::string CasedForm(std::string_view query_word) {
  std::string form;
  const bool literal = query_word.find_first_of("#@+&%$*?") != std::string_view::npos;
  if (literal) {
    AppendCaseKept(query_word, &form);
  } else {
    AppendCasedWords(query_word, &form);
  }
  return form;
}

}  // namespace wirewatch::text

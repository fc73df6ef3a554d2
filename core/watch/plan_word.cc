#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <utility>

#include "wirewatch/text/ascii_word.h"
#include "wirewatch/text/query_tokens.h"
#include "wirewatch/watch/plan.h"

namespace wirewatch::watch {
namespace {

// What CASE() compares for one term of a query: its form with its case.
std::string CasedQueryForm(std::string_view written, text::Token::Kind kind) {
  std::string word(written);
  // A joined a-b* is compared as ab*; hyphens are no part of any form.
  if (kind == text::Token::Kind::kWord) word.erase(std::remove(word.begin(), word.end(), '-'), word.end());
  return text::CasedForm(word);
}

TermPattern PatternOf(const text::QueryTerm& term, std::string_view word, uint32_t edits,
                      TermPattern::Spelling spelling) {
  TermPattern pattern;
  pattern.spelling = spelling;
  pattern.form = term.form;
  if (edits > 0) {
    pattern.kind = TermPattern::Kind::kFuzzy;
    pattern.edits = static_cast<uint8_t>(edits);
  } else if (term.wildcard) {
    pattern.kind = TermPattern::Kind::kGlob;
  }
  const std::string_view written = word.substr(term.begin, term.end - term.begin);
  if (spelling == TermPattern::Spelling::kCase) pattern.original = CasedQueryForm(written, term.kind);
  if (spelling == TermPattern::Spelling::kExact) pattern.original = std::string(written);
  return pattern;
}

// Letters and digits of ASCII are one token by all rules: its form, written to `form`; "" when it is any other word.
std::string_view AsciiForm(std::string_view word, std::array<char, 16>& form) {
  if (word.empty()) return {};
  const text::AsciiWord ascii = text::AsciiWordAt(word, 0);
  if (ascii.length != word.size() || ascii.length >= form.size()) return {};
  std::memcpy(form.data(), &ascii.low, sizeof(ascii.low));
  std::memcpy(form.data() + sizeof(ascii.low), &ascii.high, sizeof(ascii.high));
  return {form.data(), ascii.length};
}

}  // namespace

std::vector<Spellings> PlanWord(std::string_view word, uint32_t edits, TermPattern::Spelling spelling,
                                PatternTable& patterns) {
  std::array<char, 16> bytes;
  const std::string_view ascii = AsciiForm(word, bytes);
  if (!ascii.empty() && edits == 0 && spelling == TermPattern::Spelling::kFolded)
    return {{{patterns.InternForm(ascii)}}};
  std::vector<Spellings> stretches;
  for (const text::QueryWord& stretch : text::TokenizeQuery(word)) {
    Spellings& spellings = stretches.emplace_back();
    for (const std::vector<text::QueryTerm>& row : stretch.rows) {
      Sequence& sequence = spellings.emplace_back();
      const text::QueryTerm* before = nullptr;
      for (const text::QueryTerm& term : row) {
        TermPattern pattern = PatternOf(term, word, edits, spelling);
        if (spelling == TermPattern::Spelling::kExact && before != nullptr && before->end < term.begin)
          pattern.joint = std::string(word.substr(before->end, term.begin - before->end));
        before = &term;
        sequence.push_back(patterns.Intern(pattern));
      }
      // As written, only the first row is: the others write the word together.
      if (spelling == TermPattern::Spelling::kExact) break;
    }
  }
  return stretches;
}

std::vector<Spellings> PlanPlainWord(std::string_view word, uint32_t edits, PatternTable& patterns) {
  std::array<char, 16> bytes;
  const std::string_view ascii = AsciiForm(word, bytes);
  if (!ascii.empty() && edits == 0) return {{{patterns.InternForm(ascii)}}};
  std::vector<Spellings> stretches;
  text::TextIndex index;
  const auto add = [&](const TermPattern& pattern) { stretches.push_back({{patterns.Intern(pattern)}}); };
  const auto words_of = [&index](std::string_view text) {
    index.BuildPlain(text);
    return index.parts().empty() ? std::span<const text::Token>() : index.parts()[0].tokens;
  };
  if (!HasWildcard(word)) {
    for (const text::Token& token : words_of(word)) {
      TermPattern pattern;
      pattern.kind = edits > 0 ? TermPattern::Kind::kFuzzy : TermPattern::Kind::kForm;
      pattern.edits = static_cast<uint8_t>(edits);
      pattern.form = std::string(index.Term(token.term));
      add(pattern);
    }
    return stretches;
  }
  TermPattern pattern;
  pattern.kind = TermPattern::Kind::kGlob;
  while (!word.empty()) {
    const size_t end = std::min(word.find_first_of("*?"), word.size());
    for (const text::Token& token : words_of(word.substr(0, end))) pattern.form += index.Term(token.term);
    if (end < word.size()) pattern.form += word[end];
    word.remove_prefix(std::min(end + 1, word.size()));
  }
  add(pattern);
  return stretches;
}

}  // namespace wirewatch::watch

#include "wirewatch/text/plain_tokens.h"

#include "wirewatch/text/ascii_word.h"
#include "wirewatch/text/unicode_table.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::text {
namespace {

void AppendLowerCase(std::string_view word, std::string* out) {
  const UnicodeTable& table = UnicodeTable::Get();
  for (size_t at = 0; at < word.size();) {
    const Decoded c = DecodeAt(word, at);
    AppendUtf8(table.LowerCase(c.code_point), out);
    at += c.length;
  }
}

// Where the next letter, digit, underscore or byte beyond ASCII stands; before a # or * that the latter follows.
size_t PassMarks(std::string_view text, size_t at) {
  while (at < text.size()) {
    const Beside kind = kBesideWord[static_cast<unsigned char>(text[at])];
    if (kind == Beside::kWord) break;
    if (kind == Beside::kUnknown) return at > 0 && (text[at - 1] == '#' || text[at - 1] == '*') ? at - 1 : at;
    ++at;
  }
  return at;
}

}  // namespace

uint32_t PlainTokens::Append(std::string_view text, TermTable* terms, std::vector<Token>* tokens) {
  WordScanner scanner(text, ScanMode::kPlain);
  uint32_t position = 0;
  const auto add = [&](size_t begin, size_t end, Token::Kind kind, TermId term) {
    Token& token = tokens->emplace_back();
    token.begin = static_cast<uint32_t>(begin);
    token.end = static_cast<uint32_t>(end);
    token.position = position++;
    token.kind = kind;
    token.term = term;
  };
  for (size_t at = 0; (at = PassMarks(text, at)) < text.size();) {
    const AsciiWord word = AsciiWordAt(text, at);
    if (word.length - 1U < 15 && EndsWord(kBesideWord, text, at + word.length)) {
      const TermId term = terms->Intern({word.low, word.high}, word.length);
      add(at, at + word.length, AllDigits(word) ? Token::Kind::kNumber : Token::Kind::kWord, term);
      at += word.length;
      continue;
    }
    RawToken raw;
    scanner.Seek(at);
    if (!scanner.Next(&raw)) break;
    scratch_.clear();
    AppendLowerCase(text.substr(raw.begin, raw.end - raw.begin), &scratch_);
    add(raw.begin, raw.end, raw.kind == RawKind::kEmoji ? Token::Kind::kEmoji : Token::Kind::kWord,
        terms->Intern(scratch_));
    at = raw.end;
  }
  return position;
}

}  // namespace wirewatch::text

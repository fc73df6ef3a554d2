#include "wirewatch/text/plain_tokens.h"

#include "wirewatch/text/lone_word.h"
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

// What a letter is indexed as (LoneWord).
char* PutLowerCase(char32_t c, CodePoint properties, char* out) {
  if (properties.plain().word_break() != WordBreak::kLetter) return nullptr;
  return PutUtf8(UnicodeTable::Get().LowerCase(c), out);
}

// Where the next letter, digit, underscore or character beyond ASCII stands that does not only part words; before a #
// or
// * that the latter follows.
size_t PassMarks(std::string_view text, size_t at) {
  for (;; ++at) {
    while (at < text.size() && kBesideWord[static_cast<unsigned char>(text[at])] >= Beside::kEnds &&
           kBesideWord[static_cast<unsigned char>(text[at])] <= Beside::kMid) {
      ++at;
    }
    if (at >= text.size() || static_cast<unsigned char>(text[at]) < 0x80) return at;
    const Decoded c = DecodeAt(text, at);
    if (!UnicodeTable::Get()[c.code_point].parts_words()) break;
    at += c.length - 1;
  }
  return at > 0 && (text[at - 1] == '#' || text[at - 1] == '*') ? at - 1 : at;
}

// The end of a Han or Hiragana character that begins at `at` and has no marks on it, else `at`.
size_t EndOfSingle(std::string_view text, size_t at) {
  const UnicodeTable& table = UnicodeTable::Get();
  const Decoded c = DecodeAt(text, at);
  const CodePoint properties = table[c.code_point];
  if (!properties.single() || properties.emoji_base() || properties.plain().word_break() != WordBreak::kOther)
    return at;
  const size_t end = at + c.length;
  if (end < text.size() && static_cast<unsigned char>(text[end]) >= 0x80 &&
      table[DecodeAt(text, end).code_point].plain().word_break() == WordBreak::kExtend) {
    return at;
  }
  return end;
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
    if (const size_t end = EndOfSingle(text, at); end > at) {
      add(at, end, Token::Kind::kWord, terms->Intern(text.substr(at, end - at)));
      at = end;
      continue;
    }
    LoneWord lone;
    if (!EndsInAscii(word, text, at) && ReadLoneWord(text, at, kBesideWord, PutLowerCase, &lone)) {
      add(at, lone.end, lone.digits ? Token::Kind::kNumber : Token::Kind::kWord, terms->Intern(lone.Form()));
      at = lone.end;
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

#include "wirewatch/text/plain_tokens.h"

#include <bit>

#include "wirewatch/text/ascii_stretch.h"
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

// Takes the tokens of one text.
class PlainTokens::Taker {
 public:
  Taker(std::string_view text, TermTable* terms, std::vector<Token>* tokens, std::string* scratch)
      : text_(text), scanner_(text, ScanMode::kPlain), terms_(terms), tokens_(tokens), scratch_(scratch) {}

  uint32_t Run() {
    for (size_t at = 0; at < text_.size();) {
      at = TakeShort(at);
      if (at < text_.size()) at = TakeOther(at);
    }
    return position_;
  }

 private:
  // Short words of ASCII, which are most; returns the first place behind them that needs a closer look.
  size_t TakeShort(size_t at) {
    while (at < text_.size()) {
      const AsciiStretch stretch = AsciiStretchAt(text_, at);
      const uint64_t found = stretch.word | stretch.unknown;
      size_t from = 0;
      for (;;) {
        if (found >> from == 0) {
          from = AsciiStretch::kBytes;
          break;
        }
        from += static_cast<size_t>(std::countr_zero(found >> from));
        const auto length = static_cast<uint32_t>(std::countr_one(stretch.word >> from));
        const size_t end = from + length;
        // It may go on, or what parts it may.
        if (end + 1 >= AsciiStretch::kBytes && from > 0) break;
        if (length - 1U >= kLongestShortForm || end + 1 >= AsciiStretch::kBytes || (stretch.ends >> end & 1) == 0)
          return at + from;
        const AsciiWord word = AsciiWordOf(text_, at + from, length);
        Add(at + from, at + end, AllDigits(word) ? Token::Kind::kNumber : Token::Kind::kWord,
            terms_->Intern({word.low, word.high}, length));
        from = end + 1;
      }
      at += from;
    }
    return at;
  }

  // What stands at `at` or behind what parts words there; returns where it ends.
  size_t TakeOther(size_t at) {
    const size_t begin = PassMarks(text_, at);
    if (begin > at || begin >= text_.size()) return begin;
    at = begin;
    if (const size_t end = EndOfSingle(text_, at); end > at) {
      Add(at, end, Token::Kind::kWord, terms_->Intern(text_.substr(at, end - at)));
      return end;
    }
    LoneWord lone;
    if (!EndsInAscii(AsciiWordAt(text_, at), text_, at) && ReadLoneWord(text_, at, kBesideWord, PutLowerCase, &lone)) {
      Add(at, lone.end, lone.digits ? Token::Kind::kNumber : Token::Kind::kWord, terms_->Intern(lone.Form()));
      return lone.end;
    }
    RawToken raw;
    scanner_.Seek(at);
    if (!scanner_.Next(&raw)) return text_.size();
    scratch_->clear();
    AppendLowerCase(text_.substr(raw.begin, raw.end - raw.begin), scratch_);
    Add(raw.begin, raw.end, raw.kind == RawKind::kEmoji ? Token::Kind::kEmoji : Token::Kind::kWord,
        terms_->Intern(*scratch_));
    return raw.end;
  }

  void Add(size_t begin, size_t end, Token::Kind kind, TermId term) {
    tokens_->push_back({.begin = static_cast<uint32_t>(begin),
                        .end = static_cast<uint32_t>(end),
                        .position = position_++,
                        .kind = kind,
                        .term = term});
  }

  const std::string_view text_;
  WordScanner scanner_;
  TermTable* const terms_;
  std::vector<Token>* const tokens_;
  std::string* const scratch_;
  uint32_t position_ = 0;
};

uint32_t PlainTokens::Append(std::string_view text, TermTable* terms, std::vector<Token>* tokens) {
  return Taker(text, terms, tokens, &scratch_).Run();
}

}  // namespace wirewatch::text

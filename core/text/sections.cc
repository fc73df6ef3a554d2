#include "wirewatch/text/sections.h"

#include <algorithm>
#include <array>

#include "wirewatch/text/ascii_word.h"
#include "wirewatch/text/byte_scan.h"
#include "wirewatch/text/unicode_table.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::text {
namespace {

constexpr size_t kWidestWrap = 120;  // columns

// Bytes that may begin a character that ends a sentence: . ! ? and the lead bytes of non-ASCII ATerm and STerm. Latin,
// Greek, Cyrillic and Hebrew have none of their own (up to 0xD4), nor do the blocks of Han and Hangul.
constexpr std::array<bool, 256> MakeTerminatorBytes() {
  std::array<bool, 256> bytes{};
  for (const char c : {'.', '!', '?'}) bytes[static_cast<unsigned char>(c)] = true;
  for (size_t lead = 0xD5; lead < 0x100; ++lead) {
    bytes[lead] = !(lead >= 0xE4 && lead <= 0xE9) && !(lead >= 0xEB && lead <= 0xED);
  }
  return bytes;
}
constexpr std::array<bool, 256> kTerminatorBytes = MakeTerminatorBytes();

struct Char {
  char32_t code_point = 0;
  uint32_t length = 0;
  SentenceBreak kind = SentenceBreak::kOther;
  bool exists = false;
};

inline Char At(const UnicodeTable& table, std::string_view text, size_t at) {
  if (at >= text.size()) return {};
  const Decoded decoded = DecodeAt(text, at);
  return {decoded.code_point, decoded.length, table[decoded.code_point].sentence_break(), true};
}

bool IsSpace(const Char& c) { return c.exists && (c.kind == SentenceBreak::kSpace || c.kind == SentenceBreak::kSep); }
bool IsTerminator(const Char& c) { return c.kind == SentenceBreak::kATerm || c.kind == SentenceBreak::kSTerm; }
bool IsLetterOrDigit(SentenceBreak kind) { return kind >= SentenceBreak::kLower && kind <= SentenceBreak::kNumeric; }

bool IsOpeningQuoteInGerman(const Char& c, const Char& next) {
  return c.code_point == 0x00BB && next.exists && IsLetterOrDigit(next.kind);
}

// ---- paragraphs ----

struct Line {
  uint32_t begin = 0;
  uint32_t end = 0;  // without the newline
};

std::string_view TrimmedEnd(std::string_view line) {
  while (!line.empty() && static_cast<unsigned char>(line.back()) <= ' ') line.remove_suffix(1);
  return line;
}

std::string_view Trimmed(std::string_view line) {
  line = TrimmedEnd(line);
  while (!line.empty() && static_cast<unsigned char>(line.front()) <= ' ') line.remove_prefix(1);
  return line;
}

// The next line from `at`; LF, CR LF, CR, U+2028 and U+0085 end it. *next is where the line after it begins.
Line NextLine(std::string_view text, size_t at, size_t* next) {
  const size_t end = FindLineEnd(text, at);
  if (end == text.size()) {
    *next = text.size();
    return {static_cast<uint32_t>(at), static_cast<uint32_t>(text.size())};
  }
  *next = end + (text.substr(end).starts_with("\r\n") ? 2 : 1);
  return {static_cast<uint32_t>(at), static_cast<uint32_t>(end)};
}

// Columns of the longest line, or 0 when a line is too long for a wrapped text.
size_t WrapWidth(std::string_view text) {
  size_t widest = 0;
  for (size_t at = 0, next = 0; at < text.size(); at = next) {
    const Line line = NextLine(text, at, &next);
    widest = std::max(widest, CountCodePoints(TrimmedEnd(text.substr(line.begin, line.end - line.begin))));
    if (widest > kWidestWrap) return 0;
  }
  return widest;
}

bool Wraps(std::string_view line, std::string_view next, size_t width) {
  if (width == 0) return false;
  return CountCodePoints(line) + 1 + CountCodePoints(next.substr(0, next.find_first_of(" \t"))) > width;
}

class ParagraphFinder {
 public:
  ParagraphFinder(std::string_view text, std::vector<TextRange>* out) : text_(text), out_(out) {}

  void Run() {
    if (FindLineEnd(text_, 0) == text_.size()) return Add(0, text_.size());
    const size_t width = WrapWidth(text_);
    size_t begin = 0;
    std::string_view previous;
    for (size_t at = 0, next = 0; at < text_.size(); at = next) {
      const Line bounds = NextLine(text_, at, &next);
      const std::string_view line = Trimmed(text_.substr(bounds.begin, bounds.end - bounds.begin));
      if (line.empty() || (!previous.empty() && !Wraps(previous, line, width))) {
        Add(begin, at);
        begin = at;
      }
      previous = line;
    }
    Add(begin, text_.size());
  }

 private:
  // Adds what is not white space, cut at U+2029.
  void Add(size_t begin, size_t end) {
    constexpr std::string_view kParagraphSeparator = "\u2029";
    for (size_t cut; (cut = text_.substr(0, end).find(kParagraphSeparator, begin)) != std::string_view::npos;) {
      AddTrimmed(begin, cut);
      begin = cut + kParagraphSeparator.size();
    }
    AddTrimmed(begin, end);
  }

  void AddTrimmed(size_t begin, size_t end) {
    while (begin < end && static_cast<unsigned char>(text_[begin]) <= ' ') ++begin;
    while (end > begin && static_cast<unsigned char>(text_[end - 1]) <= ' ') --end;
    if (begin < end) out_->push_back({static_cast<uint32_t>(begin), static_cast<uint32_t>(end)});
  }

  std::string_view text_;
  std::vector<TextRange>* out_;
};

// ---- sentences ----

class SentenceFinder {
 public:
  SentenceFinder(std::string_view text, TextRange paragraph, std::vector<TextRange>* out)
      : text_(text.substr(0, paragraph.end)), at_(paragraph.begin), out_(out) {}

  void Run() {
    size_t begin = at_;
    size_t looked = at_;
    while (looked < text_.size()) {
      looked = FindTerminator(text_, looked, [](unsigned char byte) { return kTerminatorBytes[byte]; });
      if (looked == text_.size()) break;
      const Char c = At(table_, text_, looked);
      if (!IsTerminator(c)) {
        looked += std::max<uint32_t>(1, c.length);
        continue;
      }
      size_t end = 0;
      const size_t next = AfterTerminator(looked, c, &end);
      if (next > looked && end > 0) {
        Add(begin, end);
        begin = next;
        looked = next;
      } else {
        looked += c.length;
      }
    }
    Add(begin, text_.size());
  }

 private:
  void Add(size_t begin, size_t end) {
    while (end > begin && static_cast<unsigned char>(text_[end - 1]) <= ' ') --end;
    if (begin < end) out_->push_back({static_cast<uint32_t>(begin), static_cast<uint32_t>(end)});
  }

  // Where the next sentence begins when one ends at the terminator `first`, and in *end where it ends; *end stays 0
  // when none does. (SATerm+ Close* Sp*, rules SB6 to SB11.)
  size_t AfterTerminator(size_t at, const Char& first, size_t* end) const {
    const size_t stop = at;
    // 3.5, U.S, example.com: the common case, seen early.
    if (first.code_point < 0x80 && at + 1 < text_.size() &&
        kBesideWord[static_cast<unsigned char>(text_[at + 1])] == Beside::kWord) {
      return stop;
    }
    size_t marks = 0;
    bool strong = false;  // ! or ? or their like among the marks
    size_t closed_at = 0;
    for (Char c = first; IsTerminator(c) || c.kind == SentenceBreak::kExtend; c = At(table_, text_, at)) {
      strong |= c.kind == SentenceBreak::kSTerm;
      ++marks;
      at += c.length;
    }
    closed_at = PassClose(at);
    size_t next = PassSpace(closed_at);
    if (next > closed_at) {  // a closing guillemet set off by a space, as in French
      const Char c = At(table_, text_, next);
      if (c.code_point == 0x00BB && !IsOpeningQuoteInGerman(c, At(table_, text_, next + c.length))) {
        closed_at = next + c.length;
        next = PassSpace(closed_at);
      }
    }
    if (next >= text_.size()) return stop;
    const Char following = FirstOfSentence(next);
    const bool spaced = next > closed_at;
    if (!spaced && first.code_point < 0x80) return stop;  // 3.5, example.com, Yahoo!s
    if (following.kind == SentenceBreak::kLower || following.kind == SentenceBreak::kContinue)
      return stop;  // SB8, SB8a
    if (!strong && marks == 1 && closed_at == at && !EndsSentence(WordBefore(stop), WordAt(next))) return stop;
    *end = closed_at;
    return next;
  }

  size_t PassClose(size_t at) const {
    for (Char c = At(table_, text_, at); c.exists; c = At(table_, text_, at)) {
      if (c.kind != SentenceBreak::kClose && c.kind != SentenceBreak::kExtend) break;
      // An opening quote or bracket belongs to what follows it.
      if (at + c.length < text_.size() && IsOpening(c.code_point)) break;
      at += c.length;
    }
    return at;
  }

  static bool IsOpening(char32_t c) {
    return c == '(' || c == '[' || c == '{' || c == 0x00AB || c == 0x2018 || c == 0x201E || c == 0x201A ||
           c == 0x300C || c == 0x300E || c == 0x3010 || c == 0xFF08 || c == 0x2039;
  }

  size_t PassSpace(size_t at) const {
    for (Char c = At(table_, text_, at); IsSpace(c); c = At(table_, text_, at)) at += c.length;
    return at;
  }

  // The first letter, digit or mark of continuation from `at`, quotes and dashes passed.
  Char FirstOfSentence(size_t at) const {
    for (size_t passed = 0; passed < 8; ++passed) {
      const Char c = At(table_, text_, at);
      if (!c.exists || (c.kind != SentenceBreak::kClose && c.kind != SentenceBreak::kExtend)) return c;
      at += c.length;
    }
    return {};
  }

  // The word in front of the full stop at `stop`, stops within it included.
  std::string_view WordBefore(size_t stop) const {
    size_t begin = stop;
    while (begin > at_ && stop - begin < 64) {
      const Decoded c = DecodeBefore(text_, begin);
      const CodePoint properties = table_[c.code_point];
      if (!properties.word() && properties.word_break() != WordBreak::kExtend && c.code_point != '.' &&
          c.code_point != '-') {
        break;
      }
      begin -= c.length;
    }
    return text_.substr(begin, stop - begin);
  }

  std::string_view WordAt(size_t at) const {
    for (Char c = At(table_, text_, at); c.kind == SentenceBreak::kClose; c = At(table_, text_, at)) at += c.length;
    size_t end = at;
    while (end < text_.size() && end - at < 64) {
      const Decoded c = DecodeAt(text_, end);
      if (!table_[c.code_point].word()) break;
      end += c.length;
    }
    return text_.substr(at, end - at);
  }

  const UnicodeTable& table_ = UnicodeTable::Get();
  std::string_view text_;
  size_t at_;
  std::vector<TextRange>* out_;
};

}  // namespace

void FindSections(std::string_view text, TextSections* sections) {
  sections->paragraphs.clear();
  sections->sentences.clear();
  ParagraphFinder(text, &sections->paragraphs).Run();
  for (const TextRange& paragraph : sections->paragraphs) {
    SentenceFinder(text, paragraph, &sections->sentences).Run();
  }
}

}  // namespace wirewatch::text

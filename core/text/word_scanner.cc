#include "wirewatch/text/word_scanner.h"

#include <array>

namespace wirewatch::text {
namespace {

constexpr char32_t kJoiner = 0x200D;
constexpr char32_t kEmojiVariation = 0xFE0F;
constexpr char32_t kTextVariation = 0xFE0E;

// ASCII by what it means to a word.
enum Ascii : uint8_t { kNone, kAlpha, kDigit, kUnderscore, kMark };

constexpr std::array<uint8_t, 256> MakeAsciiClasses() {
  std::array<uint8_t, 256> classes{};
  for (int c = 'a'; c <= 'z'; ++c) classes[c] = kAlpha;
  for (int c = 'A'; c <= 'Z'; ++c) classes[c] = kAlpha;
  for (int c = '0'; c <= '9'; ++c) classes[c] = kDigit;
  classes['_'] = kUnderscore;
  classes['@'] = kMark;
  for (int c = 0x80; c < 0x100; ++c) classes[c] = kMark;
  return classes;
}
constexpr std::array<uint8_t, 256> kAscii = MakeAsciiClasses();

bool IsLetter(WordBreak c) { return c == WordBreak::kLetter || c == WordBreak::kHebrew; }

// Katakana is written together with itself and underscores only (WB13 to WB13b).
bool PartsKatakana(WordBreak left, WordBreak right) {
  return (left == WordBreak::kKatakana) != (right == WordBreak::kKatakana) && left != WordBreak::kOther &&
         left != WordBreak::kExtendNumLet && right != WordBreak::kExtendNumLet;
}

bool StartsWithIgnoringCase(std::string_view text, std::string_view lower) {
  if (text.size() < lower.size()) return false;
  for (size_t i = 0; i < lower.size(); ++i) {
    const char c = text[i];
    if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != lower[i]) return false;
  }
  return true;
}

}  // namespace

WordScanner::Char WordScanner::At(uint32_t offset) const {
  const Decoded decoded = DecodeAt(text_, offset);
  CodePoint properties = table_[decoded.code_point];
  if (mode_ == ScanMode::kQuery && (decoded.code_point == '*' || decoded.code_point == '?')) properties = table_['a'];
  if (mode_ == ScanMode::kPlain) properties = properties.plain();
  return {decoded.code_point, decoded.length, properties};
}

bool WordScanner::IsWordChar(uint32_t offset) const {
  if (offset >= text_.size()) return false;
  const CodePoint properties = At(offset).properties;
  return properties.word() || properties.per_grapheme();
}

bool WordScanner::WordBefore(uint32_t offset) const {
  if (offset <= begin_) return false;
  const CodePoint properties = table_[DecodeBefore(text_, offset).code_point];
  return properties.word() || properties.per_grapheme() || properties.word_break() == WordBreak::kExtend;
}

WordBreak WordScanner::ClassAfterExtend(uint32_t offset, uint32_t* next) const {
  while (offset < text_.size()) {
    const Char c = At(offset);
    if (c.properties.per_grapheme()) break;
    if (c.properties.word_break() != WordBreak::kExtend) {
      *next = offset;
      return c.properties.word_break();
    }
    offset += c.length;
  }
  *next = offset;
  return WordBreak::kOther;
}

bool WordScanner::Next(RawToken* token) {
  if (mode_ == ScanMode::kPlain) return NextPlain(token);
  token->tag_end = 0;
  while (at_ < text_.size()) {
    const auto byte = static_cast<unsigned char>(text_[at_]);
    if (byte >= 0x80) {
      if (NextMultibyte(token)) return true;
    } else if (kAscii[byte] == kNone && (mode_ == ScanMode::kText || (byte != '*' && byte != '?'))) {
      ++at_;
    } else if (NextAscii(byte, token)) {
      return true;
    }
  }
  return false;
}

bool WordScanner::NextAscii(unsigned char byte, RawToken* token) {
  if (byte == '@') {
    const uint32_t name = at_ + 1;
    const bool stands_free = !WordBefore(at_) && (at_ == begin_ || (text_[at_ - 1] != '@' && text_[at_ - 1] != '.'));
    if (!stands_free || !IsWordChar(name)) {
      ++at_;
      return false;
    }
    *token = {at_, EndOfHandle(name), 0, RawKind::kHandle, false};
    at_ = token->end;
    // KFOR's handle in the genitive: the ending is no word.
    if (at_ + 1 < text_.size() && text_[at_] == '\'' && (text_[at_ + 1] | 0x20) == 's' && !IsWordChar(at_ + 2))
      at_ += 2;
    return true;
  }
  if (mode_ == ScanMode::kText && (byte | 0x20) >= 'f' && IsUrl(at_)) {
    *token = {at_, EndOfUrl(at_), 0, RawKind::kUrl, false};
    at_ = token->end;
    return true;
  }
  ScanWord(token);
  return token->end > token->begin;
}

bool WordScanner::NextMultibyte(RawToken* token) {
  const Char c = At(at_);
  if (c.properties.per_grapheme()) {
    token->begin = at_;
    token->end = at_ = EndOfGrapheme(at_);
    token->kind = RawKind::kGrapheme;
    token->plain = false;
    token->tag_end = EndOfTag(token->begin);
    return true;
  }
  if (c.properties.word()) {
    ScanWord(token);
    return token->end > token->begin;
  }
  if (IsEmoji(at_, c)) {
    *token = {at_, EndOfEmoji(at_), 0, RawKind::kEmoji, false};
    at_ = token->end;
    return true;
  }
  at_ += c.length;
  return false;
}

// Leaves an empty token where there were only underscores.
void WordScanner::ScanWord(RawToken* token) {
  const uint32_t begin = at_;
  Tail tail;
  uint32_t at = begin;
  uint8_t last = kNone;
  for (uint8_t kind = kNone; at < text_.size(); ++at) {
    kind = kAscii[static_cast<unsigned char>(text_[at])];
    if (kind < kAlpha || kind > kUnderscore) break;
    tail.has_content |= kind != kUnderscore;
    last = kind;
  }
  if (last != kNone) {
    tail.last = last == kAlpha ? WordBreak::kLetter : last == kDigit ? WordBreak::kNumeric : WordBreak::kExtendNumLet;
  }
  bool plain = true;
  if (at < text_.size() && (text_[at] != ' ' || last == kNone)) {
    const uint32_t end = ScanWordTail(at, &tail);
    plain = end == at;
    at = end;
  }
  at_ = at;
  *token = {begin, tail.has_content ? at : begin, 0, RawKind::kWord, plain};
  if (tail.has_content && mode_ != ScanMode::kPlain) token->tag_end = EndOfTag(begin);
}

// Goes on from `at` for as long as there is no word boundary (UAX #29, WB4 to WB13b).
uint32_t WordScanner::ScanWordTail(uint32_t at, Tail* tail) const {
  while (at < text_.size()) {
    const Char c = At(at);
    if (c.properties.per_grapheme()) break;
    const WordBreak now = c.properties.word_break();
    if (c.properties.word()) {
      if (PartsKatakana(tail->last, now)) break;
      tail->has_content |= now != WordBreak::kExtendNumLet;
      tail->last = now;
      at += c.length;
    } else if (now == WordBreak::kExtend) {
      at += c.length;
    } else {
      const uint32_t passed = PassMid(at, c, tail->last, &tail->last);
      if (passed == at) break;
      at = passed;
      if (tail->last == WordBreak::kOther) {
        ClassAfterExtend(at, &at);
        break;
      }
    }
  }
  return at;
}

// Where the word goes on after a mark such as the apostrophe in "don't"; `at` if it does not. *after is the class of
// the last character passed, kOther when the word ends here.
uint32_t WordScanner::PassMid(uint32_t at, const Char& mid, WordBreak previous, WordBreak* after) const {
  const WordBreak kind = mid.properties.word_break();
  const bool in_letters =
      kind == WordBreak::kMidLetter || kind == WordBreak::kMidNumLet || kind == WordBreak::kSingleQuote;
  const bool in_numbers =
      kind == WordBreak::kMidNum || kind == WordBreak::kMidNumLet || kind == WordBreak::kSingleQuote;
  uint32_t next = 0;
  if (IsLetter(previous) && (in_letters || kind == WordBreak::kDoubleQuote)) {
    const WordBreak following = ClassAfterExtend(at + mid.length, &next);
    if (in_letters && IsLetter(following)) {
      *after = following;
      return next + At(next).length;  // WB6, WB7
    }
    if (previous == WordBreak::kHebrew && kind == WordBreak::kDoubleQuote && following == WordBreak::kHebrew) {
      *after = following;
      return next + At(next).length;  // WB7b, WB7c
    }
    if (previous == WordBreak::kHebrew && kind == WordBreak::kSingleQuote) {
      *after = WordBreak::kOther;
      return at + mid.length;  // WB7a
    }
  }
  if (previous == WordBreak::kNumeric && in_numbers &&
      ClassAfterExtend(at + mid.length, &next) == WordBreak::kNumeric) {
    *after = WordBreak::kNumeric;
    return next + At(next).length;  // WB11, WB12
  }
  return at;
}

uint32_t WordScanner::EndOfGrapheme(uint32_t at) const {
  at += At(at).length;
  while (at < text_.size() && static_cast<unsigned char>(text_[at]) >= 0x80) {
    const Char c = At(at);
    if (!c.properties.grapheme_extend()) break;
    at += c.length;
  }
  return at;
}

bool WordScanner::IsEmoji(uint32_t at, const Char& c) const {
  if (c.properties.regional_indicator() || c.properties.emoji_presentation()) return true;
  if (!c.properties.pictographic()) return false;
  if (at + c.length >= text_.size()) return c.code_point >= 0x2600 && c.code_point <= 0x27BF;
  const Char next = At(at + c.length);
  if (next.code_point == kTextVariation) return false;
  return next.code_point == kEmojiVariation || next.properties.emoji_modifier() || next.code_point == kJoiner ||
         (c.code_point >= 0x2600 && c.code_point <= 0x27BF);
}

uint32_t WordScanner::EndOfEmoji(uint32_t at) const {
  const Char first = At(at);
  at += first.length;
  if (first.properties.regional_indicator()) {
    if (at < text_.size() && At(at).properties.regional_indicator()) at += At(at).length;
    return at;
  }
  while (at < text_.size()) {
    const Char c = At(at);
    if (c.code_point == kJoiner && at + c.length < text_.size() && At(at + c.length).properties.pictographic()) {
      at += c.length + At(at + c.length).length;
    } else if (c.properties.emoji_modifier() || c.properties.grapheme_extend()) {
      at += c.length;
    } else {
      break;
    }
  }
  return at;
}

// A #tag has letters, digits and underscores and is not a number; # must not follow a word or & (as in &#39;).
uint32_t WordScanner::EndOfTag(uint32_t begin) const {
  if (begin <= begin_ || text_[begin - 1] != '#') return 0;
  const uint32_t hash = begin - 1;
  if (WordBefore(hash) || (hash > begin_ && (text_[hash - 1] == '&' || text_[hash - 1] == '#'))) return 0;
  bool has_letter = false;
  uint32_t at = begin;
  while (at < text_.size()) {
    const Char c = At(at);
    if (!c.properties.word() && !c.properties.per_grapheme() && c.properties.word_break() != WordBreak::kExtend) break;
    has_letter |= IsLetter(c.properties.word_break()) || c.properties.per_grapheme();
    at += c.length;
  }
  return has_letter ? at : 0;
}

uint32_t WordScanner::EndOfHandle(uint32_t begin) const {
  uint32_t at = begin;
  while (at < text_.size()) {
    const Char c = At(at);
    if (!c.properties.word() && !c.properties.per_grapheme() && c.properties.word_break() != WordBreak::kExtend) break;
    at += c.length;
  }
  return at;
}

bool WordScanner::IsUrl(uint32_t at) const {
  const std::string_view rest = text_.substr(at);
  for (const std::string_view start : {"http://", "https://", "ftp://", "www."}) {
    if (StartsWithIgnoringCase(rest, start)) {
      const uint32_t host = at + static_cast<uint32_t>(start.size());
      return IsWordChar(host) || (host < text_.size() && text_[host] == '[');
    }
  }
  return false;
}

// Up to white space, quotes or angle brackets; marks that end a sentence or close a bracket opened before it stay out.
uint32_t WordScanner::EndOfUrl(uint32_t at) const {
  const uint32_t begin = at;
  int open = 0;
  while (at < text_.size()) {
    const Char c = At(at);
    if (c.properties.white_space() || c.code_point < 0x20 || c.properties.per_grapheme()) break;
    if (c.code_point == '<' || c.code_point == '>' || c.code_point == '"' || c.code_point == 0x201C ||
        c.code_point == 0x201D || c.code_point == 0x00BB || c.code_point == 0x00AB) {
      break;
    }
    if (c.code_point == '(') ++open;
    if (c.code_point == ')' && open-- == 0) break;
    at += c.length;
  }
  while (at > begin && std::string_view(".,;:!?'*]}").find(text_[at - 1]) != std::string_view::npos) --at;
  if (at - begin >= 3 && text_.substr(at - 3, 3) == "\u2019") at -= 3;
  return at;
}

}  // namespace wirewatch::text

// The plain mode of WordScanner: what there is beside the words of UAX #29 that all modes share.
#include "wirewatch/text/ascii_word.h"
#include "wirewatch/text/word_scanner.h"

namespace wirewatch::text {
namespace {

constexpr char32_t kJoiner = 0x200D;
constexpr char32_t kEmojiVariation = 0xFE0F;
constexpr char32_t kTextVariation = 0xFE0E;
constexpr char32_t kKeycap = 0x20E3;

constexpr uint32_t kLongestWord = 255;  // UTF-16 units
constexpr uint32_t kMostBytes = 3;      // of UTF-8 for one such unit

// The end of the longest stretch from `begin` that is no longer than a word may be.
uint32_t LimitOfWord(std::string_view text, uint32_t begin) {
  uint32_t at = begin;
  for (uint32_t units = 0; at < text.size();) {
    const Decoded c = DecodeAt(text, at);
    units += c.code_point >= 0x10000 ? 2 : 1;
    if (units > kLongestWord) break;
    at += c.length;
  }
  return at;
}

}  // namespace

bool WordScanner::NextPlain(RawToken* token) {
  const std::string_view whole = text_;
  while (at_ < whole.size()) {
    const auto byte = static_cast<unsigned char>(whole[at_]);
    if (kBesideWord[byte] == Beside::kWord) {
      const uint32_t end = at_ + AsciiWordAt(whole, at_).length;
      if (end - at_ < 16 && EndsWord(kBesideWord, whole, end)) {
        *token = {at_, end, 0, RawKind::kWord, true};
        at_ = end;
        return true;
      }
    } else if (byte < 0x80 && byte != '_') {
      const bool may_be_keycap =
          (byte == '#' || byte == '*') && at_ + 1 < whole.size() && static_cast<unsigned char>(whole[at_ + 1]) >= 0x80;
      if (!may_be_keycap) {
        ++at_;
        continue;
      }
    }
    // Nothing behind the longest word counts, and looking there for each part of a longer one would take for ever.
    const uint32_t begin = at_;
    text_ = whole.substr(0, begin + (kLongestWord + 1) * kMostBytes);
    bool found = ScanPlain(token);
    if (found && token->end - token->begin > kLongestWord) {
      const uint32_t limit = LimitOfWord(whole, begin);
      if (token->end > limit) {
        at_ = begin;
        text_ = whole.substr(0, limit);
        found = ScanPlain(token);
      }
    }
    text_ = whole;
    if (found) return true;
  }
  return false;
}

// One token or one character that is none.
bool WordScanner::ScanPlain(RawToken* token) {
  const uint32_t begin = at_;
  const Char c = At(begin);
  *token = {begin, begin, 0, RawKind::kWord, false};
  if (c.properties.word()) {
    ScanWord(token);
  } else if ((token->end = EndOfPlainEmoji(begin)) > begin) {
    token->kind = RawKind::kEmoji;
  } else if (c.properties.complex_context()) {
    token->end = EndOfComplexRun(begin);
  } else if (c.properties.single()) {
    token->end = PassExtend(begin + c.length);
    token->kind = RawKind::kGrapheme;
  }
  if (token->end > begin) at_ = token->end;
  if (at_ == begin) at_ += c.length;
  return token->end > begin;
}

uint32_t WordScanner::PassExtend(uint32_t at) const {
  ClassAfterExtend(at, &at);
  return at;
}

uint32_t WordScanner::EndOfComplexRun(uint32_t at) const {
  while (at < text_.size()) {
    const Char c = At(at);
    if (!c.properties.complex_context() && c.properties.word_break() != WordBreak::kExtend) break;
    at += c.length;
  }
  return at;
}

uint32_t WordScanner::EndOfPlainEmoji(uint32_t begin) const {
  if (text_[begin] == '#' || text_[begin] == '*') return EndOfKeycap(begin);
  if (At(begin).properties.regional_indicator()) return EndOfFlag(begin);
  bool joiner_last = false;
  uint32_t end = EndOfEmojiElement(begin, &joiner_last);
  if (end == begin) return begin;
  for (;;) {
    // A joiner between two elements may count among the signs that belong to the first one.
    bool ignored = false;
    const bool joins = joiner_last || (end < text_.size() && At(end).code_point == kJoiner);
    const uint32_t next = joiner_last || !joins ? end : end + At(end).length;
    const uint32_t last = joins ? EndOfEmojiElement(next, &ignored) : end;
    if (last == next || !joins) return end;
    end = last;
    joiner_last = ignored;
  }
}

// Joiners, an emoji, signs that belong to it, and a skin tone or the sign that asks for its picture. `at` if there is
// none. *joiner_last tells whether a joiner ends it.
uint32_t WordScanner::EndOfEmojiElement(uint32_t at, bool* joiner_last) const {
  const uint32_t begin = at;
  const auto pass_signs = [&] {
    while (at < text_.size()) {
      const Char c = At(at);
      if (c.properties.word_break() != WordBreak::kExtend || c.code_point == kEmojiVariation ||
          c.code_point == kTextVariation) {
        break;
      }
      *joiner_last = c.code_point == kJoiner;
      at += c.length;
    }
  };
  *joiner_last = false;
  while (at < text_.size() && At(at).code_point == kJoiner) at += At(at).length;
  if (at >= text_.size()) return begin;
  const Char base = At(at);
  const bool tone_alone = base.properties.emoji_modifier() && at == begin;
  if (!base.properties.emoji_base() && !tone_alone) return begin;
  at += base.length;
  pass_signs();
  if (at >= text_.size()) return at;
  const Char next = At(at);
  if (base.properties.emoji_modifier_base() && next.properties.emoji_modifier()) {
    *joiner_last = false;
    at += next.length;
    pass_signs();
  } else if (!tone_alone && next.code_point == kEmojiVariation) {
    *joiner_last = false;
    at += next.length;
  }
  return at;
}

// "#", "*" and the sign that draws a key around it. With digits it is among the marks of a word.
uint32_t WordScanner::EndOfKeycap(uint32_t begin) const {
  const uint32_t end = PassExtend(begin + 1);
  for (uint32_t at = begin + 1; at < end; at += At(at).length) {
    if (At(at).code_point == kKeycap) return end;
  }
  return begin;
}

// Two regional indicators.
uint32_t WordScanner::EndOfFlag(uint32_t begin) const {
  const uint32_t second = PassExtend(begin + At(begin).length);
  if (second >= text_.size() || !At(second).properties.regional_indicator()) return begin;
  return PassExtend(second + At(second).length);
}

}  // namespace wirewatch::text

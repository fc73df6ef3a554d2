// WordScanner: cuts text into the stretches that become tokens: words by UAX #29 (Unicode 15), one token for each
// grapheme in Han, Kana, Thai, Lao, Khmer and Myanmar, emoji, @handles, and URLs (which stay whole). Allocates nothing.
// A scanner is used by one thread.
#ifndef WIREWATCH_TEXT_WORD_SCANNER_H_
#define WIREWATCH_TEXT_WORD_SCANNER_H_

#include <cstdint>
#include <string_view>

#include "wirewatch/text/unicode_table.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::text {

enum class RawKind : uint8_t { kWord, kGrapheme, kEmoji, kHandle, kUrl };

struct RawToken {
  uint32_t begin = 0;  // bytes in the text; a handle begins at its @
  uint32_t end = 0;
  uint32_t tag_end = 0;  // where the #tag ends that begins one character before `begin`; 0: not a tag
  RawKind kind = RawKind::kWord;
  bool plain = false;  // ASCII letters, digits and underscores only
};

// In queries * and ? are letters, and URLs are not looked for. Plain are the words of UAX #29 alone, as Lucene 8's
// StandardTokenizer has them: Han and Hiragana one by one, runs in the scripts of South-East Asia, emoji by UTS #51,
// and no word of more than 255 UTF-16 units (the rest is another word); no URLs, handles or tags.
enum class ScanMode : uint8_t { kText, kQuery, kPlain };

class WordScanner {
 public:
  // Scans [begin, end) of `text`, which must outlive the scanner. What stands before `begin` is not looked at.
  WordScanner(std::string_view text, size_t begin, size_t end, ScanMode mode = ScanMode::kText)
      : text_(text.substr(0, end)),
        at_(static_cast<uint32_t>(begin)),
        begin_(at_),
        mode_(mode),
        table_(UnicodeTable::Get()) {}
  explicit WordScanner(std::string_view text, ScanMode mode = ScanMode::kText)
      : WordScanner(text, 0, text.size(), mode) {}

  // False at the end of the text.
  bool Next(RawToken* token);

  // Goes on from `offset`, a place where a token may begin.
  void Seek(size_t offset) { at_ = static_cast<uint32_t>(offset); }

 private:
  struct Char {
    char32_t code_point;
    uint32_t length;
    CodePoint properties;
  };
  // Of a word as far as it has been scanned.
  struct Tail {
    WordBreak last = WordBreak::kOther;  // class of the last character that counts
    bool has_content = false;            // a letter or digit, not only underscores
  };
  Char At(uint32_t offset) const;
  bool IsWordChar(uint32_t offset) const;
  bool WordBefore(uint32_t offset) const;
  // Word_Break class of the first character from `offset` that is not Extend; `next` is set to where it stands.
  WordBreak ClassAfterExtend(uint32_t offset, uint32_t* next) const;

  bool NextAscii(unsigned char byte, RawToken* token);
  bool NextMultibyte(RawToken* token);
  void ScanWord(RawToken* token);
  uint32_t ScanWordTail(uint32_t at, Tail* tail) const;
  uint32_t PassMid(uint32_t at, const Char& mid, WordBreak previous, WordBreak* after) const;
  uint32_t EndOfGrapheme(uint32_t at) const;
  bool IsEmoji(uint32_t at, const Char& c) const;
  uint32_t EndOfEmoji(uint32_t at) const;
  uint32_t EndOfTag(uint32_t begin) const;
  uint32_t EndOfHandle(uint32_t begin) const;
  bool IsUrl(uint32_t at) const;
  uint32_t EndOfUrl(uint32_t at) const;

  // Plain mode, in word_scanner_plain.cc.
  bool NextPlain(RawToken* token);
  bool ScanPlain(RawToken* token);
  uint32_t PassExtend(uint32_t at) const;
  uint32_t EndOfComplexRun(uint32_t at) const;
  uint32_t EndOfKeycap(uint32_t at) const;
  uint32_t EndOfFlag(uint32_t at) const;
  uint32_t EndOfEmojiElement(uint32_t at, bool* joiner_last) const;
  uint32_t EndOfPlainEmoji(uint32_t at) const;

  std::string_view text_;
  uint32_t at_;
  uint32_t begin_;
  ScanMode mode_;
  const UnicodeTable& table_;
};

}  // namespace wirewatch::text

#endif  // WIREWATCH_TEXT_WORD_SCANNER_H_

// What the tokenizer needs to know of each code point, in one table built from ICU's property data at first use (a few
// milliseconds), then read-only: any thread.
#ifndef WIREWATCH_TEXT_UNICODE_TABLE_H_
#define WIREWATCH_TEXT_UNICODE_TABLE_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wirewatch::text {

// Word_Break (UAX #29, table 3), as far as words are concerned: Extend, Format and ZWJ are one (rule WB4); the colon is
// no MidLetter (as in CLDR's root locale; UAX #29 leaves it to languages such as Swedish).
enum class WordBreak : uint8_t {
  kOther,
  kLetter,
  kHebrew,
  kNumeric,
  kKatakana,
  kExtendNumLet,
  kMidLetter,
  kMidNum,
  kMidNumLet,
  kSingleQuote,
  kDoubleQuote,
  kExtend,
};

// Sentence_Break (UAX #29, table 4); CR, LF and Sep are one.
enum class SentenceBreak : uint8_t {
  kOther,
  kExtend,
  kSep,
  kSpace,
  kLower,
  kUpper,
  kLetter,
  kNumeric,
  kATerm,
  kContinue,
  kSTerm,
  kClose,
};

class CodePoint {
 public:
  constexpr explicit CodePoint(uint32_t bits) : bits_(bits) {}
  WordBreak word_break() const { return static_cast<WordBreak>(bits_ & 0xF); }
  SentenceBreak sentence_break() const { return static_cast<SentenceBreak>(bits_ >> 4 & 0xF); }
  // Han, Hiragana, Katakana, Thai, Lao, Khmer, Myanmar letters and signs: one token for each grapheme.
  bool per_grapheme() const { return (bits_ & kPerGrapheme) != 0; }
  // Goes with the grapheme before it (Grapheme_Cluster_Break Extend, SpacingMark or ZWJ).
  bool grapheme_extend() const { return (bits_ & kGraphemeExtend) != 0; }
  bool pictographic() const { return (bits_ & kPictographic) != 0; }
  bool emoji_presentation() const { return (bits_ & kEmojiPresentation) != 0; }
  bool emoji_modifier() const { return (bits_ & kEmojiModifier) != 0; }
  bool regional_indicator() const { return (bits_ & kRegionalIndicator) != 0; }
  bool arabic() const { return (bits_ & kArabic) != 0; }
  bool white_space() const { return (bits_ & kWhiteSpace) != 0; }
  // Default_Ignorable_Code_Point: soft hyphen, ZWNJ, variation selectors …
  bool ignorable() const { return (bits_ & kIgnorable) != 0; }
  // Folding changes it, or it may combine with its neighbours.
  bool folds() const { return (bits_ & kFolds) != 0; }
  // Part of a word, as far as what stands before # and @ is concerned.
  bool word() const { return word_break() >= WordBreak::kLetter && word_break() <= WordBreak::kExtendNumLet; }

  // The same as plain UAX #29 has it (ScanMode::kPlain): the colon is MidLetter, U+202F ExtendNumLet, no character is
  // cut off by its script. Skin tones are no Extend: they are emoji.
  CodePoint plain() const { return CodePoint((bits_ & ~(0xFU | kPerGrapheme)) | (bits_ >> kPlainShift & 0xF)); }
  // Line_Break=SA: scripts of South-East Asia that need a dictionary.
  bool complex_context() const { return (bits_ & kComplexContext) != 0; }
  // Han or Hiragana: plain words of one character.
  bool single() const { return (bits_ & kSingle) != 0; }
  // May be an emoji by itself.
  bool emoji_base() const { return (bits_ & kEmojiBase) != 0; }
  bool emoji_modifier_base() const { return (bits_ & kEmojiModifierBase) != 0; }

  // Punctuation or space that parts words and has no other meaning to them: no hyphen, no apostrophe, no emoji.
  bool parts_words() const { return (bits_ & kPartsWords) != 0; }
  // A letter that needs no look at its neighbours: not split off by its script, folded to nothing but letters, and not
  // Arabic, in which words have sub-forms.
  bool lone_letter() const { return (bits_ & kLoneLetter) != 0; }

  static constexpr int kPlainShift = 18;  // four bits
  static constexpr uint32_t kComplexContext = 1U << 22, kSingle = 1U << 23, kEmojiBase = 1U << 24,
                            kEmojiModifierBase = 1U << 25, kPartsWords = 1U << 26, kLoneLetter = 1U << 27;
  static constexpr uint32_t kPerGrapheme = 1U << 8, kGraphemeExtend = 1U << 9, kPictographic = 1U << 10,
                            kEmojiPresentation = 1U << 11, kEmojiModifier = 1U << 12, kRegionalIndicator = 1U << 13,
                            kArabic = 1U << 14, kWhiteSpace = 1U << 15, kIgnorable = 1U << 16, kFolds = 1U << 17;

 private:
  uint32_t bits_;
};

class UnicodeTable {
 public:
  static const UnicodeTable& Get();

  CodePoint operator[](char32_t code_point) const {
    if (code_point > 0x10FFFF) return CodePoint(0);
    return CodePoint(properties_[static_cast<uint32_t>(block_of_[code_point >> kShift]) << kShift |
                                 (code_point & ((1U << kShift) - 1))]);
  }

  // What a code point folds to (see fold.h); may be empty. For code points for which folds() is false: not defined.
  std::string_view Fold(char32_t code_point) const;

  // What a lone letter folds to if both take at most two bytes of UTF-8, else 0.
  char32_t ShortFold(char32_t code_point) const {
    return code_point < short_fold_.size() ? short_fold_[code_point] : U'\0';
  }

  // Simple lower case, one code point for one.
  char32_t LowerCase(char32_t code_point) const {
    return code_point < lower_.size() ? lower_[code_point] : LowerCaseBeyond(code_point);
  }

 private:
  static constexpr int kShift = 7;
  UnicodeTable();
  static char32_t LowerCaseBeyond(char32_t code_point);
  void BuildProperties(std::vector<uint32_t>& flat);
  void BuildPlainProperties(std::vector<uint32_t>& flat);
  void BuildFolds(std::vector<uint32_t>& flat);
  void BuildShortCuts(std::vector<uint32_t>& flat);
  void Compress(const std::vector<uint32_t>& flat);

  struct FoldEntry {
    char32_t code_point;
    uint32_t offset;
    uint32_t length;
  };

  std::vector<uint16_t> block_of_;
  std::vector<uint32_t> properties_;
  std::vector<FoldEntry> folds_;         // ascending by code point
  std::vector<uint32_t> first_fold_of_;  // by block of 128 code points: index of its first entry in folds_
  std::string fold_text_;
  std::array<uint16_t, 0x800> short_fold_{};  // what UTF-8 writes in one or two bytes
  std::array<uint16_t, 0x800> lower_{};
};

}  // namespace wirewatch::text

#endif  // WIREWATCH_TEXT_UNICODE_TABLE_H_

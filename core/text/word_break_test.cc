// The words of WordScanner are those of ICU's rule-based word iterator: the segments with the status of a number or of
// letters. Compared on generated strings and, where it is at hand, on real text in many languages.
//
// ICU's rules for the root locale depart from UAX #29 in three places, which are set right here: @ is a letter, the
// colon is not MidLetter (this one left as it is in text mode, which has it the same way), and Hangul is looked up in a
// dictionary. What we have otherwise on purpose is taken out of the text by Comparable(): the scripts that ICU splits
// by dictionaries (Han, Hiragana, Katakana and those of South-East Asia), emoji, and in text mode @ (handles), U+202F
// and URLs.
#include <gtest/gtest.h>
#include <unicode/rbbi.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utext.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "wirewatch/text/utf8.h"
#include "wirewatch/text/word_scanner.h"

namespace wirewatch::text {
namespace {

using Bounds = std::vector<std::pair<uint32_t, uint32_t>>;

int WordBreakOf(char32_t c) { return u_getIntPropertyValue(static_cast<UChar32>(c), UCHAR_WORD_BREAK); }

// ICU's rules for the root locale without what they change about UAX #29.
icu::UnicodeString Rules(ScanMode mode) {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<icu::BreakIterator> root(
      icu::BreakIterator::createWordInstance(icu::Locale::getRoot(), status));
  EXPECT_TRUE(U_SUCCESS(status));
  icu::UnicodeString rules = dynamic_cast<const icu::RuleBasedBreakIterator&>(*root).getRules();
  const auto replace = [&rules](const char* from, const char* to) {
    EXPECT_GE(rules.indexOf(from), 0) << "ICU's rules have changed: no " << from;
    rules.findAndReplace(from, to);
  };
  replace("[\\p{Word_Break=ALetter}@]", "[\\p{Word_Break=ALetter}]");
  replace("[$KanaKanji$HangulSyllable]", "[$KanaKanji]");
  if (mode == ScanMode::kPlain)
    replace("[\\p{Word_Break=MidLetter}-[\\:\\uFE55\\uFF1A]]", "[\\p{Word_Break=MidLetter}]");
  return rules;
}

class IcuWords {
 public:
  explicit IcuWords(ScanMode mode) {
    UErrorCode status = U_ZERO_ERROR;
    UParseError where;
    iterator_ = std::make_unique<icu::RuleBasedBreakIterator>(Rules(mode), where, status);
    EXPECT_TRUE(U_SUCCESS(status)) << u_errorName(status);
  }

  Bounds operator()(std::string_view text) {
    UErrorCode status = U_ZERO_ERROR;
    UText utext = UTEXT_INITIALIZER;
    utext_openUTF8(&utext, text.data(), static_cast<int64_t>(text.size()), &status);
    iterator_->setText(&utext, status);
    Bounds words;
    int32_t begin = iterator_->first();
    for (int32_t end = iterator_->next(); end != icu::BreakIterator::DONE; begin = end, end = iterator_->next()) {
      if (IsWord(text.substr(begin, end - begin), iterator_->getRuleStatus())) words.emplace_back(begin, end);
    }
    utext_close(&utext);
    EXPECT_TRUE(U_SUCCESS(status));
    return words;
  }

 private:
  // By ICU's status, with two exceptions: a run of underscores has the status of letters, but nothing is in it; a word
  // has none when it ends in an underscore or a Hebrew apostrophe with marks on it.
  static bool IsWord(std::string_view segment, int32_t status) {
    bool has_content = false;
    bool ends_in_mark = false;
    int last = U_WB_OTHER;  // marks left out
    for (size_t at = 0; at < segment.size(); at += DecodeAt(segment, at).length) {
      const int kind = WordBreakOf(DecodeAt(segment, at).code_point);
      ends_in_mark = kind == U_WB_EXTEND || kind == U_WB_FORMAT || kind == U_WB_ZWJ;
      if (!ends_in_mark) last = kind;
      has_content |= kind == U_WB_ALETTER || kind == U_WB_HEBREW_LETTER || kind == U_WB_NUMERIC;
    }
    if (has_content && ends_in_mark && (last == U_WB_EXTENDNUMLET || last == U_WB_SINGLE_QUOTE)) return true;
    return status >= UBRK_WORD_NUMBER && (has_content || last != U_WB_EXTENDNUMLET);
  }

  std::unique_ptr<icu::RuleBasedBreakIterator> iterator_;
};

Bounds OurWords(std::string_view text, ScanMode mode) {
  Bounds words;
  WordScanner scanner(text, mode);
  for (RawToken word; scanner.Next(&word);) words.emplace_back(word.begin, word.end);
  return words;
}

bool IsComparable(char32_t code_point, ScanMode mode) {
  const auto c = static_cast<UChar32>(code_point);
  if (U_IS_SURROGATE(c) || code_point == kReplacementCharacter) return false;
  if (mode == ScanMode::kText && (c == '@' || c == 0x202F)) return false;
  const auto has = [c](UProperty property) { return u_hasBinaryProperty(c, property) != 0; };
  if (c >= 0x80 && (has(UCHAR_EMOJI) || has(UCHAR_EXTENDED_PICTOGRAPHIC) || has(UCHAR_EMOJI_MODIFIER))) return false;
  if (has(UCHAR_IDEOGRAPHIC)) return false;
  if (c == 0x20E3) return false;  // makes emoji of # and *
  UErrorCode status = U_ZERO_ERROR;
  const UScriptCode script = uscript_getScript(c, &status);
  return u_getIntPropertyValue(c, UCHAR_LINE_BREAK) != U_LB_COMPLEX_CONTEXT && script != USCRIPT_HAN &&
         script != USCRIPT_HIRAGANA && script != USCRIPT_KATAKANA && script != USCRIPT_THAI && script != USCRIPT_LAO &&
         script != USCRIPT_KHMER && script != USCRIPT_MYANMAR && WordBreakOf(code_point) != U_WB_KATAKANA;
}

std::string Comparable(std::string_view text, ScanMode mode) {
  std::string kept;
  for (size_t at = 0; at < text.size();) {
    const Decoded c = DecodeAt(text, at);
    AppendUtf8(IsComparable(c.code_point, mode) ? c.code_point : U' ', &kept);
    at += c.length;
  }
  return kept;
}

std::string Shown(std::string_view text, const Bounds& words) {
  std::string shown;
  for (const auto& [begin, end] : words) {
    shown.append("[").append(text.substr(begin, end - begin)).append("]");
  }
  return shown;
}

class WordBreaks : public ::testing::TestWithParam<ScanMode> {
 protected:
  void ExpectSame(std::string_view text) {
    const Bounds ours = OurWords(text, GetParam());
    const Bounds theirs = icu_(text);
    ++compared_;
    words_ += theirs.size();
    if (ours != theirs) {
      ADD_FAILURE() << testing::PrintToString(std::string(text)) << "\nours " << Shown(text, ours) << "\nICU  "
                    << Shown(text, theirs);
    }
  }

  IcuWords icu_{GetParam()};
  size_t compared_ = 0;
  size_t words_ = 0;
};

// Code points by Word_Break value, with the most common ones of each as often again as all others.
class Alphabet {
 public:
  explicit Alphabet(ScanMode mode) {
    for (char32_t c = 1; c <= 0x10FFFF; ++c) {
      if (IsComparable(c, mode)) by_class_[static_cast<size_t>(WordBreakOf(c))].push_back(c);
    }
    for (const char32_t c : U"aZ19_ .,:;'\"-/\n\u00E9\u0416\u05D0\u05E9\u0663\uAC00\u0301\u00AD\u200D\u2019\u00B7") {
      if (c != 0 && IsComparable(c, mode)) common_.push_back(c);
    }
    std::erase_if(by_class_, [](const auto& members) { return members.empty(); });
  }

  char32_t Draw(std::mt19937& random) const {
    if (random() % 2 == 0) return common_[random() % common_.size()];
    const auto& members = by_class_[random() % by_class_.size()];
    return members[random() % members.size()];
  }

 private:
  std::vector<std::vector<char32_t>> by_class_ = std::vector<std::vector<char32_t>>(U_WB_WSEGSPACE + 1);
  std::vector<char32_t> common_;
};

TEST_P(WordBreaks, OfGeneratedTextAreThoseOfIcu) {
  const Alphabet alphabet(GetParam());
  std::mt19937 random(29);
  for (int i = 0; i < 200000 && !HasFailure(); ++i) {
    std::string text;
    for (size_t n = 1 + random() % 12; n > 0; --n) AppendUtf8(alphabet.Draw(random), &text);
    ExpectSame(text);
  }
  EXPECT_GT(words_, 200000U);
}

// Any character between two others of each kind that words are made of.
TEST_P(WordBreaks, AroundEveryCodePointAreThoseOfIcu) {
  for (char32_t c = 1; c <= 0xE01FF && !HasFailure(); ++c) {
    if (c == 0x20000) c = 0xE0000;  // between them there are ideographs or nothing
    if (!IsComparable(c, GetParam())) continue;
    std::string text;
    for (const char* around : {"a", "1", "_", "\u05D0", " "}) {
      text += around;
      AppendUtf8(c, &text);
      text += around;
      text += " / ";
    }
    ExpectSame(text);
  }
}

TEST_P(WordBreaks, OfRealTextAreThoseOfIcu) {
  const std::filesystem::path data = std::filesystem::path(WIREWATCH_SOURCE_DIR) / "../shared/data";
  std::vector<std::filesystem::path> files;
  for (const char* folder : {"langid/udhr2", "queries/luwak/docfiles"}) {
    if (!std::filesystem::is_directory(data / folder)) continue;
    for (const auto& entry : std::filesystem::directory_iterator(data / folder)) files.push_back(entry.path());
  }
  for (const char* file : {"langid/europarl.21.test", "neardup-minhash/articles_1000.train"}) {
    if (std::filesystem::exists(data / file)) files.push_back(data / file);
  }
  if (files.empty()) GTEST_SKIP() << "no texts in " << data;
  for (const std::filesystem::path& file : files) {
    std::ifstream in(file);
    for (std::string line; std::getline(in, line) && !HasFailure();) {
      const bool may_have_url = line.find("://") != std::string::npos || line.find("www.") != std::string::npos;
      if (GetParam() == ScanMode::kPlain || !may_have_url) ExpectSame(Comparable(line, GetParam()));
    }
  }
  EXPECT_GT(compared_, 1000U);
  RecordProperty("words", static_cast<int>(words_));
}

INSTANTIATE_TEST_SUITE_P(, WordBreaks, ::testing::Values(ScanMode::kPlain, ScanMode::kText),
                         [](const auto& mode) { return mode.param == ScanMode::kPlain ? "Plain" : "Text"; });

}  // namespace
}  // namespace wirewatch::text

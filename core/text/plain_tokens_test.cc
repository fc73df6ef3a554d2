// Plain tokens: what Lucene 8's StandardTokenizer and LowerCaseFilter make of each text.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "wirewatch/text/text_fixture.h"
#include "wirewatch/text/unicode_table.h"
#include "wirewatch/text/utf8.h"
#include "wirewatch/text/word_scanner.h"

namespace wirewatch::text {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Plain(std::string_view text) {
  TextIndex index;
  index.BuildPlain(text);
  std::vector<std::string> forms;
  if (index.parts().empty()) return forms;
  for (const Token& token : index.parts()[0].tokens) forms.emplace_back(index.Term(token.term));
  return forms;
}

// The same by the scanner alone, without what PlainTokens does quicker.
std::vector<std::string> Scanned(std::string_view text) {
  std::vector<std::string> forms;
  WordScanner scanner(text, ScanMode::kPlain);
  for (RawToken word; scanner.Next(&word);) {
    std::string& form = forms.emplace_back();
    for (size_t at = word.begin; at < word.end;) {
      const Decoded c = DecodeAt(text, at);
      AppendUtf8(UnicodeTable::Get().LowerCase(c.code_point), &form);
      at += c.length;
    }
  }
  return forms;
}

TEST(PlainTokens, WordsAndNumbers) {
  EXPECT_THAT(Plain("The U.S. force's well-known 1,244.5 plates."),
              ElementsAre("the", "u.s", "force's", "well", "known", "1,244.5", "plates"));
  EXPECT_THAT(Plain("foo:bar 1:2 a.1 1.a don’t AT&T C++ €5m"),
              ElementsAre("foo:bar", "1", "2", "a", "1", "1", "a", "don’t", "at", "t", "c", "5m"));
  EXPECT_THAT(Plain("_ __a_ _1_ snake_case 1\u202F244"), ElementsAre("__a_", "_1_", "snake_case", "1\u202F244"));
}

TEST(PlainTokens, NothingIsFoldedButCase) {
  EXPECT_THAT(Plain("Łódź İIı ΣΣς 𐐀 ｶﾞ Ko\u00ADso"), ElementsAre("łódź", "iiı", "σσς", "𐐨", "ｶﾞ", "ko\u00ADso"));
}

TEST(PlainTokens, NoUrlsHandlesOrTags) {
  EXPECT_THAT(Plain("@nato #KFOR https://example.org/a_b"), ElementsAre("nato", "kfor", "https", "example.org", "a_b"));
}

TEST(PlainTokens, ScriptsWithoutSpaces) {
  EXPECT_THAT(Plain("北京ーカタ ひらが 々a"), ElementsAre("北", "京", "ーカタ", "ひ", "ら", "が", "々a"));
  EXPECT_THAT(Plain("カa カ_a 1カ 가나a"), ElementsAre("カ", "a", "カ_a", "1", "カ", "가나a"));
  EXPECT_THAT(Plain("ที่นี่ก, aที่"), ElementsAre("ที่นี่ก", "a", "ที่"));
}

TEST(PlainTokens, Hebrew) { EXPECT_THAT(Plain("צה\"ל א' \"א\""), ElementsAre("צה\"ל", "א'", "א")); }

TEST(PlainTokens, Emoji) {
  EXPECT_THAT(Plain("ok👍🏽 a🏽 😀🏽 ❤\uFE0F!"),
              ElementsAre("ok", "👍🏽", "a", "🏽", "😀", "🏽", "❤\uFE0F"));
  EXPECT_THAT(Plain("👨‍👩‍👧👧 🇽🇰🇽 #\u20E3x *\uFE0F\u20E3 1\u20E3 # *"),
              ElementsAre("👨‍👩‍👧", "👧", "🇽🇰", "#\u20E3", "x", "*\uFE0F\u20E3", "1\u20E3"));
  EXPECT_THAT(Plain("a\u200D😀 \u200D😀 ☎\uFE0E © 〰"), ElementsAre("a\u200D", "😀", "\u200D😀", "☎", "©", "〰"));
}

TEST(PlainTokens, LongWordsAreCutAt255Units) {
  const auto lengths = [](std::string_view text) {
    std::vector<size_t> found;
    for (const std::string& form : Plain(text)) found.push_back(form.size());
    return found;
  };
  EXPECT_THAT(lengths(std::string(255, 'x')), ElementsAre(255U));
  EXPECT_THAT(lengths(std::string(600, 'x')), ElementsAre(255U, 255U, 90U));
  EXPECT_THAT(lengths(std::string(254, 'x') + "'y"), ElementsAre(254U, 1U));
  std::string wide;
  for (int i = 0; i < 128; ++i) wide += "𐐀";  // two units each: 127 of them fit
  EXPECT_THAT(lengths(wide), ElementsAre(127U * 4, 4U));
}

TEST(PlainTokens, PositionsAndOffsets) {
  const std::string text = "Ein Ä, 12 😀!";
  TextIndex index;
  index.BuildPlain(text);
  ASSERT_EQ(index.parts().size(), 1U);
  const PartIndex& part = index.parts()[0];
  EXPECT_EQ(part.part, v1::PART_BODY);
  EXPECT_EQ(part.text, text);
  EXPECT_EQ(part.positions, 4U);
  EXPECT_THAT(part.sentences, IsEmpty());
  std::vector<std::string> written;
  for (const Token& token : part.tokens) {
    EXPECT_EQ(token.position, written.size());
    EXPECT_TRUE(token.searchable && !token.variant && token.positions == 1);
    written.push_back(text.substr(token.begin, token.end - token.begin));
  }
  EXPECT_THAT(written, ElementsAre("Ein", "Ä", "12", "😀"));
  EXPECT_EQ(part.tokens[2].kind, Token::Kind::kNumber);
  EXPECT_EQ(part.tokens[3].kind, Token::Kind::kEmoji);
  ASSERT_EQ(index.Occurrences(index.Lookup("ä")).size(), 1U);
  EXPECT_EQ(index.Occurrences(index.Lookup("ä"))[0].token, 1U);
}

TEST(PlainTokens, NothingIsLeftOfWhatWasIndexedBefore) {
  TextIndex index;
  index.Build(ItemWithBody("One two. Three."));
  index.BuildPlain("four");
  EXPECT_EQ(index.term_count(), 1U);
  EXPECT_EQ(index.Lookup("one"), kNoTerm);
  index.BuildPlain("");
  EXPECT_THAT(index.parts(), IsEmpty());
  EXPECT_EQ(index.term_count(), 0U);
}

TEST(PlainTokens, AreTheWordsOfTheScanner) {
  const std::vector<std::string> pieces = {"a",    "Word",   "seventeen-or-more",
                                           "x1",   "42",     "_",
                                           " ",    " ",      "\n",
                                           ".",    ",",      ":",
                                           "'",    "#",      "*",
                                           "@",    "é",      "Ж",
                                           "א",    "北",     "カ",
                                           "ที่",    "\u0301", "😀",
                                           "🏽", "-",      "\"",
                                           "’",    "\xFF"};
  std::mt19937 random(29);
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (size_t n = random() % 12; n > 0; --n) text += pieces[random() % pieces.size()];
    ASSERT_EQ(Plain(text), Scanned(text)) << text;
  }
  std::string long_word;
  for (int i = 0; i < 400; ++i) long_word += pieces[i % 4 + (i % 50 == 0 ? 16 : 0)];
  EXPECT_EQ(Plain(long_word), Scanned(long_word));
}

}  // namespace
}  // namespace wirewatch::text

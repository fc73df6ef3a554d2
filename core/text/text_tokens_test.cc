// The short cuts of TextTokens and FindSections say what the long way says.
#include "wirewatch/text/text_tokens.h"

#include <gtest/gtest.h>
#include <unicode/uchar.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "wirewatch/text/byte_scan.h"
#include "wirewatch/text/sections.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::text {
namespace {

std::string Shown(std::string_view text, bool short_cuts) {
  TermTable terms;
  std::vector<Token> tokens;
  TextTokens tokenizer;
  std::string shown = std::to_string(tokenizer.Append(text, &terms, &tokens, short_cuts));
  for (const Token& token : tokens) {
    shown += " " + std::to_string(token.begin) + "-" + std::to_string(token.end) + "@" +
             std::to_string(token.position) + "+" + std::to_string(token.positions) +
             (token.variant      ? "v"
              : token.searchable ? "p"
                                 : "u") +
             std::to_string(static_cast<int>(token.kind)) + ":" + std::string(terms[token.term]);
  }
  return shown;
}

TEST(TextTokens, ShortCutsSayWhatTheLongWaySays) {
  const std::vector<std::string> pieces = {"a",
                                           "The",
                                           "NATO",
                                           "U.S.",
                                           "u.s",
                                           "'s",
                                           "'",
                                           "’",
                                           "\"",
                                           "«",
                                           "»",
                                           "don't",
                                           "1,244",
                                           "5",
                                           "42nd",
                                           "%",
                                           "$",
                                           "€",
                                           "AT&T",
                                           "C",
                                           "+",
                                           "-",
                                           "‐",
                                           "‑",
                                           "state-of-the-art",
                                           "l'Otan",
                                           "#",
                                           "#tag",
                                           "@",
                                           "@nato",
                                           ".",
                                           "...",
                                           ",",
                                           ";",
                                           ":",
                                           "://",
                                           "http",
                                           "https://x.org/a",
                                           "www.",
                                           "www.[",
                                           "[",
                                           "(",
                                           "/",
                                           "\n",
                                           " ",
                                           " ",
                                           " ",
                                           " ",
                                           "_",
                                           "__a",
                                           "é",
                                           "Łódź",
                                           "Вучић",
                                           "Ёлки",
                                           "мой",
                                           "и\u0306",
                                           "والكوسوفو",
                                           "م",
                                           "א'",
                                           "א\"ב",
                                           "北京",
                                           "。",
                                           "，",
                                           "カ",
                                           "が",
                                           "ที่",
                                           "한국",
                                           "\u1112\u1161",
                                           "😀",
                                           "👍🏽",
                                           "\u0301",
                                           "\u00AD",
                                           "\u200D",
                                           "\u202F",
                                           "\u00A0",
                                           "—",
                                           "“",
                                           "”",
                                           "…",
                                           "j.k.rowling",
                                           "xxxxxxxxxxxxxxxx",
                                           "xxxxxxxxxxxxxxx",
                                           "Непротивоконституционность",
                                           "°",
                                           "§",
                                           "½",
                                           "ß",
                                           "ﬁ",
                                           "ʼ",
                                           "ĳ",
                                           "ŉ",
                                           "İ",
                                           "क",
                                           "ि",
                                           "\uFF21",
                                           "\uFFFD",
                                           "\t",
                                           "&#39;",
                                           "x²",
                                           "℃",
                                           "①"};
  std::mt19937 random(29);
  for (int i = 0; i < 100000; ++i) {
    std::string text;
    for (size_t n = random() % 10; n > 0; --n) text += pieces[random() % pieces.size()];
    ASSERT_EQ(Shown(text, true), Shown(text, false)) << testing::PrintToString(text);
  }
}

// Each character alone, between letters and between spaces.
TEST(TextTokens, ShortCutsKnowEveryCodePoint) {
  for (char32_t c = 1; c <= 0x1FFFF; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string text = "x";
    for (const char* around : {"x y", "y-", " ", ""}) {
      AppendUtf8(c, &text);
      text += around;
    }
    ASSERT_EQ(Shown(text, true), Shown(text, false)) << std::hex << static_cast<uint32_t>(c);
  }
}

TEST(TextTokens, ShortCutsHoldInRealText) {
  const auto data = std::filesystem::path(WIREWATCH_SOURCE_DIR) / "../shared/data/langid/udhr2";
  if (!std::filesystem::is_directory(data)) GTEST_SKIP() << "no texts in " << data;
  for (const auto& entry : std::filesystem::directory_iterator(data)) {
    std::ifstream in(entry.path());
    const std::string text((std::istreambuf_iterator<char>(in)), {});
    ASSERT_EQ(Shown(RepairUtf8(text), true), Shown(RepairUtf8(text), false)) << entry.path();
  }
}

TEST(Sections, EveryTerminatorEndsASentence) {
  TextSections sections;
  for (char32_t c = 0x80; c <= 0x1FFFF; ++c) {
    if (u_getIntPropertyValue(static_cast<UChar32>(c), UCHAR_SENTENCE_BREAK) != U_SB_STERM) continue;
    std::string text = "One";
    AppendUtf8(c, &text);
    FindSections(text + " Two is here.", &sections);
    EXPECT_EQ(sections.sentences.size(), 2U) << std::hex << static_cast<uint32_t>(c);
  }
}

TEST(ByteScan, FindsAndCountsWhereverItStands) {
  for (size_t size = 0; size < 70; ++size) {
    for (size_t at = 0; at <= size; ++at) {
      std::string text(size, 'x');
      const auto is_mark = [](unsigned char c) { return c == '.' || c == 0xE3; };
      EXPECT_EQ(FindLineEnd(text, at), size);
      EXPECT_EQ(FindTerminator(text, at, is_mark), size);
      if (at == size) continue;
      text[at] = '\r';
      EXPECT_EQ(FindLineEnd(text, at / 2), at);
      text[at] = '.';
      EXPECT_EQ(FindTerminator(text, at / 2, is_mark), at);
      text[at] = '\xE4';
      EXPECT_EQ(FindTerminator(text, at / 2, is_mark), size);
      text[at] = '\xE3';
      EXPECT_EQ(FindTerminator(text, at / 2, is_mark), at);
      EXPECT_EQ(CountCodePoints(text), size);
      text[at] = '\xBF';
      EXPECT_EQ(CountCodePoints(text), size - 1);
    }
  }
}

}  // namespace
}  // namespace wirewatch::text

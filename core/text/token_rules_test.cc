// Every rule of "Tokens" in docs/watch-language.md by name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wirewatch/text/text_fixture.h"

namespace wirewatch::text {
namespace {

using ::testing::ElementsAre;

TEST(TokenRules, CaseIsFolded) { EXPECT_TRUE(Matches("kfor", "KFOR Kfor")); }

TEST(TokenRules, AccentsFoldBothWays) {
  EXPECT_TRUE(Matches("Ankara'da", "ankara’da"));
  EXPECT_TRUE(Matches("Vučić", "vucic"));
  EXPECT_TRUE(Matches("Vucic", "Vučić"));
  EXPECT_TRUE(Matches("Vučić", "Vuc\u030Cic\u0301"));
}

TEST(TokenRules, LettersThatDoNotDecomposeFoldBothWays) {
  EXPECT_THAT(TokensOf("Łódź Đinđić Ærø Straße Diyarbakır"),
              ElementsAre("0:lodz", "1:dindic", "2:aero", "3:strasse", "4:diyarbakir"));
  EXPECT_TRUE(Matches("Đinđić", "Dindic"));
  EXPECT_TRUE(Matches("STRASSE", "Straße"));
  EXPECT_TRUE(Matches("Diyarbakır", "DİYARBAKIR"));
}

TEST(TokenRules, CompatibilityFormsFold) {
  EXPECT_TRUE(Matches("NATO", "\uFF2E\uFF21\uFF34\uFF2F"));  // full width
  EXPECT_TRUE(Matches("office", "o\uFB03ce"));               // ligature
}

TEST(TokenRules, PossessivesAreAlsoIndexedWithoutTheirEnding) {
  EXPECT_THAT(TokensOf("KFOR's aim"), ElementsAre("0:kfor's", "0:kfor", "1:aim"));
  EXPECT_TRUE(Matches("KFOR aim", "KFOR’s aim"));
  EXPECT_TRUE(Matches("KFOR's", "KFOR’s"));
  EXPECT_FALSE(Matches("KFOR's", "KFOR"));
  EXPECT_TRUE(Matches("AT&T", "on AT&T's network"));
  EXPECT_TRUE(Matches("AT&T’s", "on AT&T's network"));
}

TEST(TokenRules, ElisionsAreAlsoIndexedWithoutWhatIsElided) {
  for (const auto* text : {"l'Afrique", "d’Afrique", "qu’Afrique", "dell'Afrique", "L\u2019AFRIQUE"}) {
    EXPECT_TRUE(Matches("Afrique", text)) << text;
  }
  EXPECT_FALSE(Matches("Brien", "O'Brien"));
  EXPECT_FALSE(Matches("hui", "aujourd’hui"));
  EXPECT_TRUE(Matches("pays Afrique Nord", "pays l'Afrique Nord"));
}

TEST(TokenRules, HyphenPartsArePositionsAndTheJoinedFormIsAVariant) {
  EXPECT_THAT(TokensOf("anti-war march"), ElementsAre("0:anti", "0:antiwar+2", "1:war", "2:march"));
  for (const auto* text : {"anti-war march", "anti war march", "antiwar march", "anti\u2011war march"}) {
    EXPECT_TRUE(Matches("anti-war march", text)) << text;
  }
  EXPECT_TRUE(Matches("antiwar march", "anti-war march"));
  EXPECT_TRUE(Matches("anti war", "anti-war"));
  EXPECT_FALSE(Matches("anti war", "antiwar"));
  EXPECT_TRUE(Matches("antiwar", "l'anti-war's"));
  EXPECT_TRUE(Matches("escalation", "de-escalation"));
}

TEST(TokenRules, LongHyphenChains) {
  EXPECT_TRUE(Matches("state-of-the-art", "stateoftheart"));
  EXPECT_TRUE(Matches("state-of-the-art", "state of the art"));
  EXPECT_TRUE(Matches("anti-war-related", "antiwar-related"));
  EXPECT_TRUE(Matches("cooperation", "non-co-operation"));
  const std::string chain = "a-b-c-d-e-f-g-h-i-j-k-l-m-n-o-p-q-r-s-t";
  EXPECT_TRUE(Matches("q r s t", chain));
}

TEST(TokenRules, DigitsOnBothSidesOfAHyphenAreNotJoined) {
  EXPECT_FALSE(Matches("20222023", "2022-2023"));
  EXPECT_TRUE(Matches("covid19", "Covid-19"));
}

TEST(TokenRules, StopsInAcronymsDoNotCount) {
  EXPECT_THAT(TokensOf("U.S. envoy"), ElementsAre("0:us", "1:envoy"));
  EXPECT_TRUE(Matches("U.S.", "the US"));
  EXPECT_TRUE(Matches("US", "the U.S.'s envoy"));
  EXPECT_TRUE(Matches("US envoy", "the U.S.'s envoy"));
  EXPECT_TRUE(Matches("us-led", "U.S.-led"));
  EXPECT_THAT(TokensOf("3.5 example.com"), ElementsAre("0:3.5", "1:example.com"));
}

TEST(TokenRules, NamesBehindInitialsAreFound) { EXPECT_TRUE(Matches("Пушкин", "А.С.Пушкин")); }

TEST(TokenRules, MarksBetweenThousandsDoNotCount) {
  EXPECT_TRUE(Matches("1244", "1,244"));
  EXPECT_TRUE(Matches("1,244", "1244"));
  EXPECT_THAT(TokensOf("1,244.50 12,345,678 1.244.000 1’244 1\u202F244"),
              ElementsAre("0:1244.50", "1:12345678", "2:1244000", "3:1244", "4:1244"));
  EXPECT_THAT(TokensOf("1,24 12,3456 1.244 3,5"), ElementsAre("0:1,24", "1:12,3456", "2:1.244", "3:3,5"));
}

TEST(TokenRules, SymbolTermsAreLiteral) {
  EXPECT_TRUE(Matches("C++", "in C++, mostly"));
  EXPECT_FALSE(Matches("C++", "vitamin C"));
  EXPECT_TRUE(Matches("C", "in C++"));
  EXPECT_TRUE(Matches("AT&T shares", "AT&T shares"));
  EXPECT_FALSE(Matches("AT&T", "at t"));
  EXPECT_TRUE(Matches("€5m", "worth €5m."));
  EXPECT_FALSE(Matches("€5m", "5m"));
  EXPECT_FALSE(Matches("€5m", "£5m"));
  EXPECT_TRUE(Matches("$5m", "US$5m"));
  EXPECT_TRUE(Matches("€1244", "€1,244"));
  EXPECT_TRUE(Matches("5%", "about 5%"));
  EXPECT_TRUE(Matches("C++-based", "C++-based"));
}

TEST(TokenRules, TagsAndHandles) {
  EXPECT_TRUE(Matches("NATO", "#NATO"));
  EXPECT_TRUE(Matches("NATO", "#NATO's"));
  EXPECT_FALSE(Matches("NATO", "@nato"));
  EXPECT_TRUE(Matches("#NATO", "a #nato, b"));
  EXPECT_FALSE(Matches("#NATO", "NATO"));
  EXPECT_TRUE(Matches("@nato", "via @NATO:"));
  EXPECT_FALSE(Matches("@nato", "nato"));
  EXPECT_FALSE(Matches("@nato", "press@nato.int"));
  EXPECT_THAT(TokensOf("#Kosovo_2023 &#39;s a#b"),
              ElementsAre("0:#kosovo_2023", "0:kosovo_2023", "1:39", "2:s", "3:a", "3:a#b+2", "4:b"));
}

TEST(TokenRules, TagsInScriptsWithoutSpaces) {
  EXPECT_THAT(TokensOf("#北京 好"), ElementsAre("0:北", "0:#北京+2", "1:京", "2:好"));
  EXPECT_TRUE(Matches("#北京", "看 #北京 好"));
  EXPECT_FALSE(Matches("#北京", "北京"));
}

TEST(TokenRules, UrlsAreOneTokenThatWordsDoNotFind) {
  EXPECT_THAT(TokensOf("see https://example.org/kfor?a=b. KFOR"),
              ElementsAre("0:see", "1:https://example.org/kfor?a=b!", "2:kfor"));
  EXPECT_FALSE(Matches("kfor", "www.example.org/kfor"));
}

TEST(TokenRules, EmojiAreOneTokenWithoutSkinTone) {
  EXPECT_TRUE(Matches("👍", "ok 👍🏽!"));
  EXPECT_TRUE(Matches("👍🏿", "ok 👍"));
  EXPECT_EQ(TokensOf("👨‍👩‍👧🇽🇰❤️").size(), 3U);
}

TEST(TokenRules, JoinersAndSoftHyphensAreIgnored) {
  EXPECT_TRUE(Matches("Kosovo", "Ko\u00ADso\u00ADvo"));
  EXPECT_TRUE(Matches("میخواهم", "می\u200Cخواهم"));
}

TEST(TokenRules, QuotesAreAlike) {
  EXPECT_TRUE(Matches("don't", "don’t"));
  EXPECT_TRUE(Matches("don’t", "don't"));
}

TEST(TokenRules, OnePositionForEachGrapheme) {
  EXPECT_THAT(TokensOf("北京大学"), ElementsAre("0:北", "1:京", "2:大", "3:学"));
  EXPECT_TRUE(Matches("京大", "北京大学"));
  EXPECT_FALSE(Matches("北大", "北京大学"));
  EXPECT_EQ(TokensOf("カタカナ").size(), 4U);
  EXPECT_EQ(TokensOf("ที่นี่").size(), 2U);  // two Thai consonants with their marks
  EXPECT_EQ(TokensOf("ລາວ").size(), 3U);
  EXPECT_EQ(TokenizeQuery("京大").size(), 2U);
}

TEST(TokenRules, ArabicMarksAndLetterFormsFold) {
  EXPECT_TRUE(Matches("محمد", "مُحَمَّد"));
  EXPECT_TRUE(Matches("محمد", "محـــمد"));
  EXPECT_TRUE(Matches("احمد", "أحمد"));
  EXPECT_TRUE(Matches("مستشفي", "مستشفى"));
  EXPECT_TRUE(Matches("مدرسه", "مدرسة"));
}

TEST(TokenRules, ArabicWordsAreAlsoIndexedWithoutProclitics) {
  for (const auto* text :
       {"كوسوفو", "وكوسوفو", "بكوسوفو", "لكوسوفو", "الكوسوفو", "والكوسوفو", "للكوسوفو", "فبالكوسوفو"}) {
    EXPECT_TRUE(Matches("كوسوفو", text)) << text;
  }
  EXPECT_FALSE(Matches("كوسوفو", "سلكوسوفو"));
}

TEST(TokenRules, HebrewPointsAreDropped) { EXPECT_TRUE(Matches("נאטו", "נַאטוֹ")); }

TEST(TokenRules, CyrillicLettersStayApart) {
  EXPECT_FALSE(Matches("мои", "мой"));
  EXPECT_TRUE(Matches("мой", "мои\u0306"));
  EXPECT_TRUE(Matches("еще", "ещё"));
}

TEST(TokenRules, WildcardsStayInQueries) {
  const std::vector<QueryWord> words = TokenizeQuery("de-escal* wo?d * prote*s");
  ASSERT_EQ(words.size(), 4U);
  ASSERT_EQ(words[0].rows.size(), 2U);
  EXPECT_EQ(words[0].rows[0][1].form, "escal*");
  EXPECT_TRUE(words[0].rows[0][1].wildcard);
  EXPECT_FALSE(words[0].rows[0][0].wildcard);
  EXPECT_EQ(words[0].rows[1][0].form, "deescal*");
  EXPECT_EQ(words[1].rows[0][0].form, "wo?d");
  EXPECT_EQ(words[2].rows[0][0].form, "*");
  EXPECT_EQ(words[3].rows[0][0].form, "prote*s");
}

TEST(TokenRules, CasedFormsKeepCaseOnly) {
  const v1::Item item = ItemWithBody("N.A.T.O. Łódź’s Anti-War #NATO");
  TextIndex index;
  index.Build(item);
  std::vector<std::string> forms;
  for (const Token& token : index.Find(v1::PART_BODY)->tokens) forms.push_back(CasedForm(item.body(), token));
  EXPECT_THAT(forms, ElementsAre("NATO", "Lodz's", "Lodz", "Anti", "AntiWar", "War", "#NATO", "NATO"));
  EXPECT_EQ(CasedForm("N.A.T.O."), "NATO");
}

}  // namespace
}  // namespace wirewatch::text

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wirewatch/testing/plugin_harness.h"

namespace wirewatch {
namespace {

v1::Item ItemWith(const std::string& headline, const std::string& body, const std::string& declared = "") {
  v1::Item item;
  item.set_headline(headline);
  item.set_body(body);
  if (!declared.empty()) item.mutable_language()->set_tag(declared);
  return item;
}

v1::Item Found(const v1::Item& item) {
  static const auto& plugin = *testing::CreatePlugin<Analysis>("{}").release();
  const testing::Outcome outcome = testing::Analyze(plugin, item);
  EXPECT_TRUE(outcome.status.ok()) << outcome.status;
  return outcome.item;
}

constexpr char kEnglish[] =
    "The council said on Tuesday that the bridge would stay closed until engineers had inspected every cable, and that "
    "ferries would run through the night.";
constexpr char kGerman[] =
    "Der Stadtrat teilte am Dienstag mit, dass die Brücke gesperrt bleibt, bis alle Seile geprüft worden sind, und "
    "dass "
    "die Fähren auch in der Nacht verkehren.";
constexpr char kFrench[] =
    "Le conseil municipal a annoncé mardi que le pont resterait fermé jusqu'à ce que tous les câbles aient été "
    "inspectés.";
constexpr char kSpanish[] =
    "El ayuntamiento anunció el martes que el puente seguirá cerrado hasta que se hayan revisado todos los cables.";

TEST(LanguageTest, TellsLanguagesOfSentences) {
  EXPECT_EQ(Found(ItemWith("", kEnglish)).language().tag(), "en");
  EXPECT_EQ(Found(ItemWith("", kGerman)).language().tag(), "de");
  EXPECT_EQ(Found(ItemWith("", kFrench)).language().tag(), "fr");
  EXPECT_EQ(Found(ItemWith("", kSpanish)).language().tag(), "es");
  EXPECT_GT(Found(ItemWith("", kEnglish)).language().confidence(), 0.9);
}

TEST(LanguageTest, IsHonestAboutShortTexts) {
  const v1::Item item = Found(ItemWith("Bravo", ""));
  EXPECT_EQ(item.language().tag(), "und");
  EXPECT_LT(item.language().confidence(), 0.5);
}

TEST(LanguageTest, ADeclarationDecidesWhereTheTextIsTooShort) {
  const v1::Item item = Found(ItemWith("Bravo", "", "fr"));
  EXPECT_EQ(item.language().tag(), "fr");
  EXPECT_TRUE(item.language().declared());
}

TEST(LanguageTest, AClearTextOverrulesADeclaration) {
  const v1::Item item = Found(ItemWith("", kGerman, "en"));
  EXPECT_EQ(item.language().tag(), "de");
  EXPECT_FALSE(item.language().declared());
}

TEST(LanguageTest, ADeclaredRegionIsKept) {
  EXPECT_EQ(Found(ItemWith("", kEnglish, "en-GB")).language().tag(), "en-GB");
}

TEST(LanguageTest, FindsSeveralLanguagesWithTheirStretches) {
  const std::string english = std::string(kEnglish) + " " + kEnglish, german = std::string(kGerman) + " " + kGerman;
  const v1::Item item = Found(ItemWith("", english + "\n\n" + german));
  std::vector<std::string> whole, stretches;
  for (const v1::LanguageSpan& span : item.languages()) (span.has_span() ? stretches : whole).push_back(span.tag());
  EXPECT_THAT(whole, ::testing::UnorderedElementsAre("en", "de"));
  EXPECT_THAT(stretches, ::testing::IsSupersetOf({"en", "de"}));
  for (const v1::LanguageSpan& span : item.languages()) EXPECT_LE(span.span().end(), item.body().size());
}

TEST(LanguageTest, AnEmptyItemIsLeftAlone) { EXPECT_FALSE(Found(ItemWith("", "")).has_language()); }

}  // namespace
}  // namespace wirewatch

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "wirewatch/testing/plugin_harness.h"
#include "wirewatch/text/text_index.h"

namespace wirewatch::analyses {
namespace {

v1::Item ItemOf(const std::string& body, int64_t published = 1687478400 /* 2023-06-23 */) {
  v1::Item item;
  item.set_body(body);
  item.mutable_published()->mutable_value()->set_seconds(published);
  return item;
}

v1::Item Found(const std::string& body) {
  static const auto& dateline = *testing::CreatePlugin<Analysis>("").release();
  return testing::Analyze(dateline, ItemOf(body)).item;
}

// "place|date|agencies": the rest of the text is what stands behind body_begin.
struct Case {
  const char* dateline;
  const char* facts;
};

constexpr char kText[] = "The ambassador said on Friday that nothing had been decided yet.";

std::string FactsOf(const v1::Dateline& dateline) {
  std::string facts = dateline.place() + "|" + dateline.date() + "|";
  for (int i = 0; i < dateline.agencies_size(); ++i) facts += (i > 0 ? "," : "") + dateline.agencies(i).name();
  return facts;
}

TEST(DatelineTest, ReadsWhatAgenciesWrite) {
  const Case cases[] = {
      {"BELGRADE, June 23. /TASS/. ", "BELGRADE|2023-06-23|TASS"},
      {"МОСКВА, 23 июня. /ТАСС/. ", "МОСКВА|2023-06-23|TASS"},
      {"МОСКВА, 23 июн - РИА Новости. ", "МОСКВА|2023-06-23|RIA Novosti"},
      {"SARAVNO, June 13. /KTA/. ", "SARAVNO|2023-06-13|KTA"},
      {"LONDON (Reuters) - ", "LONDON||Reuters"},
      {"LONDON, March 3 (Reuters) - ", "LONDON|2023-03-03|Reuters"},
      {"WASHINGTON, Dec 30 (Reuters) – ", "WASHINGTON|2022-12-30|Reuters"},
      {"NEW YORK/LONDON, June 3 (Reuters) - ", "NEW YORK|2023-06-03|Reuters"},
      {"LONDON (Thomson Reuters Foundation) - ", "LONDON||Thomson Reuters Foundation"},
      {"(Reuters) - ", "||Reuters"},
      {"WASHINGTON (AP) — ", "WASHINGTON||AP"},
      {"WASHINGTON (AP) —", "WASHINGTON||AP"},
      {"SAN JUAN, Puerto Rico (AP) — ", "SAN JUAN||AP"},
      {"SACRAMENTO, Calif. (AP) — ", "SACRAMENTO||AP"},
      {"ST. LOUIS (AP) — ", "ST. LOUIS||AP"},
      {"TRENTON, N.J. (AP) _ ", "TRENTON||AP"},
      {"PARIS, 3 mai (AFP) - ", "PARIS|2023-05-03|AFP"},
      {"PARIS, 1er mai (AFP) - ", "PARIS|2023-05-01|AFP"},
      {"Paris (AFP) – ", "Paris||AFP"},
      {"PARIS, 12 févr. 2022 (AFP) - ", "PARIS|2022-02-12|AFP"},
      {"AIX-EN-PROVENCE, 3 août (AFP) - ", "AIX-EN-PROVENCE|2023-08-03|AFP"},
      {"(dpa) - ", "||dpa"},
      {"Berlin (dpa) - ", "Berlin||dpa"},
      {"Frankfurt am Main (dpa) - ", "Frankfurt am Main||dpa"},
      {"Hannover (dpa/lni) - ", "Hannover||dpa"},
      {"Berlin, 3. März (dpa) - ", "Berlin|2023-03-03|dpa"},
      {"Wien (APA) - ", "Wien||APA"},
      {"Bern (sda) - ", "Bern||SDA"},
      {"Berlin/Tarnice (dna) - ", "Berlin||dna"},
      {"Berlin. (dpa) ", "Berlin||dpa"},
      {"Halle (Saale) (dpa) - ", "Halle||dpa"},
      {"Frankfurt (Oder) (dpa/bb) - ", "Frankfurt||dpa"},
      {"Kiev (Ukraine), 3 mai 2023 (AFP) - ", "Kiev|2023-05-03|AFP"},
      {"Baku, June 23, AZERTAC. ", "Baku|2023-06-23|AZERTAC"},
      {"Roma, 3 giu. - (Adnkronos) - ", "Roma|2023-06-03|Adnkronos"},
      {"NEW YORK--(BUSINESS WIRE)--", "NEW YORK||Business Wire"},
      {"La Habana, 3 jun (Prensa Latina) ", "La Habana|2023-06-03|Prensa Latina"},
      {"WASHINGTON—", "WASHINGTON||"},
      {"MADRID, 3 Jun. (EUROPA PRESS) - ", "MADRID|2023-06-03|Europa Press"},
      {"Madrid, 3 jun (EFE).- ", "Madrid|2023-06-03|EFE"},
      {"Cantarilla, 10 jun (ALB).- ", "Cantarilla|2023-06-10|ALB"},
      {"Ciudad de México, 3 de junio (EFE).- ", "Ciudad de México|2023-06-03|EFE"},
      {"MOSCA, 3 mag. (ANSA) - ", "MOSCA|2023-05-03|ANSA"},
      {"(ANSA) - ROMA, 16 GIU - ", "ROMA|2023-06-16|ANSA"},
      {"L'AQUILA, 3 GIU (ANSA) - ", "L'AQUILA|2023-06-03|ANSA"},
      {"Lisboa, 03 jun 2026 (Lusa) - ", "Lisboa|2026-06-03|LUSA"},
      {"Rio de Janeiro, 3 de março (Agência Brasil) - ", "Rio de Janeiro|2023-03-03|Agência Brasil"},
      {"BEIJING, June 3 (Xinhua) -- ", "BEIJING|2023-06-03|Xinhua"},
      {"ANKARA (AA) - ", "ANKARA||AA"},
      {"TEHRAN, June 03 (MNA) – ", "TEHRAN|2023-06-03|Mehr"},
      {"MOSCOW. June 23. INTERFAX - ", "MOSCOW|2023-06-23|Interfax"},
      {"OSTERHAVEN, Germany (Meridian) - ", "OSTERHAVEN||Meridian"},
      {"KYIV, June 23 (Ukrinform) - ", "KYIV|2023-06-23|Ukrinform"},
      {"PARIS (AFP/Reuters) - ", "PARIS||AFP,Reuters"},
      {"PARIS, 3 juin - ", "PARIS|2023-06-03|"},
      {"June 3 (Reuters) - ", "|2023-06-03|Reuters"},
      {"ТАСС, 23 июня. ", "|2023-06-23|TASS"},
      {"МОСКВА, 23 июн — РИА Новости, Мария Иванова. ", "МОСКВА|2023-06-23|RIA Novosti"},
      {"Москва. 23 июня. INTERFAX.RU - ", "Москва|2023-06-23|Interfax"},
      {"САНКТ-ПЕТЕРБУРГ, 3 мая. /ТАСС/. ", "САНКТ-ПЕТЕРБУРГ|2023-05-03|TASS"},
      {"SEOUL, June 3 (Yonhap) -- ", "SEOUL|2023-06-03|Yonhap"},
      {"Kyiv, June 23 (Ukrinform). ", "Kyiv|2023-06-23|Ukrinform"},
      {"Bern (sda): ", "Bern||SDA"},
      {"Roma, 16 giu. (askanews) – ", "Roma|2023-06-16|Askanews"},
      {"(AGI) - Roma, 16 giu. - ", "Roma|2023-06-16|AGI"},
      {"(KTA) - SARAVNO, 16 JUN - ", "SARAVNO|2023-06-16|KTA"},
      {"Oct 30 (Reuters Breakingviews) - ", "|2023-10-30|Reuters"},
      {"LONDON, Jan. 3, 2023 /PRNewswire/ -- ", "LONDON|2023-01-03|PR Newswire"},
      {"WASHINGTON, D.C. (AP) — ", "WASHINGTON||AP"},
      {"PARIS (AFP) -", "PARIS||AFP"},
      {"\u00A0BERLIN\u00A0(dpa)\u00A0- ", "BERLIN||dpa"},
      {"BELGRADE, June 23. /TASS/.\n", "BELGRADE|2023-06-23|TASS"},
      {"Rom, 3. Feb. (KNA) - ", "Rom|2023-02-03|KNA"},
      {"BRASÍLIA, 1º de junho (Agência Brasil) – ", "BRASÍLIA|2023-06-01|Agência Brasil"},
      {"Bogotá, 1 ago (EFE).- ", "Bogotá|2023-08-01|EFE"},
      {"GAZA/JERUSALEM (Reuters) - ", "GAZA||Reuters"},
      {"Moskau/Kiew (dpa) – ", "Moskau||dpa"},
      {"WASHINGTON — ", "WASHINGTON||"},
      {"MEXICO CITY — ", "MEXICO CITY||"},
      {"KYIV, Ukraine — ", "KYIV||"},
  };
  for (const Case& each : cases) {
    const v1::Item item = Found(std::string(each.dateline) + kText);
    EXPECT_EQ(FactsOf(item.dateline()), each.facts) << each.dateline;
    EXPECT_EQ(item.dateline().body_begin(), std::string(each.dateline).size()) << each.dateline;
    EXPECT_GT(item.dateline().confidence(), 0.4F) << each.dateline;
  }
}

TEST(DatelineTest, LeavesAloneWhatIsNone) {
  for (const char* text : {
           "The ambassador said on Friday that nothing had been decided yet.",
           "LONDON (population 9 million) - the biggest city of the country - is to vote.",
           "London (Ontario) - a city of 400,000 - is to vote on Friday.",
           "PARIS (75) - Vends appartement de trois pièces, calme.",
           "(Updated) - The ambassador said that nothing had been decided.",
           "(Updates with comment) - The ambassador said that nothing had been decided.",
           "ATTENTION EDITORS - Please kill the story headlined \"Thirty ill\".",
           "ADVISORY - Meridian plans the following coverage of Sunday's vote.",
           "BREAKING - Thirty people are in hospital, the ministry says.",
           "UPDATE 1 - Thirty people are in hospital, the ministry says.",
           "NATO - Russia relations are at their lowest since the war.",
           "U.S. - China talks resume next week, officials said.",
           "Berlin - wie haste dir verändert, sang man damals.",
           "On June 3 (Reuters reported) the talks - long awaited - began.",
           "In Paris, 3 May was a holiday - nobody worked.",
           "Belgrade, June 23 was hot.",
           "He said (Reuters) - so it goes - that nothing was decided.",
           "A (AP) b",
           "TOLMEN - The fish stall was the only one without customers that morning.",
           "TRUMP - The former president said on Friday that nothing had been decided.",
           "PODCAST — The ambassador said on Friday that nothing had been decided.",
           "ERDBEBEN - Ein Erdbeben hat am Freitag mehrere Dörfer erschüttert.",
           "PARIS - MARSEILLE : les supporteurs interdits de déplacement pour le match.",
           "LONDON - the city that never sleeps, says a new guide for its visitors.",
           "Tuesday, June 3 - The council met to decide on the bridge over the river.",
           "MONTAG, 3. Juni - Der Stadtrat entscheidet über die Brücke am Fluss.",
           "Updated, June 3, 2023 - The ambassador said that nothing had been decided.",
           "June 3 - The ambassador said on Friday that nothing had been decided.",
           "Friedrich Merz (CDU) - der Kanzler - sprach am Freitag im Bundestag.",
           "Bayern (CSU) - Der Ministerpräsident sprach am Freitag im Landtag.",
           "MERZ (CDU) - Der Kanzler sprach am Freitag im Bundestag über Europa.",
           "Tesla (TSLA) - Shares fell on Friday after the company cut its forecast.",
           "Trump (right) - seen here in Washington - said nothing on Friday at all.",
           "MESSI (Barcelona) - The player said nothing on Friday at all.",
           "Messi (arg) - The player said nothing on Friday at all.",
           "Djokovic (srb) - Alcaraz (esp) 6:3, 6:4",
           "BOLT (JAM) - The runner said nothing on Friday at all, nobody asked.",
           "LYON (Rhône) - Le conseil municipal a annoncé vendredi que rien.",
           "TEL AVIV (Israel) - The ambassador said on Friday that nothing.",
           "COVID (WHO) - The ambassador said on Friday that nothing had been decided.",
           "TITANIC - The Musical opens at the theatre on Sunday with a large cast.",
           "Paris - Nice, the cycling race, begins on Sunday with a time trial.",
           "NVIDIA (NVDA) - Shares fell on Friday after the company cut its forecast.",
           "UNITED NATIONS (UN) - The ambassador said that nothing had been decided.",
           "LONDON (Ontario) - The council met to decide on the bridge.",
           "Frankfurt (Oder) - Der Stadtrat entscheidet über die Brücke am Fluss.",
           "SPRINGFIELD (Ill.) - The council met to decide on the bridge.",
           "(update) - The ambassador said that nothing had been decided.",
           "(red) - Der Stadtrat entscheidet über die Brücke am Fluss.",
           "(VIDEO) - The ambassador said that nothing had been decided.",
           "(1) - The ambassador said that nothing had been decided.",
           "(a) - The ambassador said that nothing had been decided.",
           "(map) - The ambassador said that nothing had been decided.",
           "He /she/. The form asks for more than that these days.",
           "Windows/Mac/Linux - The program runs on all three of them.",
           "- LONDON: 12\n- PARIS: 7\n- ROME: 3",
           "* LONDON (Reuters) is where the agency has its seat.",
           "Fourteen - that is how many districts voted again on Sunday.",
           "The Hague - seat of the court - was quiet on Friday.",
           "Paris (AFP photographers said) - that nothing had been decided.",
           "June 12345678901234567890 (Reuters) - that nothing had been decided.",
           "99999999999999999999999999999999999999 mai (AFP) - that nothing had been decided.",
           "LONDON (Reuters) - ",
           "LONDON (Reuters",
           "(((((((((((((((((((((",
           "/////////",
           "- - - -",
           "",
       }) {
    EXPECT_FALSE(Found(text).has_dateline()) << text;
  }
}

TEST(DatelineTest, SpansPointAtTheWords) {
  const std::string body = std::string("BELGRADE, June 23. /TASS/. ") + kText;
  const v1::Dateline dateline = Found(body).dateline();
  const auto text = [&body](const v1::Span& span) { return body.substr(span.begin(), span.end() - span.begin()); };
  EXPECT_EQ(text(dateline.span()), "BELGRADE, June 23. /TASS/.");
  EXPECT_EQ(text(dateline.place_span()), "BELGRADE");
  EXPECT_EQ(text(dateline.date_span()), "June 23");
  EXPECT_EQ(text(dateline.agencies(0).span()), "TASS");
  EXPECT_EQ(dateline.span().part(), v1::PART_BODY);
}

TEST(DatelineTest, TakesTheYearThatIsNearestToTheItemsOwnDate) {
  const auto& plugin = *testing::CreatePlugin<Analysis>("").release();
  const auto date_of = [&](const char* dateline, int64_t published) {
    return testing::Analyze(plugin, ItemOf(std::string(dateline) + kText, published)).item.dateline();
  };
  EXPECT_EQ(date_of("LONDON, Dec 31 (Reuters) - ", 1672617600 /* 2023-01-02 */).date(), "2022-12-31");
  EXPECT_EQ(date_of("LONDON, Jan 1 (Reuters) - ", 1672444800 /* 2022-12-31 */).date(), "2023-01-01");
  EXPECT_TRUE(date_of("LONDON, Jan 1 (Reuters) - ", 1672444800).year_inferred());
  EXPECT_FALSE(date_of("LONDON, Jan 1, 2020 (Reuters) - ", 1672444800).year_inferred());
  EXPECT_EQ(date_of("LONDON, Feb 29 (Reuters) - ", 1709251200 /* 2024-03-01 */).date(), "2024-02-29");
  EXPECT_EQ(date_of("LONDON, Feb 30 (Reuters) - ", 1709251200).date(), "");
}

TEST(DatelineTest, ADoubtfulPublishedTimeDoesNotChooseTheYear) {
  const auto& plugin = *testing::CreatePlugin<Analysis>("").release();
  v1::Item item = ItemOf(std::string("LONDON, March 3 (Reuters) - ") + kText);
  item.mutable_published()->set_flag(v1::TIME_FLAG_IN_FUTURE);
  EXPECT_EQ(testing::Analyze(plugin, item).item.dateline().date(), "");
}

TEST(DatelineTest, ReadsMonthsInSevenLanguages) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"Jan. 3", "01-03"},    {"3 janv.", "01-03"},  {"3. Jänner", "01-03"}, {"3 ene", "01-03"},   {"3 gen.", "01-03"},
      {"3 янв", "01-03"},     {"3 fév.", "02-03"},   {"3 fev", "02-03"},     {"3. März", "03-03"}, {"3 мар.", "03-03"},
      {"3 avr.", "04-03"},    {"3 abr", "04-03"},    {"3 апреля", "04-03"},  {"3 mag", "05-03"},   {"3 мая", "05-03"},
      {"3 juin", "06-03"},    {"3 GIUGNO", "06-03"}, {"3 juil.", "07-03"},   {"3 LUG", "07-03"},   {"3 июля", "07-03"},
      {"3 août", "08-03"},    {"3 ago.", "08-03"},   {"3 agosto", "08-03"},  {"Sept 3", "09-03"},  {"3 set", "09-03"},
      {"3 сентября", "09-03"}};
  for (const auto& [written, day] : cases) {
    EXPECT_EQ(Found(std::string("ROMA, ") + written + " (ANSA) - " + kText).dateline().date(),
              std::string("2023-") + day)
        << written;
  }
}

TEST(DatelineTest, WithoutAnyDateTheYearStaysOpen) {
  const auto& plugin = *testing::CreatePlugin<Analysis>("").release();
  v1::Item item;
  item.set_body(std::string("LONDON, March 3 (Reuters) - ") + kText);
  const v1::Dateline dateline = testing::Analyze(plugin, item).item.dateline();
  EXPECT_EQ(dateline.place(), "LONDON");
  EXPECT_TRUE(dateline.has_date_span());
  EXPECT_EQ(dateline.date(), "");
}

TEST(DatelineTest, StandsBehindHeadlineAndByline) {
  const std::string body =
      std::string("Three nights in the cab\n\nBy Vesna Korlath, Courier\n\nTOLMEN (KTA) - ") + kText;
  v1::Item read = ItemOf(body);
  read.set_headline("Three nights in the cab");
  read.set_located("Tolmen");
  const auto& plugin = *testing::CreatePlugin<Analysis>("").release();
  const v1::Item item = testing::Analyze(plugin, read).item;
  EXPECT_EQ(item.dateline().place(), "TOLMEN");
  EXPECT_EQ(body.substr(item.dateline().body_begin()), kText);
  EXPECT_FALSE(Found(std::string(kText) + " " + kText + "\n\nLONDON (Reuters) - " + kText).has_dateline());
}

// What stands before the text is not searched, so nothing that only the body says may stand there.
TEST(DatelineTest, NeverPassesTextThatNothingElseRepeats) {
  EXPECT_FALSE(Found(std::string("The president resigned.\n\nLONDON (Reuters) - ") + kText).has_dateline());
  EXPECT_FALSE(Found(std::string("Missile hits ship\n\nLONDON (Reuters) - ") + kText).has_dateline());
  for (const char* before :
       {"(Corrects the number of wounded)\n\n", "Published: 14 June 2023\n", "14 de junio de 2023\n\n",
        "Von Anna Müller\r\n\r\n", "(Berichtigung: Betrag)\n\nBy Vesna Korlath, Courier\n\n"}) {
    const std::string body = std::string(before) + "LONDON (Reuters) - " + kText;
    EXPECT_EQ(body.substr(Found(body).dateline().body_begin()), kText) << before;
  }
}

TEST(DatelineTest, APlaceAloneNeedsEvidence) {
  const auto& plugin = *testing::CreatePlugin<Analysis>("").release();
  const std::string body = std::string("SOLLEN - ") + kText;
  const auto place_in = [&plugin](const v1::Item& item) {
    return testing::Analyze(plugin, item).item.dateline().place();
  };
  EXPECT_EQ(place_in(ItemOf(body)), "");
  v1::Item item = ItemOf(body);
  item.set_located("Sollen");
  EXPECT_EQ(place_in(item), "SOLLEN");
  item = ItemOf(body);
  item.set_headline("Shots fired near Sollen");
  EXPECT_EQ(place_in(item), "SOLLEN");
  item.set_headline("Sollen speaks");
  EXPECT_EQ(place_in(item), "");
  EXPECT_EQ(place_in(ItemOf(body + " Nobody in Sollen knew why.")), "SOLLEN");
  EXPECT_EQ(place_in(ItemOf(body + " Nobody in Sollenau knew why.")), "");
  EXPECT_EQ(place_in(ItemOf("RIO DE JANEIRO - A polícia disse que, em Rio de Janeiro, nada mudou.")), "RIO DE JANEIRO");
}

TEST(DatelineTest, AnUnknownAgencyNeedsEvidence) {
  const auto& plugin = *testing::CreatePlugin<Analysis>("").release();
  const auto facts_of = [&plugin](const v1::Item& item) {
    return FactsOf(testing::Analyze(plugin, item).item.dateline());
  };
  v1::Item item = ItemOf(std::string("SARAVNO (Meridian) - ") + kText);
  EXPECT_EQ(facts_of(item), "||");
  item.add_info_sources()->set_name("Meridian");
  EXPECT_EQ(facts_of(item), "SARAVNO||Meridian");
  item = ItemOf(std::string("Saravno/Tarnice (dna) - ") + kText);
  EXPECT_EQ(facts_of(item), "||");
  item.set_located("Saravno");
  EXPECT_EQ(facts_of(item), "Saravno||dna");
  item = ItemOf(std::string("LYON (Rhône) - ") + kText);
  item.set_located("Lyon");
  EXPECT_EQ(facts_of(item), "||");
}

TEST(DatelineTest, ConfidenceFallsWithTheEvidence) {
  float last = 1;
  for (const char* dateline : {"LONDON, June 3 (Reuters) - ", "LONDON (Reuters) - ", "June 3 (Reuters) - ",
                               "SARAVNO, June 3 (KTA) - ", "LONDON, June 3 - ", "WASHINGTON — ", "(dna) - "}) {
    const float confidence = Found(std::string(dateline) + kText).dateline().confidence();
    EXPECT_GT(confidence, 0.4F) << dateline;
    EXPECT_LT(confidence, last) << dateline;
    last = confidence;
  }
}

TEST(DatelineTest, ReadsTheLeadWhereTheBodyHasNone) {
  const auto& plugin = *testing::CreatePlugin<Analysis>("").release();
  v1::Item item = ItemOf(kText);
  item.set_lead(std::string("LONDON (Reuters) - ") + kText);
  const v1::Dateline dateline = testing::Analyze(plugin, item).item.dateline();
  EXPECT_EQ(dateline.span().part(), v1::PART_LEAD);
  EXPECT_EQ(dateline.place_span().part(), v1::PART_LEAD);
  EXPECT_EQ(dateline.body_begin(), 19U);
}

TEST(DatelineTest, TheTextIndexHidesTheDatelineAndNothingElse) {
  const v1::Item item = Found(std::string("SARAVNO, June 23. /KTA/. ") + kText);
  text::TextIndex index;
  index.Build(item);
  const text::PartIndex& body = *index.Find(v1::PART_BODY);
  EXPECT_EQ(body.text.substr(body.text_begin), kText);
  for (const text::Token& token : body.tokens) EXPECT_EQ(token.searchable, token.begin >= body.text_begin);
}

TEST(DatelineTest, SetsLocatedWhereTheItemSaysNothing) {
  EXPECT_EQ(Found(std::string("LONDON (Reuters) - ") + kText).located(), "LONDON");
  const auto& plugin = *testing::CreatePlugin<Analysis>("").release();
  v1::Item item = ItemOf(std::string("LONDON (Reuters) - ") + kText);
  item.set_located("London");
  EXPECT_EQ(testing::Analyze(plugin, item).item.located(), "London");
}

TEST(DatelineTest, TakesFurtherAgencies) {
  const std::string body = std::string("Velna (Grenzland Presse) - ") + kText;
  EXPECT_FALSE(Found(body).has_dateline());
  const auto plugin = testing::CreatePlugin<Analysis>("agencies: [Grenzland Presse]");
  const v1::Item item = testing::Analyze(*plugin, ItemOf(body)).item;
  EXPECT_EQ(FactsOf(item.dateline()), "Velna||Grenzland Presse");
  EXPECT_EQ(testing::OptionErrors("agencies: [X]"), "");
  EXPECT_NE(testing::OptionErrors("agencies: {name: X}").find("options.yaml:1:"), std::string::npos);
  EXPECT_NE(testing::OptionErrors("agencies: [[X]]").find("options.yaml:1:"), std::string::npos);
  EXPECT_NE(testing::OptionErrors("agences: [X]").find("did you mean \"agencies\"?"), std::string::npos);
}

}  // namespace
}  // namespace wirewatch::analyses

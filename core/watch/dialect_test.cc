#include "wirewatch/watch/dialect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "wirewatch/watch/dialect_fixture.h"

namespace wirewatch::watch {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(DialectTest, Meltwater) {
  CheckDialect(
      Dialect::kMeltwater,
      {
          {"kfor", "kfor", "exact"},
          {"\"Kosovo Force\"", "\"Kosovo Force\"", "exact"},
          {"a AND b OR c", "(a AND b) OR c", "exact"},
          {"a OR b NOT c", "a OR (b AND NOT c)", "exact"},
          {"a OR b AND NOT c", "a OR (b AND NOT c)", "exact"},
          {"apple and (watch or iwatch) not \"apple juice\"", "apple AND (watch OR iwatch) AND NOT \"apple juice\"",
           "exact"},
          {"NOT a AND b", "NOT a AND b", "exact"},
          {"a NEAR b", "a NEAR/4 b", "exact"},
          {"a NEAR/10 b", "a NEAR/10 b", "exact"},
          {"a near/10 b", "a NEAR/10 b", "exact"},
          {"a ONEAR b", "a ONEAR/4 b", "exact"},
          {"a ONEAR/1 b AND c", "a ONEAR/1 b AND c", "exact"},
          {"(a OR b) NEAR/3 (c OR \"d e\")", "(a OR b) NEAR/3 (c OR \"d e\")", "exact"},
          {"a NEAR b NEAR/2 c", "(a NEAR/4 b) NEAR/2 c", "approximate"},
          {"(a AND b) NEAR/3 c", "a NEAR/3 c AND b NEAR/3 c", "approximate"},
          {"a NEAR (b AND c)", "a NEAR/4 b AND a NEAR/4 c", "approximate"},
          {"clash* OR *drew OR wo?d", "clash* OR *drew OR wo?d", "exact"},
          {"(ipad OR airpod)^9 AND x^2", "(ipad OR airpod) AND x", "exact"},
          {"title:kfor", "headline:kfor", "exact"},
          {"TITLE:\"Kosovo Force\"", "headline:\"Kosovo Force\"", "exact"},
          {"title:(a OR b NOT c)", "headline:(a OR (b AND NOT c))", "exact"},
          {"ingress:kfor", "lead:kfor", "approximate"},
          {"ingress:\"a b\" NEAR/10 ingress:c", "lead:(\"a b\" NEAR/10 c)", "approximate"},
          {"title:a NEAR title:b", "headline:(a NEAR/4 b)", "exact"},
          {"title:a NEAR ingress:b",
           "0: title:a NEAR ingress:b is refused: NEAR takes words, phrases and ORs of these, "
           "all in one field",
           "refused"},
          {"a b", "a AND b", "approximate"},
          {"language:en AND country:DEU", "language:en AND country:de", "approximate"},
          {"author:smith", "author:smith", "approximate"},
          {"source:\"Daily Example\"", "outlet:\"Daily Example\"", "approximate"},
          {"\"a b\"~5", "\"a b\"~5", "approximate"},
          {"AT&T OR C++ OR C#", "AT&T OR C++ OR C#", "exact"},
          {"#kosovo OR @nato", "#kosovo OR @nato", "exact"},
          {"\"NEAR\" AND CASE", "\"NEAR\" AND \"CASE\"", "exact"},
          {"a,b OR -c OR a~b", "\"a,b\" OR \"-c\" OR \"a~b\"", "exact"},
          {"BREAKING: news", "BREAKING: AND news", "approximate"},
          {"a AND (b OR c", "6: a parenthesis without its end", "refused"},
          {"a AND", "5: the query ends where a word or a parenthesis was expected", "refused"},
          {"a) AND b", "1: \")\" was not expected here", "refused"},
          {"\"a b", "0: a phrase without its closing quote", "refused"},
          {"", "0: the query is empty", "refused"},
          {"a NEAR/x b", "7: expected a whole number up to 100000 behind NEAR/", "refused"},
          {"a AND mediatype:blog",
           "6: mediatype:blog is refused: nothing here is known by the name mediatype:", "refused"},
          {"title:(a ingress:b)", "9: ingress:b is refused: a field stands inside a field", "refused"},
          {"language:english", "9: english is refused: it is no code of a language", "refused"},
          {"a OR *", "5: * is refused: it stands for every word", "refused"},
          {"a NEAR (NOT b)",
           "0: a NEAR (NOT b) is refused: NEAR takes words, phrases and ORs of these, all in one field", "refused"},
      });
}

TEST(DialectTest, Brandwatch) {
  CheckDialect(
      Dialect::kBrandwatch,
      {
          {"apple AND juice NOT cider", "apple AND juice AND NOT cider", "exact"},
          {"(a OR b) AND c", "(a OR b) AND c", "exact"},
          {"a AND b OR c", "(a AND b) OR c", "approximate"},
          {"((apple OR orange) NEAR/5 (smartphone OR phone))", "(apple OR orange) NEAR/5 (smartphone OR phone)",
           "exact"},
          {"(logitech NEAR/2f keyboard)", "logitech ONEAR/2 keyboard", "exact"},
          {"a NEAR/0f b", "a ONEAR/0 b", "exact"},
          {"((apple OR orange) AND (smartphone OR phone))~5", "(apple OR orange) NEAR/5 (smartphone OR phone)",
           "exact"},
          {"\"apple juice\"~5", "\"apple juice\"~5", "approximate"},
          {"complain* OR customi?e", "complain* OR customi?e", "exact"},
          {"title:\"apple juice\"", "headline:\"apple juice\"", "exact"},
          {"a <<<my comment>>> AND b", "a AND b", "exact"},
          {"{BT} AND {BT Sport}", "CASE(BT) AND CASE(\"BT Sport\")", "exact"},
          {"{BT} NEAR/3 phone", "CASE(BT) NEAR/3 phone", "exact"},
          {"niño", "niño", "approximate"},
          {"raw:Google+", "EXACT(Google+)", "approximate"},
          {"links:msn.com", "link:msn.com", "approximate"},
          {"site:twitter.com AND \"apple juice\"", "domain:twitter.com AND \"apple juice\"", "exact"},
          {"site:www.example.org", "domain:example.org", "exact"},
          {"topLevelDomain:com OR topLevelDomain:org", "domain:com OR domain:org", "exact"},
          {"url:\"msn.com/news\" AND x", "url:\"msn.com/news\" AND x", "approximate"},
          {"author:ladygaga", "author:ladygaga", "exact"},
          {"country:gbr AND a", "country:gb AND a", "approximate"},
          {"country:uk OR country:FR", "country:gb OR country:fr", "approximate"},
          {"language:en", "language:en", "exact"},
          {"hashtags:monday OR hashtags:#monday", "#monday OR #monday", "exact"},
          {"at_mentions:brandwatch", "@brandwatch", "exact"},
          {"a AND -b", "a AND NOT b", "exact"},
          {"a AND -(b OR c)", "a AND NOT (b OR c)", "exact"},
          {"co-op AND anti-riot", "co-op AND anti-riot", "exact"},
          {"or AND near", "or AND near", "exact"},
          {"a NEAR b", "0: a NEAR b is refused: NEAR stands without a number", "refused"},
          {"city:\"deu.berlin.berlin\" AND a",
           "0: city:\"deu.berlin.berlin\" is refused: nothing is known of it for an Item", "refused"},
          {"a AND rating:[3 TO 5]", "6: rating:[3 TO 5] is refused: nothing is known of it for an Item", "refused"},
          {"subreddit:nba", "0: subreddit:nba is refused: nothing here is known by the name subreddit:", "refused"},
          {"country:zzz", "8: zzz is refused: it is no code of a country", "refused"},
          {"site:\"msn.com/news\"", "5: \"msn.com/news\" is refused: domain: takes a host without a path", "refused"},
          {"(a OR b OR c)~5", "0: (a OR b OR c)~5 is refused: ~ behind a group is read for two parts joined by AND",
           "refused"},
          {"a <<<b", "2: a comment without its end", "refused"},
          {"{BT", "0: \"{\" without its end", "refused"},
      });
}

TEST(DialectTest, Talkwalker) {
  CheckDialect(
      Dialect::kTalkwalker,
      {
          {"BMW AND bike", "BMW AND bike", "exact"},
          {"BMW AND NOT bike", "BMW AND NOT bike", "exact"},
          {"chocolate -swiss", "chocolate AND NOT swiss", "exact"},
          {"BMW -site:\"mysite.com\"", "BMW AND NOT domain:mysite.com", "exact"},
          {"Luxembourg site:\"http://www.wort.lu\"", "Luxembourg AND domain:wort.lu", "exact"},
          {"BlackBerry site:\"www.cnet.com\" site:\"bild.de\"", "BlackBerry AND (domain:cnet.com OR domain:bild.de)",
           "exact"},
          {"BMW AND (motorcycle OR car)", "BMW AND (motorcycle OR car)", "exact"},
          {"a AND b OR c", "(a AND b) OR c", "approximate"},
          {"Luxemb* OR organi?e", "Luxemb* OR organi?e", "exact"},
          {"a NEAR/5 b", "a NEAR/5 b", "approximate"},
          {"a ONEAR/5 b", "a ONEAR/5 b", "approximate"},
          {"a SENTENCE b", "a SENT b", "approximate"},
          {"\"tesla model\"~3", "\"tesla model\"~3", "approximate"},
          {"title:kfor AND content:(a OR b)", "headline:kfor AND body:(a OR b)", "exact"},
          {"lang:de AND sourcecountry:lu", "language:de AND country:lu", "approximate"},
          {"domainurl:spiegel.de", "domain:spiegel.de", "exact"},
          {"++NATO OR +C#", "CASE(NATO) OR EXACT(C#)", "approximate"},
          {"++\"The Force\"", "CASE(\"The Force\")", "approximate"},
          {"a NEAR b", "0: a NEAR b is refused: NEAR stands without a number", "refused"},
          {"a SENTENCE/3 b", "0: a SENTENCE/3 b is refused: sentences are not counted here", "refused"},
          {"sourcetype:ONLINENEWS AND a", "0: sourcetype:ONLINENEWS is refused: its types are the tool's own",
           "refused"},
          {"a AND published:>1400000000000", "6: published:>1400000000000 is refused: its times are the tool's own",
           "refused"},
          {"sentiment:negative", "0: sentiment:negative is refused: nothing is known of it for an Item", "refused"},
      });
}

TEST(DialectTest, TheWatchLanguageIsItself) {
  const Translation translation = Translate("a NOT b", Dialect::kWirewatch);
  EXPECT_EQ(translation.normal_form, "a AND NOT b");
  EXPECT_EQ(Verdict(translation), "exact");
  EXPECT_EQ(Translate("a NEAR b", Dialect::kWirewatch).error->offset, 2u);
}

TEST(DialectTest, NamesAreThoseOfTheConfiguration) {
  for (const std::string_view name : DialectNames()) EXPECT_EQ(NameOf(*FindDialect(name)), name);
  EXPECT_THAT(DialectNames(), ElementsAre("wirewatch", "meltwater", "brandwatch", "talkwalker", "lucene"));
  EXPECT_FALSE(FindDialect("Lucene"));
}

TEST(DialectTest, EveryClauseSaysWhatBecameOfItAndWhy) {
  const std::string query = "kfor AND ingress:\"a b\" NOT (c NEAR d OR title:e)";
  const Translation translation = Translate(query, Dialect::kMeltwater);
  std::vector<std::string> clauses;
  for (const ClauseNote& note : translation.clauses) {
    EXPECT_EQ(note.written, query.substr(note.begin, note.end - note.begin));
    EXPECT_EQ(note.why.empty(), note.kind == ClauseKind::kExact) << note.written;
    clauses.push_back(absl::StrCat(note.begin, " ", std::string(NameOf(note.kind)), " ", note.became));
  }
  EXPECT_THAT(clauses,
              ElementsAre("0 exact kfor", "9 approximate lead:\"a b\"", "28 exact c NEAR/4 d", "40 exact headline:e"));
}

TEST(DialectTest, AllThatIsRefusedIsListed) {
  const Translation translation =
      Translate("city:x AND a NEAR b OR (rating:[1 TO 2] AND title:c)", Dialect::kBrandwatch);
  ASSERT_TRUE(translation.error);
  EXPECT_EQ(translation.error->offset, 0u);
  EXPECT_EQ(translation.error->hint, "search for the city's name");
  EXPECT_EQ(translation.expression, nullptr);
  EXPECT_THAT(translation.normal_form, IsEmpty());
  std::vector<std::string> refused;
  for (const ClauseNote& note : translation.clauses) {
    if (note.kind == ClauseKind::kRefused) refused.push_back(note.written);
  }
  EXPECT_THAT(refused, ElementsAre("city:x", "a NEAR b", "rating:[1 TO 2]"));
  EXPECT_EQ(translation.Count(ClauseKind::kExact), 1u);
}

TEST(DialectTest, PlacesOfTheNormalFormAreFoundInTheDialect) {
  const std::string query = "apple NEAR (watch OR \"the watch\") AND title:kfor";
  const Translation translation = Translate(query, Dialect::kMeltwater);
  for (const std::string word : {"apple", "kfor"}) {
    const auto at = static_cast<uint32_t>(translation.normal_form.find(word));
    EXPECT_EQ(PlaceInDialect(translation, at), query.find(word)) << word;
  }
  const auto phrase = static_cast<uint32_t>(translation.normal_form.find("\"the"));
  EXPECT_EQ(PlaceInDialect(translation, phrase), query.find("\"the"));
  EXPECT_LE(PlaceInDialect(translation, 100'000), query.size());
}

TEST(DialectTest, LimitsAreThoseOfTheLanguage) {
  std::string deep = "a", many, chain = "a";
  for (int i = 0; i < 100; ++i) deep = "(" + deep + ")";
  for (int i = 0; i < 11'000; ++i) many += "a ";
  for (int i = 0; i < 100; ++i) chain += " NEAR/1 a";
  for (const Dialect dialect : {Dialect::kMeltwater, Dialect::kBrandwatch, Dialect::kTalkwalker, Dialect::kLucene}) {
    EXPECT_THAT(Became(dialect, deep), HasSubstr("nested more than 64 deep"));
    EXPECT_THAT(Became(dialect, many), HasSubstr("more than 10000 parts"));
    EXPECT_THAT(Became(dialect, std::string(70'000, 'a')), HasSubstr("longer than 64 KiB"));
  }
  EXPECT_THAT(Became(Dialect::kMeltwater, chain), HasSubstr("nested more than 64 deep"));
  // What is taken apart is copied: 1,000 parts near 1,000 others.
  std::string all = "a", any = "a";
  for (int i = 0; i < 1000; ++i) {
    all += " AND a";
    any += " OR a";
  }
  EXPECT_THAT(Became(Dialect::kMeltwater, absl::StrCat("(", all, ") NEAR (", any, ")")),
              HasSubstr("would have more than 10000 parts"));
}

}  // namespace
}  // namespace wirewatch::watch

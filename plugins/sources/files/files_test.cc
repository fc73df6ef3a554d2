#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "files_fixture.h"

namespace wirewatch::sources {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

int64_t Day(int year, int month, int day) {
  return absl::ToUnixSeconds(absl::FromCivil(absl::CivilDay(year, month, day), absl::UTCTimeZone()));
}

TEST_F(FilesTest, GlobsNameFilesInOrderOfTheirPaths) {
  for (const char* name : {"b/2.txt", "b/c/1.txt", "a.txt", "a.md", ".hidden.txt", "b/draft.txt"}) Write(name, name);
  EXPECT_THAT(Texts(ReadOnce("{path: '**/*.txt', exclude: '**/draft*'}")),
              ElementsAre("a.txt", "b/2.txt", "b/c/1.txt"));
  EXPECT_THAT(Texts(ReadOnce("{path: '*.{txt,md}'}")), ElementsAre("a.md", "a.txt"));
  EXPECT_THAT(Texts(ReadOnce("{path: [b/c/1.txt, a.txt]}")), ElementsAre("a.txt", "b/c/1.txt"));
}

TEST_F(FilesTest, TakesTheDateInFrontOfAText) {
  Write("seed.txt", " date 2023-06-23 BELGRADE, June 23. /TASS/. The force is provoking\nescalation.\n\nSecond.\n");
  const KeptBatch batch = ReadOnce("path: seed.txt");
  ASSERT_EQ(batch.items.size(), 1u);
  const v1::Item& item = batch.items[0];
  EXPECT_EQ(item.published().value().seconds(), Day(2023, 6, 23));
  EXPECT_EQ(item.published().precision(), v1::TIME_PRECISION_DAY);
  EXPECT_EQ(item.body(), "BELGRADE, June 23. /TASS/. The force is provoking\nescalation.\n\nSecond.");
  EXPECT_EQ(item.headline(), "");
  EXPECT_EQ(item.provenance().origin(), "seed.txt");
}

TEST_F(FilesTest, PatternsSetFields) {
  Write("a.txt", "By Vesna Korlath | 14 June 2026\nTalks begin in the capital\n\nThe talks began, officials said.\n");
  const KeptBatch batch = ReadOnce(R"(
path: a.txt
fields: [{ pattern: '^By (?P<by>[^|]+) \| (?P<published>.*)\n' }]
defaults: { outlet: Courier, country: KV, language: en }
)");
  ASSERT_EQ(batch.items.size(), 1u);
  EXPECT_EQ(batch.items[0].by(), "Vesna Korlath");
  EXPECT_EQ(batch.items[0].published().value().seconds(), Day(2026, 6, 14));
  EXPECT_EQ(batch.items[0].headline(), "Talks begin in the capital");
  EXPECT_EQ(batch.items[0].body(), "The talks began, officials said.");
  EXPECT_EQ(batch.items[0].outlet().name(), "Courier");
  EXPECT_TRUE(batch.items[0].language().declared());
}

TEST_F(FilesTest, FindsTheEncoding) {
  Write("bom.txt", std::string("\xFF\xFE"
                               "A\0b\0c\0",
                               8));
  Write("cyrillic.txt",
        "\xD1\xE8\xEB\xFB \xEF\xEE \xEF\xEE\xE4\xE4\xE5\xF0\xE6\xE0\xED\xE8\xFE \xEC\xE8\xF0\xE0 "
        "\xEF\xF0\xEE\xE2\xEE\xF6\xE8\xF0\xF3\xFE\xF2 \xFD\xF1\xEA\xE0\xEB\xE0\xF6\xE8\xFE "
        "\xE2 \xF0\xE5\xE3\xE8\xEE\xED\xE5, \xE7\xE0\xFF\xE2\xE8\xEB \xEF\xEE\xF1\xEE\xEB.");
  Write("declared.html",
        "<html><head><meta charset=iso-8859-2></head><body><p>Zve\xE8"
        "an</p></body></html>");
  Write("utf8.txt", "Zvečan");
  EXPECT_THAT(Texts(ReadOnce("path: '*'")),
              ElementsAre("Abc", "Силы по поддержанию мира провоцируют эскалацию в регионе, заявил посол.", "Zvečan",
                          "Zvečan"));
  EXPECT_THAT(Texts(ReadOnce("{path: cyrillic.txt, encoding: koi8-r}")), Not(ElementsAre(HasSubstr("Силы"))));
}

TEST_F(FilesTest, BinaryIsRejected) {
  Write("a.txt", std::string("\x7F"
                             "ELF\0\0\1\2\0\0\0\xC3\x28\xFF\0",
                             17));
  Write("empty.txt", "  \n");
  const KeptBatch batch = ReadOnce("path: '*.txt'");
  EXPECT_TRUE(batch.items.empty());
  EXPECT_THAT(batch.rejected, ElementsAre("a.txt: it is no text", "empty.txt: there is no text in it"));
}

TEST_F(FilesTest, ReadsPages) {
  Write("a.html", R"(<html lang="de"><head><title>Krane - Bote</title>
<link rel="canonical" href="https://bote.example/krane"><meta property="og:site_name" content="Bote">
<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Die Krane",
"datePublished": "2026-06-18T17:05:00+02:00", "author": [{"@type": "Person", "name": "F. Lind"}]}</script></head><body>
<nav><p>Startseite und noch viel mehr, was keiner hier braucht, weil es Navigation ist, und zwar eine lange.</p></nav>
<article><h1>Die Krane</h1><div class="share">Teilen</div><p>Osterhaven.&nbsp;Um 6.12 Uhr ert&ouml;nte das Horn.</p>
<p>Die Gesellschaft <a href="https://x.example/a">spricht</a> von 60 Prozent der &uuml;blichen Leistung, und es werden mehr.</p>
<div class="comments"><p>Erster!</p></div></article><script>var p = "<p>no</p>";</script></body></html>)");
  const KeptBatch batch = ReadOnce("path: a.html");
  ASSERT_EQ(batch.items.size(), 1u);
  const v1::Item& item = batch.items[0];
  EXPECT_EQ(item.headline(), "Die Krane");
  EXPECT_THAT(item.body(), HasSubstr("Um 6.12 Uhr ertönte das Horn.\n\nDie Gesellschaft spricht von 60"));
  EXPECT_EQ(item.body().find("Erster"), std::string::npos);
  EXPECT_EQ(item.body().find("Navigation"), std::string::npos);
  EXPECT_EQ(item.by(), "F. Lind");
  EXPECT_EQ(item.outlet().name(), "Bote");
  EXPECT_EQ(item.canonical_url(), "https://bote.example/krane");
  EXPECT_EQ(item.language().tag(), "de");
  EXPECT_EQ(item.published().value().seconds(), Day(2026, 6, 18) + 15 * 3600 + 5 * 60);
  ASSERT_EQ(item.links_size(), 1);
  EXPECT_EQ(item.links(0).url(), "https://x.example/a");
}

TEST_F(FilesTest, HostilePagesAreSurvived) {
  std::string deep = "<html><body>";
  for (int i = 0; i < 50'000; ++i) deep += "<div>";
  Write("deep.html", deep + "<p>Text</p>");
  Write("cut.html", "<html><body><p>Half a te");
  Write("entity.html", "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><body><p>a &x; b</p>");
  const KeptBatch batch = ReadOnce("path: '*.html'");
  EXPECT_EQ(batch.items.size() + batch.rejected.size(), 3u);
  for (const std::string& text : Texts(batch)) EXPECT_EQ(text.find("root:"), std::string::npos);
}

TEST_F(FilesTest, ReadsNinjsInItsVersions) {
  Write(
      "a.jsonl",
      R"({"uri": "urn:a", "pubstatus": "usable", "headline": "One", "body_text": "Text one.", "urgency": 2, "versioncreated": "2026-06-17T12:20:00Z", "altids": {"desk": "7"}}
{"uri": "urn:b", "pubStatus": "canceled", "headlines": [{"role": "sub", "value": "No"}, {"role": "main", "value": "Two"}], "bodies": [{"contentType": "text/html", "value": "<p>First.</p><p>Second.</p>"}], "versionCreated": "2026-06-18T12:20:00Z", "altIds": [{"role": "dna", "value": "9"}], "infoSources": [{"role": "agency", "name": "dna"}], "edNote": "Killed."}
{"id": 17, "title": "Three", "text": "Plain.", "date": "2026-06-19", "source": {"name": "Post"}, "lang": "en"}
)");
  const KeptBatch batch = ReadOnce("path: a.jsonl");
  EXPECT_THAT(Texts(batch), ElementsAre("One", "Two", "Three"));
  EXPECT_EQ(batch.items[0].urgency(), 2u);
  EXPECT_EQ(batch.items[0].alt_ids(0).value(), "urn:a");
  EXPECT_EQ(batch.items[0].alt_ids(1).role(), "desk");
  EXPECT_EQ(batch.items[1].body(), "First.\n\nSecond.");
  EXPECT_EQ(batch.items[1].pub_status(), v1::PUB_STATUS_CANCELED);
  EXPECT_EQ(batch.items[1].ed_note(), "Killed.");
  EXPECT_EQ(batch.items[1].info_sources(0).name(), "dna");
  EXPECT_EQ(batch.items[2].alt_ids(0).value(), "17");
  EXPECT_EQ(batch.items[2].outlet().name(), "Post");
  EXPECT_EQ(batch.items[2].published().value().seconds(), Day(2026, 6, 19));
  EXPECT_EQ(batch.items[2].provenance().origin(), "a.jsonl:3");
}

TEST_F(FilesTest, BadLinesAreRejectedWithTheirPlace) {
  Write("a.jsonl", "{\"title\": \"One\"}\n\n{\"title\": \n{\"title\": \"Two\"}\n[1]\n" + std::string(40, '[') +
                       std::string(40, ']') + "\n{\"title\": \"\\ud800\"}\n\xFF\xFF\n");
  const KeptBatch batch = ReadOnce("path: a.jsonl");
  EXPECT_THAT(Texts(batch), ElementsAre("One", "Two"));
  ASSERT_EQ(batch.rejected.size(), 5u);
  EXPECT_THAT(batch.rejected[0], HasSubstr("a.jsonl:3: no JSON: "));
  EXPECT_THAT(batch.rejected[1], HasSubstr("a.jsonl:5"));
  EXPECT_THAT(batch.rejected[2], HasSubstr("a.jsonl:6: no JSON: "));
}

TEST_F(FilesTest, LongLinesArePassedOver) {
  Write("a.jsonl", "{\"title\": \"One\"}\n{\"title\": \"" + std::string(3000, 'x') + "\"}\n{\"title\": \"Two\"}");
  const KeptBatch batch = ReadOnce("{path: a.jsonl, limits: {record: 2KiB}}");
  EXPECT_THAT(Texts(batch), ElementsAre("One", "Two"));
  EXPECT_THAT(batch.rejected, ElementsAre(HasSubstr("a.jsonl:2: it has more than the limit of 2048 bytes")));
}

TEST_F(FilesTest, ReadsThroughWhatIsPacked) {
  WritePacked("a.jsonl.gz", {{"", "{\"title\": \"One\"}\n{\"title\": \"Two\"}\n"}});
  WritePacked("b.txt.zst", {{"", "Three"}});
  WritePacked("c.zip", {{"in/d.txt", "Four"}, {"in/picture.png", "\x89PNG"}, {"../e.html", "<p>Five</p>"}});
  const KeptBatch batch = ReadOnce("path: '*'");
  EXPECT_THAT(Texts(batch), ElementsAre("One", "Two", "Three", "Four", "Five"));
  EXPECT_EQ(batch.items[3].provenance().origin(), "c.zip/in/d.txt");
}

TEST_F(FilesTest, BombsAndDamagedArchivesAreRejected) {
  WritePacked("bomb.jsonl.gz", {{"", std::string(18 << 20, '\n')}});
  WritePacked("cut.txt.gz", {{"", std::string(100'000, 'a') + std::string(100'000, 'b')}});
  std::filesystem::resize_file(folder_ / "cut.txt.gz", 100);
  const KeptBatch batch = ReadOnce("path: '*.gz'");
  EXPECT_TRUE(batch.items.empty());
  ASSERT_EQ(batch.rejected.size(), 2u);
  EXPECT_THAT(batch.rejected[0], HasSubstr("it unpacks to more than 200 times its size"));
  EXPECT_THAT(batch.rejected[1], HasSubstr("damaged"));
}

TEST_F(FilesTest, PipesAndOversizedFilesDoNotHoldItUp) {
  ASSERT_EQ(mkfifo((folder_ / "pipe.txt").c_str(), 0600), 0);
  Write("big.txt", std::string(5000, 'a'));
  Write("small.txt", "Here.");
  const KeptBatch batch = ReadOnce("{path: '*.txt', limits: {file: 4KiB}}");
  EXPECT_THAT(Texts(batch), ElementsAre("Here."));
  EXPECT_THAT(batch.rejected, ElementsAre(HasSubstr("big.txt: it has 5000 bytes, more than the limit")));
}

TEST_F(FilesTest, OptionsThatCannotBeAreToldAtTheirPlace) {
  EXPECT_THAT(testing::OptionErrors("path: 'a['"), HasSubstr("a [ without its ]"));
  EXPECT_THAT(testing::OptionErrors("{path: a, encoding: nonsense}"), HasSubstr("no encoding is known"));
  EXPECT_THAT(testing::OptionErrors("{path: a, fields: [{pattern: '(?P<autor>.*)'}]}"),
              HasSubstr("no field \"autor\""));
  EXPECT_THAT(testing::OptionErrors("{path: a, defaults: {time_zone: Mars}}"), HasSubstr("no time zone is known"));
}

}  // namespace
}  // namespace wirewatch::sources

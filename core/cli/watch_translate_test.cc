#include "wirewatch/cli/watch_translate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <boost/json.hpp>
#include <fstream>

#include "wirewatch/cli/commands.h"
#include "wirewatch/config/yaml.h"

namespace wirewatch::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// "id|title|query" of each watch in the YAML, as a pipeline would read them.
std::vector<std::string> WatchesOf(const std::string& yaml) {
  Diagnostics diagnostics;
  std::optional<Node> file = config::ParseYaml(yaml, "watches.yaml", diagnostics);
  EXPECT_TRUE(file) << diagnostics.ToString() << yaml;
  if (!file) return {};
  config::FillVariables(
      *file, [](const std::string&) { return std::nullopt; }, diagnostics);
  EXPECT_TRUE(diagnostics.ok()) << diagnostics.ToString();
  std::vector<std::string> watches;
  for (const Node& watch : file->Find("watches")->value.items()) {
    const Node::Entry* title = watch.Find("title");
    std::string query = watch.Find("query")->value.text();
    while (query.ends_with('\n')) query.pop_back();
    watches.push_back(watch.Find("id")->value.text() + "|" + (title == nullptr ? "" : title->value.text()) + "|" +
                      query);
  }
  return watches;
}

TEST(WatchTranslateTest, ShowsTheNormalFormAndEveryClause) {
  const std::string query = "KFOR AND\ningress:\"a b\" NOT (c NEAR d)";
  EXPECT_EQ(DrawTranslation(query, watch::Translate(query, watch::Dialect::kMeltwater)),
            "KFOR AND lead:\"a b\" AND NOT c NEAR/4 d\n\n"
            "exact        1:1    KFOR\n"
            "approximate  2:1    ingress:\"a b\"  ->  lead:\"a b\"\n"
            "                    lead: is the first paragraph, wherever the tool ends its own\n"
            "exact        2:20   c NEAR d  ->  c NEAR/4 d\n");
}

TEST(WatchTranslateTest, ShowsAllThatIsInTheWay) {
  const std::string query = "city:x AND (rating:3 OR ñ";
  const std::string drawn = DrawTranslation(query, watch::Translate(query, watch::Dialect::kBrandwatch));
  EXPECT_THAT(drawn, HasSubstr("refused      1:1    city:x\n"
                               "                    nothing is known of it for an Item; search for the city's name\n"));
  EXPECT_THAT(drawn, HasSubstr("refused      1:13   rating:3\n"));
  EXPECT_THAT(drawn, HasSubstr("error        1:12   a parenthesis without its end\n"));
}

TEST(WatchTranslateTest, JsonHasItAll) {
  const std::string query = "a\nNEAR title:b";
  const auto refused = boost::json::parse(
      TranslationAsJson(query, watch::Dialect::kMeltwater, watch::Translate(query, watch::Dialect::kMeltwater)));
  EXPECT_FALSE(refused.as_object().contains("normal_form"));
  EXPECT_EQ(refused.at("error").at("line").as_int64(), 1);
  EXPECT_EQ(refused.at("clauses").as_array().size(), 1u);
  EXPECT_EQ(refused.at("clauses").as_array()[0].at("kind").as_string(), "refused");
  const auto right = boost::json::parse(
      TranslationAsJson("a b", watch::Dialect::kLucene, watch::Translate("a b", watch::Dialect::kLucene)));
  EXPECT_EQ(right.at("normal_form").as_string(), "a OR b");
  EXPECT_EQ(right.at("clauses").as_array()[1].at("begin").as_int64(), 2);
  EXPECT_EQ(right.at("clauses").as_array()[1].at("became").as_string(), "b");
}

TEST(WatchTranslateTest, TheStatusTellsWhetherItCouldBeTranslated) {
  ::testing::internal::CaptureStdout();
  EXPECT_EQ(TranslateWatch({.query = "a NEAR b", .dialect = watch::Dialect::kMeltwater, .json = false}), kOk);
  EXPECT_EQ(TranslateWatch({.query = "a NEAR b", .dialect = watch::Dialect::kBrandwatch, .json = true}), kFailed);
  EXPECT_THAT(::testing::internal::GetCapturedStdout(), HasSubstr("a NEAR/4 b\n"));
}

TEST(WatchTranslateTest, AnImportIsAFileOfWatches) {
  const ImportedWatches imported = Import({{"KFOR: force & “Zvečan”", "kfor NEAR \"the force\"", 2},
                                           {"KFOR force, Zvecan", "ingress:kfor AND ingress:unmik", 3},
                                           {"Städte", "city:x", 4},
                                           {"", "${HOME} OR #tag", 5},
                                           {"---", "a\x01z", 6}},
                                          watch::Dialect::kMeltwater, "export.csv");
  EXPECT_THAT(WatchesOf(imported.yaml),
              ElementsAre("kfor-force-zvecan|KFOR: force & “Zvečan”|kfor NEAR/4 \"the force\"",
                          "kfor-force-zvecan-2|KFOR force, Zvecan|lead:kfor AND lead:unmik",
                          "watch||\"${HOME}\" OR #tag", "watch-2|---|a\x01z"));
  // Each reason once, above its query; what is refused at the end, to be mended.
  EXPECT_THAT(imported.yaml, HasSubstr("    # approximate: ingress:kfor became lead:kfor: lead: is the first"));
  EXPECT_THAT(imported.yaml, Not(HasSubstr("became lead:unmik")));
  EXPECT_THAT(imported.yaml, HasSubstr("\n# refused: Städte (4): city:x\n#   1:1: city:x is refused: nothing here"));
  EXPECT_EQ(imported.refused, 1u);
  EXPECT_THAT(imported.report, HasSubstr("export.csv:4: Städte: 1:1: city:x is refused"));
  EXPECT_THAT(imported.report, HasSubstr("queries: 5, of them 3 exact, 1 approximate, 1 refused\n"));
  EXPECT_THAT(imported.report, HasSubstr("clauses: 7, of them 4 exact, 2 approximate, 1 refused\n"));
}

TEST(WatchTranslateTest, LongQueriesAreWrappedAndStayTheSame) {
  std::string query = "\"a phrase of several words\"";
  for (int i = 0; i < 60; ++i) query += " OR word" + std::to_string(i);
  const ImportedWatches imported = Import({{"long", query, 1}}, watch::Dialect::kLucene, "x");
  for (std::string_view rest = imported.yaml; !rest.empty();) {
    const size_t end = std::min(rest.find('\n'), rest.size() - 1);
    EXPECT_LE(end, 110u);
    rest.remove_prefix(end + 1);
  }
  std::string read = WatchesOf(imported.yaml).at(0);
  std::replace(read.begin(), read.end(), '\n', ' ');
  EXPECT_EQ(read, "long|long|" + query);
}

std::vector<std::string> Shown(const absl::StatusOr<std::vector<ExportedQuery>>& queries) {
  if (!queries.ok()) return {std::string(queries.status().message())};
  std::vector<std::string> shown;
  for (const ExportedQuery& query : *queries) {
    shown.push_back(std::to_string(query.line) + "|" + query.name + "|" + query.query);
  }
  return shown;
}

TEST(WatchExportTest, ReadsCsv) {
  EXPECT_THAT(
      Shown(ParseCsvExport("Name,Boolean Query,Owner\r\nfirst,\"a \"\"b, c\"\"\nOR d\",x\r\n\r\nsecond,e,y", {})),
      ElementsAre("2|first|a \"b, c\"\nOR d", "5|second|e"));
  EXPECT_THAT(Shown(ParseCsvExport("\xEF\xBB\xBF"
                                   "query;title\na,b;c\n",
                                   {})),
              ElementsAre("2|c|a,b"));
  EXPECT_THAT(Shown(ParseCsvExport("one\ttwo\na\tb\n", {.name = "one", .query = "TWO"})), ElementsAre("2|a|b"));
  EXPECT_THAT(Shown(ParseCsvExport("one,two\na,b\n", {})), ElementsAre(HasSubstr("there are: one, two")));
  EXPECT_THAT(Shown(ParseCsvExport("query\n\"a\n", {})), ElementsAre(HasSubstr("without its closing quote")));
  EXPECT_THAT(Shown(ParseCsvExport("name,query\na\n", {})), ElementsAre(HasSubstr("line 2: it has 1 fields")));
}

TEST(WatchExportTest, ReadsJson) {
  const std::vector<std::string> both = {"1|x|a", "2|7|b"};
  EXPECT_EQ(Shown(ParseJsonExport(R"([{"name":"x","query":"a"},{"name":7,"query":"b"}])", {})), both);
  EXPECT_EQ(Shown(ParseJsonExport("{\"name\":\"x\",\"query\":\"a\"}\n\n{\"name\":7,\"query\":\"b\"}\n", {})), both);
  EXPECT_EQ(
      Shown(ParseJsonExport(R"({"total":2,"queries":[{"name":"x","booleanQuery":"a"},{"name":7,"query":"b"}]})", {})),
      both);
  EXPECT_THAT(Shown(ParseJsonExport(R"({"name":"x","query":"a","languages":["en"]})", {})), ElementsAre("1|x|a"));
  EXPECT_THAT(Shown(ParseJsonExport("[1]", {})), ElementsAre("entry 1 is no object"));
  EXPECT_THAT(Shown(ParseJsonExport("{\"query\":\"a\"}\n{\n", {})), ElementsAre(HasSubstr("line 2: ")));
  EXPECT_THAT(Shown(ParseJsonExport(R"([{"name":"x"}])", {})), ElementsAre(HasSubstr("entry 1: no column is known")));
}

TEST(WatchExportTest, ReadsYaml) {
  EXPECT_THAT(Shown(ParseYamlExport("- {name: x, query: a}\n- {name: y, query: b}\n", "f", {})),
              ElementsAre("1|x|a", "2|y|b"));
  EXPECT_THAT(Shown(ParseYamlExport("owner: me\nsearches:\n  - {title: x, boolean: a}\n", "f", {})),
              ElementsAre("1|x|a"));
  EXPECT_THAT(Shown(ParseYamlExport("x: a\ny: b\n", "f", {})), ElementsAre("1|x|a", "2|y|b"));
  EXPECT_THAT(Shown(ParseYamlExport("[", "f", {})), ElementsAre(HasSubstr("f:")));
}

TEST(WatchTranslateTest, ImportsAFile) {
  std::string folder = (std::filesystem::temp_directory_path() / "wirewatch-import-XXXXXX").string();
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  std::ofstream(folder + "/export.csv") << "name,query\nfirst,a NEAR b\nsecond,city:x\n";
  const ImportArguments arguments = {
      .file = folder + "/export.csv", .dialect = watch::Dialect::kMeltwater, .output = folder + "/watches.yaml"};
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(ImportWatches(arguments), kFailed);
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("queries: 2, of them 1 exact"));
  std::ifstream written(folder + "/watches.yaml");
  const std::string yaml{std::istreambuf_iterator<char>(written), {}};
  EXPECT_THAT(WatchesOf(yaml), ElementsAre("first|first|a NEAR/4 b"));
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(ImportWatches(arguments), kUsage);  // it is there now
  EXPECT_EQ(ImportWatches({.file = folder + "/none.csv", .dialect = watch::Dialect::kLucene, .output = {}}), kUsage);
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("is there already"));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace wirewatch::cli

#include "wirewatch/watch/parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wirewatch/watch/watch_fixture.h"

namespace wirewatch::watch {
namespace {

using ::testing::HasSubstr;

const std::string* ListOf(const std::string& name) {
  static const std::string kfor = "KFOR OR \"Kosovo Force\"", loop = "LIST(loop)", wrong = "a NEAR b";
  if (name == "kfor") return &kfor;
  if (name == "loop") return &loop;
  if (name == "wrong") return &wrong;
  return nullptr;
}

std::string NormalForm(std::string_view query) {
  const auto parsed = Parse(query, ListOf);
  if (const auto* error = std::get_if<QueryError>(&parsed)) return "error: " + error->message;
  return Print(*std::get<std::unique_ptr<const Expression>>(parsed));
}

TEST(ParserTest, PrintsANormalFormThatReadsBackAsItself) {
  const std::pair<const char*, const char*> cases[] = {
      {"kfor", "kfor"},
      {"a b", "a AND b"},
      {"a  AND\nb", "a AND b"},
      {"a NOT b", "a AND NOT b"},
      {"NOT a", "NOT a"},
      {"NOT NOT a", "NOT NOT a"},
      {"(a OR b) AND c", "(a OR b) AND c"},
      {"a AND (b OR c)", "a AND (b OR c)"},
      {"(((a)))", "a"},
      {"\"a  phrase\"", "\"a phrase\""},
      {"\"a b c\"~5", "\"a b c\"~5"},
      {"clash* *word w*d wo?d", "clash* AND *word AND w*d AND wo?d"},
      {"word~1", "word~1"},
      {"word~", "word~1"},
      {"word~2", "word~2"},
      {"a NEAR/5 b", "a NEAR/5 b"},
      {"a ONEAR/0 b", "a ONEAR/0 b"},
      {"(a NEAR/5 b) NEAR/9 (c OR d)", "(a NEAR/5 b) NEAR/9 (c OR d)"},
      {"a NEAR/5 b AND c", "a NEAR/5 b AND c"},
      {"NOT a NEAR/5 b", "NOT a NEAR/5 b"},
      {"(a NOT b) SENT c", "(a AND NOT b) SENT c"},
      {"a PARA b", "a PARA b"},
      {"KFOR NOTIN \"KFOR concert\"", "KFOR NOTIN \"KFOR concert\""},
      {"a NOTNEAR/3 b", "a NOTNEAR/3 b"},
      {"LIST(kfor) NEAR/15 force", "LIST(kfor) NEAR/15 force"},
      {"{NATO}", "CASE(NATO)"},
      {"CASE(NATO OR Nato)", "CASE(NATO OR Nato)"},
      {"EXACT(color)", "EXACT(color)"},
      {"STEM(en:provoke)", "STEM(en:provoke)"},
      {"ATLEAST/3(a OR b)", "ATLEAST/3(a OR b)"},
      {"MIN/2(a, b c, d)", "MIN/2(a, b AND c, d)"},
      {"SCORE(a^2, (b c)^0.5) >= 2.5", "SCORE(a^2, (b AND c)^0.5) >= 2.5"},
      {"LEAD(a)", "LEAD(a)"},
      {"FIRST/50(a)", "FIRST/50(a)"},
      {"headline:a b", "headline:a AND b"},
      {"headline:(a b)", "headline:(a AND b)"},
      {"language:en", "language:en"},
      {"published:[2026-01-01 TO 2026-06-30]", "published:[2026-01-01 TO 2026-06-30]"},
      {"published>=2026-01-01", "published>=2026-01-01"},
      {"words>=500", "words>=500"},
      {"a /* a remark */ b", "a AND b"},
      {"#NATO @nato C++ AT&T", "#NATO AND @nato AND C++ AND AT&T"},
      {"“curly quotes”", "\"curly quotes\""},
  };
  for (const auto& [query, normal] : cases) {
    EXPECT_EQ(NormalForm(query), normal) << query;
    EXPECT_EQ(NormalForm(normal), normal) << query;
  }
}

TEST(ParserTest, ErrorsShowTheRewrite) {
  const std::pair<const char*, const char*> cases[] = {
      {"a AND b OR c", "8: AND stands beside OR without parentheses (a space means AND) | write (a AND b) OR c"},
      {"a b OR c", "write (a AND b) OR c"},
      {"a NEAR b", "2: NEAR without how many tokens may stand between | write NEAR/5"},
      {"a NEAR/2 b NEAR/3 c", "11: NEAR behind NEAR without parentheses | write (a NEAR/2 b) NEAR …"},
      {"(a AND b) NEAR/5 c", "write (a NEAR/5 c) AND (b NEAR/5 c)"},
      {"a NEAR/5 (NOT b)", "NEAR takes places in the text, and NOT b has none"},
      {"headline:(a AND body:b)", "a text field inside a text field | put them side by side: headline:a AND body:b"},
      {"a^2", "^ gives a weight and stands only in SCORE(…)"},
      {"a SENT/3 b", "SENT takes no number | write SENT"},
      {"ATLEAST(a)", "ATLEAST without a number | write ATLEAST/3(…)"},
      {"ATLEAST/2(NOT a)", "ATLEAST counts places in the text"},
      {"MIN/3(a, b)", "MIN/3 of 2"},
      {"SCORE(a, b) >= 2", "every part of SCORE has a weight | write SCORE(a^2, b^1) >= 2"},
      {"SCORE(a^1)", "SCORE needs a threshold"},
      {"STEM(provoke)", "STEM takes a language and one word | write STEM(en:provoke)"},
      {"LIST()", "LIST takes the name of a list"},
      {"LIST(nobody)", "there is no list \"nobody\""},
      {"headlin:a", "did you mean headline:?"},
      {"quote:(a)", "\"quote:\" reads quotes, which no step of this release finds"},
      {"SAID(speaker:a quote:b)", "SAID(…) reads quotes"},
      {"language>=en", "\"language\" has no order | write language:…"},
      {"published: * a", "0: a value is missing behind published:"},
      {"words>=", "a value is missing behind words>="},
      {"words:[1 2]", "a range is written [a TO b]"},
      {"word~3", "an edit distance is 1 or 2 | write word~1"},
      {"wo*d~1", "a word has wildcards or an edit distance, not both"},
      {"\"a b\"~9999", "expected a number up to 1000 behind ~"},
      {"*", "\"*\" matches every word | write at least one letter"},
      {"\"a", "a phrase without its closing quote"},
      {"\"\"", "an empty phrase"},
      {"(a", "0: a parenthesis without its end"},
      {"a)", "\")\" was not expected here"},
      {"{a", "a brace without its end"},
      {"a AND", "5: the query ends where a word or a parenthesis was expected"},
      {"AND a", "AND needs something before it | put it in quotes to search for the word: \"AND\""},
      {"", "0: the query is empty"},
      {"/* only */", "the query is empty"},
  };
  for (const auto& [query, error] : cases) EXPECT_THAT(ErrorOf(query), HasSubstr(error)) << query;
}

TEST(ParserTest, ErrorsInsideListsNameTheList) {
  EXPECT_THAT(NormalForm("LIST(wrong)"), HasSubstr("in the list \"wrong\": NEAR without how many tokens"));
  EXPECT_THAT(NormalForm("LIST(loop)"), HasSubstr("the list \"loop\" contains itself"));
}

TEST(ParserTest, LimitsAreErrors) {
  EXPECT_THAT(ErrorOf(std::string(kMaxQueryBytes + 1, 'a')), HasSubstr("longer than 64 KiB"));
  std::string deep, many;
  for (int i = 0; i < 200; ++i) deep += "(";
  EXPECT_THAT(ErrorOf(deep + "a"), HasSubstr("nested more than 64 deep"));
  deep.clear();
  for (int i = 0; i < 200; ++i) deep += "NOT ";
  EXPECT_THAT(ErrorOf(deep + "a"), HasSubstr("nested more than 64 deep"));
  for (uint32_t i = 0; i <= kMaxParts; ++i) many += "a ";
  EXPECT_THAT(ErrorOf(many), HasSubstr("more than 10000 parts"));
}

TEST(ParserTest, StatusesCountLinesAndCodePoints) {
  const std::string query = "ž AND\nžž NEAR b";
  const auto parsed = Parse(query);
  const absl::Status status = ToStatus(std::get<QueryError>(parsed), query);
  EXPECT_THAT(std::string(status.message()), HasSubstr("2:4: NEAR without"));
}

}  // namespace
}  // namespace wirewatch::watch

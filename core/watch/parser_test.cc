#include "wirewatch/watch/parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "wirewatch/watch/watch_fixture.h"

namespace wirewatch::watch {
namespace {

using ::testing::HasSubstr;

const std::string* ListOf(const std::string& name) {
  static const std::map<std::string, std::string> lists = {{"kfor", "KFOR OR \"Kosovo Force\""},
                                                           {"loop", "LIST(loop)"},
                                                           {"wrong", "a NEAR b"},
                                                           {"in-body", "body:kfor"},
                                                           {"both", "a AND b"},
                                                           {"deep", std::string(40, '(') + "a" + std::string(40, ')')},
                                                           {"outer", "LIST(wrong)"}};
  const auto found = lists.find(name);
  return found == lists.end() ? nullptr : &found->second;
}

// Every operator with its operands in brackets.
std::string Tree(const Expression& e) {
  static const std::map<Operation, std::string> names = {{Operation::kAnd, "AND"},   {Operation::kOr, "OR"},
                                                         {Operation::kNot, "NOT"},   {Operation::kNear, "NEAR"},
                                                         {Operation::kSent, "SENT"}, {Operation::kNotIn, "NOTIN"},
                                                         {Operation::kCase, "CASE"}, {Operation::kField, "FIELD"},
                                                         {Operation::kLead, "LEAD"}, {Operation::kNotNear, "NOTNEAR"}};
  const auto name = names.find(e.operation);
  if (name == names.end()) return Print(e);
  std::string text = "[" + name->second;
  for (const auto& operand : e.operands) text += " " + Tree(*operand);
  return text + "]";
}

std::string TreeOf(std::string_view query) {
  const auto parsed = Parse(query, ListOf);
  if (const auto* error = std::get_if<QueryError>(&parsed)) return "error: " + error->message;
  return Tree(*std::get<std::shared_ptr<const Expression>>(parsed));
}

std::string NormalForm(std::string_view query) {
  const auto parsed = Parse(query, ListOf);
  if (const auto* error = std::get_if<QueryError>(&parsed)) return "error: " + error->message;
  return Print(*std::get<std::shared_ptr<const Expression>>(parsed));
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
      {"SCORE(a^1e3, NOT b^-2) >= -1", "SCORE(a^1000, (NOT b)^-2) >= -1"},
      {"LEAD(a)", "LEAD(a)"},
      {"FIRST/50(a)", "FIRST/50(a)"},
      {"headline:a b", "headline:a AND b"},
      {"headline:(a b)", "headline:(a AND b)"},
      {"language:en", "language:en"},
      {"published:[2026-01-01 TO 2026-06-30]", "published:[2026-01-01 TO 2026-06-30]"},
      {"published>=2026-01-01", "published>=2026-01-01"},
      {"words>=500", "words>=500"},
      {"SAID(speaker:a quote:(b NEAR/2 c))", "SAID(speaker:a AND quote:(b NEAR/2 c))"},
      {"SAID(NOT (speaker:a OR quote.direct:b))", "SAID(NOT (speaker:a OR quote.direct:b))"},
      {"unquoted:(a b) place-within:XK", "unquoted:(a AND b) AND place-within:XK"},
      {"entity:(a NEAR/2 CASE(b))", "entity:(a NEAR/2 CASE(b))"},
      {"tone>=-0.5", "tone>=-0.5"},
      {"tone:[-1 TO \"-0.5\"]", "tone:[-1 TO -0.5]"},
      {"MIN/2(100,200)", "MIN/2(100, 200)"},
      {"MIN/2(a,1,244,b)", "MIN/2(a, 1, 244, b)"},
      {"MIN/2(1,244, 30)", "MIN/2(1,244, 30)"},
      // Signs of a comment inside of a word are none.
      {"x/* MIN/2(1,244, 30)", "x/* AND MIN/2(1,244, 30)"},
      {"MIN/1((1,244))", "MIN/1((1,244))"},
      {"MIN/1(\"x, y\",(a OR 1,244))", "MIN/1(\"x, y\", a OR 1,244)"},
      {"SCORE(100^2,200^1) >= 2", "SCORE(100^2, 200^1) >= 2"},
      {"SCORE(1,244^2, 30^1) >= 2", "SCORE(1,244^2, 30^1) >= 2"},
      {"a /* a remark */ b", "a AND b"},
      {"#NATO @nato C++ AT&T", "#NATO AND @nato AND C++ AND AT&T"},
      {"“curly quotes”", "\"curly quotes\""},
  };
  for (const auto& [query, normal] : cases) {
    EXPECT_EQ(NormalForm(query), normal) << query;
    EXPECT_EQ(NormalForm(normal), normal) << query;
  }
}

TEST(ParserTest, FieldsAndFunctionsBindTightestThenNearNotAndOr) {
  const std::pair<const char*, const char*> cases[] = {
      {"NOT a AND b", "[AND [NOT a] b]"},
      {"NOT a OR b", "[OR [NOT a] b]"},
      {"NOT a NEAR/2 b", "[NOT [NEAR a b]]"},
      {"NOT a SENT b c", "[AND [NOT [SENT a b]] c]"},
      {"a NEAR/2 b OR c NEAR/2 d", "[OR [NEAR a b] [NEAR c d]]"},
      {"a NEAR/2 b c NOTIN d", "[AND [NEAR a b] [NOTIN c d]]"},
      {"a b NOT c d", "[AND a b [NOT c] d]"},
      {"a~2 NEAR/2 \"b c\"~3", "[NEAR a~2 \"b c\"~3]"},
      {"CASE(a OR b) NOTNEAR/2 c", "[NOTNEAR [CASE [OR a b]] c]"},
      {"headline:a b", "[AND [FIELD a] b]"},
      {"headline:\"a b\"~2 OR c", "[OR [FIELD \"a b\"~2] c]"},
      {"headline:LEAD(a b) c", "[AND [FIELD [LEAD [AND a b]]] c]"},
      {"NOT headline:a SENT b", "[NOT [SENT [FIELD a] b]]"},
      {"NOT NOT NOT a", "[NOT [NOT [NOT a]]]"},
      {"a OR b OR (c OR d)", "[OR a b [OR c d]]"},
      {"a AND (b OR c) AND NOT (d OR e)", "[AND a [OR b c] [NOT [OR d e]]]"},
  };
  for (const auto& [query, tree] : cases) EXPECT_EQ(TreeOf(query), tree) << query;
}

TEST(ParserTest, WordsInLowerCaseAreNoOperators) {
  EXPECT_EQ(NormalForm("a and b"), "a AND and AND b");
  EXPECT_EQ(NormalForm("near not sent list"), "near AND not AND sent AND list");
  EXPECT_EQ(NormalForm("\"a AND b\""), "\"a AND b\"");
  EXPECT_EQ(NormalForm("CASE LEAD"), "CASE AND LEAD");
}

TEST(ParserTest, ExpressionsKnowWhereTheyStand) {
  const std::string query = "ž headline:(a OR b) AND SCORE(a^2, b^1) >= 2 AND word~2 \"a b\"~3 LIST(kfor)";
  const auto parsed = Parse(query, ListOf);
  const auto& all = *std::get<std::shared_ptr<const Expression>>(parsed);
  std::vector<std::string> texts;
  for (const auto& operand : all.operands) texts.push_back(query.substr(operand->begin, operand->end - operand->begin));
  EXPECT_THAT(texts, testing::ElementsAre("ž", "headline:(a OR b)", "SCORE(a^2, b^1) >= 2", "word~2", "\"a b\"~3",
                                          "LIST(kfor)"));
  const Expression& inside = *all.operands.back()->operands[0]->operands[1];
  EXPECT_EQ(query.substr(inside.begin, inside.end - inside.begin), "LIST(kfor)");
}

// The errors that the language's page lists, word by word.
TEST(ParserTest, ErrorsOfThePageShowWhereAndTheRewrite) {
  const std::pair<const char*, const char*> cases[] = {
      {"a AND b OR c AND d",
       "8: AND stands beside OR without parentheses (a space means AND) | write (a AND b) OR (c AND d)"},
      {"a OR b c", "2: AND stands beside OR without parentheses (a space means AND) | write a OR (b AND c)"},
      {"a OR b NOT c", "2: AND stands beside OR without parentheses (a space means AND) | write a OR (b AND NOT c)"},
      {"x ONEAR y", "2: ONEAR without how many tokens may stand between | write ONEAR/5"},
      {"x NOTNEAR y", "2: NOTNEAR without how many tokens may stand between | write NOTNEAR/5"},
      {"a SENT b ONEAR/3 c", "9: ONEAR behind SENT without parentheses | write (a SENT b) ONEAR …"},
      {"(a OR b) NEAR/2 (c OR d) NEAR/3 e",
       "25: NEAR behind NEAR without parentheses | write ((a OR b) NEAR/2 (c OR d)) NEAR …"},
      {"(a AND b) NEAR/5 (c OR d)",
       "10: NEAR takes places in the text, and a AND b has none | write (a NEAR/5 (c OR d)) AND (b NEAR/5 (c OR d))"},
      {"(a AND b) NEAR/5 c",
       "10: NEAR takes places in the text, and a AND b has none | write (a NEAR/5 c) AND (b NEAR/5 c)"},
      {"c NOTIN (a AND b)",
       "2: NOTIN takes places in the text, and a AND b has none | write (c NOTIN a) AND (c NOTIN b)"},
      {"c ONEAR/5 (a AND b)",
       "2: ONEAR takes places in the text, and a AND b has none | write (c ONEAR/5 a) AND (c ONEAR/5 b)"},
      {"a NEAR/5 (b OR NOT c)",
       "2: NEAR takes places in the text, and b OR NOT c has none | operands are words, phrases, ORs of these, LISTs "
       "and "
       "windows"},
      {"headline:(a AND lead:b)",
       "16: a text field inside a text field | put them side by side: headline:a AND body:b"},
      {"a OR b^2", "6: ^ gives a weight and stands only in SCORE(…) | "},
  };
  for (const auto& [query, error] : cases) EXPECT_EQ(ErrorOf(query), error) << query;
}

TEST(ParserTest, RewritesCanBeReadThemselves) {
  for (const char* query : {"a AND b OR c", "a b OR c", "a OR b NOT c", "a NEAR/2 b OR c d", "(a AND b) NEAR/5 c",
                            "(a AND b) ONEAR/0 \"c d\"", "(a AND b) NOTNEAR/5 c", "(a AND b) NOTIN c"}) {
    const auto parsed = Parse(query);
    const auto* error = std::get_if<QueryError>(&parsed);
    ASSERT_NE(error, nullptr) << query;
    ASSERT_THAT(error->hint, testing::StartsWith("write ")) << query;
    EXPECT_EQ(ErrorOf(error->hint.substr(6)), "") << query;
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
      {"SCORE(a^inf) >= 1", "every part of SCORE has a weight"},
      {"SCORE(a^1) >= nan", "SCORE needs a threshold"},
      {"SCORE(a^1) > 1", "SCORE needs a threshold"},
      {"STEM(provoke)", "STEM takes a language and one word | write STEM(en:provoke)"},
      {"LIST()", "LIST takes the name of a list"},
      {"LIST(nobody)", "there is no list \"nobody\""},
      {"headlin:a", "did you mean headline:?"},
      {"quote:(a AND headline:b)", "a text field inside a text field"},
      {"SAID(speaker:a b)", "15: SAID is about one quote: speaker:, quote: and quote.direct:, not b | write SAID("},
      {"SAID(quote:a OR unquoted:b)", "SAID is about one quote"},
      {"SAID(quote:a OR SAID(quote:b))", "SAID is about one quote"},
      {"a OR SAID/2(quote:a)", "SAID takes no number"},
      {"entity:(a OR LEAD(b))", "13: \"entity:\" takes words, phrases, windows and Booleans of them, not LEAD(b)"},
      {"entity>=a", "\"entity\" has no order"},
      {"language:english", "9: \"english\" is no language | write the code of the language: language:en"},
      {"language:(de OR \"English\")", "\"English\" is no language"},
      {"language:en~1", "\"language:\" compares codes as a whole, without ~"},
      {"country:Kosovo", "8: \"Kosovo\" is no country | write the code of the country, two letters: country:GB"},
      {"domain:example.org/world", "write url:\"example.org/world\""},
      {"topic:(a SENT b)", "\"topic:\" takes words"},
      {"a NEAR/5 (NOT b)", "write a NOTNEAR/5 b"},
      {"(NOT a) NEAR/5 b", "write b NOTNEAR/5 a"},
      {"(a AND NOT b AND c) NEAR/5 d", "write (a NEAR/5 d) AND NOT (b NEAR/5 d) AND (c NEAR/5 d)"},
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
  EXPECT_THAT(NormalForm("LIST(outer)"), HasSubstr("in the list \"outer\": in the list \"wrong\": NEAR without"));
}

TEST(ParserTest, ListsAreNoWayAroundTheRules) {
  EXPECT_THAT(NormalForm("headline:(a AND LIST(in-body))"), HasSubstr("a text field inside a text field"));
  EXPECT_THAT(NormalForm("LIST(both) NEAR/2 c"), HasSubstr("NEAR takes places in the text"));
  EXPECT_EQ(NormalForm("LIST(deep)"), "LIST(deep)");
  const std::string open(40, '('), close(40, ')');
  EXPECT_THAT(NormalForm(open + "LIST(deep)" + close), HasSubstr("nested more than 64 deep"));
}

TEST(ParserTest, LimitsAreErrors) {
  EXPECT_THAT(ErrorOf(std::string(kMaxQueryBytes + 1, 'a')), HasSubstr("longer than 64 KiB"));
  std::string deep, many;
  for (int i = 0; i < 200; ++i) deep += "(";
  EXPECT_THAT(ErrorOf(deep + "a"), HasSubstr("nested more than 64 deep"));
  deep.clear();
  for (int i = 0; i < 200; ++i) deep += "NOT ";
  EXPECT_THAT(ErrorOf(deep + "a"), HasSubstr("nested more than 64 deep"));
  deep.clear();
  for (int i = 0; i < 9000; ++i) deep += "author:";
  EXPECT_THAT(ErrorOf(deep + "a"), HasSubstr("nested more than 64 deep"));
  deep.clear();
  for (int i = 0; i < 9000; ++i) deep += "MIN/1(";
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

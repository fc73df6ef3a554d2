#include "wirewatch/watch/lint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <variant>

#include "wirewatch/watch/parser.h"
#include "wirewatch/watch/watch_fixture.h"

namespace wirewatch::watch {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string* ListOf(const std::string& name) {
  static const std::string kfor = "KFOR OR \"Kosovo Force\"";
  return name == "kfor" ? &kfor : nullptr;
}

std::vector<LintFinding> Find(std::string_view query, const LintOptions& options = {}) {
  const auto parsed = Parse(query, ListOf);
  const auto* expression = std::get_if<std::shared_ptr<const Expression>>(&parsed);
  EXPECT_NE(expression, nullptr) << query << ": " << ErrorOf(query);
  return expression == nullptr ? std::vector<LintFinding>() : Lint(query, **expression, options);
}

std::vector<std::string> Rules(std::string_view query, const LintOptions& options = {}) {
  std::vector<std::string> rules;
  for (const LintFinding& finding : Find(query, options)) rules.emplace_back(finding.rule->id);
  return rules;
}

// The query with what a finding says to write in place of what it is about.
std::string Apply(std::string query, const LintFinding& finding) {
  return query.replace(finding.begin, finding.end - finding.begin, finding.rewrite);
}

struct Case {
  const char* rule;
  const char* query;
  const char* mended;   // "": the finding has no rewrite
  const char* similar;  // a query that looks alike, and with which nothing is wrong
};

constexpr Case kCases[] = {
    {"always-true", "kfor AND (unmik OR NOT unmik)", "", "kfor AND (unmik OR NOT eulex)"},
    {"always-true", "kfor AND SCORE(unmik^-1, eulex^2) >= -1", "", "kfor AND SCORE(unmik^-1, eulex^2) >= 1"},
    {"ambiguous-capitals", "US AND troops", "CASE(US) AND troops", "CASE(US) AND troops"},
    {"ambiguous-capitals", "WHO NEAR/5 vaccine*", "CASE(WHO) NEAR/5 vaccine*", "NATO NEAR/5 vaccine*"},
    {"ambiguous-capitals", "outlet:(US OR WHO) AND IT", "outlet:(US OR WHO) AND CASE(IT)", "country:US AND kfor"},
    {"contradiction", "kfor AND unmik AND NOT kfor", "", "kfor AND unmik AND NOT eulex"},
    {"contradiction", "kfor NOT (kfor* OR unmik)", "", "kfor* NOT (kfors OR unmik)"},
    {"contradiction", "kfor SENT (unmik NOT kfor)", "", "kfor SENT (unmik NOT eulex)"},
    {"contradiction", "\"Kosovo Force\" NOT kosovo", "", "kosovo NOT \"Kosovo Force\""},
    {"contradiction", "kfor language:en language:de", "", "kfor language:en"},
    {"contradiction", "kfor AND (language:en language:de)", "kfor AND ((language:en OR language:de))",
     "kfor AND (language:en language:en-GB)"},
    {"covered-operand", "protest* OR protester OR march", "protest* OR march", "protest OR protester OR march"},
    {"covered-operand", "kfor AND (kfor OR unmik)", "kfor", "kfor AND (eulex OR unmik)"},
    {"covered-operand", "(\"Kosovo Force\" OR force) AND unmik", "(force) AND unmik",
     "(\"Kosovo Force\" OR forces) AND unmik"},
    {"covered-operand", "kfor AND (kfor NEAR/5 clash*)", "(kfor NEAR/5 clash*)", "kfor AND (unmik NEAR/5 clash*)"},
    {"covered-operand", "kfor OR headline:kfor", "kfor", "kfor OR located:kfor"},
    {"covered-operand", "NATO OR CASE(NATO)", "NATO", "CASE(Nato) OR CASE(NATO)"},
    {"duplicate-operand", "kfor OR unmik OR KFOR", "kfor OR unmik", "kfor OR unmik OR eulex"},
    {"duplicate-operand", "LIST(kfor) AND clash AND LIST(kfor)", "LIST(kfor) AND clash", "LIST(kfor) AND clash"},
    {"exact-wildcard", "EXACT(provo*)", "", "CASE(provo*)"},
    {"first-too-short", "FIRST/2(\"Kosovo Force commander\")", "", "FIRST/3(\"Kosovo Force commander\")"},
    {"first-too-short", "FIRST/3((kfor NEAR/2 \"a b c\"))", "", "FIRST/1(anti-riot)"},
    {"leading-wildcard", "*drew", "", "w*drew OR with*drew"},
    {"lowercase-function", "case(NATO) AND kfor", "CASE(NATO) AND kfor", "case NATO kfor"},
    {"lowercase-operator", "kfor or unmik", "kfor OR unmik", "kfor OR unmik OR \"either or\""},
    {"lowercase-operator", "kfor near/7 unmik", "kfor NEAR/7 unmik", "near kfor"},
    {"lowercase-operator", "kfor Near unmik", "kfor NEAR/5 unmik", "unmik AND near"},
    {"lowercase-operator", "not kfor", "NOT kfor", "\"not kfor\""},
    {"min-counts-twice", "MIN/2(kfor, KFOR, unmik)", "", "MIN/2(kfor, eulex, unmik)"},
    {"near-itself", "kfor NEAR/5 KFOR", "", "kfor NEAR/5 unmik"},
    {"needless-function", "MIN/1(kfor, unmik) AND clash", "(kfor OR unmik) AND clash", "MIN/2(kfor, unmik, clash)"},
    {"needless-function", "MIN/2(kfor, unmik)", "(kfor AND unmik)", "MIN/2(kfor, unmik, clash)"},
    {"needless-function", "ATLEAST/1(kfor OR unmik) AND clash", "(kfor OR unmik) AND clash", "ATLEAST/2(kfor)"},
    {"needless-function", "SCORE(kfor^2) >= 1", "kfor", "SCORE(kfor^2, unmik^1) >= 2"},
    {"negating-prefix", "escalation AND kosovo", "(escalation NOTIN \"de-escalation\") AND kosovo",
     "(escalation NOTIN \"de-escalation\") AND kosovo"},
    {"negating-prefix", "violence", "(violence NOTIN \"non-violence\")", "violence NOT non-violence"},
    {"notin-excludes-nothing", "bank NOTIN \"river shore\"", "(bank AND NOT \"river shore\")",
     "bank NOTIN (\"river bank\" OR \"left bank\")"},
    {"notin-excludes-nothing", "bank NOTIN (\"river shore\" OR embankment)",
     "(bank AND NOT (\"river shore\" OR embankment))", "bank* NOTIN \"blood banks\""},
    {"operator-in-quotes", "\"kfor AND unmik\"", "", "\"health and safety\""},
    {"phrase-of-common-words", "kfor OR \"of the\"", "", "kfor OR \"of the north\""},
    {"score-unreachable", "SCORE(kfor^1, unmik^1, clash^-2) >= 3", "", "SCORE(kfor^1, unmik^2, clash^-2) >= 3"},
    {"short-prefix", "us* AND kfor", "", "usa* AND kfor"},
    {"short-prefix", "w*d AND kfor", "", "部* AND kfor"},
    {"single-quotes", "'Kosovo Force' clash", "\"Kosovo Force\" clash", "Kosovo's forces' clash"},
    {"single-quotes", "kfor AND ‘use of force’", "kfor AND \"use of force\"", "kfor AND “use of force”"},
    {"wide-near", "kfor NEAR/100 clash", "", "kfor NEAR/50 clash"},
};

TEST(LintTest, EachRuleFindsWhatItIsForAndNothingElse) {
  for (const Case& one : kCases) {
    const std::vector<LintFinding> findings = Find(one.query);
    const auto found = std::find_if(findings.begin(), findings.end(),
                                    [&](const LintFinding& finding) { return finding.rule->id == one.rule; });
    ASSERT_NE(found, findings.end()) << one.rule << " in " << one.query;
    EXPECT_LT(found->begin, found->end) << one.query;
    EXPECT_LE(found->end, std::string_view(one.query).size()) << one.query;
    EXPECT_FALSE(found->message.empty());
    if (*one.mended == '\0') {
      EXPECT_EQ(found->rewrite, "") << one.query;
    } else {
      EXPECT_EQ(Apply(one.query, *found), one.mended);
      EXPECT_THAT(Rules(one.mended), ::testing::Not(::testing::Contains(one.rule))) << one.mended;
    }
    EXPECT_THAT(Rules(one.similar), ::testing::Not(::testing::Contains(one.rule))) << one.similar;
  }
}

TEST(LintTest, GoodWatchesHaveNoFindings) {
  for (const char* query :
       {"LIST(kfor) NEAR/15 (force OR clash* OR protest*)", "CASE(BOLT) OR \"Border Observation and Liaison Team\"",
        "language:es AND presa* NEAR/12 (filtraci* OR deterior*)", "barrage NOTIN \"match de barrage\"",
        "ATLEAST/3(dam OR presa OR Talsperre*)", "SCORE(kfor^2, unmik^1, concert^-3) >= 2",
        "headline:(kosovo AND serbia) AND published>=2026", "STEM(en:provoke) AND kosovo",
        "soldier~1 NEAR/5 \"the border\"", "agency:KTA AND (hysteria OR \"turn a blind eye\")", "C++ OR AT&T OR €5m",
        "部队 OR 北约", "outlet:(daily AND example) AND kfor"}) {
    EXPECT_THAT(Rules(query), IsEmpty()) << query;
  }
}

TEST(LintTest, EveryRuleIsKnownOnceAndInOrder) {
  std::set<std::string_view> tried = {"speaker-beside-quote", "common-words", "no-required-word", "one-member-list"};
  for (const Case& one : kCases) tried.insert(one.rule);
  std::vector<std::string_view> ids;
  for (const LintRule& rule : LintRules()) ids.push_back(rule.id);
  EXPECT_TRUE(std::is_sorted(ids.begin(), ids.end()));
  EXPECT_EQ(std::vector<std::string_view>(tried.begin(), tried.end()), ids);
}

TEST(LintTest, AWatchWithoutARequiredWordIsTriedOnEveryItem) {
  for (const char* query : {"NOT kfor", "language:en", "NOT kfor OR unmik", "SCORE(kfor^1, unmik^-1) >= 0"}) {
    EXPECT_THAT(Rules(query), ::testing::Contains("no-required-word")) << query;
  }
  EXPECT_THAT(Rules("kfor NOT unmik"), IsEmpty());
  EXPECT_THAT(Rules("NOT kfor", {.frequencies = nullptr, .is_list = true}), IsEmpty());
}

TEST(LintTest, CommonWordsAreThoseOfAListOrThoseMeasured) {
  EXPECT_THAT(Rules("the OR who"), ElementsAre("common-words"));
  EXPECT_THAT(Rules("the AND kfor"), IsEmpty());
  Frequencies frequencies;
  for (int i = 0; i < 10; ++i) {
    text::TextIndex index;
    const v1::Item item = BodyItem(i < 4 ? "kfor soldiers clashed" : i == 4 ? "kforce" : "nothing");
    index.Build(item);
    frequencies.Add(index);
  }
  const LintOptions measured{.frequencies = &frequencies, .is_list = false};
  EXPECT_THAT(Rules("kfor AND soldiers", measured), ElementsAre("common-words"));
  EXPECT_THAT(Find("kfor AND soldiers", measured)[0].message, HasSubstr("up to 40 of 100 Items"));
  EXPECT_THAT(Find("kfor*", measured)[0].message, HasSubstr("up to 50 of 100 Items"));
  EXPECT_THAT(Rules("kfor AND kforce", measured), IsEmpty());
  EXPECT_THAT(Rules("the", measured), IsEmpty());
}

TEST(LintTest, AListOfOneMember) {
  const LintOptions list{.frequencies = nullptr, .is_list = true};
  EXPECT_THAT(Rules("kfor", list), ElementsAre("one-member-list"));
  EXPECT_THAT(Rules("kfor OR unmik", list), IsEmpty());
  EXPECT_THAT(Rules("kfor"), IsEmpty());
}

std::shared_ptr<Expression> FieldOf(const char* name, const char* text) {
  auto word = std::make_shared<Expression>();
  word->text = text;
  auto field = std::make_shared<Expression>();
  field->operation = Operation::kField;
  field->name = name;
  field->operands.push_back(std::move(word));
  return field;
}

TEST(LintTest, SpeakerBesideQuoteMayBeOfDifferentQuotes) {
  Expression all;
  all.operation = Operation::kAnd;
  all.operands.push_back(FieldOf("speaker", "ambassador"));
  all.operands.push_back(FieldOf("quote", "kfor"));
  all.end = 30;
  const std::vector<LintFinding> findings = Lint("speaker:ambassador quote:kfor", all);
  const auto found = std::find_if(findings.begin(), findings.end(), [](const LintFinding& finding) {
    return finding.rule->id == "speaker-beside-quote";
  });
  ASSERT_NE(found, findings.end());
  EXPECT_EQ(found->rewrite, "SAID(speaker:ambassador quote:kfor)");
  all.operands[0] = FieldOf("headline", "ambassador");
  for (const LintFinding& finding : Lint("headline:ambassador quote:kfor", all))
    EXPECT_NE(finding.rule->id, "speaker-beside-quote");
}

// The largest queries that there are, and a finding for each of their words.
TEST(LintTest, LargeQueriesAreLintedInBoundedTime) {
  std::string members = "m0", dear = "*a", negated = "violence0";
  for (int i = 1; i < 5000; ++i) {
    members += " OR m" + std::to_string(i);
    dear += " OR *a";
    if (i < 3000) negated += " OR violence" + std::to_string(i);
  }
  EXPECT_THAT(Rules(members), IsEmpty());
  EXPECT_EQ(Find(dear).size(), 5001u);  // and common-words
  EXPECT_EQ(Find(negated).size(), 3000u);
}

}  // namespace
}  // namespace wirewatch::watch

#include "wirewatch/watch/lint.h"

namespace wirewatch::watch {
namespace {

constexpr LintRule kRules[] = {
    {"always-true", LintKind::kMistake, "an OR of something and its NOT, a SCORE that is always reached"},
    {"ambiguous-capitals", LintKind::kDoubt, "`US`, `WHO`, `IT`: words are compared without case"},
    {"common-words", LintKind::kCost, "nothing but common words must occur"},
    {"contradiction", LintKind::kMistake, "`a AND NOT a`: nothing can satisfy it"},
    {"covered-operand", LintKind::kDoubt, "`kfor* OR kfors`, `a AND (a OR b)`: one clause makes another needless"},
    {"duplicate-operand", LintKind::kDoubt, "`a OR b OR a`"},
    {"exact-wildcard", LintKind::kDoubt, "a wildcard inside EXACT"},
    {"first-too-short", LintKind::kMistake, "`FIRST/2(\"a b c\")`: what is looked for is longer"},
    {"leading-wildcard", LintKind::kCost, "`*drew`: held against every word of every Item"},
    {"lowercase-function", LintKind::kMistake, "`case(NATO)` searches for the word \"case\""},
    {"lowercase-operator", LintKind::kMistake, "`a or b`, `a near/5 b`: operators are written in capitals"},
    {"min-counts-twice", LintKind::kMistake, "`MIN/2(a, a, b)`: one word fills two places"},
    {"near-itself", LintKind::kDoubt, "`a NEAR/5 a`"},
    {"needless-function", LintKind::kDoubt, "`MIN/1(a, b)`, `ATLEAST/1(a)`"},
    {"negating-prefix", LintKind::kDoubt, "`escalation` is found in de-escalation"},
    {"no-required-word", LintKind::kCost, "negations and fields alone: held against every Item"},
    {"notin-excludes-nothing", LintKind::kMistake, "`a NOTIN \"b c\"`: the phrase does not contain a"},
    {"one-member-list", LintKind::kDoubt, "a list that stands for one word"},
    {"operator-in-quotes", LintKind::kDoubt, "`\"a AND b\"` is a phrase of three words"},
    {"phrase-of-common-words", LintKind::kDoubt, "`\"of the\"`"},
    {"score-unreachable", LintKind::kMistake, "the weights do not add up to the threshold"},
    {"short-prefix", LintKind::kCost, "`us*`: fewer than three letters before a wildcard"},
    {"single-quotes", LintKind::kMistake, "`'Kosovo Force'` is no phrase"},
    {"speaker-beside-quote", LintKind::kDoubt, "`speaker:a quote:b`: of different quotes unless inside SAID"},
    {"wide-near", LintKind::kDoubt, "NEAR with more than 50 words between"},
};

}  // namespace

std::string_view NameOf(LintKind kind) {
  return kind == LintKind::kMistake ? "mistake" : kind == LintKind::kDoubt ? "doubt" : "cost";
}

std::span<const LintRule> LintRules() { return kRules; }

}  // namespace wirewatch::watch

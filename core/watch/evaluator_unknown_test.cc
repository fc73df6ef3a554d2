// Kleene's logic: what is not known is neither hit nor miss, and stays so through every operator that rests on it.
#include <gtest/gtest.h>

#include "wirewatch/watch/watch_fixture.h"

namespace wirewatch::watch {
namespace {

struct Case {
  const char* query;
  v1::Truth truth;
};

template <size_t n>
void Check(const v1::Item& item, const Case (&cases)[n]) {
  for (const Case& c : cases) EXPECT_EQ(Evaluate(c.query, item), c.truth) << c.query;
}

constexpr v1::Truth kTrue = v1::TRUTH_TRUE, kFalse = v1::TRUTH_FALSE, kUnknown = v1::TRUTH_UNKNOWN;

TEST(UnknownTest, GoesThroughBooleansAndCounts) {
  Check(BodyItem("kfor and nato"), {{"language:en", kUnknown},
                                    {"NOT language:en", kUnknown},
                                    {"language:en AND kfor", kUnknown},
                                    {"language:en AND unmik", kFalse},
                                    {"language:en OR kfor", kTrue},
                                    {"language:en OR unmik", kUnknown},
                                    {"(language:en AND kfor) SENT nato", kUnknown},
                                    {"(language:en AND kfor) SENT unmik", kFalse},
                                    {"LEAD(language:en)", kUnknown},
                                    {"MIN/2(kfor, nato, language:en)", kTrue},
                                    {"MIN/2(kfor, unmik, language:en)", kUnknown},
                                    {"MIN/2(unmik, eulex, language:en)", kFalse},
                                    {"SCORE(kfor^2, language:en^1) >= 2", kTrue},
                                    {"SCORE(kfor^2, language:en^1) >= 3", kUnknown},
                                    {"SCORE(kfor^2, language:en^1) >= 4", kFalse},
                                    {"SCORE(kfor^2, language:en^-1) >= 2", kUnknown},
                                    {"published>=2020", kUnknown},
                                    {"words>=1", kTrue}});
}

TEST(UnknownTest, StemsCannotBeSeenInATextOfUnknownLanguage) {
  Check(BodyItem("kfor far off nato"), {{"STEM(en:provoke)", kUnknown},
                                        {"STEM(en:provoke) OR kfor", kTrue},
                                        {"STEM(en:provoke) NEAR/3 kfor", kUnknown},
                                        {"STEM(en:provoke) NEAR/3 unmik", kFalse},
                                        {"kfor NEAR/0 (nato OR STEM(en:provoke))", kUnknown},
                                        {"kfor NEAR/2 (nato OR STEM(en:provoke))", kTrue},
                                        {"ATLEAST/1(kfor OR STEM(en:provoke))", kTrue},
                                        {"ATLEAST/3(kfor OR STEM(en:provoke))", kUnknown}});
}

// A stem that may stand there may also be what excludes an occurrence.
TEST(UnknownTest, HiddenStemsMayExclude) {
  Check(BodyItem("kfor far off nato"), {{"kfor NOTIN STEM(en:provoke)", kUnknown},
                                        {"kfor NOTNEAR/3 STEM(en:provoke)", kUnknown},
                                        {"unmik NOTNEAR/3 STEM(en:provoke)", kFalse},
                                        {"STEM(en:provoke) NOTNEAR/3 kfor", kUnknown},
                                        {"(kfor NOTIN STEM(en:provoke)) NEAR/5 nato", kUnknown},
                                        {"ATLEAST/1(kfor NOTIN STEM(en:provoke))", kUnknown},
                                        {"(kfor NOTIN STEM(en:provoke)) OR nato", kTrue},
                                        {"kfor NOTIN (nato NOTIN STEM(en:provoke))", kTrue},
                                        {"kfor NOTNEAR/3 (nato NOTIN STEM(en:provoke))", kUnknown}});
}

TEST(UnknownTest, StemsAreThoseOfTheLanguage) {
  v1::Item item = BodyItem("The PROVOCATIONS went on; they were provoking KFOR.");
  item.mutable_language()->set_tag("en-GB");
  Check(item, {{"STEM(en:provoke)", kTrue},
               {"STEM(en:Provoked)", kTrue},
               {"STEM(en:provocation)", kTrue},
               {"STEM(en:proof)", kFalse},
               {"STEM(de:provoke)", kFalse},
               {"STEM(en:provokes) NEAR/0 kfor", kTrue},
               {"\"were provok* kfor\"", kTrue}});
  item.mutable_language()->set_tag("und");
  Check(item, {{"STEM(en:provoke)", kUnknown}, {"NOT language:en", kUnknown}});
}

}  // namespace
}  // namespace wirewatch::watch

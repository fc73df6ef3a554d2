// The engine against the reference, which tries everything: random queries over a few words, random texts, the same
// hits. More pairs with WIREWATCH_PROPERTY_PAIRS.
#include "wirewatch/watch/reference.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "wirewatch/watch/engine.h"
#include "wirewatch/watch/watch_fixture.h"

namespace wirewatch::watch {
namespace {

using reference::Query;
using reference::Reference;
using reference::Text;

constexpr const char* kWords[] = {"kfor", "serbs", "clash", "clashes", "police", "zvecan"};

class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}
  int Below(int limit) { return static_cast<int>(engine_() % static_cast<uint64_t>(limit)); }
  bool Chance(int percent) { return Below(100) < percent; }
  std::string Word() { return kWords[Below(6)]; }

 private:
  std::mt19937_64 engine_;
};

Text MakeText(Random& random, v1::Item& item) {
  Text text;
  std::string parts[2];
  for (int part = 0; part < 2; ++part) {
    const int paragraphs = part == 0 ? random.Below(2) : 1 + random.Below(3);
    int sentence = 0;
    for (int paragraph = 0; paragraph < paragraphs; ++paragraph) {
      for (int i = 0, sentences = part == 0 ? 1 : 1 + random.Below(3); i < sentences; ++i, ++sentence) {
        std::string written;
        for (int words = 1 + random.Below(6), w = 0; w < words; ++w) {
          // A headline that the body repeats would not be searched there.
          std::string word = part == 0 && w == 0 ? "today" : random.Word();
          if (w == 0 || random.Chance(10)) word[0] = static_cast<char>(std::toupper(word[0]));
          absl::StrAppend(&written, w == 0 ? "" : " ", word);
          text.push_back({word, part, sentence, paragraph});
        }
        absl::StrAppend(&parts[part], i == 0 ? "" : " ", written, part == 0 ? "" : ".");
      }
      if (paragraph + 1 < paragraphs) parts[part] += "\n\n";
    }
  }
  item.Clear();
  item.set_headline(parts[0]);
  item.set_body(parts[1]);
  return text;
}

// ---- Queries ----

Query PlaceQuery(Random& random, int depth) {
  const int kind = random.Below(depth <= 0 ? 4 : 10);
  Query query;
  query.n = random.Below(4);
  switch (kind) {
    case 0:
    case 1:
      query.kind = kind == 0 ? Query::kWord : random.Chance(50) ? Query::kPrefix : Query::kCase;
      query.words = {query.kind == Query::kPrefix ? random.Word().substr(0, 3) : random.Word()};
      if (query.kind == Query::kCase && random.Chance(50)) {
        query.words[0][0] = static_cast<char>(std::toupper(query.words[0][0]));
      }
      return query;
    case 2:
    case 3:
      query.kind = kind == 2 ? Query::kPhrase : Query::kLoose;
      for (int i = 0, words = 2 + random.Below(2); i < words; ++i) query.words.push_back(random.Word());
      return query;
    case 4:
    case 5:
      query.kind = Query::kOr;
      break;
    case 6:
      query.kind = Query::kNear;
      break;
    case 7:
      query.kind = Query::kOnear;
      break;
    case 8:
      query.kind = Query::kNotNear;
      break;
    default:
      query.kind = Query::kNotIn;
  }
  query.inner = {PlaceQuery(random, depth - 1), PlaceQuery(random, depth - 1)};
  return query;
}

Query AnyQuery(Random& random, int depth, bool in_field = false) {
  if (depth <= 0 || random.Chance(30)) return PlaceQuery(random, depth);
  Query query;
  query.n = 1 + random.Below(3);
  const auto add = [&](int count, bool field) {
    for (int i = 0; i < count; ++i) query.inner.push_back(AnyQuery(random, depth - 1, field));
  };
  constexpr Query::Kind kinds[] = {Query::kAnd,  Query::kOr,      Query::kNot,      Query::kSent,
                                   Query::kPara, Query::kAtLeast, Query::kMin,      Query::kScore,
                                   Query::kLead, Query::kFirst,   Query::kHeadline, Query::kBody};
  query.kind = kinds[random.Below(in_field ? 10 : 12)];
  switch (query.kind) {
    case Query::kNot:
    case Query::kLead:
    case Query::kFirst:
      add(1, in_field);
      break;
    case Query::kHeadline:
    case Query::kBody:
      add(1, true);
      break;
    case Query::kAtLeast:
      query.inner = {PlaceQuery(random, depth - 1)};
      break;
    case Query::kMin:
      add(3, in_field);
      break;
    default:
      add(2, in_field);
  }
  return query;
}

std::string Written(const Query& query) {
  const auto both = [&query](const std::string& name) {
    return absl::StrCat("(", Written(query.inner[0]), ") ", name, " (", Written(query.inner[1]), ")");
  };
  const auto call = [&query](const std::string& name) {
    std::string text = name + "(";
    for (size_t i = 0; i < query.inner.size(); ++i) absl::StrAppend(&text, i == 0 ? "" : ", ", Written(query.inner[i]));
    return text + ")";
  };
  std::string phrase;
  for (const std::string& word : query.words) absl::StrAppend(&phrase, phrase.empty() ? "" : " ", word);
  switch (query.kind) {
    case Query::kWord:
      return phrase;
    case Query::kPrefix:
      return phrase + "*";
    case Query::kCase:
      return absl::StrCat("CASE(", phrase, ")");
    case Query::kPhrase:
      return absl::StrCat("\"", phrase, "\"");
    case Query::kLoose:
      return absl::StrCat("\"", phrase, "\"~", query.n);
    case Query::kOr:
      return both("OR");
    case Query::kNear:
      return both(absl::StrCat("NEAR/", query.n));
    case Query::kOnear:
      return both(absl::StrCat("ONEAR/", query.n));
    case Query::kNotNear:
      return both(absl::StrCat("NOTNEAR/", query.n));
    case Query::kNotIn:
      return both("NOTIN");
    case Query::kAnd:
      return both("AND");
    case Query::kNot:
      return absl::StrCat("NOT (", Written(query.inner[0]), ")");
    case Query::kSent:
      return both("SENT");
    case Query::kPara:
      return both("PARA");
    case Query::kAtLeast:
      return call(absl::StrCat("ATLEAST/", query.n));
    case Query::kMin:
      return call(absl::StrCat("MIN/", query.n));
    case Query::kScore:
      return absl::StrCat("SCORE((", Written(query.inner[0]), ")^2, (", Written(query.inner[1]), ")^1) >= ", query.n);
    case Query::kLead:
      return call("LEAD");
    case Query::kFirst:
      return call(absl::StrCat("FIRST/", 2 * query.n));
    case Query::kHeadline:
      return absl::StrCat("headline:(", Written(query.inner[0]), ")");
    case Query::kBody:
      return absl::StrCat("body:(", Written(query.inner[0]), ")");
  }
  return "";
}

TEST(ReferenceTest, TheEngineFindsWhatTryingEverythingFinds) {
  int pairs = 20'000;
  if (const char* given = std::getenv("WIREWATCH_PROPERTY_PAIRS")) {
    ASSERT_TRUE(absl::SimpleAtoi(given, &pairs));
  }
  constexpr int kQueries = 200, kTexts = 50;
  int hits = 0;
  Scratch scratch;
  for (uint64_t round = 0; pairs > 0; ++round) {
    Random random(round + 1);
    Engine engine;
    std::vector<Query> queries;
    for (int i = 0; i < kQueries; ++i) {
      queries.push_back(AnyQuery(random, 3));
      const std::string written = Written(queries.back());
      const auto error = engine.Add({.id = absl::StrCat(i), .query = written, .timezone = absl::UTCTimeZone()});
      ASSERT_FALSE(error.has_value()) << written << ": " << error->message;
    }
    scratch = Scratch();  // belongs to one engine's patterns
    for (int i = 0; i < kTexts; ++i, pairs -= kQueries) {
      v1::Item item;
      const Text text = MakeText(random, item);
      text::TextIndex index;
      index.Build(item);
      std::vector<Hit> found;
      engine.Match(View(item, index), scratch, found);
      std::set<std::string> ids;
      for (const Hit& hit : found) ids.insert(hit.watch->id);
      const Reference reference(text);
      for (int query = 0; query < kQueries; ++query) {
        const bool expected = reference.Holds(queries[static_cast<size_t>(query)]);
        hits += expected ? 1 : 0;
        ASSERT_EQ(ids.contains(absl::StrCat(query)), expected)
            << "round " << round << ": " << Written(queries[static_cast<size_t>(query)])
            << "\nheadline: " << item.headline() << "\nbody: " << item.body();
      }
    }
  }
  EXPECT_GT(hits, 1000);
}

}  // namespace
}  // namespace wirewatch::watch

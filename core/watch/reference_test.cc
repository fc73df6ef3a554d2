// The engine against the reference, which tries everything: random queries over a few words, random texts, the same
// hits. More pairs with WIREWATCH_PROPERTY_PAIRS.
#include "wirewatch/watch/reference.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
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
  std::string WordOrPrefix() {
    const std::string word = Word();
    return Chance(25) ? word.substr(0, 1 + static_cast<size_t>(Below(4))) + "*" : word;
  }

 private:
  std::mt19937_64 engine_;
};

reference::Truth SetLanguage(Random& random, v1::Item& item) {
  constexpr const char* kTags[] = {"de", "und", "en-GB"};
  const int truth = random.Below(3);
  item.mutable_language()->set_tag(kTags[truth]);
  return static_cast<reference::Truth>(truth);
}

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
      query.kind = Query::kWord;
      query.words = {random.WordOrPrefix()};
      return query;
    case 1:
      query.kind = Query::kCase;
      query.words = {random.Word()};
      if (random.Chance(50)) query.words[0][0] = static_cast<char>(std::toupper(query.words[0][0]));
      return query;
    case 2:
    case 3:
      query.kind = kind == 2 ? Query::kPhrase : Query::kLoose;
      for (int i = 0, words = 2 + random.Below(2); i < words; ++i) query.words.push_back(random.WordOrPrefix());
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
  if (random.Chance(5)) return {.kind = Query::kLanguage};
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
  query.weights = {2, random.Chance(50) ? 1 : -1};
  if (random.Chance(10)) query.list = absl::StrCat("list", random.Below(1'000'000));
  return query;
}

using ListTexts = std::map<std::string, std::string>;

std::string Written(const Query& query, ListTexts& lists);

std::string WrittenOut(const Query& query, ListTexts& lists) {
  const auto inner = [&](size_t i) { return absl::StrCat("(", Written(query.inner[i], lists), ")"); };
  const auto both = [&](const std::string& name) { return absl::StrCat(inner(0), " ", name, " ", inner(1)); };
  const auto call = [&](const std::string& name) {
    std::string text = name + "(";
    for (size_t i = 0; i < query.inner.size(); ++i) {
      absl::StrAppend(&text, i == 0 ? "" : ", ", Written(query.inner[i], lists));
    }
    return text + ")";
  };
  std::string phrase;
  for (const std::string& word : query.words) absl::StrAppend(&phrase, phrase.empty() ? "" : " ", word);
  switch (query.kind) {
    case Query::kWord:
      return phrase;
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
      return "NOT " + inner(0);
    case Query::kSent:
      return both("SENT");
    case Query::kPara:
      return both("PARA");
    case Query::kAtLeast:
      return call(absl::StrCat("ATLEAST/", query.n));
    case Query::kMin:
      return call(absl::StrCat("MIN/", query.n));
    case Query::kScore:
      return absl::StrCat("SCORE(", inner(0), "^", query.weights[0], ", ", inner(1), "^", query.weights[1],
                          ") >= ", query.n);
    case Query::kLead:
      return call("LEAD");
    case Query::kFirst:
      return call(absl::StrCat("FIRST/", 2 * query.n));
    case Query::kHeadline:
      return "headline:" + inner(0);
    case Query::kBody:
      return "body:" + inner(0);
    case Query::kLanguage:
      return "language:en";
  }
  return "";
}

std::string Written(const Query& query, ListTexts& lists) {
  if (query.list.empty()) return WrittenOut(query, lists);
  lists[query.list] = WrittenOut(query, lists);
  return absl::StrCat("LIST(", query.list, ")");
}

// Many queries, as written and in their normal forms.
struct Queries {
  Queries(Random& random, int count) {
    for (int i = 0; i < count; ++i) {
      queries.push_back(AnyQuery(random, 3));
      ListTexts lists;
      written.push_back(Written(queries.back(), lists));
      const auto list = [&](const std::string& name) { return lists.contains(name) ? &lists.at(name) : nullptr; };
      const auto add = [&](const std::string& id, const std::string& query) {
        const auto error = engine.Add({.id = id, .query = query, .timezone = absl::UTCTimeZone()}, list);
        ASSERT_FALSE(error.has_value()) << query << ": " << error->message;
      };
      add(absl::StrCat(i), written.back());
      add(absl::StrCat(i), engine.NormalForm(absl::StrCat(i)));
      if (!lists.empty())
        absl::StrAppend(&written.back(), ", where ", absl::StrJoin(lists, "; ", absl::PairFormatter(" is ")));
    }
  }

  Engine engine;
  Scratch scratch;
  std::vector<Query> queries;
  std::vector<std::string> written;
};

// How many hits there were.
int Compare(Random& random, Queries& all) {
  v1::Item item;
  const Text text = MakeText(random, item);
  const Reference reference(text, SetLanguage(random, item));
  text::TextIndex index;
  index.Build(item);
  std::vector<Hit> found;
  const MatchCounts counts = all.engine.Match(View(item, index), all.scratch, found);
  std::set<std::string> ids;
  for (const Hit& hit : found) ids.insert(hit.watch->id);
  int hits = 0;
  uint32_t unknown = 0;
  for (size_t i = 0; i < all.queries.size(); ++i) {
    const reference::Truth expected = reference.Holds(all.queries[i]);
    hits += expected == reference::kYes ? 1 : 0;
    unknown += expected == reference::kMaybe ? 1 : 0;
    EXPECT_EQ(ids.contains(absl::StrCat(i)), expected == reference::kYes)
        << all.written[i] << "\nlanguage: " << item.language().tag() << "\nheadline: " << item.headline()
        << "\nbody: " << item.body();
  }
  EXPECT_EQ(counts.unknown, unknown) << "language: " << item.language().tag() << "\nheadline: " << item.headline()
                                     << "\nbody: " << item.body();
  return hits;
}

TEST(ReferenceTest, TheEngineFindsWhatTryingEverythingFinds) {
  int pairs = 20'000;
  if (const char* given = std::getenv("WIREWATCH_PROPERTY_PAIRS")) {
    ASSERT_TRUE(absl::SimpleAtoi(given, &pairs));
  }
  constexpr int kQueries = 200, kTexts = 50;
  int hits = 0;
  for (uint64_t round = 0; pairs > 0 && !HasFailure(); ++round) {
    SCOPED_TRACE(absl::StrCat("round ", round));
    Random random(round + 1);
    Queries queries(random, kQueries);
    for (int i = 0; i < kTexts && !HasFailure(); ++i, pairs -= kQueries) hits += Compare(random, queries);
  }
  EXPECT_GT(hits, 1000);
}

}  // namespace
}  // namespace wirewatch::watch

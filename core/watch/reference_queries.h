// Random queries for the reference test, made from the grammar, and how they are written.
#ifndef WIREWATCH_WATCH_REFERENCE_QUERIES_H_
#define WIREWATCH_WATCH_REFERENCE_QUERIES_H_

#include "absl/strings/str_join.h"
#include "wirewatch/watch/reference_texts.h"

namespace wirewatch::watch::reference {

class QueryMaker {
 public:
  // Stems inside windows, which only Items of a known language decide.
  QueryMaker(Random& random, bool stems_in_windows) : random_(random), stems_in_windows_(stems_in_windows) {}

  Query Any(int depth) { return Any(depth, false); }

 private:
  Query One(Query::Kind kind, Query inner) {
    Query query{.kind = kind};
    query.inner.push_back(std::move(inner));
    return query;
  }

  // ---- What stands somewhere ----

  std::string Shape() {
    std::string word = random_.Word();
    if (word == "zvečan") return random_.Chance(50) ? word : "zvecan";
    if (!random_.Chance(35)) return word;
    const auto cut = static_cast<size_t>(1 + random_.Below(static_cast<int>(word.size()) - 1));
    switch (random_.Below(5)) {
      case 0:
        return word.substr(0, cut) + "*";
      case 1:
        return "*" + word.substr(cut);
      case 2:
        return "*" + word.substr(cut, 2) + "*";
      case 3:
        return word.substr(0, cut) + "*" + word.substr(word.size() - 1);
      default:
        word[cut] = '?';
        return word;
    }
  }
  std::string Spelt(bool with_case) {
    std::string shape = Shape();
    if (with_case && random_.Chance(40)) shape[0] = static_cast<char>(std::toupper(shape[0]));
    return shape;
  }

  Query Term(bool with_case) {
    Query query{.words = {Spelt(with_case)}, .n = random_.Below(4)};
    if (random_.Chance(15)) {
      query.slips = 1 + random_.Below(2);
      query.words[0] = random_.Word();
    } else if (random_.Chance(30)) {
      query.kind = random_.Chance(50) ? Query::kPhrase : Query::kLoose;
      for (int more = 1 + random_.Below(2); more > 0; --more) query.words.push_back(Spelt(with_case));
    }
    return query;
  }

  Query Place(int depth, bool stems, bool spelt = false) {
    if (stems && random_.Chance(8)) return {.kind = Query::kStem, .words = {random_.Chance(50) ? "clash" : "police"}};
    if (depth <= 0 || random_.Chance(30)) {
      if (spelt || random_.Chance(70)) return Term(spelt);
      return One(random_.Chance(50) ? Query::kCase : Query::kExact, Place(depth, false, true));
    }
    if (!spelt && random_.Chance(15))
      return One(random_.Chance(50) ? Query::kCase : Query::kExact, Place(depth - 1, false, true));
    constexpr Query::Kind kinds[] = {Query::kOr,    Query::kOr,      Query::kNear,
                                     Query::kOnear, Query::kNotNear, Query::kNotIn};
    Query query{.kind = kinds[random_.Below(6)], .n = random_.Below(4)};
    query.inner = {Place(depth - 1, stems, spelt), Place(depth - 1, stems, spelt)};
    return MaybeList(std::move(query));
  }

  Query MaybeList(Query query) {
    if (random_.Chance(8)) query.list = absl::StrCat("list", lists_++);
    return query;
  }

  // ---- What holds or not ----

  template <class Leaf>
  Query Boolean(int depth, const Leaf& leaf) {
    if (depth <= 0 || random_.Chance(50)) return leaf();
    if (random_.Chance(30)) return One(Query::kNot, Boolean(depth - 1, leaf));
    Query query{.kind = random_.Chance(50) ? Query::kAnd : Query::kOr};
    query.inner = {Boolean(depth - 1, leaf), Boolean(depth - 1, leaf)};
    return MaybeList(std::move(query));
  }

  // Words and ids that one value has.
  Query ValueOf(Query::Kind field, int depth) {
    if (field == Query::kArea) {
      return One(field, Boolean(depth, [&] {
                   constexpr const char* kCodes[] = {"XK", "RS", "XK.1"};
                   return Query{.kind = Query::kId, .words = {kCodes[random_.Below(3)]}};
                 }));
    }
    return One(field, Boolean(depth, [&] {
                 if (field == Query::kTopic || random_.Chance(80)) return Place(1, false);
                 const std::string id = absl::StrCat("Q", 1 + random_.Below(2));
                 return Query{.kind = Query::kId, .words = {random_.Chance(50) ? id : "http://x.org/e/" + id}};
               }));
  }

  Query Fact() {
    constexpr Query::Kind kinds[] = {Query::kLanguage, Query::kPublished, Query::kWords, Query::kTone};
    Query query{.kind = kinds[random_.Below(4)]};
    int low = 1 + random_.Below(9);
    if (query.kind == Query::kWords) low = random_.Below(30);
    if (query.kind == Query::kTone) low = -7 + 4 * random_.Below(4);
    if (random_.Chance(70)) query.low = low;
    if (!query.low || random_.Chance(50)) query.high = low + random_.Below(query.kind == Query::kTone ? 9 : 5);
    return query;
  }

  Query Annotation(int depth, bool in_field) {
    constexpr Query::Kind values[] = {Query::kSpeaker, Query::kEntity, Query::kPerson, Query::kTopic, Query::kArea};
    if (in_field || random_.Chance(40)) return ValueOf(values[random_.Below(5)], 2);
    if (random_.Chance(30)) {
      return One(Query::kSaid, Boolean(2, [&] {
                   if (random_.Chance(40)) return ValueOf(Query::kSpeaker, 1);
                   return One(random_.Chance(70) ? Query::kQuote : Query::kDirect, Any(depth - 1, true));
                 }));
    }
    constexpr Query::Kind quotes[] = {Query::kQuote, Query::kDirect, Query::kUnquoted};
    return One(quotes[random_.Below(3)], Any(depth - 1, true));
  }

  Query Any(int depth, bool in_field) {
    if (random_.Chance(6)) return Fact();
    if (random_.Chance(4)) return {.kind = Query::kStem, .words = {"clashed"}};
    if (random_.Chance(20)) return Annotation(depth, in_field);
    if (depth <= 0 || random_.Chance(30)) return Place(depth, stems_in_windows_);
    constexpr Query::Kind kinds[] = {Query::kAnd,      Query::kOr,   Query::kNot,     Query::kSent,     Query::kPara,
                                     Query::kAtLeast,  Query::kMin,  Query::kScore,   Query::kLead,     Query::kFirst,
                                     Query::kHeadline, Query::kBody, Query::kCaption, Query::kLeadField};
    Query query{.kind = kinds[random_.Below(in_field ? 10 : 14)], .n = 1 + random_.Below(3)};
    const bool is_field = query.kind >= Query::kHeadline && query.kind <= Query::kCaption;
    int operands = 2;
    if (query.kind == Query::kMin) operands = 3;
    if (is_field || query.kind == Query::kNot || query.kind == Query::kLead || query.kind == Query::kFirst)
      operands = 1;
    if (query.kind == Query::kAtLeast) {
      query.inner = {Place(depth - 1, stems_in_windows_)};
    } else {
      for (int i = 0; i < operands; ++i) query.inner.push_back(Any(depth - 1, in_field || is_field));
    }
    query.weights = {2, random_.Chance(50) ? 1 : -1};
    return MaybeList(std::move(query));
  }

  Random& random_;
  const bool stems_in_windows_;
  int lists_ = 0;
};

using ListTexts = std::map<std::string, std::string>;

class Writer {
 public:
  explicit Writer(ListTexts& lists) : lists_(lists) {}

  std::string Write(const Query& query) {
    if (query.list.empty()) return WriteOut(query);
    lists_[query.list] = WriteOut(query);
    return absl::StrCat("LIST(", query.list, ")");
  }

 private:
  std::string Inner(const Query& query, size_t i) { return absl::StrCat("(", Write(query.inner[i]), ")"); }
  std::string Both(const Query& query, const std::string& name) {
    return absl::StrCat(Inner(query, 0), " ", name, " ", Inner(query, 1));
  }
  std::string Call(const Query& query, const std::string& name) {
    std::string text = name + "(";
    for (size_t i = 0; i < query.inner.size(); ++i) {
      absl::StrAppend(&text, i == 0 ? "" : ", ", Write(query.inner[i]));
    }
    return text + ")";
  }
  static std::string Range(const Query& query, const std::string& field, const auto& written) {
    if (!query.high) return absl::StrCat(field, ">=", written(*query.low));
    if (!query.low) return absl::StrCat(field, "<=", written(*query.high));
    if (*query.low == *query.high && field != "tone") return absl::StrCat(field, ":", written(*query.low));
    return absl::StrCat(field, ":[", written(*query.low), " TO ", written(*query.high), "]");
  }

  std::string WriteOut(const Query& query) {
    const auto counted = [&](const char* name) { return absl::StrCat(name, "/", query.n); };
    const std::string phrase = absl::StrCat("\"", absl::StrJoin(query.words, " "), "\"");
    static const std::map<Query::Kind, std::string> kFields = {
        {Query::kHeadline, "headline"}, {Query::kBody, "body"},         {Query::kCaption, "caption"},
        {Query::kLeadField, "lead"},    {Query::kQuote, "quote"},       {Query::kDirect, "quote.direct"},
        {Query::kSpeaker, "speaker"},   {Query::kUnquoted, "unquoted"}, {Query::kEntity, "entity"},
        {Query::kPerson, "person"},     {Query::kTopic, "topic"},       {Query::kArea, "place-within"}};
    if (const auto field = kFields.find(query.kind); field != kFields.end())
      return absl::StrCat(field->second, ":", Inner(query, 0));
    switch (query.kind) {
      case Query::kWord:
        return query.slips == 0 ? query.words[0] : absl::StrCat(query.words[0], "~", query.slips);
      case Query::kId:
      case Query::kPhrase:
        return phrase;
      case Query::kLoose:
        return absl::StrCat(phrase, "~", query.n);
      case Query::kStem:
        return absl::StrCat("STEM(en:", query.words[0], ")");
      case Query::kCase:
        return Call(query, "CASE");
      case Query::kExact:
        return Call(query, "EXACT");
      case Query::kOr:
        return Both(query, "OR");
      case Query::kNear:
        return Both(query, counted("NEAR"));
      case Query::kOnear:
        return Both(query, counted("ONEAR"));
      case Query::kNotNear:
        return Both(query, counted("NOTNEAR"));
      case Query::kNotIn:
        return Both(query, "NOTIN");
      case Query::kAnd:
        return Both(query, "AND");
      case Query::kNot:
        return "NOT " + Inner(query, 0);
      case Query::kSent:
        return Both(query, "SENT");
      case Query::kPara:
        return Both(query, "PARA");
      case Query::kAtLeast:
        return Call(query, counted("ATLEAST"));
      case Query::kMin:
        return Call(query, counted("MIN"));
      case Query::kScore:
        return absl::StrCat("SCORE(", Inner(query, 0), "^", query.weights[0], ", ", Inner(query, 1), "^",
                            query.weights[1], ") >= ", query.n);
      case Query::kLead:
        return Call(query, "LEAD");
      case Query::kFirst:
        return Call(query, absl::StrCat("FIRST/", 2 * query.n));
      case Query::kSaid:
        return Call(query, "SAID");
      case Query::kPublished:
        return Range(query, "published", [](int day) { return absl::StrCat("2026-06-", day < 10 ? "0" : "", day); });
      case Query::kWords:
        return Range(query, "words", [](int words) { return absl::StrCat(words); });
      case Query::kTone:
        return Range(query, "tone", [](int tenths) { return absl::StrCat(tenths / 10.0); });
      default:
        return "language:en";
    }
  }

  ListTexts& lists_;
};

}  // namespace wirewatch::watch::reference

#endif  // WIREWATCH_WATCH_REFERENCE_QUERIES_H_

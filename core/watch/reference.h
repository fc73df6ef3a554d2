// An evaluator that is written from the page alone (docs/watch-language.md) and tries everything. For tests.
#ifndef WIREWATCH_WATCH_REFERENCE_H_
#define WIREWATCH_WATCH_REFERENCE_H_

#include <algorithm>
#include <cctype>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace wirewatch::watch::reference {

struct Word {
  std::string text;  // with its case
  int part = 0;      // 0: headline, 1: body
  int sentence = 0, paragraph = 0;
};
// Positions count through both parts; `part` tells them apart.
using Text = std::vector<Word>;

inline std::string Lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(c));
  return text;
}

struct Query {
  enum Kind {
    kWord,  // word* too, also in phrases
    kCase,
    kPhrase,
    kLoose,
    kOr,
    kNear,
    kOnear,
    kNotNear,
    kNotIn,  // stand somewhere
    kAnd,
    kNot,
    kSent,
    kPara,
    kAtLeast,
    kMin,
    kScore,
    kLead,
    kFirst,
    kHeadline,
    kBody,
    kLanguage  // language:en
  };
  Kind kind = kWord;
  std::vector<std::string> words = {};
  int n = 0;
  std::vector<int> weights = {};
  std::vector<Query> inner = {};
  std::string list = {};  // written as LIST(list)
};

// Kleene's values, in their order.
enum Truth { kNo, kMaybe, kYes };

// The words that one occurrence stands on.
using Occurrence = std::set<int>;
using Occurrences = std::set<Occurrence>;
// Words that may be looked at.
using Scope = std::set<int>;

class Reference {
 public:
  Reference(const Text& text, Truth english) : text_(text), english_(english) {}

  Truth Holds(const Query& query) const {
    Scope all;
    for (int i = 0; i < Size(); ++i) all.insert(i);
    return Holds(query, all);
  }

 private:
  int Size() const { return static_cast<int>(text_.size()); }
  bool SamePart(int a, int b) const { return text_[a].part == text_[b].part; }

  bool IsWord(const Query& query, const std::string& wanted, int at) const {
    if (query.kind == Query::kCase) return text_[at].text == wanted;
    const std::string word = Lower(text_[at].text);
    return wanted.ends_with('*') ? word.starts_with(wanted.substr(0, wanted.size() - 1)) : word == wanted;
  }

  Occurrences Find(const Query& query, const Scope& scope) const {
    switch (query.kind) {
      case Query::kOr: {
        Occurrences both = Find(query.inner[0], scope);
        both.merge(Find(query.inner[1], scope));
        return both;
      }
      case Query::kNear:
      case Query::kOnear:
        return FindPairs(query, scope);
      case Query::kNotNear:
      case Query::kNotIn:
        return FindAlone(query, scope);
      case Query::kLoose:
        return FindLoose(query, scope);
      default:
        return FindPhrase(query, scope);
    }
  }

  Occurrences FindPhrase(const Query& query, const Scope& scope) const {
    Occurrences found;
    const int length = static_cast<int>(query.words.size());
    for (int begin = 0; begin + length <= Size(); ++begin) {
      Occurrence occurrence;
      bool all = true;
      for (int i = 0; i < length && all; ++i) {
        all = SamePart(begin, begin + i) && scope.contains(begin + i) && IsWord(query, query.words[i], begin + i);
        occurrence.insert(begin + i);
      }
      if (all) found.insert(occurrence);
    }
    return found;
  }

  // Of all ways to give each word of the phrase a place of its own within the window, for each first place the one with
  // the nearest others.
  Occurrences FindLoose(const Query& query, const Scope& scope) const {
    Occurrences all;
    std::vector<int> chosen;
    Choose(query, scope, chosen, all);
    std::map<int, Occurrence> nearest;
    const auto sum = [](const Occurrence& places) { return std::accumulate(places.begin(), places.end(), 0); };
    for (const Occurrence& one : all) {
      const auto [known, is_new] = nearest.emplace(*one.begin(), one);
      if (!is_new && sum(one) < sum(known->second)) known->second = one;
    }
    Occurrences found;
    for (const auto& [begin, one] : nearest) found.insert(one);
    return found;
  }
  void Choose(const Query& query, const Scope& scope, std::vector<int>& chosen, Occurrences& found) const {
    if (chosen.size() == query.words.size()) {
      const auto [low, high] = std::minmax_element(chosen.begin(), chosen.end());
      if (!SamePart(*low, *high)) return;
      if (*high - *low + 1 <= static_cast<int>(chosen.size()) + query.n) found.insert({chosen.begin(), chosen.end()});
      return;
    }
    for (const int at : scope) {
      if (std::find(chosen.begin(), chosen.end(), at) != chosen.end()) continue;
      if (!IsWord(query, query.words[chosen.size()], at)) continue;
      chosen.push_back(at);
      Choose(query, scope, chosen, found);
      chosen.pop_back();
    }
  }

  // Words strictly between two spans.
  static int Between(const Occurrence& a, const Occurrence& b) {
    if (*b.begin() > *a.rbegin()) return *b.begin() - *a.rbegin() - 1;
    return *a.begin() > *b.rbegin() ? *a.begin() - *b.rbegin() - 1 : 0;
  }

  Occurrences FindPairs(const Query& query, const Scope& scope) const {
    Occurrences found;
    for (const Occurrence& a : Find(query.inner[0], scope)) {
      for (const Occurrence& b : Find(query.inner[1], scope)) {
        if (!SamePart(*a.begin(), *b.begin()) || Between(a, b) > query.n) continue;
        if (query.kind == Query::kOnear && *b.begin() <= *a.rbegin()) continue;
        Occurrence both = a;
        both.insert(b.begin(), b.end());
        if (both.size() == a.size() + b.size()) found.insert(both);
      }
    }
    return found;
  }

  Occurrences FindAlone(const Query& query, const Scope& scope) const {
    Occurrences found;
    const Occurrences others = Find(query.inner[1], scope);
    for (const Occurrence& a : Find(query.inner[0], scope)) {
      const bool excluded = std::any_of(others.begin(), others.end(), [&](const Occurrence& b) {
        if (!SamePart(*a.begin(), *b.begin())) return false;
        if (query.kind == Query::kNotIn) return *b.begin() <= *a.begin() && *a.rbegin() <= *b.rbegin();
        const bool same = *a.begin() == *b.begin() && *a.rbegin() == *b.rbegin();
        return !same && Between(a, b) <= query.n;
      });
      if (!excluded) found.insert(a);
    }
    return found;
  }

  static size_t MostApart(const Occurrences& occurrences, int from) {
    size_t most = 0;
    for (const Occurrence& first : occurrences) {
      if (*first.begin() >= from) most = std::max(most, 1 + MostApart(occurrences, *first.rbegin() + 1));
    }
    return most;
  }

  Scope Only(const Scope& scope, const auto& keep) const {
    Scope kept;
    for (const int at : scope) {
      if (keep(text_[at], at)) kept.insert(at);
    }
    return kept;
  }

  Truth HoldsInOne(const Query& query, const Scope& scope, int Word::*section) const {
    std::set<std::pair<int, int>> sections;
    for (const int at : scope) sections.insert({text_[at].part, text_[at].*section});
    Truth truth = kNo;
    for (const auto& one : sections) {
      const Scope inside =
          Only(scope, [&](const Word& word, int) { return std::pair(word.part, word.*section) == one; });
      truth = std::max(truth, std::min(Holds(query.inner[0], inside), Holds(query.inner[1], inside)));
    }
    return truth;
  }

  // Whether the weights of those that hold add up to n, whichever way the unknown ones fall out.
  Truth AddsUp(const Query& query, const Scope& scope) const {
    std::set<int> sums = {0};
    for (size_t i = 0; i < query.inner.size(); ++i) {
      const Truth truth = Holds(query.inner[i], scope);
      std::set<int> next;
      for (const int sum : sums) {
        if (truth != kYes) next.insert(sum);
        if (truth != kNo) next.insert(sum + query.weights[i]);
      }
      sums = next;
    }
    if (*sums.begin() >= query.n) return kYes;
    return *sums.rbegin() >= query.n ? kMaybe : kNo;
  }

  Truth Holds(const Query& query, const Scope& scope) const {
    const auto holds = [&](size_t i) { return Holds(query.inner[i], scope); };
    const auto holds_in = [&](const auto& keep) { return Holds(query.inner[0], Only(scope, keep)); };
    switch (query.kind) {
      case Query::kAnd:
        return std::min(holds(0), holds(1));
      case Query::kOr:
        return std::max(holds(0), holds(1));
      case Query::kNot:
        return static_cast<Truth>(kYes - holds(0));
      case Query::kSent:
        return HoldsInOne(query, scope, &Word::sentence);
      case Query::kPara:
        return HoldsInOne(query, scope, &Word::paragraph);
      case Query::kAtLeast:
        return MostApart(Find(query.inner[0], scope), 0) >= static_cast<size_t>(query.n) ? kYes : kNo;
      case Query::kMin: {
        std::vector<Truth> truths = {holds(0), holds(1), holds(2)};
        std::sort(truths.rbegin(), truths.rend());
        return truths[static_cast<size_t>(query.n - 1)];
      }
      case Query::kScore:
        return AddsUp(query, scope);
      case Query::kLead:
        return holds_in([](const Word& word, int) { return word.part == 0 || word.paragraph == 0; });
      case Query::kFirst: {
        const int begin = static_cast<int>(
            std::count_if(text_.begin(), text_.end(), [](const Word& word) { return word.part == 0; }));
        return holds_in([&](const Word& word, int at) { return word.part == 1 && at < begin + 2 * query.n; });
      }
      case Query::kHeadline:
        return holds_in([](const Word& word, int) { return word.part == 0; });
      case Query::kBody:
        return holds_in([](const Word& word, int) { return word.part == 1; });
      case Query::kLanguage:
        return english_;
      default:
        return Find(query, scope).empty() ? kNo : kYes;
    }
  }

  const Text& text_;
  const Truth english_;
};

}  // namespace wirewatch::watch::reference

#endif  // WIREWATCH_WATCH_REFERENCE_H_

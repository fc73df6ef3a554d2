// How the reference decides: every rule of the page, by trying everything.
#ifndef WIREWATCH_WATCH_REFERENCE_EVALUATE_H_
#define WIREWATCH_WATCH_REFERENCE_EVALUATE_H_

#include <cmath>

#include "absl/strings/str_split.h"
#include "wirewatch/watch/reference.h"

namespace wirewatch::watch::reference {

inline Occurrences Reference::Find(const Query& query, const Scope& scope) const {
  switch (query.kind) {
    case Query::kOr: {
      Occurrences both = Find(query.inner[0], scope);
      both.merge(Find(query.inner[1], scope));
      return both;
    }
    case Query::kCase:
    case Query::kExact: {
      Scope spelt = scope;
      spelt.spelling = query.kind == Query::kCase ? kCased : kAsWritten;
      return Find(query.inner[0], spelt);
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

inline Occurrences Reference::FindPhrase(const Query& query, const Scope& scope) const {
  Occurrences found;
  const int length = static_cast<int>(query.words.size());
  for (int begin = 0; begin + length <= Size(); ++begin) {
    Occurrence occurrence;
    bool all = true;
    for (int i = 0; i < length && all; ++i) {
      all = SamePart(begin, begin + i) && scope.words.contains(begin + i) &&
            IsWord(query, query.words[i], begin + i, scope.spelling);
      occurrence.insert(begin + i);
    }
    if (all) found.insert(occurrence);
  }
  return found;
}

// Of all ways to give each word of the phrase a place of its own within the window, for each first place the one with
// the nearest others.
inline Occurrences Reference::FindLoose(const Query& query, const Scope& scope) const {
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

inline void Reference::Choose(const Query& query, const Scope& scope, std::vector<int>& chosen,
                              Occurrences& found) const {
  if (chosen.size() == query.words.size()) {
    const auto [low, high] = std::minmax_element(chosen.begin(), chosen.end());
    if (!MayReach(scope, *low, *high)) return;
    if (*high - *low + 1 <= static_cast<int>(chosen.size()) + query.n) found.insert({chosen.begin(), chosen.end()});
    return;
  }
  for (const int at : scope.words) {
    if (std::find(chosen.begin(), chosen.end(), at) != chosen.end()) continue;
    if (!IsWord(query, query.words[chosen.size()], at, scope.spelling)) continue;
    chosen.push_back(at);
    Choose(query, scope, chosen, found);
    chosen.pop_back();
  }
}

inline Occurrences Reference::FindPairs(const Query& query, const Scope& scope) const {
  Occurrences found;
  const Occurrences rights = Find(query.inner[1], scope);
  for (const Occurrence& a : Find(query.inner[0], scope)) {
    for (const Occurrence& b : rights) {
      if (!MayReach(scope, *a.begin(), *b.begin()) || Between(a, b) > query.n) continue;
      if (query.kind == Query::kOnear && *b.begin() <= *a.rbegin()) continue;
      Occurrence both = a;
      both.insert(b.begin(), b.end());
      if (both.size() == a.size() + b.size()) found.insert(both);
    }
  }
  return found;
}

inline Occurrences Reference::FindAlone(const Query& query, const Scope& scope) const {
  Occurrences found;
  const Occurrences others = Find(query.inner[1], scope);
  for (const Occurrence& a : Find(query.inner[0], scope)) {
    const bool excluded = std::any_of(others.begin(), others.end(), [&](const Occurrence& b) {
      if (!MayReach(scope, *a.begin(), *b.begin())) return false;
      if (query.kind == Query::kNotIn) return *b.begin() <= *a.begin() && *a.rbegin() <= *b.rbegin();
      const bool same = *a.begin() == *b.begin() && *a.rbegin() == *b.rbegin();
      return !same && Between(a, b) <= query.n;
    });
    if (!excluded) found.insert(a);
  }
  return found;
}

// `known`: by where they begin; without, a text of forty words would take years.
inline size_t MostApart(const Occurrences& occurrences, int from, std::map<int, size_t>& known) {
  if (const auto found = known.find(from); found != known.end()) return found->second;
  size_t most = 0;
  for (const Occurrence& first : occurrences) {
    if (*first.begin() >= from) most = std::max(most, 1 + MostApart(occurrences, *first.rbegin() + 1, known));
  }
  return known[from] = most;
}
inline size_t MostApart(const Occurrences& occurrences) {
  std::map<int, size_t> known;
  return MostApart(occurrences, 0, known);
}

inline Truth Reference::HoldsInOne(const Query& query, const Scope& scope, int Word::*section) const {
  std::set<std::pair<int, int>> sections;
  for (const int at : scope.words) sections.insert({text_[at].part, text_[at].*section});
  Truth truth = kNo;
  for (const auto& one : sections) {
    const Scope inside = Only(scope, [&](const Word& word, int) { return std::pair(word.part, word.*section) == one; });
    truth = std::max(truth, std::min(Holds(query.inner[0], inside), Holds(query.inner[1], inside)));
  }
  return truth;
}

// Whether the weights of those that hold add up to n, whichever way the unknown ones fall out.
inline Truth Reference::AddsUp(const Query& query, const Scope& scope) const {
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

// One quote, all of whose words that may be looked at are its own.
inline Truth Reference::HoldsInAQuote(const Query& query, const Scope& scope) const {
  if (!story_.quotes) return kMaybe;
  Truth truth = kNo;
  for (const Said& said : *story_.quotes) {
    if (scope.said != nullptr && scope.said != &said) continue;
    const Words& words = query.kind == Query::kDirect ? said.marked : said.content;
    Scope inside = Only(scope, [&](const Word&, int at) { return words.contains(at); });
    if (inside.words.empty()) continue;
    if (query.kind == Query::kSaid) inside.said = &said;
    truth = std::max(truth, Holds(query.inner[0], inside));
  }
  return truth;
}

// One value satisfies all: each of its texts by itself, as if they were parts of an Item.
inline Truth Reference::HoldsForAValue(const Query& query, const std::optional<std::vector<Value>>& values) const {
  if (!values) return kMaybe;
  Truth truth = kNo;
  for (const Value& value : *values) {
    Story alone;
    int part = 0;
    for (const std::string& text : value.texts) {
      for (const absl::string_view word : absl::StrSplit(text, ' ')) alone.text.push_back({std::string(word), part});
      ++part;
    }
    truth = std::max(truth, Reference(alone, &value).Holds(query.inner[0]));
  }
  return truth;
}

inline std::optional<std::vector<Value>> Reference::Speakers(const Scope& scope) const {
  if (!story_.quotes) return std::nullopt;
  std::vector<Value> speakers;
  for (const Said& said : *story_.quotes) {
    if (scope.said == nullptr || scope.said == &said) speakers.push_back(said.speaker);
  }
  return speakers;
}

inline Truth Reference::HasTone(const Query& query) const {
  if (!story_.tones) return kMaybe;
  const auto is_it = [&](double tone) {
    const double tenths = std::round(tone * 10);
    return (!query.low || tenths >= *query.low) && (!query.high || tenths <= *query.high);
  };
  return std::any_of(story_.tones->begin(), story_.tones->end(), is_it) ? kYes : kNo;
}

inline Truth Reference::Holds(const Query& query, const Scope& scope) const {
  const auto holds = [&](size_t i) { return Holds(query.inner[i], scope); };
  const auto holds_in = [&](const auto& keep) { return Holds(query.inner[0], Only(scope, keep)); };
  switch (query.kind) {
    case Query::kAnd:
      return std::min(holds(0), holds(1));
    case Query::kOr:
      return std::max(holds(0), holds(1));
    case Query::kNot:
      return static_cast<Truth>(kYes - holds(0));
    case Query::kStem:
      return story_.english == kMaybe ? kMaybe : Find(query, scope).empty() ? kNo : kYes;
    case Query::kSent:
      return HoldsInOne(query, scope, &Word::sentence);
    case Query::kPara:
      return HoldsInOne(query, scope, &Word::paragraph);
    case Query::kAtLeast:
      return MostApart(Find(query.inner[0], scope)) >= static_cast<size_t>(query.n) ? kYes : kNo;
    case Query::kMin: {
      std::vector<Truth> truths = {holds(0), holds(1), holds(2)};
      std::sort(truths.rbegin(), truths.rend());
      return truths[static_cast<size_t>(query.n - 1)];
    }
    case Query::kScore:
      return AddsUp(query, scope);
    case Query::kLead:
      return holds_in([](const Word& word, int) {
        return word.part == kHeadlinePart || (word.part == kBodyPart && word.paragraph == 0);
      });
    case Query::kFirst: {
      const auto first =
          std::find_if(text_.begin(), text_.end(), [](const Word& word) { return word.part == kBodyPart; });
      const int end = static_cast<int>(first - text_.begin()) + 2 * query.n;
      return holds_in([&](const Word& word, int at) { return word.part == kBodyPart && at < end; });
    }
    case Query::kHeadline:
      return holds_in([](const Word& word, int) { return word.part == kHeadlinePart; });
    case Query::kBody:
      return holds_in([](const Word& word, int) { return word.part == kBodyPart; });
    case Query::kLeadField:
      return holds_in([](const Word& word, int) { return word.part == kBodyPart && word.paragraph == 0; });
    case Query::kCaption:
      return holds_in([](const Word& word, int) { return word.part == kCaptionPart; });
    case Query::kQuote:
    case Query::kDirect:
    case Query::kSaid:
      return HoldsInAQuote(query, scope);
    case Query::kUnquoted: {
      if (!story_.quotes) return kMaybe;
      Words uncut;
      for (int at = 0; at < Size(); ++at) uncut.insert(at);
      for (const Said& said : *story_.quotes) {
        for (const int at : said.content) uncut.erase(at);
      }
      Scope outside = Only(scope, [&](const Word&, int at) { return uncut.contains(at); });
      outside.uncut = &uncut;
      return Holds(query.inner[0], outside);
    }
    case Query::kSpeaker:
      return HoldsForAValue(query, Speakers(scope));
    case Query::kEntity:
      return HoldsForAValue(query, story_.entities);
    case Query::kPerson:
      return HoldsForAValue(query, story_.persons);
    case Query::kTopic:
      return HoldsForAValue(query, story_.topics);
    case Query::kArea:
      return HoldsForAValue(query, story_.areas);
    case Query::kId:
      return value_ != nullptr && value_->ids.contains(query.words[0]) ? kYes : kNo;
    case Query::kLanguage:
      return story_.english;
    case Query::kPublished:
      return IsBetween(query, story_.day);
    case Query::kWords:
      return IsBetween(query, static_cast<int>(std::count_if(text_.begin(), text_.end(), [](const Word& word) {
                         return word.part != kCaptionPart;
                       })));
    case Query::kTone:
      return HasTone(query);
    default:
      return Find(query, scope).empty() ? kNo : kYes;
  }
}

}  // namespace wirewatch::watch::reference

#endif  // WIREWATCH_WATCH_REFERENCE_EVALUATE_H_

// An evaluator that is written from the page alone (docs/watch-language.md) and tries everything. For tests.
#ifndef WIREWATCH_WATCH_REFERENCE_H_
#define WIREWATCH_WATCH_REFERENCE_H_

#include <algorithm>
#include <cctype>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace wirewatch::watch::reference {

// Kleene's values, in their order.
enum Truth { kNo, kMaybe, kYes };

enum Part { kHeadlinePart, kBodyPart, kCaptionPart };
struct Word {
  std::string text;  // as written
  int part = 0;
  int sentence = 0, paragraph = 0;
};
// Positions count through all parts; `part` tells them apart.
using Text = std::vector<Word>;
using Words = std::set<int>;

// What a person, place or topic is called, and the ids that it has.
struct Value {
  std::set<std::string> texts = {};  // words with blanks between
  std::set<std::string> ids = {};
};

// One quote, continuations included.
struct Said {
  Words content = {};
  Words marked = {};
  Value speaker = {};
};

// All that is known of an Item. What is absent has not been looked for.
struct Story {
  Text text = {};
  Truth english = kNo;
  std::optional<int> day = {};  // of June 2026
  std::optional<std::vector<Said>> quotes = {};
  std::optional<std::vector<Value>> entities = {};
  std::optional<std::vector<Value>> persons = {};
  std::optional<std::vector<Value>> topics = {};
  std::optional<std::vector<Value>> areas = {};
  std::optional<std::vector<double>> tones = {};
};

struct Query {
  enum Kind {
    // These stand somewhere.
    kWord,  // with wildcards; `slips` for word~1
    kPhrase,
    kLoose,
    kStem,  // STEM(en:…)
    kCase,
    kExact,
    kOr,
    kNear,
    kOnear,
    kNotNear,
    kNotIn,
    // These hold or not.
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
    kLeadField,
    kCaption,
    kQuote,
    kDirect,
    kUnquoted,
    kSaid,
    kSpeaker,
    kEntity,
    kPerson,
    kTopic,
    kArea,       // place-within:
    kId,         // Q1, inside of these
    kLanguage,   // language:en
    kPublished,  // low to high, days
    kWords,      // the same, words
    kTone        // the same, tenths
  };
  Kind kind = kWord;
  std::vector<std::string> words = {};
  int n = 0;
  int slips = 0;
  std::optional<int> low = {}, high = {};
  std::vector<int> weights = {};
  std::vector<Query> inner = {};
  std::string list = {};  // written as LIST(list)
};

// ---- Words ----

enum Spelling { kFolded, kCased, kAsWritten };

// One character each, folded as the spelling says.
inline std::u32string Letters(const std::string& word, Spelling spelling) {
  std::u32string letters;
  for (size_t i = 0; i < word.size(); ++i) {
    auto letter = static_cast<unsigned char>(word[i]);
    char32_t point = letter;
    if (letter >= 0xC0) point = (letter & 0x1FU) << 6U | (static_cast<unsigned char>(word[++i]) & 0x3FU);
    if (spelling != kAsWritten && point == U'č') point = U'c';
    if (spelling == kFolded && point < 128) point = static_cast<char32_t>(std::tolower(static_cast<int>(point)));
    letters.push_back(point);
  }
  return letters;
}

inline bool HasShape(const std::u32string& shape, size_t s, const std::u32string& word, size_t w) {
  if (s == shape.size()) return w == word.size();
  if (shape[s] == U'*') return HasShape(shape, s + 1, word, w) || (w < word.size() && HasShape(shape, s, word, w + 1));
  return w < word.size() && (shape[s] == U'?' || shape[s] == word[w]) && HasShape(shape, s + 1, word, w + 1);
}

// Whether so many slips lead from one to the other: a letter too many, missing or wrong, or two neighbours swapped.
inline bool IsSlip(const std::u32string& a, size_t i, const std::u32string& b, size_t j, int slips) {
  while (i < a.size() && j < b.size() && a[i] == b[j]) ++i, ++j;
  if (i == a.size() && j == b.size()) return true;
  if (slips == 0) return false;
  const bool left = i < a.size();
  const bool right = j < b.size();
  if (left && IsSlip(a, i + 1, b, j, slips - 1)) return true;
  if (right && IsSlip(a, i, b, j + 1, slips - 1)) return true;
  if (left && right && IsSlip(a, i + 1, b, j + 1, slips - 1)) return true;
  const bool swapped = i + 1 < a.size() && j + 1 < b.size() && a[i] == b[j + 1] && a[i + 1] == b[j];
  return swapped && IsSlip(a, i + 2, b, j + 2, slips - 1);
}

// Of the words that the tests use.
inline std::string StemOf(const std::string& word) {
  const std::u32string letters = Letters(word, kFolded);
  return letters.starts_with(U"clash") ? "clash" : std::string(letters.begin(), letters.end());
}

// ---- Queries ----

// The words that one occurrence stands on.
using Occurrence = std::set<int>;
using Occurrences = std::set<Occurrence>;

// What may be looked at.
struct Scope {
  Words words = {};
  const Words* uncut = nullptr;  // nothing reaches over what is not in it
  const Said* said = nullptr;    // inside of SAID
  Spelling spelling = kFolded;
};

class Reference {
 public:
  explicit Reference(const Story& story, const Value* value = nullptr)
      : story_(story), text_(story.text), value_(value) {}

  Truth Holds(const Query& query) const {
    Scope all;
    for (int i = 0; i < Size(); ++i) all.words.insert(i);
    return Holds(query, all);
  }

  Truth Holds(const Query& query, const Scope& scope) const;

 private:
  int Size() const { return static_cast<int>(text_.size()); }
  bool SamePart(int a, int b) const { return text_[a].part == text_[b].part; }
  bool IsWord(const Query& query, const std::string& wanted, int at, Spelling spelling) const {
    const std::u32string word = Letters(text_[at].text, spelling);
    if (query.kind == Query::kStem) return story_.english == kYes && StemOf(text_[at].text) == StemOf(wanted);
    if (query.slips > 0) return IsSlip(Letters(wanted, spelling), 0, word, 0, query.slips);
    return HasShape(Letters(wanted, spelling), 0, word, 0);
  }

  Occurrences Find(const Query& query, const Scope& scope) const;
  Occurrences FindPhrase(const Query& query, const Scope& scope) const;
  Occurrences FindLoose(const Query& query, const Scope& scope) const;
  void Choose(const Query& query, const Scope& scope, std::vector<int>& chosen, Occurrences& found) const;
  Occurrences FindPairs(const Query& query, const Scope& scope) const;
  Occurrences FindAlone(const Query& query, const Scope& scope) const;

  // Words strictly between two spans.
  static int Between(const Occurrence& a, const Occurrence& b) {
    if (*b.begin() > *a.rbegin()) return *b.begin() - *a.rbegin() - 1;
    return *a.begin() > *b.rbegin() ? *a.begin() - *b.rbegin() - 1 : 0;
  }
  // In one part, with nothing cut out between them.
  bool MayReach(const Scope& scope, int a, int b) const {
    if (!SamePart(a, b)) return false;
    for (int at = std::min(a, b); scope.uncut != nullptr && at <= std::max(a, b); ++at) {
      if (!scope.uncut->contains(at)) return false;
    }
    return true;
  }

  Scope Only(const Scope& scope, const auto& keep) const {
    Scope kept = scope;
    std::erase_if(kept.words, [&](int at) { return !keep(text_[at], at); });
    return kept;
  }
  Truth HoldsInOne(const Query& query, const Scope& scope, int Word::*section) const;
  Truth AddsUp(const Query& query, const Scope& scope) const;
  Truth HoldsInAQuote(const Query& query, const Scope& scope) const;
  Truth HoldsForAValue(const Query& query, const std::optional<std::vector<Value>>& values) const;
  Truth IsBetween(const Query& query, std::optional<int> value) const {
    if (!value) return kMaybe;
    return (!query.low || *value >= *query.low) && (!query.high || *value <= *query.high) ? kYes : kNo;
  }
  std::optional<std::vector<Value>> Speakers(const Scope& scope) const;
  Truth HasTone(const Query& query) const;

  const Story& story_;
  const Text& text_;
  const Value* const value_;
};

}  // namespace wirewatch::watch::reference

#endif  // WIREWATCH_WATCH_REFERENCE_H_

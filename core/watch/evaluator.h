// Evaluator: what a Plan comes to on one Item, in Kleene's three values, and where its words stand. One thread, one
// Item. Work is bounded: what takes more than kMaxSteps is unknown, and over_budget() says so.
#ifndef WIREWATCH_WATCH_EVALUATOR_H_
#define WIREWATCH_WATCH_EVALUATOR_H_

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "wirewatch/v1/watch.pb.h"
#include "wirewatch/watch/field_texts.h"
#include "wirewatch/watch/plan.h"
#include "wirewatch/watch/scratch.h"
#include "wirewatch/watch/view.h"
#include "wirewatch/watch/window.h"

namespace wirewatch::watch {

class Evaluator {
 public:
  static constexpr uint64_t kMaxSteps = 1'000'000;

  // Scratch::Begin() must have been called for this Item.
  Evaluator(const View& view, const PatternTable& patterns, Scratch& scratch);

  v1::Truth Evaluate(const Plan& plan) { return Evaluate(plan, whole_); }
  v1::Truth Evaluate(const Plan& plan, const Scope& scope);

  // Appends the places of a plan whose expression has occurrences, in order, each once.
  void Find(const Plan& plan, const Scope& scope, List<Place>& places);

  // Appends the words that a true plan rests on; unordered, may repeat.
  void Evidence(const Plan& plan, const Scope& scope, List<Place>& words);
  // The words of a place.
  void Leaves(const Place& place, List<Place>& words) const;

  // The scope in which the operands of LEAD, FIRST, text fields and unquoted: are evaluated.
  Scope Narrow(const Plan& plan, const Scope& scope);
  // The sentences (SENT) or paragraphs (PARA) of a scope, one scope each.
  List<Scope> Sections(Operation operation, const Scope& scope) const;

  // A clause about a single quote: quote:, quote.direct: and SAID.
  static bool IsOfOneQuote(const Plan& plan);
  // Enters and leaves what one quote (its number in FieldTexts::speeches()) has to satisfy.
  class InQuote {
   public:
    InQuote(Evaluator& evaluator, const Plan& plan, size_t speech) : evaluator_(evaluator), before_(evaluator.said_) {
      if (plan.operation() == Operation::kSaid) evaluator.said_ = speech;
    }
    ~InQuote() { evaluator_.said_ = before_; }
    InQuote(const InQuote&) = delete;
    InQuote& operator=(const InQuote&) = delete;

   private:
    Evaluator& evaluator_;
    const std::optional<size_t> before_;
  };
  // The quotes that such a clause may be about, each with the words of it that are looked at.
  List<std::pair<size_t, Scope>> QuotesFor(const Plan& plan, const Scope& scope);

  // Whether a value of a field that is searched as text, or compared as code, satisfies it.
  v1::Truth EvaluateValue(const Plan& plan, const FieldValue& value);
  // The values of such a field; inside SAID the speaker is that quote's.
  std::span<const FieldValue> ValuesFor(const Plan& plan);

  const Scope& whole() const { return whole_; }
  const View& view() const { return view_; }
  bool over_budget() const { return steps_ > kMaxSteps; }

 private:
  struct Tally {
    size_t yes = 0, unknown = 0;
  };
  Tally Count(const Plan& plan, const Scope& scope);
  v1::Truth EvaluateScore(const Plan& plan, const Scope& scope);
  v1::Truth EvaluateSections(const Plan& plan, const Scope& scope);
  v1::Truth EvaluateAtLeast(const Plan& plan, const Scope& scope);
  v1::Truth EvaluatePlaces(const Plan& plan, const Scope& scope);
  v1::Truth EvaluateRange(const Plan& plan);
  v1::Truth EvaluateField(const Plan& plan, const Scope& scope);
  v1::Truth EvaluateCodes(const Plan& plan);
  v1::Truth EvaluateValues(const Plan& plan);
  v1::Truth EvaluateQuotes(const Plan& plan, const Scope& scope);
  void ValueEvidence(const Plan& plan, List<Place>& words);
  void QuoteEvidence(const Plan& plan, const Scope& scope, List<Place>& words);
  // Stems cannot be seen in a text whose language is not known: what is found may then be less or more than there is.
  bool HasHiddenStems(const Plan& plan) const;
  bool MayGainPlaces(const Plan& plan, const Scope& scope);
  bool MayLosePlaces(const Plan& plan);

  const List<Place>& Places(PatternId id);
  void FindPhrase(std::span<const Spellings> words, const Scope& scope, List<Place>& places);
  void FindStretch(const Spellings& spellings, const Scope& scope, List<Place>& places);
  void Follow(std::span<const Spellings> words, size_t word, const Place& so_far, const Window& window,
              List<Place>& places);
  void FollowSequence(std::span<const Spellings> words, size_t word, const Sequence& sequence, size_t at,
                      const Place& so_far, const Window& window, List<Place>& places);
  class LoosePhrase;
  void FindLoosePhrase(const Plan& plan, const Scope& scope, List<Place>& places);
  void FindNear(const Plan& plan, const Scope& scope, List<Place>& places);
  void FindNotIn(const Plan& plan, const Scope& scope, List<Place>& places);
  void FindNotNear(const Plan& plan, const Scope& scope, List<Place>& places);
  bool Disjoint(const Place& a, const Place& b) const;
  bool AreApart(const Scope& scope, const Place& a, const Place& b);
  Place Join(const Place& a, const Place& b);
  void Tidy(List<Place>& places);

  Scope LeadOf() const;
  Scope FirstOf(uint32_t tokens) const;
  Scope PartsOf(std::string_view field) const;

  bool Spend(uint64_t steps = 1) { return (steps_ += steps) <= kMaxSteps; }

  const View& view_;
  const PatternTable& patterns_;
  Scratch& scratch_;
  Scope whole_;
  uint64_t steps_ = 0;
  std::optional<size_t> said_;         // inside SAID: the quote
  const FieldValue* value_ = nullptr;  // inside a field: the value
};

// How many of `places` can be chosen without two of them overlapping.
size_t CountDisjoint(List<Place> places);

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_EVALUATOR_H_

// What a watch costs: which words an Item must have before the whole of it is looked at, and how common they are.
#include <algorithm>
#include <cmath>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "wirewatch/text/query_tokens.h"
#include "wirewatch/watch/lint_rep.h"

namespace wirewatch::watch {
namespace {

constexpr double kCommonShare = 0.2;  // of Items; a watch that so many Items may satisfy is dear
constexpr double kRareShare = 0.001;  // what is guessed of a word that was not measured and is on no list
constexpr size_t kMaxNamed = 4;

// Words of which at least one must stand in an Item, and the share of Items in which one does, at most.
struct Required {
  double share = 0;
  std::vector<std::string> words;
};
using Each = std::vector<std::optional<Required>>;

// If `needed` of them must hold, one of any (count - needed + 1) does: the rarest so many. Shares that were measured
// add up; guesses would add up to anything.
std::optional<Required> Rarest(Each each, size_t needed, bool measured) {
  const size_t take = each.size() - std::min(needed, each.size()) + 1;
  std::vector<Required> there;
  for (std::optional<Required>& required : each) {
    if (required) there.push_back(*std::move(required));
  }
  if (there.size() < take) return std::nullopt;
  std::sort(there.begin(), there.end(), [](const Required& a, const Required& b) { return a.share < b.share; });
  Required all;
  for (size_t i = 0; i < take; ++i) {
    all.share = measured ? std::min(1.0, all.share + there[i].share) : std::max(all.share, there[i].share);
    std::move(there[i].words.begin(), there[i].words.end(), std::back_inserter(all.words));
  }
  return all;
}

class Estimator {
 public:
  explicit Estimator(const Frequencies* frequencies) : frequencies_(frequencies) {}

  std::optional<Required> Of(const Expression& e) const {
    switch (e.operation) {
      case Operation::kWord:
        return OfWord(e);
      case Operation::kPhrase:
      case Operation::kAnd:
      case Operation::kNear:
      case Operation::kOnear:
      case Operation::kSent:
      case Operation::kPara:
        return Rarest(OfEach(e), e.operands.size(), frequencies_ != nullptr);
      case Operation::kMin:
        return Rarest(OfEach(e), e.number, frequencies_ != nullptr);
      case Operation::kOr:
        return Rarest(OfEach(e), 1, frequencies_ != nullptr);
      case Operation::kScore:
        return OfScore(e);
      case Operation::kStem:
        return Required{kRareShare, {Print(e)}};
      case Operation::kNotIn:
      case Operation::kNotNear:
      case Operation::kCase:
      case Operation::kExact:
      case Operation::kAtLeast:
      case Operation::kLead:
      case Operation::kFirst:
      case Operation::kList:
        return Of(*e.operands[0]);
      case Operation::kField: {
        const FieldInfo* field = FindField(e.name);
        return field != nullptr && field->kind == FieldKind::kText ? Of(*e.operands[0]) : std::nullopt;
      }
      default:
        return std::nullopt;
    }
  }

 private:
  Each OfEach(const Expression& e) const {
    Each each;
    for (const auto& operand : e.operands) each.push_back(Of(*operand));
    return each;
  }

  std::optional<Required> OfScore(const Expression& e) const {
    if (e.threshold <= 0) return std::nullopt;
    Each each;
    for (size_t i = 0; i < e.operands.size(); ++i) {
      if (e.weights[i] > 0) each.push_back(Of(*e.operands[i]));
    }
    return each.empty() ? std::nullopt : Rarest(std::move(each), 1, frequencies_ != nullptr);
  }

  // A word in one of its spellings, each with all its terms.
  std::optional<Required> OfWord(const Expression& e) const {
    Each stretches;
    for (const text::QueryWord& stretch : text::TokenizeQuery(e.text)) {
      Each rows;
      for (const auto& row : stretch.rows) {
        Each terms;
        for (const text::QueryTerm& term : row) terms.push_back(Required{ShareOfTerm(term, e.edits), {term.form}});
        rows.push_back(Rarest(std::move(terms), row.size(), frequencies_ != nullptr));
      }
      stretches.push_back(Rarest(std::move(rows), 1, frequencies_ != nullptr));
    }
    const size_t count = stretches.size();
    return Rarest(std::move(stretches), count, frequencies_ != nullptr);
  }

  double ShareOfTerm(const text::QueryTerm& term, uint32_t edits) const {
    const auto letters = static_cast<double>(
        std::count_if(term.form.begin(), term.form.end(), [](char c) { return c != '*' && c != '?'; }));
    if (frequencies_ != nullptr && frequencies_->items() > 0 && edits == 0) {
      const uint64_t with =
          term.wildcard ? frequencies_->MostWithShape(term.form) : frequencies_->ItemsWith(term.form).most;
      return static_cast<double>(with) / static_cast<double>(frequencies_->items());
    }
    // Each further letter leaves a fifth of the words.
    if (term.wildcard) return std::max(kRareShare, std::pow(0.2, std::max(0.0, letters - 1)));
    return IsCommonWord(term.form) ? 0.5 : kRareShare;
  }

  const Frequencies* frequencies_;
};

}  // namespace

void Linter::CheckCost(const Expression& e) {
  const auto whole = static_cast<uint32_t>(query_.size());
  const std::optional<Required> required = Estimator(options_.frequencies).Of(e);
  if (!required) {
    Put("no-required-word", 0, whole, "no word must occur for this to hold, so that all of it is tried on every Item");
    return;
  }
  if (required->share < kCommonShare) return;
  std::vector<std::string> named(
      required->words.begin(),
      required->words.begin() + static_cast<std::ptrdiff_t>(std::min(kMaxNamed, required->words.size())));
  const std::string words = absl::StrCat(absl::StrJoin(named, ", "), required->words.size() > kMaxNamed ? ", …" : "");
  if (options_.frequencies == nullptr) {
    Put("common-words", 0, whole, absl::StrCat("the rarest words that must occur are common (", words, ")"));
    return;
  }
  Put("common-words", 0, whole,
      absl::StrCat("one of the words that must occur (", words, ") stands in up to ",
                   std::lround(required->share * 100), " of 100 Items, and all of it is tried on each of these"));
}

}  // namespace wirewatch::watch

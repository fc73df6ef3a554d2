#include "wirewatch/watch/cover.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "wirewatch/watch/item_fields.h"

namespace wirewatch::watch {
namespace {

class CoverFinder {
 public:
  CoverFinder(const PatternTable& patterns, const KeyShares& shares, Keys& keys)
      : patterns_(patterns), shares_(shares), keys_(keys) {}

  std::optional<Cover> Of(const Plan& plan) {
    switch (plan.operation()) {
      case Operation::kWord:
      case Operation::kPhrase:
      case Operation::kStem:
        return plan.expression->sloppy ? OfWords(plan) : OfPhrase(plan.words);
      case Operation::kAnd:
        return All(OfEach(plan));
      case Operation::kNear:
      case Operation::kOnear:
      case Operation::kSent:
      case Operation::kPara:
        return Inexact(All(OfEach(plan)));
      case Operation::kMin:
        return Inexact(Any(OfEach(plan), plan.expression->number));
      case Operation::kOr:
        return Any(OfEach(plan), 1);
      case Operation::kScore:
        return Inexact(OfScore(plan));
      case Operation::kList:
        return Listed(Of(plan.operands()[0]));
      case Operation::kNotIn:
      case Operation::kNotNear:
      case Operation::kCase:
      case Operation::kExact:
      case Operation::kAtLeast:
      case Operation::kLead:
      case Operation::kFirst:
        return Inexact(Of(plan.operands()[0]));
      case Operation::kField:
        if (plan.field->kind == FieldKind::kItem) return OfCodes(*plan.field, *plan.expression->operands[0]);
        return plan.field->kind == FieldKind::kText ? Inexact(Of(plan.operands()[0])) : std::nullopt;
      default:
        return std::nullopt;
    }
  }

 private:
  using Each = std::vector<std::optional<Cover>>;

  static bool IsBefore(const Anchor& a, const Anchor& b) { return std::pair(a.key, a.also) < std::pair(b.key, b.also); }

  static std::optional<Cover> Inexact(std::optional<Cover> cover) {
    if (cover) cover->exact = false;
    return cover;
  }

  // The keys that suffice by themselves are one key for all who use the list.
  std::optional<Cover> Listed(std::optional<Cover> cover) {
    if (!cover) return cover;
    std::vector<Key> alone;
    absl::InlinedVector<Anchor, 1> anchors;
    for (const Anchor& anchor : cover->anchors) {
      if (anchor.also == kNoKey && !keys_.IsCode(anchor.key)) {
        alone.push_back(anchor.key);
      } else {
        anchors.push_back(anchor);
      }
    }
    if (alone.size() < kFewestListed) return cover;
    anchors.push_back({keys_.OfAny(alone), kNoKey});
    std::sort(anchors.begin(), anchors.end(), IsBefore);
    cover->anchors = std::move(anchors);
    return cover;
  }

  // Codes of a field: one of its values has to satisfy all of it.
  std::optional<Cover> OfCodes(const FieldInfo& field, const Expression& wanted) {
    Each each;
    switch (wanted.operation) {
      case Operation::kWord:
      case Operation::kPhrase: {
        const std::optional<Key> key = KeyOfCode(field, wanted, keys_);
        if (!key) return std::nullopt;
        // What is not English in an Item of no known language is unknown.
        return OfKey(*key, field.name != "language");
      }
      case Operation::kOr:
      case Operation::kAnd:
        for (const auto& operand : wanted.operands) each.push_back(OfCodes(field, *operand));
        return wanted.operation == Operation::kOr ? Any(std::move(each), 1) : Inexact(All(std::move(each)));
      case Operation::kList:
        return OfCodes(field, *wanted.operands[0]);
      default:
        return std::nullopt;
    }
  }

  Each OfEach(const Plan& plan) {
    Each each;
    each.reserve(plan.operands().size());
    for (const Plan& operand : plan.operands()) each.push_back(Of(operand));
    return each;
  }

  Cover OfKey(Key key, bool exact) const { return {{{key, kNoKey}}, shares_.Of(keys_, key), exact}; }

  // Patterns one behind the other.
  Cover OfSequence(const Sequence& sequence) {
    if (sequence.size() == 1) {
      const TermPattern& pattern = patterns_[sequence[0]];
      const bool exact = pattern.spelling == TermPattern::Spelling::kFolded && pattern.kind != TermPattern::Kind::kStem;
      return OfKey(keys_.OfPattern(pattern), exact);
    }
    const bool is_pair = sequence.size() == 2 && std::all_of(sequence.begin(), sequence.end(), [this](PatternId id) {
                           return IsPlainForm(patterns_[id]);
                         });
    Each each;
    for (const Key key : KeysOf(sequence, patterns_, keys_)) each.push_back(OfKey(key, is_pair));
    return *All(std::move(each));
  }

  std::optional<Cover> OfStretch(const Spellings& spellings) {
    Each each;
    for (const Sequence& sequence : spellings) each.push_back(OfSequence(sequence));
    return Any(std::move(each), 1);
  }

  std::optional<Cover> OfPhrase(const std::vector<Spellings>& words) {
    if (const Sequence sequence = PlainSequence(words); !sequence.empty()) return OfSequence(sequence);
    if (words.size() == 1) return OfStretch(words[0]);
    Each each;
    for (const Spellings& spellings : words) each.push_back(OfStretch(spellings));
    return Inexact(All(std::move(each)));
  }

  // Every word must be there, in any order.
  std::optional<Cover> OfWords(const Plan& plan) {
    Each each;
    for (const Spellings& spellings : plan.words) each.push_back(OfStretch(spellings));
    return Inexact(All(std::move(each)));
  }

  static void SortByShare(std::vector<Cover>& covers) {
    std::stable_sort(covers.begin(), covers.end(), [](const Cover& a, const Cover& b) { return a.share < b.share; });
  }

  // Of operands that must all hold: the rarest, and beside each of its keys the rarest of the others.
  std::optional<Cover> All(Each each) const {
    const size_t count = each.size();
    std::vector<Cover> there;
    bool exact = true;
    for (std::optional<Cover>& cover : each) {
      if (cover) there.push_back(*std::move(cover));
    }
    if (there.empty()) return std::nullopt;
    for (const Cover& cover : there) exact &= cover.exact;
    SortByShare(there);
    Cover all = std::move(there[0]);
    if (count == 1) return all;
    const auto has_room = [](const Anchor& anchor) { return anchor.also == kNoKey; };
    const bool room = std::all_of(all.anchors.begin(), all.anchors.end(), has_room);
    bool said_all = false;
    for (size_t i = 1; i < there.size() && room; ++i) {
      if (there[i].anchors.size() != 1 || !has_room(there[i].anchors[0])) continue;
      for (Anchor& anchor : all.anchors) anchor.also = there[i].anchors[0].key;
      all.share *= there[i].share;
      said_all = count == 2;
      break;
    }
    all.exact = exact && said_all && there.size() == count;
    return all;
  }

  // If `needed` of them must hold, one of any (count - needed + 1) does: the union of the rarest so many.
  std::optional<Cover> Any(Each each, size_t needed) const {
    const size_t take = each.size() - std::min(needed, each.size()) + 1;
    std::vector<Cover> there;
    for (std::optional<Cover>& cover : each) {
      if (cover) there.push_back(*std::move(cover));
    }
    if (there.size() < take) return std::nullopt;
    SortByShare(there);
    there.resize(take);
    Cover any;
    any.exact = true;
    for (const Cover& cover : there) {
      any.anchors.insert(any.anchors.end(), cover.anchors.begin(), cover.anchors.end());
      any.share += cover.share;
      any.exact &= cover.exact;
    }
    std::sort(any.anchors.begin(), any.anchors.end(), IsBefore);
    const auto same = [](const Anchor& a, const Anchor& b) { return !IsBefore(a, b) && !IsBefore(b, a); };
    any.anchors.erase(std::unique(any.anchors.begin(), any.anchors.end(), same), any.anchors.end());
    return any;
  }

  // A positive threshold is reached only if something with a positive weight holds.
  std::optional<Cover> OfScore(const Plan& plan) {
    if (plan.expression->threshold <= 0) return std::nullopt;
    Each each;
    for (size_t i = 0; i < plan.operands().size(); ++i) {
      if (plan.expression->weights[i] > 0) each.push_back(Of(plan.operands()[i]));
    }
    return each.empty() ? std::nullopt : Any(std::move(each), 1);
  }

  const PatternTable& patterns_;
  const KeyShares& shares_;
  Keys& keys_;
};

}  // namespace

std::optional<Cover> CoverOf(const Plan& plan, const PatternTable& patterns, const KeyShares& shares, Keys& keys) {
  return CoverFinder(patterns, shares, keys).Of(plan);
}

std::optional<Key> KeyOfCode(const FieldInfo& field, const Expression& wanted, Keys& keys) {
  // Addresses are satisfied by what stands in them.
  constexpr std::string_view kKept[] = {"language", "country", "domain", "type", "region"};
  if (std::find(std::begin(kKept), std::end(kKept), field.name) == std::end(kKept)) return std::nullopt;
  const std::string code = CodeOf(wanted);
  if (code.empty() || HasWildcard(code)) return std::nullopt;
  return keys.OfCode(field.name, code);
}

Sequence PlainSequence(const std::vector<Spellings>& words) {
  Sequence sequence;
  for (const Spellings& spellings : words) {
    if (spellings.size() != 1) return {};
    sequence.insert(sequence.end(), spellings[0].begin(), spellings[0].end());
  }
  return sequence;
}

std::vector<Key> KeysOf(const Sequence& sequence, const PatternTable& patterns, Keys& keys) {
  const auto is_form = [&](size_t i) {
    return i < sequence.size() && patterns[sequence[i]].kind == TermPattern::Kind::kForm;
  };
  std::vector<Key> needed;
  for (size_t i = 0; i < sequence.size(); ++i) {
    const TermPattern& pattern = patterns[sequence[i]];
    if (is_form(i) && is_form(i + 1)) {
      needed.push_back(keys.OfPair(keys.OfForm(pattern.form), keys.OfForm(patterns[sequence[i + 1]].form)));
    } else if (!is_form(i) || i == 0 || !is_form(i - 1)) {
      needed.push_back(keys.OfPattern(pattern));
    }
  }
  return needed;
}

bool IsPlainForm(const TermPattern& pattern) { return pattern.is_form(); }

}  // namespace wirewatch::watch

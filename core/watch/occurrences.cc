// Where words, phrases and windows stand.
#include <algorithm>

#include "wirewatch/watch/evaluator.h"

namespace wirewatch::watch {
namespace {

// Places from the first that begins at `begin` of `part` or behind it.
List<Place>::const_iterator From(const List<Place>& places, uint32_t part, uint32_t begin) {
  return std::lower_bound(places.begin(), places.end(), std::tie(part, begin),
                          [](const Place& place, const auto& key) { return std::tie(place.part, place.begin) < key; });
}

uint32_t Longest(const List<Place>& places) {
  uint32_t longest = 0;
  for (const Place& place : places) longest = std::max(longest, place.end - place.begin);
  return longest;
}

// Tokens strictly between two spans; 0 when they overlap.
uint32_t Between(const Place& a, const Place& b) {
  if (b.begin >= a.end) return b.begin - a.end;
  return a.begin >= b.end ? a.begin - b.end : 0;
}

// The window in which a place begins.
const Window* WindowAt(const Scope& scope, const Place& place) {
  const auto found = std::find_if(scope.begin(), scope.end(), [&](const Window& window) {
    return window.part == place.part && window.begin <= place.begin && place.begin < window.end;
  });
  return found == scope.end() ? nullptr : &*found;
}

// Scopes of which something was cut out number their stretches.
bool IsCut(const Scope& scope) { return !scope.empty() && scope.back().stretch > 0; }

}  // namespace

// Nothing reaches over what was cut out.
bool Evaluator::AreApart(const Scope& scope, const Place& a, const Place& b) {
  if (!IsCut(scope)) return false;
  Spend(scope.size());
  const Window* const left = WindowAt(scope, a);
  const Window* const right = WindowAt(scope, b);
  return left != nullptr && right != nullptr && left->stretch != right->stretch;
}

const List<Place>& Evaluator::Places(PatternId id) {
  return scratch_.Find(view_.text(), view_.item().language().tag(), id, patterns_[id]);
}

void Evaluator::Find(const Plan& plan, const Scope& scope, List<Place>& places) {
  const size_t before = places.size();
  switch (plan.operation()) {
    case Operation::kWord:
    case Operation::kPhrase:
    case Operation::kStem:
      plan.expression->sloppy ? FindLoosePhrase(plan, scope, places) : FindPhrase(plan.words, scope, places);
      break;
    case Operation::kNear:
    case Operation::kOnear:
      FindNear(plan, scope, places);
      break;
    case Operation::kNotIn:
      FindNotIn(plan, scope, places);
      break;
    case Operation::kNotNear:
      FindNotNear(plan, scope, places);
      break;
    default:
      for (const Plan& operand : plan.operands()) Find(operand, scope, places);
  }
  if (before == 0) Tidy(places);
}

// In order, and what stands on the same words once.
void Evaluator::Tidy(List<Place>& places) {
  if (!Spend(places.size())) return places.clear();
  const auto words = [this](const Place& place) {
    List<Place> leaves;
    Leaves(place, leaves);
    return leaves;
  };
  const auto less = [&](const Place& a, const Place& b) {
    if (!SamePositions(a, b) || (a.leaf_count == 0 && b.leaf_count == 0)) return a < b;
    const List<Place> left = words(a);
    const List<Place> right = words(b);
    return std::lexicographical_compare(left.begin(), left.end(), right.begin(), right.end());
  };
  const auto same = [&](const Place& a, const Place& b) {
    if (!SamePositions(a, b) || a.leaf_count != b.leaf_count) return false;
    if (a.leaf_count == 0) return true;
    const List<Place> left = words(a);
    return std::equal(left.begin(), left.end(), words(b).begin(), SamePositions);
  };
  std::sort(places.begin(), places.end(), less);
  places.erase(std::unique(places.begin(), places.end(), same), places.end());
}

void Evaluator::FindPhrase(std::span<const Spellings> words, const Scope& scope, List<Place>& places) {
  // A phrase with a word that is nowhere is nowhere.
  for (const Spellings& spellings : words) {
    const bool somewhere = std::any_of(spellings.begin(), spellings.end(), [this](const Sequence& sequence) {
      return std::all_of(sequence.begin(), sequence.end(), [this](PatternId id) { return !Places(id).empty(); });
    });
    if (!somewhere) return;
  }
  for (const Window& window : scope) {
    for (const Sequence& sequence : words[0]) {
      const List<Place>& firsts = Places(sequence[0]);
      for (auto first = From(firsts, window.part, window.begin); first != firsts.end(); ++first) {
        if (first->part != window.part || first->begin >= window.end || !Spend()) break;
        if (first->end <= window.end) FollowSequence(words, 0, sequence, 1, *first, window, places);
      }
    }
  }
}

// Goes on with word `word` of the phrase behind what was found so far.
void Evaluator::Follow(std::span<const Spellings> words, size_t word, const Place& so_far, const Window& window,
                       List<Place>& places) {
  if (word == words.size()) return places.push_back(so_far);
  for (const Sequence& sequence : words[word]) FollowSequence(words, word, sequence, 0, so_far, window, places);
}

void Evaluator::FollowSequence(std::span<const Spellings> words, size_t word, const Sequence& sequence, size_t at,
                               const Place& so_far, const Window& window, List<Place>& places) {
  if (at == sequence.size()) return Follow(words, word + 1, so_far, window, places);
  const List<Place>& nexts = Places(sequence[at]);
  for (auto next = From(nexts, so_far.part, so_far.end); next != nexts.end(); ++next) {
    if (next->part != so_far.part || next->begin != so_far.end || next->end > window.end || !Spend()) break;
    Place joined = so_far;
    joined.end = next->end;
    joined.byte_end = std::max(joined.byte_end, next->byte_end);
    FollowSequence(words, word, sequence, at + 1, joined, window, places);
  }
}

void Evaluator::FindStretch(const Spellings& spellings, const Scope& scope, List<Place>& places) {
  FindPhrase({&spellings, 1}, scope, places);
  Tidy(places);
}

// Which word of a loose phrase stands where, each on positions of its own: bipartite matching by augmenting paths.
class Evaluator::LoosePhrase {
 public:
  // Positions, and the words that match there.
  struct Slot {
    Place place;
    List<uint32_t> words;
  };

  LoosePhrase(Evaluator& evaluator, const List<Slot>& slots, size_t words)
      : evaluator_(evaluator), slots_(slots), slot_of_(words) {}

  // From slot `first` on as few positions as all words can stand on, the nearest ones, before `end`; or false.
  bool Match(size_t first, uint32_t end, List<Place>& leaves) {
    std::fill(slot_of_.begin(), slot_of_.end(), kFree);
    const uint32_t part = slots_[first].place.part;
    uint32_t behind = slots_[first].place.begin;
    size_t matched = 0;
    for (size_t i = first; i < slots_.size() && matched < slot_of_.size(); ++i) {
      const Place& place = slots_[i].place;
      if (place.part != part || place.begin >= end || !evaluator_.Spend()) break;
      if (place.begin < behind || place.end > end) continue;
      tried_.assign(slot_of_.size(), false);
      if (!Seat(i)) continue;
      ++matched;
      behind = place.end;
      leaves.push_back(place);
    }
    return matched == slot_of_.size();
  }

 private:
  static constexpr size_t kFree = SIZE_MAX;

  // Gives a slot to one of its words, if need be by moving others.
  bool Seat(size_t slot) {
    for (const uint32_t word : slots_[slot].words) {
      if (slot_of_[word] == kFree) return slot_of_[word] = slot, true;
    }
    for (const uint32_t word : slots_[slot].words) {
      if (tried_[word] || !evaluator_.Spend()) continue;
      tried_[word] = true;
      if (Seat(slot_of_[word])) return slot_of_[word] = slot, true;
    }
    return false;
  }

  Evaluator& evaluator_;
  const List<Slot>& slots_;
  List<size_t> slot_of_;  // by word
  List<uint8_t> tried_;
};

// "a b c"~n: from each place of a word on, the nearest places of all others; no two words stand on one place.
void Evaluator::FindLoosePhrase(const Plan& plan, const Scope& scope, List<Place>& places) {
  List<std::pair<Place, uint32_t>> found;
  uint32_t length = plan.expression->number;
  for (uint32_t word = 0; word < plan.words.size(); ++word) {
    length += static_cast<uint32_t>(plan.words[word][0].size());
    List<Place> stretches;
    FindStretch(plan.words[word], scope, stretches);
    if (stretches.empty() || !Spend(stretches.size())) return;
    for (const Place& stretch : stretches) found.emplace_back(stretch, word);
  }
  std::sort(found.begin(), found.end());
  List<LoosePhrase::Slot> slots;
  for (const auto& [place, word] : found) {
    if (slots.empty() || !SamePositions(slots.back().place, place)) slots.push_back({place, {}});
    slots.back().words.push_back(word);
  }
  LoosePhrase phrase(*this, slots, plan.words.size());
  for (size_t i = 0; i < slots.size(); ++i) {
    const Place& start = slots[i].place;
    List<Place> leaves;
    uint32_t end = start.begin + length;
    if (IsCut(scope) && Spend(scope.size())) {
      const Window* const window = WindowAt(scope, start);
      if (window != nullptr) end = std::min(end, window->end);
    }
    if (!phrase.Match(i, end, leaves)) continue;
    Place hull = leaves.front();
    for (const Place& leaf : leaves) {
      hull.end = std::max(hull.end, leaf.end);
      hull.byte_end = std::max(hull.byte_end, leaf.byte_end);
    }
    hull.first_leaf = static_cast<uint32_t>(scratch_.leaves.size());
    hull.leaf_count = static_cast<uint32_t>(leaves.size());
    scratch_.leaves.insert(scratch_.leaves.end(), leaves.begin(), leaves.end());
    places.push_back(hull);
  }
}

void Evaluator::FindNear(const Plan& plan, const Scope& scope, List<Place>& places) {
  List<Place> lefts;
  List<Place> rights;
  Find(plan.operands()[0], scope, lefts);
  if (lefts.empty()) return;
  Find(plan.operands()[1], scope, rights);
  const bool ordered = plan.operation() == Operation::kOnear;
  const uint32_t reach = plan.expression->number + Longest(rights);
  for (const Place& left : lefts) {
    const uint32_t first = ordered ? left.end : left.begin - std::min(left.begin, reach);
    for (auto right = From(rights, left.part, first); right != rights.end(); ++right) {
      const uint64_t work = 1 + left.leaf_count + right->leaf_count;
      if (right->part != left.part || right->begin > left.end + plan.expression->number || !Spend(work)) break;
      if (Between(left, *right) <= plan.expression->number && Disjoint(left, *right) &&
          !AreApart(scope, left, *right)) {
        places.push_back(Join(left, *right));
      }
    }
  }
}

void Evaluator::FindNotIn(const Plan& plan, const Scope& scope, List<Place>& places) {
  List<Place> all;
  List<Place> covers;
  Find(plan.operands()[0], scope, all);
  Find(plan.operands()[1], scope, covers);
  const uint32_t longest = Longest(covers);
  for (const Place& place : all) {
    bool covered = false;
    for (auto cover = From(covers, place.part, place.end - std::min(place.end, longest)); cover != covers.end();
         ++cover) {
      if (cover->part != place.part || cover->begin > place.begin || covered || !Spend()) break;
      covered = cover->end >= place.end;
    }
    if (!covered) places.push_back(place);
  }
}

// What stands on the very same words is not near itself; what overlaps in another way is.
void Evaluator::FindNotNear(const Plan& plan, const Scope& scope, List<Place>& places) {
  List<Place> all;
  List<Place> others;
  Find(plan.operands()[0], scope, all);
  Find(plan.operands()[1], scope, others);
  const uint32_t reach = plan.expression->number + Longest(others);
  for (const Place& place : all) {
    bool near = false;
    for (auto other = From(others, place.part, place.begin - std::min(place.begin, reach)); other != others.end();
         ++other) {
      if (other->part != place.part || other->begin > place.end + plan.expression->number || near || !Spend()) break;
      near = Between(place, *other) <= plan.expression->number && !SamePositions(place, *other) &&
             !AreApart(scope, place, *other);
    }
    if (!near) places.push_back(place);
  }
}

bool Evaluator::Disjoint(const Place& a, const Place& b) const {
  if (a.end <= b.begin || b.end <= a.begin) return true;
  if (a.leaf_count == 0 && b.leaf_count == 0) return false;
  List<Place> left;
  List<Place> right;
  Leaves(a, left);
  Leaves(b, right);
  return std::none_of(left.begin(), left.end(), [&](const Place& l) {
    return std::any_of(right.begin(), right.end(), [&](const Place& r) { return l.begin < r.end && r.begin < l.end; });
  });
}

Place Evaluator::Join(const Place& a, const Place& b) {
  Place joined = {a.part,
                  std::min(a.begin, b.begin),
                  std::max(a.end, b.end),
                  std::min(a.byte_begin, b.byte_begin),
                  std::max(a.byte_end, b.byte_end),
                  static_cast<uint32_t>(scratch_.leaves.size()),
                  0};
  List<Place> words;
  Leaves(a, words);
  Leaves(b, words);
  std::sort(words.begin(), words.end());
  scratch_.leaves.insert(scratch_.leaves.end(), words.begin(), words.end());
  joined.leaf_count = static_cast<uint32_t>(words.size());
  return joined;
}

}  // namespace wirewatch::watch

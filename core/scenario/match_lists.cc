#include "wirewatch/scenario/match_lists.h"

#include <algorithm>

namespace wirewatch::scenario {
namespace {

using Differences = std::function<size_t(size_t wanted, size_t found)>;
using Partners = std::vector<size_t>;  // for each expected element the one that answers it, or kNone

// The longest common subsequence: as many expected elements as possible have an answer.
Partners InOrder(size_t wanted, size_t found, const Differences& differences) {
  std::vector<std::vector<size_t>> longest(wanted + 1, std::vector<size_t>(found + 1, 0));
  for (size_t i = wanted; i-- > 0;) {
    for (size_t j = found; j-- > 0;) {
      longest[i][j] = std::max(longest[i + 1][j], longest[i][j + 1]);
      if (differences(i, j) == 0) longest[i][j] = std::max(longest[i][j], longest[i + 1][j + 1] + 1);
    }
  }
  Partners partners(wanted, Pairing::kNone);
  for (size_t i = 0, j = 0; i < wanted && j < found;) {
    if (differences(i, j) == 0 && longest[i][j] == longest[i + 1][j + 1] + 1) {
      partners[i++] = j++;
    } else {
      longest[i][j] == longest[i][j + 1] ? ++j : ++i;
    }
  }
  return partners;
}

// Augmenting paths (Kuhn): an element that could answer two expectations goes to the one that has no other.
class AnyOrder {
 public:
  AnyOrder(size_t wanted, size_t found, const Differences& differences)
      : differences_(differences), owner_(found, Pairing::kNone), partners_(wanted, Pairing::kNone) {
    for (size_t i = 0; i < wanted; ++i) {
      std::vector<bool> tried(found, false);
      Place(i, tried);
    }
    for (size_t j = 0; j < found; ++j) {
      if (owner_[j] != Pairing::kNone) partners_[owner_[j]] = j;
    }
  }
  const Partners& partners() const { return partners_; }

 private:
  bool Place(size_t wanted, std::vector<bool>& tried) {
    for (size_t j = 0; j < owner_.size(); ++j) {
      if (tried[j] || differences_(wanted, j) != 0) continue;
      tried[j] = true;
      if (owner_[j] == Pairing::kNone || Place(owner_[j], tried)) {
        owner_[j] = wanted;
        return true;
      }
    }
    return false;
  }

  const Differences& differences_;
  Partners owner_, partners_;
};

// Gives each expectation without an answer the nearest of what is left between its neighbours.
void FindNearest(Partners& partners, size_t found, bool any_order, const Differences& differences) {
  std::vector<bool> taken(found, false);
  for (const size_t partner : partners) {
    if (partner != Pairing::kNone) taken[partner] = true;
  }
  size_t from = 0;
  for (size_t i = 0; i < partners.size(); ++i) {
    if (partners[i] != Pairing::kNone) {
      from = partners[i] + 1;
      continue;
    }
    size_t until = found;
    for (size_t later = i + 1; later < partners.size() && !any_order; ++later) {
      if (partners[later] != Pairing::kNone) until = std::min(until, partners[later]);
    }
    size_t least = 0;
    for (size_t j = any_order ? 0 : from; j < until; ++j) {
      const size_t differ = taken[j] ? 0 : differences(i, j);
      if (!taken[j] && (partners[i] == Pairing::kNone || differ < least)) partners[i] = j, least = differ;
    }
    if (partners[i] == Pairing::kNone) continue;
    taken[partners[i]] = true;
    if (!any_order) from = partners[i] + 1;
  }
}

}  // namespace

Pairing Pair(size_t wanted, size_t found, bool whole, bool any_order, const Differences& differences) {
  Partners partners(wanted, Pairing::kNone);
  if (whole && !any_order && wanted == found) {
    for (size_t i = 0; i < wanted; ++i) partners[i] = i;
  } else {
    partners = any_order ? AnyOrder(wanted, found, differences).partners() : InOrder(wanted, found, differences);
    FindNearest(partners, found, any_order, differences);
  }
  Pairing pairing;
  std::vector<size_t> owner(found, Pairing::kNone);
  for (size_t i = 0; i < wanted; ++i) {
    if (partners[i] != Pairing::kNone) owner[partners[i]] = i;
  }
  size_t next = 0;
  for (size_t j = 0; j < found; ++j) {
    if (owner[j] != Pairing::kNone) {
      for (; next < owner[j]; ++next) {
        if (partners[next] == Pairing::kNone) pairing.steps.push_back({next, Pairing::kNone});
      }
      next = std::max(next, owner[j] + 1);
    }
    pairing.steps.push_back({owner[j], j});
  }
  for (; next < wanted; ++next) {
    if (partners[next] == Pairing::kNone) pairing.steps.push_back({next, Pairing::kNone});
  }
  return pairing;
}

}  // namespace wirewatch::scenario

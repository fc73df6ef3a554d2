// Cover: keys of which an Item must have some for a plan to hold, so that the Engine finds the few watches that an Item
// may satisfy. Without them the plan is false, not unknown. One thread.
#ifndef WIREWATCH_WATCH_COVER_H_
#define WIREWATCH_WATCH_COVER_H_

#include <optional>
#include <vector>

#include "wirewatch/watch/key_shares.h"
#include "wirewatch/watch/keys.h"
#include "wirewatch/watch/plan.h"

namespace wirewatch::watch {

// Both must be there; kNoKey: the one suffices.
struct Anchor {
  Key key = kNoKey;
  Key also = kNoKey;
};

struct Cover {
  std::vector<Anchor> anchors;  // one of them must be there
  double share = 0;             // of Items that have one, at most
  bool exact = false;           // and then the plan is true
};

// The cheapest cover of a plan; nullopt for plans that may hold without any word, as negations and facts of the Item
// do. New keys are added.
std::optional<Cover> CoverOf(const Plan& plan, const PatternTable& patterns, const KeyShares& shares, Keys& keys);

// The patterns of a phrase whose words are written in one way each, one behind the other; empty when there are several
// ways.
Sequence PlainSequence(const std::vector<Spellings>& words);
// What must be there for patterns that stand one behind the other: pairs of forms, and other words beside them. New
// keys are added.
std::vector<Key> KeysOf(const Sequence& sequence, const PatternTable& patterns, Keys& keys);
// Whether a pattern is a form and nothing more is asked of its spelling: it holds wherever its key is.
bool IsPlainForm(const TermPattern& pattern);

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_COVER_H_

// SharedLists: what watches that name the same LIST have in common. A list of 500 words costs a quarter of a megabyte
// as a tree and a plan; with these the watches of an Engine that name it hold one of each. What no watch names any more
// is gone. One thread.
#ifndef WIREWATCH_WATCH_SHARED_LISTS_H_
#define WIREWATCH_WATCH_SHARED_LISTS_H_

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "wirewatch/watch/expression.h"
#include "wirewatch/watch/plan.h"
#include "wirewatch/watch/term_pattern.h"

namespace wirewatch::watch {

class SharedLists {
 public:
  // What a plan of a list depends on, besides the table of patterns.
  struct Key {
    std::shared_ptr<const Expression> tree;
    TermPattern::Spelling spelling = TermPattern::Spelling::kFolded;
    absl::TimeZone timezone = {};
  };

  // The expression with the trees of lists that other watches have; itself where there is none. What stands in a list
  // keeps the places in the query of the watch that named it first.
  std::shared_ptr<const Expression> Share(std::shared_ptr<const Expression> expression);

  // The plan of a list as a watch has it; nullptr if none does.
  std::shared_ptr<const Plan> Find(const Key& key) const;
  // The plan that is there for `key`, else `plan` from now on.
  std::shared_ptr<const Plan> Keep(const Key& key, std::shared_ptr<const Plan> plan);

  // Of the trees and plans that it knows.
  size_t Bytes() const;

 private:
  // A plan keeps its tree: while it is there, its address is of no other.
  using PlanKey = std::pair<std::pair<const Expression*, TermPattern::Spelling>, std::string>;
  static PlanKey Of(const Key& key) { return {{key.tree.get(), key.spelling}, key.timezone.name()}; }

  // By normal form, and the trees of the lists in it.
  absl::flat_hash_map<std::string, std::weak_ptr<const Expression>> trees_;
  absl::flat_hash_map<PlanKey, std::weak_ptr<const Plan>> plans_;
  size_t tidied_ = 0;  // entries that were left when those of lists that are gone were last looked for
};

// Bytes of a tree and of a plan, without those of its lists.
size_t BytesOf(const Expression& expression);
size_t BytesOf(const Plan& plan);

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_SHARED_LISTS_H_

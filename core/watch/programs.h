// Programs: plans boiled down to what can be told from keys and positions (item_keys.h): a few numbers each, run
// without touching anything else. Many plans come to exactly that; of the others it is what they need to hold. A
// program is false wherever a cover of the plan (cover.h) has none of its keys, whichever it is: so nothing that a
// match comes to depends on the keys that were chosen. One thread adds while none runs.
#ifndef WIREWATCH_WATCH_PROGRAMS_H_
#define WIREWATCH_WATCH_PROGRAMS_H_

#include <cstdint>
#include <vector>

#include "wirewatch/watch/item_keys.h"
#include "wirewatch/watch/keys.h"
#include "wirewatch/watch/plan.h"

namespace wirewatch::watch {

class Programs {
 public:
  struct Compiled {
    uint32_t at = 0;     // for Run()
    bool exact = false;  // Run() tells the plan's truth, which is never unknown; else false is false, true is perhaps
  };
  Compiled Add(const Plan& plan, const PatternTable& patterns, Keys& keys);

  bool Run(uint32_t at, const ItemKeys& item) const;
  void Prefetch(uint32_t at) const { __builtin_prefetch(&code_[at]); }

  size_t Bytes() const { return code_.capacity() * sizeof(uint32_t); }

 private:
  std::vector<uint32_t> code_;
};

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_PROGRAMS_H_

// Implication: whether one query holds wherever another does, as far as their form shows it. Pure functions; any
// thread.
#ifndef WIREWATCH_WATCH_IMPLICATION_H_
#define WIREWATCH_WATCH_IMPLICATION_H_

#include <cstdint>

#include "wirewatch/watch/expression.h"
#include "wirewatch/watch/term_pattern.h"

namespace wirewatch::watch {

// Compares parts of one query. Its work is bounded: when the steps are used up it says that nothing implies anything.
class Implication {
 public:
  using Spelling = TermPattern::Spelling;
  static constexpr uint64_t kMaxSteps = 2'000'000;

  // True: whenever `a` is true on an Item, so is `b`. False: that is not known. `spelling` is how both stand: inside
  // CASE() or EXACT(), or in neither.
  bool Holds(const Expression& a, const Expression& b, Spelling spelling = Spelling::kFolded) {
    return Implies({&a, spelling}, {&b, spelling});
  }
  // Alike but for names of lists, and, outside CASE() and EXACT(), for case and accents.
  bool Equal(const Expression& a, const Expression& b, Spelling spelling = Spelling::kFolded) {
    return Same({&a, spelling}, {&b, spelling});
  }

 private:
  struct Side {
    const Expression* e;
    Spelling spelling;
  };
  static Side Unwrap(Side side);
  static Side Operand(const Side& side, size_t i) { return {side.e->operands[i].get(), side.spelling}; }
  bool Implies(Side a, Side b);
  bool ImpliesByOperands(const Side& a, const Side& b);
  bool ImpliesByKind(const Side& a, const Side& b);
  bool AnyImplies(const Side& a, const Side& b);
  bool SequenceImplies(const Side& a, const Side& b);
  bool WindowImplies(const Side& a, const Side& b);
  bool Same(Side a, Side b);

  uint64_t steps_ = 0;
};

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_IMPLICATION_H_

// What a program is made of. Private to programs*.cc.
#ifndef WIREWATCH_WATCH_PROGRAMS_REP_H_
#define WIREWATCH_WATCH_PROGRAMS_REP_H_

#include <cstddef>
#include <cstdint>

namespace wirewatch::watch {

// A program is a tree in prefix order. Its nodes begin with the operation and a count, in one number.
enum class Op : uint8_t {
  kPerhaps,  // true
  kKey,      // key
  kPhrase,   // count forms one behind the other
  kMoves,    // count forms; first a number: of moves (Lucene's sloppy phrase)
  kNear,     // number, two forms
  kOnear,
  kAnd,  // count operands; first the size of the whole node
  kOr,
  kMin,  // the same, then the number of them that must hold
  kNot,
  kWords,  // least and most words of the Item, both included
};

constexpr uint32_t Head(Op op, size_t count) { return static_cast<uint32_t>(op) | static_cast<uint32_t>(count) << 8; }
inline constexpr size_t kMostMoving = 16;  // words of a sloppy phrase
// Words of a phrase. Longer ones could take a step for each word of each of their beginnings in a text made for that,
// and are left to the evaluator, which counts its steps.
inline constexpr size_t kLongestPhrase = 16;
inline constexpr size_t kMostOperands = (1 << 24) - 1;

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_PROGRAMS_REP_H_

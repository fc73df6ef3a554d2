// What `generate` writes: made-up news whose every letter follows from a seed and a number, so that any Item can be
// made again alone, in any run and after any crash. Values; any thread.
#ifndef WIREWATCH_TESTS_FAULT_GENERATE_TEXT_H_
#define WIREWATCH_TESTS_FAULT_GENERATE_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <string>

namespace wirewatch::sources {

// SplitMix64 (Steele, Lea and Flood, 2014): equal seeds, equal numbers, on every machine.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t Next();
  // Below `bound`, which is at least 1.
  uint64_t Below(uint64_t bound) { return Next() % bound; }

 private:
  uint64_t state_;
};

struct Story {
  std::string outlet;
  std::string headline;
  std::string body;  // with a dateline
};

// About `bytes` of body. `revision` changes a sentence and nothing else.
Story WriteStory(uint64_t seed, uint64_t number, uint64_t revision, size_t bytes);

}  // namespace wirewatch::sources

#endif  // WIREWATCH_TESTS_FAULT_GENERATE_TEXT_H_

// WatchCosts: which watches take most of the time of matching, over the last hour, from Items whose candidates were
// timed one by one. Memory is bounded: of each five minutes the dearest kMostWatches are kept, as by Misra and Gries
// ("Finding repeated elements", 1982) with time for a count, so what is said of a watch may be a little less than it
// was, never more. There is no clock inside: SetTime() says what time it is. Any number of threads.
#ifndef WIREWATCH_WATCH_WATCH_COSTS_H_
#define WIREWATCH_WATCH_WATCH_COSTS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "wirewatch/text/term_hash.h"

namespace wirewatch::watch {

// What a watch cost; the counts are estimates for all Items from those that were timed.
struct WatchCost {
  std::string id;
  double share_of_time = 0;  // of the time that all matching took, 0 to 1
  uint64_t candidates = 0;
  uint64_t hits = 0;
};

class WatchCosts {
 public:
  static constexpr size_t kMostWatches = 1024;  // of five minutes
  static constexpr uint32_t kOneIn = 16;        // Items that are timed

  struct Sample {
    std::string_view id;
    uint32_t nanoseconds;
    bool hit;
  };

  // What has become older than an hour is forgotten. Time that goes back is not taken notice of.
  void SetTime(absl::Time now);
  // The candidates of one Item, and what all of its matching took. Left out if another thread is just adding.
  void Add(const std::vector<Sample>& candidates, uint64_t nanoseconds);
  // The dearest first, `most` at most.
  std::vector<WatchCost> Dearest(size_t most) const;

 private:
  struct Cost {
    uint64_t nanoseconds = 0;
    uint64_t candidates = 0;
    uint64_t hits = 0;
  };
  using Costs = absl::flat_hash_map<std::string, Cost, text::TermHasher, std::equal_to<>>;
  struct Interval {
    int64_t number = -1;  // five minutes since 1970; -1: none
    uint64_t nanoseconds = 0;
    Costs costs;
  };
  static constexpr size_t kIntervals = 12;
  static constexpr int64_t kSeconds = 300;
  static void Shrink(Costs& costs);

  mutable std::mutex mutex_;
  int64_t now_ = 0;
  std::array<Interval, kIntervals> intervals_;  // by number modulo kIntervals
};

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_WATCH_COSTS_H_

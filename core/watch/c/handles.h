// What stands behind the handles of the C interface. Each is used by one thread at a time, but for the engine.
#ifndef WIREWATCH_WATCH_C_HANDLES_H_
#define WIREWATCH_WATCH_C_HANDLES_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "wirewatch/text/text_index.h"
#include "wirewatch/v1/item.pb.h"
#include "wirewatch/watch/c/armed_watches.h"
#include "wirewatch/watch/engine.h"

namespace wirewatch::watch::c {

inline constexpr size_t kMaxIdBytes = 1024;
inline constexpr size_t kMaxItemBytes = 64U << 20;

struct SharedWatches {
  SharedWatches(Engine::Options options, bool explains_too)
      : words(options.words), explains(explains_too), armed(std::move(options)) {}
  const Words words;
  const bool explains;
  ArmedWatches armed;
};

// What a matcher holds of the Item that was matched last, and works with.
struct Matched {
  text::TextIndex index;
  Scratch scratch;
  std::vector<Hit> found;          // only during a match
  const v1::Item* item = nullptr;  // nullptr: none
  uint64_t changes = 0;            // made to the engine before
  MatchCounts counts;
  std::string ids;                // of the hits, a NUL behind each
  std::vector<size_t> id_begins;  // in `ids`
  std::vector<uint64_t> tags;
  std::vector<v1::Span> spans;  // of the watch that was asked for last
};

}  // namespace wirewatch::watch::c

struct wirewatch_watch_engine {
  std::shared_ptr<wirewatch::watch::c::SharedWatches> watches;
};

struct wirewatch_watch_changes {
  wirewatch::watch::c::Changes changes;
};

struct wirewatch_watch_item {
  wirewatch::v1::Item item;
  bool repairs = false;
};

struct wirewatch_watch_matcher {
  std::shared_ptr<wirewatch::watch::c::SharedWatches> watches;
  std::unique_ptr<wirewatch::watch::c::Matched> matched;  // nullptr: memory ran out, to be made again
  wirewatch::v1::Item text;                               // of match_text()
};

struct wirewatch_watch_explanation {
  wirewatch_watch_truth truth = WIREWATCH_WATCH_MISS;
  std::string summary, json;
};

struct wirewatch_watch_translation {
  wirewatch::watch::Translation translation;
};

#endif  // WIREWATCH_WATCH_C_HANDLES_H_

// Engine: many watches, and which of them an Item satisfies. Watches are indexed by terms that each of them requires;
// an Item's distinct terms select candidates, and only these are verified. Adding or removing one leaves the others as
// they are. One thread changes an Engine while none reads it; Match() and Explain() may be called by many at once.
#ifndef WIREWATCH_WATCH_ENGINE_H_
#define WIREWATCH_WATCH_ENGINE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "wirewatch/v1/watch.pb.h"
#include "wirewatch/watch/anchors.h"
#include "wirewatch/watch/parser.h"
#include "wirewatch/watch/scratch.h"
#include "wirewatch/watch/view.h"

namespace wirewatch::watch {

struct Watch {
  std::string id;
  uint64_t revision = 0;
  v1::Severity severity = v1::SEVERITY_MEDIUM;
  std::string query;
  absl::TimeZone timezone;  // of the dates in the query; UTC by default
};

struct Hit {
  const Watch* watch;  // the Engine's own; valid until it is removed
};

// What one Match() did.
struct MatchCounts {
  uint32_t candidates = 0;
  uint32_t unknown = 0;      // watches that came to unknown: an annotation or the language is missing
  uint32_t over_budget = 0;  // watches that took too much work, and are unknown for it
};

class Engine {
 public:
  Engine();
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // A watch with the id of one that is there takes its place, if it can be read. `lists` is used during the call only.
  std::optional<QueryError> Add(Watch watch, const Lists& lists = NoLists);
  // False when there is none of that id.
  bool Remove(std::string_view id);
  size_t size() const;

  // Replaces `hits` by the watches that the Item satisfies, by id.
  MatchCounts Match(const View& view, Scratch& scratch, std::vector<Hit>& hits) const;

  // Why a watch is satisfied, or not. False when there is no watch of that id.
  bool Explain(std::string_view id, const View& view, Scratch& scratch, v1::Explanation& explanation) const;
  // Fills in id, revision, severity, spans, count and, unless nullptr, the explanation of a watch that is satisfied.
  void Describe(const Hit& hit, const View& view, Scratch& scratch, v1::WatchHit& described, bool explain) const;

  // The normal form of a watch; "" when there is none of that id.
  std::string NormalForm(std::string_view id) const;
  // Annotations that the watches read, sorted.
  std::vector<std::string> Needs() const;
  // Watches without a term that an Item must contain: verified for every Item.
  size_t unanchored() const;

 private:
  struct Entry;
  using Slot = uint32_t;
  void Index(Slot slot);
  void Unindex(Slot slot);
  void SelectCandidates(const View& view, Scratch& scratch) const;
  const Entry* Find(std::string_view id) const;

  std::vector<std::unique_ptr<Entry>> entries_;
  std::vector<Slot> free_;
  absl::flat_hash_map<std::string, Slot> slots_;                  // by id
  absl::flat_hash_map<std::string, std::vector<Slot>> by_term_;   // anchored by a form
  absl::flat_hash_map<PatternId, std::vector<Slot>> by_pattern_;  // anchored by a wildcard, stem or distance
  std::vector<Slot> unanchored_;
  PatternTable patterns_;
};

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_ENGINE_H_

// Engine: many watches, and which of them an Item satisfies. Watches are indexed by what each of them requires; an
// Item's words select candidates, and only these are verified, most of them by a few numbers. Adding or removing one
// leaves the others as they are. One thread changes an Engine while none reads it; Match() and Explain() may be called
// by many at once.
#ifndef WIREWATCH_WATCH_ENGINE_H_
#define WIREWATCH_WATCH_ENGINE_H_

#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "wirewatch/text/term_hash.h"
#include "wirewatch/v1/watch.pb.h"
#include "wirewatch/watch/cover.h"
#include "wirewatch/watch/key_shares.h"
#include "wirewatch/watch/keys.h"
#include "wirewatch/watch/parser.h"
#include "wirewatch/watch/plan.h"
#include "wirewatch/watch/posting_list.h"
#include "wirewatch/watch/programs.h"
#include "wirewatch/watch/scratch.h"
#include "wirewatch/watch/shared_lists.h"
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

// What a candidate took.
struct CandidateTime {
  uint32_t slot = 0;
  uint32_t nanoseconds = 0;
  bool hit = false;
};

// What a MatchSlots() leaves out, and what it notes besides.
struct MatchScope {
  std::span<const uint64_t> only = {};          // bits by slot: watches that count; empty: all do
  std::vector<CandidateTime>* times = nullptr;  // appended to; candidates that their keys decide have a time of 0
};

// The watches that Items select when keys are as common as they are now.
struct AnchorCost {
  double chosen = 0;    // candidates an Item, by the keys below which watches stand
  double cheapest = 0;  // the same if they were chosen again
  size_t watches = 0;   // that were looked at
};

// Why a watch was verified for an Item, or not.
struct Candidacy {
  bool candidate = false;
  bool always = false;              // it has nothing that an Item must contain
  std::vector<std::string> there;   // keys that made it a candidate: `kfor`, `"kosovo force" with clash*`
  std::vector<std::string> wanted;  // those of which one would have to be there
};

class Engine {
 public:
  struct Options {
    Words words = Words::kFolded;
    ShareOfForm share_of_form = nullptr;  // measured; empty: by the words' lengths
    // Without, an Engine keeps less of its watches: Explain(), Describe() and NormalForm() must not be called.
    bool explains = true;
  };
  Engine();
  explicit Engine(Options options);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // A watch with the id of one that is there takes its place, if it can be read. `lists` is used during the call only.
  std::optional<QueryError> Add(Watch watch, const Lists& lists = NoLists);
  // The same with a query that has been read already.
  std::optional<QueryError> Add(Watch watch, std::shared_ptr<const Expression> expression);
  // False when there is none of that id.
  bool Remove(std::string_view id);
  size_t size() const { return slots_.size(); }

  // Fills scratch.hits with the slots of the watches that the Item satisfies, ascending: the numbers of the watches in
  // the order in which they were added, as long as none was removed.
  MatchCounts MatchSlots(const View& view, Scratch& scratch, const MatchScope& scope = {}) const;
  // Replaces `hits` by the watches that the Item satisfies, by id.
  MatchCounts Match(const View& view, Scratch& scratch, std::vector<Hit>& hits) const;

  // Why a watch is satisfied, or not. False when there is no watch of that id.
  bool Explain(std::string_view id, const View& view, Scratch& scratch, v1::Explanation& explanation) const;
  // Fills in id, revision, severity, spans, count and, unless nullptr, the explanation of a watch that is satisfied.
  void Describe(const Hit& hit, const View& view, Scratch& scratch, v1::WatchHit& described, bool explain) const;
  // nullopt when there is no watch of that id.
  std::optional<Candidacy> WhyCandidate(std::string_view id, const View& view, Scratch& scratch) const;

  // The normal form of a watch; "" when there is none of that id.
  std::string NormalForm(std::string_view id) const;
  // Annotations that the watches read, sorted; of those of `only`, bits by slot, or of all if that is empty.
  std::vector<std::string> Needs(std::span<const uint64_t> only = {}) const;
  // Watches without anything that an Item must contain: verified for every Item.
  size_t unanchored() const { return unanchored_.size(); }
  // Watches for which, as far as is known, every third Item or more is a candidate, as those of stop words alone.
  size_t common() const { return common_; }

  // Slots are below this; a removed watch leaves its slot empty until another takes it.
  size_t slot_count() const { return verified_.size(); }
  std::optional<uint32_t> SlotOf(std::string_view id) const;
  bool IsUsed(uint32_t slot) const;
  const Watch& WatchAt(uint32_t slot) const;
  // What the watch was read as, lists included; of one that is there.
  std::shared_ptr<const Expression> ExpressionAt(uint32_t slot) const;
  // Whether slots are in the order of ids.
  bool in_order() const { return in_order_; }
  // Of every `step`th slot from `first` on: whether keys that are rarer by now would serve better.
  AnchorCost CompareAnchors(size_t first, size_t step, const ShareOfForm& share_of_form) const;

  // Bytes held: all but the watches' own ids and queries.
  size_t Bytes() const;

  // An index file, from which an Engine that does the same is there again at once: engine_file.h.
  absl::Status Save(const std::filesystem::path& file, std::string_view of = "") const;
  static absl::StatusOr<std::unique_ptr<Engine>> Load(const std::filesystem::path& file, Options options,
                                                      std::optional<std::string_view> of = std::nullopt);

 private:
  friend class EngineFile;
  struct Entry;
  struct Compiled;
  using Slot = uint32_t;
  // What is read of every candidate.
  struct Verified {
    uint32_t program = 0;
    bool exact = false;
    bool of_language = false;  // only where the language is known
  };
  void Index(Slot slot, const std::optional<Cover>& cover, bool exact);
  void Unindex(Slot slot);
  void SelectCandidates(Scratch& scratch, std::span<const uint64_t> only) const;
  v1::Truth Verify(Slot slot, const View& view, Scratch& scratch, MatchCounts& counts) const;
  void FillKeys(const View& view, Scratch& scratch) const;
  const Entry* Find(std::string_view id) const;
  std::shared_ptr<const Compiled> CompiledOf(const Entry& entry) const;

  const Options options_;
  const KeyShares shares_;
  PatternTable patterns_;  // of the watches whose plans are kept; these give theirs back to it
  SharedLists lists_;
  std::deque<Entry> entries_;
  std::vector<Verified> verified_;  // by slot
  std::vector<Slot> free_;
  absl::flat_hash_map<std::string_view, Slot, text::TermHasher> slots_;  // by id, the entry's own
  Keys keys_;
  Programs programs_;
  std::vector<PostingList> postings_;  // by key
  std::vector<uint64_t> anchoring_;    // by key, a bit: a watch stands or stood below it
  std::vector<Slot> unanchored_;
  size_t common_ = 0;
  bool in_order_ = true;  // slots are in the order of ids
};

}  // namespace wirewatch::watch

#endif  // WIREWATCH_WATCH_ENGINE_H_

// LiveWatches: the watches of a step as they change. Those of the files are there from the beginning; those that people
// make through the host's interface come back from the State. An Item gets the watches that were there at its position.
#ifndef WIREWATCH_ANALYSES_WATCH_LIVE_WATCHES_H_
#define WIREWATCH_ANALYSES_WATCH_LIVE_WATCHES_H_

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "definition.h"
#include "watch_book.h"
#include "wirewatch/sdk/analysis.h"
#include "wirewatch/watch/live_engine.h"

namespace wirewatch::analyses {

class LiveWatches {
 public:
  // A watch as a file has it, and as the engine is to have it.
  struct OfFile {
    v1::WatchDefinition definition;
    watch::Watch watch;
    SourceLocation place;
    std::string author;  // the file, as it is remembered
  };
  using Snapshot = std::shared_ptr<const watch::WatchSnapshot>;

  // `live`: may be changed through the interface.
  explicit LiveWatches(bool live) : live_(live) {}

  // ---- Before the first Item, by one thread ----

  // What is wrong with each of them.
  std::vector<std::optional<watch::QueryError>> Begin(WatchLists lists, std::vector<OfFile> watches,
                                                      std::map<std::string, std::string> list_places);
  // Gives what has another definition than the last time its next revision, and takes up what is not in the files.
  absl::Status Restore(const WatchHolder::Beginning& beginning, State& state);

  // ---- As in WatchHolder ----

  absl::Status Apply(std::span<const WatchEdits> edits, WatchHolder::Moment moment, State& state);
  void Passed(uint64_t position);
  void Check(const v1::ApplyWatchesRequest& request, v1::ApplyWatchesResponse& response) const;

  // ---- Any thread ----

  // The watches for the Item at `position`.
  Snapshot At(uint64_t position) const;
  Snapshot Now() const { return engine_.Snapshot(); }
  const WatchBook& book() const { return book_; }
  const WatchLists& lists() const { return lists_; }
  watch::LiveEngine& engine() const { return engine_; }
  std::optional<v1::ListRecord> ListNow(const std::string& name) const;

 private:
  // What a group of edits comes to, before any of it is done.
  class Draft;
  // Watches that hold from a position on. Of the last one the snapshot is the engine's own, unless a change is just
  // being made.
  struct Period {
    uint64_t from = 0;
    Snapshot snapshot;
  };
  absl::Status RestoreLists(const WatchHolder::Beginning& beginning,
                            const std::map<std::string, v1::ListRecord>& stored, State& state);
  absl::Status RestoreFileWatches(const WatchHolder::Beginning& beginning,
                                  std::map<std::string, v1::WatchRecord>& stored, State& state);
  absl::Status RestoreOthers(const WatchHolder::Beginning& beginning, std::map<std::string, v1::WatchRecord>& stored,
                             State& state);
  void Edit(const WatchEdits& edits, int index, WatchHolder::Moment moment, Draft& draft) const;
  absl::Status Commit(const Draft& draft, WatchHolder::Moment moment, State& state);

  const bool live_;
  WatchLists lists_;
  std::map<std::string, std::string> list_places_;  // files, by name
  std::map<std::string, v1::ListRecord> list_records_;
  std::vector<std::string> provided_;  // annotations; known once restored
  mutable watch::LiveEngine engine_;
  WatchBook book_;
  mutable std::shared_mutex mutex_;
  std::deque<Period> periods_{{}};
};

}  // namespace wirewatch::analyses

#endif  // WIREWATCH_ANALYSES_WATCH_LIVE_WATCHES_H_

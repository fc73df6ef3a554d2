// Analysis and StatefulAnalysis: plugins that annotate Items, drop them, or raise Signals; and WatchHolder, which an
// Analysis is as well when people change its watches while Items flow.
#ifndef WIREWATCH_SDK_ANALYSIS_H_
#define WIREWATCH_SDK_ANALYSIS_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "wirewatch/sdk/document.h"
#include "wirewatch/sdk/findings.h"
#include "wirewatch/sdk/plugin.h"
#include "wirewatch/v1/watch_service.pb.h"

namespace wirewatch {

// Looks at each Item by itself. Const, and called by many threads at once: all memory is in options, resources and
// Findings::Scratch(). Override Analyze(), or AnalyzeBatch() where a batch is cheaper.
class Analysis : public Plugin {
 public:
  // A failure concerns this Item only; the step's `on_error` decides what becomes of it. InvalidArgument and the like:
  // the Item is at fault. Findings made before a failure are discarded.
  virtual absl::Status Analyze(const Document& document, Findings& findings) const;

  // The three spans have one element for each Item, in order. How Items are cut into batches must not change results.
  // By default calls Analyze() for each.
  virtual void AnalyzeBatch(std::span<const Document* const> documents, std::span<Findings> findings,
                            std::span<absl::Status> statuses) const;
};

// What a stateful analysis remembers, durably. A key-value view: writes are sealed with the epoch in which they were
// made and become durable together with its Items and Alerts; after a restart the step finds exactly the state of the
// last committed epoch. Used only by the thread that runs the step.
class State {
 public:
  virtual ~State() = default;

  // The value last put under `key`, sealed or not; nullopt when there is none. Fails only when the store does.
  virtual absl::StatusOr<std::optional<std::string>> Get(std::string_view key) = 0;
  // Keys up to 1 KiB, values up to 16 MiB, of any bytes; more is InvalidArgument.
  virtual absl::Status Put(std::string_view key, std::string_view value) = 0;
  virtual absl::Status Delete(std::string_view key) = 0;
  // Calls `visit(key, value)` for every key that begins with `prefix`, in byte order, until it returns false.
  virtual absl::Status Scan(std::string_view prefix,
                            const std::function<bool(std::string_view, std::string_view)>& visit) = 0;
};

// Looks at Items in the light of earlier ones. Called by one thread at a time, in position order. Everything durable is
// in State; whatever else it holds must be rebuildable from that in Restore().
class StatefulAnalysis : public Plugin {
 public:
  // Called once before the first Item, with the state of the last committed epoch. `version` is the state_version that
  // wrote it (0: no state yet). A version that cannot be migrated is an error: the pipeline is then refused.
  virtual absl::Status Restore(uint32_t version, State& state);

  // When it fails, the writes to State made by this call are undone along with the findings.
  virtual absl::Status Analyze(const Document& document, Findings& findings, State& state) = 0;

  // When OnTimer() wants to be called next, in the pipeline's time; InfiniteFuture: not at all. Asked after every call.
  virtual absl::Time NextTimer() const { return absl::InfiniteFuture(); }
  // Called with `due` = NextTimer() before the first Item whose arrival is not earlier; live also when no Item comes.
  // Signals raised here concern no Item; annotations are ignored.
  virtual absl::Status OnTimer(absl::Time due, Findings& findings, State& state);
};

// One caller's edits of watches, or a part of them, on their way into the stream.
struct WatchEdits {
  const v1::ApplyWatchesRequest* request = nullptr;
  int first = 0, count = 0;                      // of request->edits()
  v1::ApplyWatchesResponse* response = nullptr;  // has a result for each edit of the request
};

// Beside Analysis, for one that holds watches: they are changed between two Items, at a place of the stream, without
// stopping or rebuilding. An Item sees the watches as they were at its position, whichever thread has it, and however
// late; so what an Analysis finds stays a function of the stream. The watches are the one State of a stateless step.
class WatchHolder {
 public:
  struct Moment {
    uint64_t position = 0;
    absl::Time at;  // the pipeline's time
  };
  struct Beginning {
    uint32_t version = 0;               // the state_version that wrote the State; 0: none yet
    Moment moment;                      // what the last committed epoch has come to
    std::vector<std::string> provided;  // annotations that the steps before this one provide
  };
  // Gets Items, to try watches on; false: enough.
  using TryItem = std::function<bool(const Document& document)>;

  virtual ~WatchHolder() = default;

  // ---- By one thread at a time, the one that orders the stream ----

  // Once, before the first Item. An error refuses the pipeline.
  virtual absl::Status Restore(const Beginning& beginning, State& state) = 0;
  // Does the edits, which Check() has seen and which have no failure in their results yet, at a position that no Item
  // has, and tells what became of each. What it writes to State becomes durable with that position, and only then the
  // callers are answered. When nothing is written the position stays unused. An error ends the pipeline.
  virtual absl::Status Apply(std::span<const WatchEdits> edits, Moment moment, State& state) = 0;
  // No Item up to this position will be analysed any more. By another thread than the rest, one at a time.
  virtual void Passed(uint64_t position) = 0;

  // ---- By any thread ----

  // Fills in the failures of edits that are wrong whatever else is there: queries that cannot be read.
  virtual void Check(const v1::ApplyWatchesRequest& request, v1::ApplyWatchesResponse& response) const = 0;
  virtual absl::Status List(const v1::ListWatchesRequest& request, v1::ListWatchesResponse& response) const = 0;
  virtual absl::Status Get(const v1::GetWatchRequest& request, v1::GetWatchResponse& response) const = 0;
  // `committed` can only be read.
  virtual absl::Status Revisions(const v1::ListRevisionsRequest& request, State& committed,
                                 v1::ListRevisionsResponse& response) const = 0;
  // `each` calls back for Item after Item, newest first.
  virtual absl::Status Test(const v1::TestWatchRequest& request,
                            const std::function<absl::Status(const TryItem& try_item)>& each,
                            v1::TestWatchResponse& response) const = 0;
  virtual absl::Status Top(const v1::TopWatchesRequest& request, v1::TopWatchesResponse& response) const = 0;
};

}  // namespace wirewatch

#endif  // WIREWATCH_SDK_ANALYSIS_H_

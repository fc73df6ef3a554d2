// Analysis and StatefulAnalysis: plugins that annotate Items, drop them, or raise Signals.
#ifndef WIREWATCH_SDK_ANALYSIS_H_
#define WIREWATCH_SDK_ANALYSIS_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "wirewatch/sdk/document.h"
#include "wirewatch/sdk/findings.h"
#include "wirewatch/sdk/plugin.h"

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

}  // namespace wirewatch

#endif  // WIREWATCH_SDK_ANALYSIS_H_

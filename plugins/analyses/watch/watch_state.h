// How watches, lists and their revisions are kept in the State of the step: `w/<id>` and `l/<name>` hold what is now,
// `r/<id>/<revision>` and `s/<name>/<revision>` what was before, the last kRevisions of each. Stateless.
#ifndef WIREWATCH_ANALYSES_WATCH_WATCH_STATE_H_
#define WIREWATCH_ANALYSES_WATCH_WATCH_STATE_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "wirewatch/sdk/analysis.h"
#include "wirewatch/v1/watch_service.pb.h"

namespace wirewatch::analyses {

inline constexpr uint64_t kRevisions = 100;
inline constexpr uint32_t kWatchState = 1;  // version

struct StoredWatches {
  std::map<std::string, v1::WatchRecord> watches;  // by id
  std::map<std::string, v1::ListRecord> lists;     // by name
};
absl::Status ReadStored(State& state, StoredWatches& stored);

// `before`: what it takes the place of; nullptr: nothing.
absl::Status Write(State& state, const v1::WatchRecord& now, const v1::WatchRecord* before);
absl::Status Write(State& state, const v1::ListRecord& now, const v1::ListRecord* before);

// What was before, oldest first.
absl::Status ReadRevisions(State& state, const std::string& id, v1::ListRevisionsResponse& response);
absl::Status ReadListRevisions(State& state, const std::string& name, v1::ListRevisionsResponse& response);

}  // namespace wirewatch::analyses

#endif  // WIREWATCH_ANALYSES_WATCH_WATCH_STATE_H_

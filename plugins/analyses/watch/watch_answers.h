// What is answered to those who look at the watches of a step: see WatchHolder. Stateless; any thread.
#ifndef WIREWATCH_ANALYSES_WATCH_WATCH_ANSWERS_H_
#define WIREWATCH_ANALYSES_WATCH_WATCH_ANSWERS_H_

#include <functional>

#include "absl/status/status.h"
#include "live_watches.h"
#include "wirewatch/sdk/analysis.h"

namespace wirewatch::analyses {

absl::Status ListWatches(const LiveWatches& watches, const v1::ListWatchesRequest& request,
                         v1::ListWatchesResponse& response);
absl::Status GetWatch(const LiveWatches& watches, const v1::GetWatchRequest& request, v1::GetWatchResponse& response);
absl::Status ListRevisions(const LiveWatches& watches, const v1::ListRevisionsRequest& request, State& committed,
                           v1::ListRevisionsResponse& response);
absl::Status TestWatch(const LiveWatches& watches, const v1::TestWatchRequest& request,
                       const std::function<absl::Status(const WatchHolder::TryItem& try_item)>& each,
                       v1::TestWatchResponse& response);
absl::Status TopWatches(const LiveWatches& watches, const v1::TopWatchesRequest& request,
                        v1::TopWatchesResponse& response);

}  // namespace wirewatch::analyses

#endif  // WIREWATCH_ANALYSES_WATCH_WATCH_ANSWERS_H_

// A step's watches as somebody sees them who may know of only some. What they may not know of does not exist: it is not
// listed, not counted, and not found. Any thread.
#ifndef WIREWATCH_SERVICE_VISIBLE_WATCHES_H_
#define WIREWATCH_SERVICE_VISIBLE_WATCHES_H_

#include "absl/status/status.h"
#include "wirewatch/pipeline/host.h"
#include "wirewatch/service/scope.h"
#include "wirewatch/v1/watch_service.pb.h"

namespace wirewatch::service {

class VisibleWatches {
 public:
  // Both outlive it.
  VisibleWatches(const WatchHolder& watches, const Visibility& visibility)
      : watches_(watches), visibility_(visibility) {}

  // As WatchHolder's, whose answers they are for somebody who sees everything.
  absl::Status List(const v1::ListWatchesRequest& request, v1::ListWatchesResponse& response) const;
  absl::Status Get(const v1::GetWatchRequest& request, v1::GetWatchResponse& response) const;
  absl::Status Revisions(const v1::ListRevisionsRequest& request, State& committed,
                         v1::ListRevisionsResponse& response) const;
  absl::Status Top(const v1::TopWatchesRequest& request, v1::TopWatchesResponse& response) const;

 private:
  bool Sees(const v1::WatchRecord& record) const {
    return visibility_.Sees(record.definition().id(), record.definition().labels());
  }

  const WatchHolder& watches_;
  const Visibility& visibility_;
};

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_VISIBLE_WATCHES_H_

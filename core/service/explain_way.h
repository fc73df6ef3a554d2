// What Explain goes by, and the stages that it has told so far. Made for one call; one thread.
#ifndef WIREWATCH_SERVICE_EXPLAIN_WAY_H_
#define WIREWATCH_SERVICE_EXPLAIN_WAY_H_

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "wirewatch/pipeline/host.h"
#include "wirewatch/service/visible_alerts.h"
#include "wirewatch/store/store.h"
#include "wirewatch/v1/alert_service.pb.h"
#include "wirewatch/v1/item.pb.h"
#include "wirewatch/v1/suppression.pb.h"

namespace wirewatch::service {

// Rows of a journal, or Items, read at once.
inline constexpr size_t kExplainPage = 256;
// Rows of the suppressions journal that are looked at for one subject.
inline constexpr size_t kMostStopsRead = 10'000;

// An archived Item.
struct FoundItem {
  std::string pipeline;
  v1::Item item;
};

class ExplainWay {
 public:
  // All of them outlive it.
  ExplainWay(pipeline::Host& on, VisibleAlerts& seen, const v1::ExplainRequest& asked,
             const std::function<bool()>& given_up)
      : host(on), store(on.store()), visible(seen), request(asked), cancelled(given_up) {}

  void Pass(v1::ExplainStage stage, std::string detail, const google::protobuf::Timestamp* at = nullptr) {
    Add(stage, v1::TRUTH_TRUE, v1::STOP_REASON_UNSPECIFIED, std::move(detail), at);
  }
  // The first stop; nothing follows.
  void Stop(v1::ExplainStage stage, v1::StopReason reason, std::string detail,
            const google::protobuf::Timestamp* at = nullptr) {
    Add(stage, v1::TRUTH_FALSE, reason, std::move(detail), at);
  }
  // Likewise, where it cannot be told whether it passed.
  void Unknown(v1::ExplainStage stage, std::string detail) {
    Add(stage, v1::TRUTH_UNKNOWN, v1::STOP_REASON_UNSPECIFIED, std::move(detail), nullptr);
  }
  // The watch asked for, or any where none is; and the caller may know of it.
  bool Asks(const std::string& pipeline, const std::string& watch_id) const {
    if (!request.watch_id().empty() && request.watch_id() != watch_id) return false;
    return visible.SeesWatch(pipeline, "", watch_id);
  }

  pipeline::Host& host;
  store::Store& store;
  VisibleAlerts& visible;
  const v1::ExplainRequest& request;
  const std::function<bool()>& cancelled;
  v1::ExplainResponse response;

 private:
  void Add(v1::ExplainStage stage, v1::Truth passed, v1::StopReason reason, std::string detail,
           const google::protobuf::Timestamp* at) {
    v1::ExplainStep& step = *response.add_steps();
    step.set_stage(stage);
    step.set_passed(passed);
    step.set_reason(reason);
    step.set_detail(std::move(detail));
    if (at != nullptr) *step.mutable_at() = *at;
  }
};

// Each adds stages. False, or nullopt: the way has stopped. Errors are the store's, NotFound for a watch, recipient or
// channel that the caller may not know of, and Cancelled.

// From the source to the archive.
absl::StatusOr<std::optional<FoundItem>> ExplainItem(ExplainWay& way);
// Whether the watch matched it.
absl::StatusOr<bool> ExplainMatch(ExplainWay& way, const FoundItem& found);
// From the watch's Signal to an event that tells of it, and to the recipient.
absl::Status ExplainAlert(ExplainWay& way, const FoundItem& found);
// From the events that tell of it, in the journal's order, to the recipient that is asked for.
absl::Status ExplainDelivery(ExplainWay& way, const FoundItem& found, const std::vector<v1::AlertEvent>& events);

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_EXPLAIN_WAY_H_

// Alerts as somebody sees them who may know of only some watches: Signals of others are absent, and an Alert that is
// left without any does not exist for them. Counts are then of what is shown.
//
// Any thread.
#ifndef WIREWATCH_SERVICE_VISIBLE_ALERTS_H_
#define WIREWATCH_SERVICE_VISIBLE_ALERTS_H_

#include <map>
#include <mutex>
#include <string>
#include <tuple>
#include <utility>

#include "absl/time/time.h"
#include "wirewatch/pipeline/host.h"
#include "wirewatch/service/scope.h"
#include "wirewatch/v1/alert.pb.h"

namespace wirewatch::service {

class VisibleAlerts {
 public:
  // `host` outlives it.
  VisibleAlerts(pipeline::Host& host, Visibility visibility) : host_(host), visibility_(std::move(visibility)) {}

  // All watches; of their Alerts those that MayKnow() of.
  bool everything() const { return visibility_.everything(); }
  bool ahead_of_embargo() const { return visibility_.ahead_of_embargo; }
  // False: it stands under an embargo, and does not exist.
  bool MayKnow(const v1::Alert& alert) const { return visibility_.ahead_of_embargo || !alert.has_embargoed_until(); }
  // Leaves in it what is visible; false: nothing is.
  bool Show(v1::Alert& alert);
  // Likewise; an event about a silence is visible when all watches that it names are, and it names some.
  bool Show(v1::AlertEvent& event);
  bool Sees(const v1::SilenceRule& silence);
  // Whether Signals of a watch are. `step` may be empty. Of a watch that is not there any more only its id counts.
  bool SeesWatch(const std::string& pipeline, const std::string& step, const std::string& watch_id);

 private:
  // Labels of watches may change while somebody follows their Alerts.
  static constexpr absl::Duration kKnown = absl::Seconds(10);
  static constexpr size_t kMostKnown = 10'000;

  bool Look(const std::string& pipeline, const std::string& step, const std::string& watch_id) const;

  pipeline::Host& host_;
  const Visibility visibility_;
  std::mutex mutex_;
  std::map<std::tuple<std::string, std::string, std::string>, std::pair<bool, absl::Time>> known_;
};

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_VISIBLE_ALERTS_H_

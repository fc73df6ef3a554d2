// CommitCounts: what a pipeline's commits have come to, for its Progress. Not synchronised.
#ifndef WIREWATCH_PIPELINE_COMMIT_COUNTS_H_
#define WIREWATCH_PIPELINE_COMMIT_COUNTS_H_

#include <algorithm>
#include <cstdint>
#include <deque>
#include <utility>

#include "absl/time/time.h"
#include "wirewatch/pipeline/committer.h"
#include "wirewatch/pipeline/progress.h"
#include "wirewatch/v1/alert.pb.h"

namespace wirewatch::pipeline {

class CommitCounts {
 public:
  // As it was when the pipeline began.
  void Begin(uint64_t position, absl::Time arrival) {
    position_ = position;
    arrival_ = arrival;
  }
  void Add(const CommittedEpoch& epoch, absl::Time now) {
    position_ = epoch.writes->last_position;
    arrival_ = epoch.writes->last_arrival;
    lag_ = now - epoch.sequenced;
    ++epochs_;
    archived_ += epoch.writes->items.size();
    alert_events_ += epoch.writes->journal.size();
    alerts_raised_ +=
        static_cast<uint64_t>(std::count_if(epoch.writes->journal.begin(), epoch.writes->journal.end(), IsRaised));
    quarantined_ += epoch.writes->quarantine.size();
    recent_.emplace_back(now, position_);
    while (recent_.size() > 2 && recent_.front().first < now - kRateWindow) recent_.pop_front();
  }
  // Fills in what it knows; `progress` has the position that the sequencer is at.
  void Fill(Progress& progress) const {
    progress.committed_position = position_;
    progress.in_flight = progress.position - std::min(progress.position, position_);
    progress.arrival = arrival_;
    progress.lag = lag_;
    progress.epochs = epochs_;
    progress.archived = archived_;
    progress.alert_events = alert_events_;
    progress.alerts_raised = alerts_raised_;
    progress.quarantined = quarantined_;
    if (recent_.size() < 2) return;
    const double seconds = absl::ToDoubleSeconds(recent_.back().first - recent_.front().first);
    if (seconds > 0) {
      progress.items_per_s = static_cast<double>(recent_.back().second - recent_.front().second) / seconds;
    }
  }

 private:
  static constexpr absl::Duration kRateWindow = absl::Seconds(5);

  static bool IsRaised(const store::JournalEntry& entry) {
    v1::AlertEvent event;
    return event.ParseFromString(entry.event) && event.type() == v1::ALERT_EVENT_TYPE_RAISED;
  }

  uint64_t position_ = 0;
  absl::Time arrival_;
  absl::Duration lag_;
  uint64_t epochs_ = 0, archived_ = 0, alert_events_ = 0, alerts_raised_ = 0, quarantined_ = 0;
  // Ends of recent epochs with the positions committed by then, for the rate.
  std::deque<std::pair<absl::Time, uint64_t>> recent_;
};

}  // namespace wirewatch::pipeline

#endif  // WIREWATCH_PIPELINE_COMMIT_COUNTS_H_

#include "wirewatch/service/alert_stats.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "wirewatch/alerts/times.h"

namespace wirewatch::service {
namespace {

constexpr size_t kPage = 256;

// What people said of one Alert.
struct Verdict {
  std::string pipeline;
  std::vector<std::string> watch_ids;
  bool counts = false;  // raised within the time, and no test
  bool useful = false;
  v1::DismissReason dismissed = v1::DISMISS_REASON_UNSPECIFIED;
};

bool IsPersonsInterest(const v1::AlertEvent& event) {
  return event.type() == v1::ALERT_EVENT_TYPE_ACKNOWLEDGED || event.type() == v1::ALERT_EVENT_TYPE_NOTED ||
         (event.type() == v1::ALERT_EVENT_TYPE_ASSIGNED && !event.alert().assignee().empty());
}

void Join(const v1::AlertEvent& event, absl::Time since, Verdict& verdict) {
  const v1::Alert& alert = event.alert();
  verdict.counts = alert.has_raised() && alerts::GetTime(alert.raised()) >= since && !alert.test();
  verdict.pipeline = alert.pipeline();
  verdict.watch_ids.assign(alert.watch_ids().begin(), alert.watch_ids().end());
  verdict.useful = verdict.useful || IsPersonsInterest(event) || alert.has_acknowledgement() ||
                   !alert.assignee().empty() || !alert.notes().empty();
  verdict.dismissed = alert.dismissal().reason();
}

void Count(const Verdict& verdict, v1::WatchPrecision& watch) {
  watch.set_raised(watch.raised() + 1);
  switch (verdict.dismissed) {
    case v1::DISMISS_REASON_IRRELEVANT:
      watch.set_irrelevant(watch.irrelevant() + 1);
      return;
    case v1::DISMISS_REASON_DUPLICATE:
      watch.set_duplicate(watch.duplicate() + 1);
      break;
    case v1::DISMISS_REASON_KNOWN:
      watch.set_known(watch.known() + 1);
      break;
    default:
      break;
  }
  const bool useful = verdict.useful || verdict.dismissed == v1::DISMISS_REASON_KNOWN;
  if (useful) watch.set_useful(watch.useful() + 1);
}

}  // namespace

absl::Status MeasureWatches(store::Store& store, VisibleAlerts& visible, absl::Time since,
                            const std::function<bool()>& cancelled,
                            google::protobuf::RepeatedPtrField<v1::WatchPrecision>& watches) {
  // An Alert's events follow its raising; those at `since` itself are to be read as well.
  absl::StatusOr<uint64_t> position = 0;
  if (since != absl::InfinitePast()) position = store.JournalPositionAt(since - absl::Microseconds(1));
  if (!position.ok()) return position.status();
  std::map<std::string, Verdict> alerts;
  v1::AlertEvent event;
  while (true) {
    const absl::StatusOr<std::vector<store::JournalEntry>> page = store.ReadJournal(*position, kPage);
    if (!page.ok()) return page.status();
    if (page->empty()) break;
    if (cancelled()) return absl::CancelledError();
    for (const store::JournalEntry& entry : *page) {
      if (!entry.alert_id.empty() && event.ParseFromString(entry.event)) Join(event, since, alerts[entry.alert_id]);
    }
    *position = page->back().sequence;
  }
  std::map<std::pair<std::string, std::string>, v1::WatchPrecision> by_watch;
  for (const auto& [id, verdict] : alerts) {
    if (!verdict.counts) continue;
    for (const std::string& watch : verdict.watch_ids) {
      if (visible.SeesWatch(verdict.pipeline, "", watch)) Count(verdict, by_watch[{verdict.pipeline, watch}]);
    }
  }
  for (auto& [name, watch] : by_watch) {
    watch.set_pipeline(name.first);
    watch.set_watch_id(name.second);
    const uint64_t judged = watch.useful() + watch.irrelevant();
    if (judged > 0) watch.set_precision(static_cast<double>(watch.useful()) / static_cast<double>(judged));
    *watches.Add() = std::move(watch);
  }
  return absl::OkStatus();
}

}  // namespace wirewatch::service

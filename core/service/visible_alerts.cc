#include "wirewatch/service/visible_alerts.h"

#include <algorithm>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "wirewatch/alerts/embargoes.h"

namespace wirewatch::service {
namespace {

// Takes out of a repeated field what is not `wanted`.
template <class Field, class Wanted>
void Keep(Field& field, const Wanted& wanted) {
  int kept = 0;
  for (int i = 0; i < field.size(); ++i) {
    if (!wanted(field.Get(i))) continue;
    if (kept != i) field.SwapElements(kept, i);
    ++kept;
  }
  field.DeleteSubrange(kept, field.size() - kept);
}

}  // namespace

bool VisibleAlerts::Show(v1::Alert& alert) {
  if (!MayKnow(alert)) return false;
  if (everything()) return true;
  const std::string& pipeline = alert.pipeline();
  const int before = alert.evidence_size();
  Keep(*alert.mutable_evidence(), [&](const v1::Evidence& evidence) {
    return !evidence.watch_id().empty() && SeesWatch(pipeline, evidence.step(), evidence.watch_id());
  });
  const int watches = alert.watch_ids_size();
  Keep(*alert.mutable_watch_ids(), [&](const std::string& id) { return SeesWatch(pipeline, "", id); });
  if (alert.watch_ids().empty() || (alert.evidence().empty() && before > 0)) return false;
  if (alert.evidence_size() == before && alert.watch_ids_size() == watches) return true;
  std::set<std::string> items, origins;
  for (const v1::Evidence& evidence : alert.evidence()) {
    if (!evidence.item_id().empty()) items.insert(evidence.item_id());
    if (!evidence.origin().empty()) origins.insert(evidence.origin());
  }
  alert.set_signal_count(static_cast<uint64_t>(alert.evidence_size()));
  alert.set_evidence_omitted(0);
  alert.set_item_count(items.size());
  alert.set_origin_count(origins.size());
  alert.mutable_origins()->Assign(origins.begin(), origins.end());
  alert.clear_story_ids();
  alert.set_title(absl::StrCat(alerts::EmbargoNote(alert), absl::StrJoin(alert.watch_ids(), ", "), ": ", items.size(),
                               items.size() == 1 ? " Item" : " Items"));
  return true;
}

bool VisibleAlerts::Show(v1::AlertEvent& event) {
  if (!MayKnow(event.alert())) return false;
  if (everything()) return true;
  if (event.has_silence()) return Sees(event.silence());
  if (!Show(*event.mutable_alert())) return false;
  const auto& shown = event.alert().evidence();
  Keep(*event.mutable_new_signal_ids(), [&shown](const std::string& id) {
    return std::any_of(shown.begin(), shown.end(), [&id](const v1::Evidence& one) { return one.signal_id() == id; });
  });
  const std::string& corrected = event.corrected_item_id();
  return corrected.empty() || std::any_of(shown.begin(), shown.end(),
                                          [&corrected](const v1::Evidence& one) { return one.item_id() == corrected; });
}

bool VisibleAlerts::Sees(const v1::SilenceRule& silence) {
  if (everything()) return true;
  const auto& watches = silence.matcher().watch_ids();
  return !watches.empty() && std::all_of(watches.begin(), watches.end(),
                                         [&](const std::string& id) { return SeesWatch(silence.pipeline(), "", id); });
}

bool VisibleAlerts::SeesWatch(const std::string& pipeline, const std::string& step, const std::string& watch_id) {
  if (everything()) return true;
  const absl::Time now = absl::Now();
  auto key = std::tuple(pipeline, step, watch_id);
  {
    const std::lock_guard lock(mutex_);
    const auto known = known_.find(key);
    if (known != known_.end() && now < known->second.second) return known->second.first;
  }
  const bool sees = Look(pipeline, step, watch_id);
  const std::lock_guard lock(mutex_);
  if (known_.size() >= kMostKnown) known_.clear();
  known_.insert_or_assign(std::move(key), std::pair(sees, now + kKnown));
  return sees;
}

bool VisibleAlerts::Look(const std::string& pipeline, const std::string& step, const std::string& watch_id) const {
  v1::WatchTarget target;
  target.set_pipeline(pipeline);
  target.set_step(step);
  v1::GetWatchRequest get;
  get.set_id(watch_id);
  v1::GetWatchResponse got;
  const auto found = host_.FindWatches(target);
  // Without its labels it may be named, but not recognised.
  if (!found.ok() || !found->watches->Get(get, got).ok()) return visibility_.Sees(watch_id, {});
  return visibility_.Sees(watch_id, got.watch().definition().labels());
}

}  // namespace wirewatch::service

#include "wirewatch/service/alert_handover.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "wirewatch/alerts/times.h"
#include "wirewatch/service/alert_actions.h"
#include "wirewatch/service/grpc_status.h"

namespace wirewatch::service {
namespace {

constexpr size_t kReadAtOnce = 256;
constexpr int kMostAlerts = 5000;
constexpr uint32_t kWatchesAtOnce = 1000;

bool IsOpen(const v1::Alert& alert) {
  return alert.status() == v1::ALERT_STATUS_OPEN || alert.status() == v1::ALERT_STATUS_PENDING;
}

absl::Status AddAlerts(store::Store& store, VisibleAlerts& visible, absl::Time since,
                       const std::function<bool()>& cancelled, v1::HandoverResponse& response) {
  const absl::StatusOr<store::JournalRange> journal = store.Journal();
  if (!journal.ok()) return journal.status();
  uint64_t before = std::numeric_limits<int64_t>::max();
  while (true) {
    const auto entries = store.ReadAlerts(journal->end, before, kReadAtOnce);
    if (!entries.ok()) return entries.status();
    if (entries->empty()) return absl::OkStatus();
    for (const store::JournalEntry& entry : *entries) {
      if (cancelled()) return absl::CancelledError();
      before = entry.sequence;
      v1::AlertEvent event;
      if (!event.ParseFromString(entry.event)) continue;  // List() and Subscribe() tell of it
      v1::Alert& alert = *event.mutable_alert();
      const bool open = IsOpen(alert);
      if ((!open && entry.at < since) || !visible.Show(alert)) continue;
      if (response.open_size() + response.ended_size() >= kMostAlerts) {
        return absl::ResourceExhaustedError(
            absl::StrCat("more than ", kMostAlerts, " Alerts are open or have ended since; ask for a shorter time"));
      }
      alert.clear_evidence();
      (open ? response.add_open() : response.add_ended())->Swap(&alert);
    }
  }
}

absl::Status AddWatches(pipeline::Host& host, VisibleAlerts& visible, absl::Time since,
                        v1::HandoverResponse& response) {
  for (const pipeline::Progress& pipeline : host.Snapshot()) {
    for (const pipeline::StepProgress& step : pipeline.steps) {
      v1::ListWatchesRequest list;
      list.mutable_target()->set_pipeline(pipeline.pipeline);
      list.mutable_target()->set_step(step.id);
      list.set_include_removed(true);
      list.set_page_size(kWatchesAtOnce);
      const auto found = host.FindWatches(list.target());
      if (!found.ok()) continue;  // it holds none
      do {
        v1::ListWatchesResponse page;
        if (absl::Status listed = found->watches->List(list, page); !listed.ok()) return listed;
        for (v1::WatchRecord& record : *page.mutable_watches()) {
          if (!record.has_at() || alerts::GetTime(record.at()) < since) continue;
          if (!visible.SeesWatch(pipeline.pipeline, step.id, record.definition().id())) continue;
          v1::EditedWatch& edited = *response.add_edited_watches();
          edited.set_pipeline(pipeline.pipeline);
          edited.set_step(step.id);
          edited.mutable_watch()->Swap(&record);
        }
        list.set_page_token(page.next_page_token());
      } while (!list.page_token().empty());
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::HandoverResponse> HandOver(pipeline::Host& host, VisibleAlerts& visible,
                                              const v1::HandoverRequest& request,
                                              const std::function<bool()>& cancelled) {
  const absl::Time now = absl::Now(), since = alerts::GetTime(request.since());
  if (!request.has_since()) return BadRequest("since", "is missing");
  if (since > now) return BadRequest("since", "is still to come");
  v1::HandoverResponse response;
  *response.mutable_since() = request.since();
  alerts::SetTime(response.mutable_until(), now);
  if (absl::Status added = AddAlerts(host.store(), visible, since, cancelled, response); !added.ok()) return added;
  std::stable_sort(response.mutable_open()->begin(), response.mutable_open()->end(),
                   [](const v1::Alert& a, const v1::Alert& b) { return a.severity() > b.severity(); });
  v1::ListSilencesRequest all;
  all.set_include_ended(true);
  absl::StatusOr<v1::ListSilencesResponse> silences = ListSilences(host, visible, all);
  if (!silences.ok()) return silences.status();
  for (v1::SilenceRule& silence : *silences->mutable_silences()) {
    if (!silence.ended()) {
      response.add_silences()->Swap(&silence);
    } else if (alerts::GetTime(silence.ends()) >= since) {
      response.add_ended_silences()->Swap(&silence);
    }
  }
  if (absl::Status added = AddWatches(host, visible, since, response); !added.ok()) return added;
  for (const pipeline::Progress& pipeline : host.Snapshot()) {
    for (const pipeline::SourceProgress& source : pipeline.sources) {
      if (source.trouble.empty()) continue;
      v1::SourceTrouble& trouble = *response.add_sources();
      trouble.set_pipeline(pipeline.pipeline);
      trouble.set_source(source.id);
      trouble.set_trouble(source.trouble);
    }
  }
  return response;
}

}  // namespace wirewatch::service

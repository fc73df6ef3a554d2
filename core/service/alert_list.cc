#include "wirewatch/service/alert_list.h"

#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "wirewatch/alerts/render.h"
#include "wirewatch/sdk/log.h"
#include "wirewatch/service/alert_filter.h"
#include "wirewatch/service/grpc_status.h"

namespace wirewatch::service {
namespace {

constexpr uint32_t kPage = 100, kMostPage = 1000;
constexpr size_t kReadAtOnce = 64;
// Clients take 4 MiB unless told otherwise.
constexpr size_t kMostBytes = 2 << 20;
constexpr absl::Duration kLongest = absl::Seconds(2);
constexpr size_t kShortestPrefix = 4, kNamed = 5, kMostEvents = 1000;

// Where a list goes on.
struct Place {
  uint64_t at = 0;                                        // the Alerts as they stood
  uint64_t before = std::numeric_limits<int64_t>::max();  // those whose entry is before this
};

std::string TokenOf(const Place& place) { return absl::StrCat("1-", place.at, "-", place.before); }

absl::StatusOr<Place> PlaceOf(const std::string& token) {
  const std::vector<std::string> parts = absl::StrSplit(token, '-');
  Place place;
  if (parts.size() == 3 && parts[0] == "1" && absl::SimpleAtoi(parts[1], &place.at) &&
      absl::SimpleAtoi(parts[2], &place.before)) {
    return place;
  }
  return BadRequest("page_token", "was not given by List; leave it empty for the first page");
}

// The Alert as the entry left it, without texts; nullopt: the entry cannot be read.
std::optional<v1::Alert> AlertOf(const store::JournalEntry& entry) {
  v1::AlertEvent event;
  if (event.ParseFromString(entry.event)) return std::move(*event.mutable_alert());
  Log("alerts").Error("An entry of the journal cannot be read; its Alert is left out of a list.",
                      {{"sequence", absl::StrCat(entry.sequence)}, {"alert", entry.alert_id}});
  return std::nullopt;
}

// Whether the rest of a filter lets an Alert through.
class QueryOnItems {
 public:
  static absl::StatusOr<QueryOnItems> Of(const AlertFilter& filter, const EvidenceItems& evidence) {
    QueryOnItems query(evidence);
    if (!filter.has_query()) return query;
    query.compiled_ = SharedQuery();
    if (absl::Status done = Condition::Compile(filter.query(), query.compiled_->condition); !done.ok()) return done;
    return query;
  }
  absl::StatusOr<bool> Lets(const v1::Alert& alert) const {
    if (!compiled_) return true;
    return evidence_->AnySatisfies(alert, *compiled_);
  }

 private:
  explicit QueryOnItems(const EvidenceItems& evidence) : evidence_(&evidence) {}
  const EvidenceItems* evidence_;
  std::optional<SharedQuery> compiled_;
};

std::string Ambiguous(const std::string& prefix, std::vector<std::string> ids) {
  const bool more = ids.size() > kNamed;
  if (more) ids.resize(kNamed);
  return absl::StrCat("several begin with \"", prefix, "\": ", absl::StrJoin(ids, ", "), more ? " and more" : "",
                      "; write more of it");
}

// One Alert with its events, texts left out. NotFound when it is not visible, or its events are no longer kept.
absl::Status ReadAlert(store::Store& store, VisibleAlerts& visible, const std::string& id,
                       v1::GetAlertResponse& response) {
  const absl::StatusOr<std::vector<store::JournalEntry>> entries = store.ReadAlertEvents(id, kMostEvents);
  if (!entries.ok()) return entries.status();
  const std::string journal_id = store.JournalId();
  for (const store::JournalEntry& entry : *entries) {
    v1::AlertEvent event;
    if (!event.ParseFromString(entry.event)) {
      return absl::DataLossError(absl::StrCat("the journal's entry ", entry.sequence, " cannot be read"));
    }
    if (!visible.Show(event)) continue;
    event.set_journal_id(journal_id);
    event.set_sequence(entry.sequence);
    response.mutable_alert()->Swap(event.mutable_alert());
    event.clear_alert();
    response.add_events()->Swap(&event);
  }
  return response.events().empty() ? absl::NotFoundError(id) : absl::OkStatus();
}

}  // namespace

absl::Status ListAlerts(store::Store& store, const EvidenceItems& evidence, VisibleAlerts& visible,
                        const v1::ListAlertsRequest& request, const std::function<bool()>& cancelled,
                        v1::ListAlertsResponse& response) {
  const absl::StatusOr<AlertFilter> filter = AlertFilter::Compile(request.filter(), AlertFilter::Use::kAlerts);
  if (!filter.ok()) return filter.status();
  const absl::StatusOr<QueryOnItems> query = QueryOnItems::Of(*filter, evidence);
  if (!query.ok()) return query.status();
  if (request.page_size() > kMostPage) return BadRequest("page_size", absl::StrCat("is greater than ", kMostPage));
  const uint32_t page_size = request.page_size() == 0 ? kPage : request.page_size();
  const absl::StatusOr<store::JournalRange> journal = store.Journal();
  if (!journal.ok()) return journal.status();
  Place place{.at = journal->end};
  if (!request.page_token().empty()) {
    const absl::StatusOr<Place> from = PlaceOf(request.page_token());
    if (!from.ok()) return from.status();
    place = *from;
  }
  response.set_sequence(place.at);
  response.set_journal_id(store.JournalId());
  const alerts::ItemLookup lookup = alerts::ArchiveOf(store);
  const absl::Time end = absl::Now() + kLongest;
  for (size_t bytes = 0;;) {
    const absl::StatusOr<std::vector<store::JournalEntry>> entries =
        store.ReadAlerts(place.at, place.before, kReadAtOnce);
    if (!entries.ok()) return entries.status();
    if (entries->empty()) return absl::OkStatus();
    for (const store::JournalEntry& entry : *entries) {
      if (response.alerts_size() == static_cast<int>(page_size) || bytes > kMostBytes || absl::Now() > end) {
        response.set_next_page_token(TokenOf(place));
        return absl::OkStatus();
      }
      if (cancelled()) return absl::CancelledError();
      place.before = entry.sequence;
      std::optional<v1::Alert> alert = AlertOf(entry);
      if (!alert || !visible.Show(*alert) || !filter->Lets(*alert)) continue;
      const absl::StatusOr<bool> let = query->Lets(*alert);
      if (!let.ok()) return let.status();
      if (!*let) continue;
      if (absl::Status rendered = alerts::RenderAlert(*alert, lookup); !rendered.ok()) return rendered;
      bytes += alert->ByteSizeLong();
      *response.add_alerts() = *std::move(alert);
    }
  }
}

absl::Status GetAlert(store::Store& store, VisibleAlerts& visible, const std::string& id,
                      v1::GetAlertResponse& response) {
  if (id.size() < kShortestPrefix) {
    return BadRequest("alert_id", absl::StrCat("write at least ", kShortestPrefix, " characters of it"));
  }
  absl::StatusOr<std::vector<std::string>> ids = store.FindAlerts(id, kNamed + 1);
  if (!ids.ok()) return ids.status();
  std::optional<v1::GetAlertResponse> found;
  std::vector<std::string> visible_ids;
  for (const std::string& candidate : *ids) {
    v1::GetAlertResponse got;
    if (absl::Status read = ReadAlert(store, visible, candidate, got); absl::IsNotFound(read))
      continue;
    else if (!read.ok())
      return read;
    visible_ids.push_back(candidate);
    if (!found || candidate == id) found = std::move(got);
  }
  if (!found) return absl::NotFoundError(absl::StrCat("there is no Alert \"", id, "\""));
  if (visible_ids.size() > 1 && found->alert().id() != id) {
    return BadRequest("alert_id", Ambiguous(id, std::move(visible_ids)));
  }
  response = *std::move(found);
  return alerts::RenderAlert(*response.mutable_alert(), alerts::ArchiveOf(store));
}

}  // namespace wirewatch::service

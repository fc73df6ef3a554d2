// Explain, third part: did an event tell of the watch's Signal?
#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "wirewatch/alerts/group.h"
#include "wirewatch/alerts/grouper.h"
#include "wirewatch/alerts/times.h"
#include "wirewatch/service/explain_way.h"

namespace wirewatch::service {
namespace {

constexpr size_t kMostEvents = 1000;  // that tell of one Item

class Alerting {
 public:
  Alerting(ExplainWay& way, const FoundItem& found) : way_(way), item_(found.item), found_(found) {}

  absl::Status Go() {
    FindOutWhoMayKnow();
    absl::Status done = ReadGroups();
    if (done.ok()) done = ReadEvents();
    if (!done.ok()) return done;
    for (const std::string& id : alert_ids_) way_.response.add_alert_ids(id);
    if (events_.empty()) return Untold();
    const v1::AlertEvent& first = events_.front();
    way_.Pass(v1::EXPLAIN_STAGE_GROUPED, absl::StrCat("Alert ", first.alert_id(), ", event ", first.sequence()),
              &first.at());
    std::erase_if(events_, [](const v1::AlertEvent& event) {
      return event.silenced_by_size() > 0 && event.correction() == v1::CORRECTION_KIND_UNSPECIFIED;
    });
    if (events_.empty()) {
      way_.Stop(v1::EXPLAIN_STAGE_NOT_SILENCED, v1::STOP_REASON_SILENCED,
                absl::StrCat("the silence ", silence_, " hides it"), &silenced_at_);
      return absl::OkStatus();
    }
    way_.Pass(v1::EXPLAIN_STAGE_NOT_SILENCED, "", &events_.front().at());
    return way_.request.recipient().empty() ? absl::OkStatus() : ExplainDelivery(way_, found_, events_);
  }

 private:
  // Alerts that come ahead of an embargo are looked at when whoever is asked about may know of them.
  void FindOutWhoMayKnow() {
    ahead_of_embargo_ = way_.request.recipient().empty() && way_.visible.ahead_of_embargo();
    const pipeline::Progress* const pipeline = Running();
    if (pipeline == nullptr) return;
    for (const alerts::ChannelStats& channel : pipeline->channels) {
      const bool theirs = !channel.recipient.empty() && channel.recipient == way_.request.recipient();
      if (theirs && channel.rules != nullptr && channel.rules->render.ahead_of_embargo) ahead_of_embargo_ = true;
    }
  }

  // Alerts that can still change, as they are committed.
  absl::Status ReadGroups() {
    return way_.store.ScanState(found_.pipeline, alerts::kGroupingStep, "alert/",
                                [this](std::string_view, std::string_view value) {
                                  v1::AlertGroup group;
                                  if (!group.ParseFromArray(value.data(), static_cast<int>(value.size()))) return true;
                                  if (group.alert().has_embargoed_until() && !ahead_of_embargo_) return true;
                                  bool has = false;
                                  for (const v1::AlertGroupMember& member : group.members()) {
                                    if (member.item_id() != item_.id() || member.item_version() < item_.version() ||
                                        !way_.Asks(found_.pipeline, member.watch_id())) {
                                      continue;
                                    }
                                    has = true;
                                    signal_ids_.insert(member.signal_id());
                                  }
                                  if (has) groups_.push_back(std::move(group));
                                  return !way_.cancelled();
                                });
  }

  absl::Status ReadEvents() {
    // Its Signal joins an Alert at its own place; the events that tell of that come after it.
    absl::StatusOr<uint64_t> position =
        way_.store.JournalPositionAt(alerts::GetTime(item_.arrival()) - absl::Microseconds(1));
    if (!position.ok()) return position.status();
    for (;;) {
      if (way_.cancelled()) return absl::CancelledError();
      const auto page = way_.store.ReadJournal(*position, kExplainPage);
      if (!page.ok()) return page.status();
      if (page->empty()) return absl::OkStatus();
      for (const store::JournalEntry& entry : *page) {
        *position = entry.sequence;
        v1::AlertEvent event;
        if (entry.pipeline != found_.pipeline || !event.ParseFromString(entry.event) || !Tells(event)) continue;
        event.set_sequence(entry.sequence);
        alert_ids_.insert(event.alert_id());
        if (silence_.empty() && event.silenced_by_size() > 0) {
          silence_ = event.silenced_by(0);
          silenced_at_ = event.at();
        }
        if (events_.size() < kMostEvents) events_.push_back(std::move(event));
      }
    }
  }
  bool Tells(const v1::AlertEvent& event) const {
    if (event.alert().has_embargoed_until() && !ahead_of_embargo_) return false;
    switch (event.type()) {
      case v1::ALERT_EVENT_TYPE_RAISED:
      case v1::ALERT_EVENT_TYPE_UPDATED:
      case v1::ALERT_EVENT_TYPE_REPEATED:
        break;
      default:
        return false;
    }
    if (event.correction() != v1::CORRECTION_KIND_UNSPECIFIED && event.corrected_item_id() == item_.id() &&
        event.position() >= item_.position()) {
      return std::any_of(event.alert().watch_ids().begin(), event.alert().watch_ids().end(),
                         [this](const std::string& id) { return way_.Asks(found_.pipeline, id); });
    }
    const auto& joined = event.new_signal_ids();
    return std::any_of(joined.begin(), joined.end(), [this](const auto& id) { return signal_ids_.contains(id); }) ||
           std::any_of(event.alert().evidence().begin(), event.alert().evidence().end(),
                       [this](const v1::Evidence& evidence) {
                         return evidence.item_id() == item_.id() && evidence.item_version() >= item_.version() &&
                                way_.Asks(found_.pipeline, evidence.watch_id());
                       });
  }

  // ---- No event tells of it ----

  absl::Status Untold() {
    const auto embargo =
        way_.store.GetState(found_.pipeline, alerts::kGroupingStep, absl::StrCat(alerts::kEmbargoPrefix, item_.id()));
    if (!embargo.ok()) return embargo.status();
    if (embargo->has_value()) {
      way_.Stop(v1::EXPLAIN_STAGE_GROUPED, v1::STOP_REASON_EMBARGOED,
                absl::StrCat("it raises nothing before its embargo ends, at ",
                             absl::FormatTime(absl::RFC3339_sec, alerts::EmbargoOf(item_), absl::UTCTimeZone())));
      return absl::OkStatus();
    }
    const auto rows = way_.store.ReadSuppressions(item_.id(), kMostStopsRead);
    if (!rows.ok()) return rows.status();
    for (auto row = rows->rbegin(); row != rows->rend(); ++row) {
      v1::Suppression stop;
      if (row->pipeline != found_.pipeline || !stop.ParseFromString(row->entry)) continue;
      if (stop.item_id() != item_.id() || stop.item_version() != item_.version() || stop.watch_id().empty() ||
          !way_.Asks(found_.pipeline, stop.watch_id())) {
        continue;
      }
      way_.Stop(v1::EXPLAIN_STAGE_GROUPED, stop.reason(), Words(stop), &stop.at());
      return absl::OkStatus();
    }
    for (const v1::AlertGroup& group : groups_) {
      if (Waits(group)) return absl::OkStatus();
    }
    way_.Unknown(v1::EXPLAIN_STAGE_GROUPED,
                 "no event tells of it; the journal, or the record of what stopped it, may not go back so far "
                 "(`retention`)");
    return absl::OkStatus();
  }
  static std::string Words(const v1::Suppression& stop) {
    const std::string alert = absl::StrCat("Alert ", stop.alert_id());
    switch (stop.reason()) {
      case v1::STOP_REASON_KILLED:
        return "its publisher had killed it when it came";
      case v1::STOP_REASON_NEVER_RAISED:
        return absl::StrCat(alert, " was let go: it had not come to `raise_when`");
      case v1::STOP_REASON_WITHDRAWN:
        return absl::StrCat(alert, " was withdrawn before it was raised");
      case v1::STOP_REASON_UNCHANGED:
        return absl::StrCat("version ", stop.item_version(), " adds nothing to what ", alert,
                            " had told (`on_update`)");
      case v1::STOP_REASON_EMBARGO_LET_GO:
        return "it was under embargo, and too many others were";
      case v1::STOP_REASON_DISMISSED:
        return absl::StrCat(alert, ", which it joined, had been dismissed");
      default:
        return "";
    }
  }

  // True after a stop.
  bool Waits(const v1::AlertGroup& state) {
    const pipeline::Progress* const pipeline = Running();
    if (pipeline == nullptr || pipeline->grouping == nullptr) return false;
    const alerts::Group group(state);
    const alerts::Group::Next next = group.NextDue(*pipeline->grouping);
    way_.response.add_alert_ids(state.alert().id());
    const std::string alert = absl::StrCat("Alert ", state.alert().id());
    if (next.due == alerts::Group::Due::kForget && state.alert().status() == v1::ALERT_STATUS_PENDING) {
      way_.Stop(v1::EXPLAIN_STAGE_GROUPED, v1::STOP_REASON_RAISE_WHEN,
                absl::StrCat(alert, " has not come to `raise_when`: ", state.alert().item_count(), " Items of ",
                             state.alert().origin_count(), " origins"),
                &state.last_signal());
      return true;
    }
    if (next.due != alerts::Group::Due::kRaise && next.due != alerts::Group::Due::kUpdate) return false;
    way_.Stop(v1::EXPLAIN_STAGE_GROUPED, v1::STOP_REASON_WAITS,
              absl::StrCat(alert, " waits for more of the same until ",
                           absl::FormatTime(absl::RFC3339_sec, next.at, absl::UTCTimeZone()), " (`wait`, `interval`)"),
              &state.last_signal());
    return true;
  }
  const pipeline::Progress* Running() {
    if (pipelines_.empty()) pipelines_ = way_.host.Snapshot();
    const auto running = std::find_if(pipelines_.begin(), pipelines_.end(),
                                      [this](const auto& progress) { return progress.pipeline == found_.pipeline; });
    return running == pipelines_.end() ? nullptr : &*running;
  }

  ExplainWay& way_;
  bool ahead_of_embargo_ = false;
  const v1::Item& item_;
  const FoundItem& found_;
  std::vector<pipeline::Progress> pipelines_;
  std::vector<v1::AlertGroup> groups_;  // that the Item is in
  std::set<std::string> signal_ids_;    // of those
  std::vector<v1::AlertEvent> events_;  // that tell of it
  std::set<std::string> alert_ids_;     // of those
  std::string silence_;                 // that hid the first
  google::protobuf::Timestamp silenced_at_;
};

}  // namespace

absl::Status ExplainAlert(ExplainWay& way, const FoundItem& found) { return Alerting(way, found).Go(); }

}  // namespace wirewatch::service

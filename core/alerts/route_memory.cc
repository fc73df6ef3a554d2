#include "wirewatch/alerts/route_memory.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "wirewatch/alerts/recipient.h"
#include "wirewatch/alerts/times.h"

namespace wirewatch::alerts {
namespace {

constexpr char kAlertPrefix[] = "alert/";
constexpr char kSentKey[] = "sent";
constexpr char kMarkKey[] = "digest";
constexpr char kPendingKey[] = "pending";

// A little longer than an Alert that has ended is followed up (GroupingOptions::follow_up_for).
constexpr absl::Duration kFollowedFor = absl::Hours(24 * 31);

std::string AlertKey(const std::string& alert_id) { return kAlertPrefix + alert_id; }

bool HasEnded(const v1::Alert& alert) {
  return alert.status() == v1::ALERT_STATUS_CLOSED || alert.status() == v1::ALERT_STATUS_RESOLVED ||
         alert.status() == v1::ALERT_STATUS_DISMISSED;
}

void AddReasons(const google::protobuf::RepeatedField<int>& more, v1::HeldAlert& held) {
  auto& reasons = *held.mutable_reasons();
  reasons.MergeFrom(more);
  std::sort(reasons.begin(), reasons.end());
  reasons.erase(std::unique(reasons.begin(), reasons.end()), reasons.end());
}

v1::HeldAlert OneHeld(v1::HeldReason reason) {
  v1::HeldAlert held;
  held.set_events(1);
  if (reason != v1::HELD_REASON_UNSPECIFIED) held.add_reasons(reason);
  return held;
}

template <class Message>
absl::Status Parse(const store::StateWrite& entry, Message& message) {
  if (entry.value && message.ParseFromString(*entry.value)) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("what a subscription remembers under \"", entry.key, "\" cannot be read"));
}

}  // namespace

// ---- What is asked ----

const v1::RoutedAlert* RouteMemory::Find(const std::string& alert_id) const {
  const auto found = alerts_.find(alert_id);
  return found == alerts_.end() ? nullptr : &found->second;
}

std::string RouteMemory::GraverOpen(const v1::Alert& alert) const {
  for (const std::string& watch : alert.watch_ids()) {
    for (const std::string& story : alert.story_ids()) {
      const auto open = open_.find({watch, story});
      if (open == open_.end()) continue;
      for (const std::string& id : open->second) {
        if (id != alert.id() && alerts_.at(id).severity() > SeverityOf(alert)) return id;
      }
    }
  }
  return "";
}

uint32_t RouteMemory::SentAfter(absl::Time time) const {
  const auto first = std::upper_bound(sent_us_.begin(), sent_us_.end(), absl::ToUnixMicros(time));
  return static_cast<uint32_t>(sent_us_.end() - first);
}

uint64_t RouteMemory::holding() const {
  uint64_t alerts = held_.size() + (mark_ ? mark_->omitted() : 0);
  if (pending_) alerts += static_cast<uint64_t>(pending_->held_size()) + pending_->omitted();
  return alerts;
}

// ---- What happens ----

void RouteMemory::Told(const v1::AlertEvent& event, bool counts, absl::Duration remember) {
  if (!event.alert_id().empty()) {
    v1::RoutedAlert& alert = Note(event);
    alert.set_told(true);
    alert.set_told_at_once(true);
    Index(event.alert_id(), alert);
  }
  if (!counts) return;
  const int64_t at_us = absl::ToUnixMicros(GetTime(event.at()));
  // A person's action has the host's time, which may be a little off the pipeline's.
  sent_us_.insert(std::upper_bound(sent_us_.begin(), sent_us_.end(), at_us), at_us);
  const int64_t from_us = sent_us_.back() - absl::ToInt64Microseconds(remember);
  while (!sent_us_.empty() && sent_us_.front() <= from_us) sent_us_.pop_front();
  changed_.insert(kSentKey);
}

void RouteMemory::Hold(const v1::AlertEvent& event, v1::HeldReason reason) {
  v1::RoutedAlert& alert = Note(event);
  AddHeld(event.alert_id(), alert, OneHeld(reason));
  Index(event.alert_id(), alert);
}

void RouteMemory::HoldHidden(const std::string& alert_id, absl::Time at) {
  v1::RoutedAlert& alert = alerts_[alert_id];
  Unindex(alert_id, alert);
  if (!alert.has_updated()) SetTime(alert.mutable_updated(), at);
  AddHeld(alert_id, alert, OneHeld(v1::HELD_REASON_SILENCED));
  Index(alert_id, alert);
}

void RouteMemory::PassOver(const v1::AlertEvent& event) {
  if (alerts_.contains(event.alert_id())) Index(event.alert_id(), Note(event));
}

v1::RoutedAlert& RouteMemory::Note(const v1::AlertEvent& event) {
  Forget(GetTime(event.at()));
  v1::RoutedAlert& alert = alerts_[event.alert_id()];
  Unindex(event.alert_id(), alert);
  alert.set_severity(SeverityOf(event.alert()));
  alert.set_ended(HasEnded(event.alert()));
  *alert.mutable_updated() = event.at();
  *alert.mutable_watch_ids() = event.alert().watch_ids();
  *alert.mutable_story_ids() = event.alert().story_ids();
  return alert;
}

void RouteMemory::AddHeld(const std::string& alert_id, v1::RoutedAlert& alert, const v1::HeldAlert& more) {
  if (!alert.has_held() && held_.size() >= kMostHeld && mark_) {
    mark_->set_omitted(mark_->omitted() + 1);
    changed_.insert(kMarkKey);
    return;
  }
  v1::HeldAlert& held = *alert.mutable_held();
  held.set_alert_id(alert_id);
  held.set_events(held.events() + more.events());
  AddReasons(more.reasons(), held);
}

void RouteMemory::Index(const std::string& alert_id, const v1::RoutedAlert& alert) {
  changed_.insert(AlertKey(alert_id));
  if (alert.has_held()) held_.insert(alert_id);
  if (alert.ended() && !alert.has_held()) followed_.insert({GetTime(alert.updated()), alert_id});
  if (alert.ended() || !alert.told_at_once()) return;
  for (const std::string& watch : alert.watch_ids()) {
    for (const std::string& story : alert.story_ids()) open_[{watch, story}].insert(alert_id);
  }
}

void RouteMemory::Unindex(const std::string& alert_id, const v1::RoutedAlert& alert) {
  held_.erase(alert_id);
  followed_.erase({GetTime(alert.updated()), alert_id});
  for (const std::string& watch : alert.watch_ids()) {
    for (const std::string& story : alert.story_ids()) {
      const auto open = open_.find({watch, story});
      if (open == open_.end()) continue;
      open->second.erase(alert_id);
      if (open->second.empty()) open_.erase(open);
    }
  }
}

void RouteMemory::Forget(absl::Time now) {
  while (!followed_.empty() && (followed_.begin()->first < now - kFollowedFor || alerts_.size() >= kMostAlerts)) {
    const std::string id = followed_.begin()->second;
    followed_.erase(followed_.begin());
    alerts_.erase(id);
    changed_.insert(AlertKey(id));
  }
}

// ---- Digests ----

void RouteMemory::BeginDigests(absl::Time at, uint64_t position) {
  mark_.emplace();
  SetTime(mark_->mutable_time(), at);
  mark_->set_position(position);
  changed_.insert(kMarkKey);
}

void RouteMemory::Cut(absl::Time time, uint64_t sequence, uint64_t position, uint64_t checked) {
  v1::PendingDigest cut;
  SetTime(cut.mutable_time(), time);
  cut.set_cut_sequence(sequence);
  cut.set_checked(checked);
  if (mark_ && mark_->cut()) *cut.mutable_since() = mark_->time();
  if (mark_) cut.set_omitted(mark_->omitted());
  std::map<std::string, v1::HeldAlert> held;
  if (pending_) {
    cut.set_checked(checked + pending_->checked());
    cut.set_omitted(cut.omitted() + pending_->omitted());
    cut.clear_since();
    if (pending_->has_since()) *cut.mutable_since() = pending_->since();
    for (const v1::HeldAlert& before : pending_->held()) held[before.alert_id()] = before;
  }
  const std::set<std::string> waiting = held_;
  for (const std::string& id : waiting) {
    v1::RoutedAlert& alert = alerts_.at(id);
    Unindex(id, alert);
    v1::HeldAlert& of = held[id];
    of.set_alert_id(id);
    of.set_events(of.events() + alert.held().events());
    AddReasons(alert.held().reasons(), of);
    alert.clear_held();
    alert.set_told(true);
    Index(id, alert);
  }
  for (auto& [id, of] : held) {
    if (static_cast<size_t>(cut.held_size()) < kMostHeld) {
      *cut.add_held() = std::move(of);
    } else {
      cut.set_omitted(cut.omitted() + 1);
    }
  }
  pending_ = std::move(cut);
  BeginDigests(time, position);
  mark_->set_cut(true);
  changed_.insert(kPendingKey);
}

void RouteMemory::DigestTaken() {
  pending_.reset();
  changed_.insert(kPendingKey);
}

void RouteMemory::DigestGivenUp() {
  if (pending_) pending_->set_given_up(true);
  changed_.insert(kPendingKey);
}

// ---- State ----

std::vector<store::StateWrite> RouteMemory::TakeChanges() {
  std::vector<store::StateWrite> writes;
  for (const std::string& key : changed_) {
    store::StateWrite& write = writes.emplace_back();
    write.key = key;
    if (key == kSentKey) {
      v1::SentMessages sent;
      for (const int64_t at_us : sent_us_) sent.add_at_us(at_us);
      write.value = sent.SerializeAsString();
    } else if (key == kMarkKey) {
      write.value = mark_->SerializeAsString();
    } else if (key == kPendingKey) {
      if (pending_) write.value = pending_->SerializeAsString();
    } else if (const v1::RoutedAlert* alert = Find(key.substr(sizeof(kAlertPrefix) - 1)); alert != nullptr) {
      write.value = alert->SerializeAsString();
    }
  }
  changed_.clear();
  return writes;
}

absl::Status RouteMemory::Restore(std::span<const store::StateWrite> entries) {
  *this = RouteMemory();
  for (const store::StateWrite& entry : entries) {
    absl::Status parsed;
    if (absl::StartsWith(entry.key, kAlertPrefix)) {
      const std::string id = entry.key.substr(sizeof(kAlertPrefix) - 1);
      v1::RoutedAlert& alert = alerts_[id];
      parsed = Parse(entry, alert);
      Index(id, alert);
    } else if (entry.key == kSentKey) {
      v1::SentMessages sent;
      parsed = Parse(entry, sent);
      sent_us_.assign(sent.at_us().begin(), sent.at_us().end());
    } else if (entry.key == kMarkKey) {
      parsed = Parse(entry, mark_.emplace());
    } else if (entry.key == kPendingKey) {
      parsed = Parse(entry, pending_.emplace());
    }
    if (!parsed.ok()) return parsed;
  }
  changed_.clear();
  return absl::OkStatus();
}

}  // namespace wirewatch::alerts

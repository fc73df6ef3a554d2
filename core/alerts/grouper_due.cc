// The Grouper as far as time drives it: what is due, in order, and the indexes by which groups are found.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/alerts/grouper.h"
#include "wirewatch/alerts/times.h"

namespace wirewatch::alerts {
namespace {

// What silences keep quiet: not what operators do, and no corrections.
bool CanBeHidden(const v1::AlertEvent& event) {
  if (event.correction() != v1::CORRECTION_KIND_UNSPECIFIED || !event.actor().empty()) return false;
  return event.type() != v1::ALERT_EVENT_TYPE_ACKNOWLEDGEMENT_LAPSED;
}

}  // namespace

void Grouper::RunDue(absl::Time until, uint64_t position, Events& events) {
  while (NextDue() <= until) {
    // Of what is due at one time silences end first, so that what they would hide is told.
    if (silences_.NextDue() <= NextDue()) {
      const absl::Time due = std::max(silences_.NextDue(), now_);
      if (const auto ended = silences_.TakeEnded(until)) OnSilenceEnded(*ended, now_ = due, position, "", events);
      continue;
    }
    // Embargoes end last: what they let go comes as if it arrived then.
    if (due_.empty() || embargoes_.NextDue() < due_.begin()->first) {
      now_ = std::max(embargoes_.NextDue(), now_);
      if (const auto ended = embargoes_.TakeEnded(until)) Release(*ended, {position, now_}, events);
      continue;
    }
    Group& group = groups_.at(due_.begin()->second);
    Group::Next next = group.NextDue(options_);
    // What became urgent late is told when it did, not before.
    now_ = next.at = std::max(next.at, now_);
    Run(group, next, position, events);
  }
  now_ = std::max(now_, until);
}

void Grouper::Release(const v1::EmbargoedItem& embargoed, const Moment& at, Events& events) {
  std::vector<const v1::Signal*> signals;
  for (const v1::Signal& signal : embargoed.signals()) signals.push_back(&signal);
  TakeIn(embargoed.item(), signals, at, GetTime(embargoed.arrival()), events);
}

void Grouper::Run(Group& group, const Group::Next& next, uint64_t position, Events& events) {
  std::string reason;
  switch (next.due) {
    case Group::Due::kNothing:
      return Changed(group);
    case Group::Due::kForget:
      if (group.alert().status() == v1::ALERT_STATUS_PENDING && !group.under_embargo()) {
        ++stats_.not_raised;
        Suppress(group, v1::STOP_REASON_NEVER_RAISED, next.at, position);
      }
      return Forget(group.key());
    case Group::Due::kRelease:
      group.Release();
      return Changed(group);
    case Group::Due::kLapse:
      Tell(group, next.at, events, [&] { return group.TellLapse(next.at, position); });
      return Changed(group);
    case Group::Due::kEscalate:
      Tell(group, next.at, events, [&] { return group.TellEscalation(next.at, position, options_); });
      return Changed(group);
    case Group::Due::kRaise:
      if (group.Withdrawn()) {
        ++stats_.withdrawn;
        Suppress(group, v1::STOP_REASON_WITHDRAWN, next.at, position);
        return Forget(group.key());
      }
      break;
    case Group::Due::kEnd:
      reason = group.alert().kind() == v1::ALERT_KIND_CONDITION ? "the condition has ended"
               : group.under_embargo()                          ? "its embargo has ended"
                                       : absl::StrCat("no news for ", absl::FormatDuration(options_.close_after));
      break;
    default:
      break;
  }
  Tell(group, next.at, events, [&] { return group.Tell(next.due, next.at, position, std::move(reason)); });
  Changed(group);
}

void Grouper::Tell(Group& group, absl::Time when, Events& events, const std::function<v1::AlertEvent()>& make) {
  const std::vector<std::string> silences = silences_.Matching(group.alert(), when);
  group.SetSilencedBy(silences);
  v1::AlertEvent event = make();
  if (!silences.empty() && CanBeHidden(event)) {
    event.mutable_silenced_by()->Assign(silences.begin(), silences.end());
    silences_.Hid(silences, event.alert_id());
    ++stats_.silenced;
  }
  group.Told(event);
  events.push_back(std::move(event));
}

void Grouper::OnSilenceEnded(const v1::SilenceRule& silence, absl::Time when, uint64_t position,
                             const std::string& actor, Events& events) {
  v1::AlertEvent& event = events.emplace_back();
  event.set_type(v1::ALERT_EVENT_TYPE_SILENCE_ENDED);
  event.set_position(position);
  event.set_actor(actor);
  event.set_reason(silence.reason());
  SetTime(event.mutable_at(), when);
  *event.mutable_silence() = silence;
  // What still holds and nobody was told of is told now.
  std::vector<Key> untold;
  for (const auto& [key, group] : groups_) {
    const bool holds = group.alert().status() == v1::ALERT_STATUS_OPEN &&
                       group.alert().kind() == v1::ALERT_KIND_CONDITION && !group.Withdrawn() && group.state().untold();
    if (holds && silences_.Matching(group.alert(), when).empty()) untold.push_back(key);
  }
  for (const Key& key : untold) Run(groups_.at(key), {Group::Due::kRepeat, when}, position, events);
}

// ---- Indexes ----

void Grouper::Changed(Group& group) {
  const Key key = group.key();
  if (group.ended()) {
    if (const auto open = open_.find(group.alert().fingerprint()); open != open_.end() && open->second == key) {
      open_.erase(open);
    }
    ended_.insert(key);
  }
  if (const auto old = due_of_.find(key); old != due_of_.end()) due_.erase({old->second, key});
  const Group::Next next = group.NextDue(options_);
  due_of_[key] = next.at;
  if (next.due != Group::Due::kNothing) due_.insert({next.at, key});
  unsealed_.insert(key);
}

void Grouper::Index(const v1::AlertGroupMember& member, const Key& key) {
  if (!member.item_id().empty()) by_item_[member.item_id()].insert(key);
  if (member.active()) conditions_[ConditionKey(member)] = key;
}

void Grouper::Unindex(const v1::AlertGroupMember& member, const Key& key) {
  const auto condition = conditions_.find(ConditionKey(member));
  if (condition != conditions_.end() && condition->second == key) conditions_.erase(condition);
  const auto& members = groups_.at(key).state().members();
  const bool still = std::any_of(members.begin(), members.end(), [&member](const v1::AlertGroupMember& other) {
    return other.item_id() == member.item_id();
  });
  const auto found = by_item_.find(member.item_id());
  if (still || found == by_item_.end()) return;
  found->second.erase(key);
  if (found->second.empty()) by_item_.erase(found);
}

void Grouper::Forget(const Key& forgotten) {
  // `forgotten` may stand in what is erased here. NOLINTNEXTLINE(performance-unnecessary-copy-initialization)
  const Key key = forgotten;
  const Group& group = groups_.at(key);
  const google::protobuf::RepeatedPtrField<v1::AlertGroupMember> members = group.state().members();
  groups_.at(key).mutable_members().Clear();
  for (const v1::AlertGroupMember& member : members) Unindex(member, key);
  if (const auto open = open_.find(group.alert().fingerprint()); open != open_.end() && open->second == key) {
    open_.erase(open);
  }
  if (const auto due = due_of_.find(key); due != due_of_.end()) {
    due_.erase({due->second, key});
    due_of_.erase(due);
  }
  ended_.erase(key);
  by_id_.erase(key.second);
  groups_.erase(key);
  unsealed_.insert(key);
}

}  // namespace wirewatch::alerts

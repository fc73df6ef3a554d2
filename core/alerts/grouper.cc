#include "wirewatch/alerts/grouper.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "wirewatch/alerts/evidence.h"
#include "wirewatch/alerts/identity.h"
#include "wirewatch/alerts/matched_sentences.h"
#include "wirewatch/alerts/times.h"

namespace wirewatch::alerts {
namespace {

using SignalList = std::span<const v1::Signal* const>;

bool Ends(const v1::Signal& signal) { return signal.phase() == v1::SIGNAL_PHASE_ENDED; }

// What raises anew when an Item gets a new version; story Signals are raised once.
bool IsAboutText(v1::SignalKind kind) {
  return kind == v1::SIGNAL_KIND_HIT || kind == v1::SIGNAL_KIND_FINDING || kind == v1::SIGNAL_KIND_UNSPECIFIED;
}

bool IsSame(const v1::AlertGroupMember& member, const v1::Signal& signal) {
  return member.step() == signal.step() && member.kind() == signal.kind() && member.watch_id() == signal.watch_id() &&
         member.subject() == signal.subject();
}

v1::Suppression MakeSuppression(v1::StopReason reason, const std::string& item_id, uint32_t version,
                                const std::string& watch_id, const Moment& at) {
  v1::Suppression suppression;
  suppression.set_reason(reason);
  suppression.set_item_id(item_id);
  suppression.set_item_version(version);
  suppression.set_watch_id(watch_id);
  suppression.set_position(at.position);
  SetTime(suppression.mutable_at(), at.arrival);
  return suppression;
}

}  // namespace

struct Grouper::Arrival {
  const v1::Item* item;  // nullptr: the Signals were raised by a timer
  SignalList signals;
  const Moment& at;
  MatchedSentences* sentences;
  absl::Time late_before;      // what was published before is late
  bool under_embargo = false;  // it concerns the Alerts of those alone who may know of it

  std::vector<uint64_t> SentencesOf(const v1::Signal& signal) const {
    return sentences == nullptr ? std::vector<uint64_t>() : sentences->Of(signal.spans());
  }
};

Grouper::Grouper(std::string pipeline, GroupingOptions options)
    : pipeline_(std::move(pipeline)), options_(std::move(options)), embargoes_(options_.max_embargoed) {}

Grouper::~Grouper() = default;

void Grouper::OnItem(const v1::Item& item, SignalList signals, const Moment& at, Events& events) {
  RunDue(at.arrival, at.position, events);
  stats_.signals += signals.size();
  const bool killed = item.pub_status() == v1::PUB_STATUS_CANCELED;
  if (EmbargoOf(item) > at.arrival && !killed) {
    OnEmbargoed(item, signals, at, events);
  } else {
    if (embargoes_.Drop(item.id()) && !killed) EndEmbargo(item.id(), at);
    TakeIn(item, signals, at, at.arrival, events);
  }
  RunDue(at.arrival, at.position, events);
}

void Grouper::TakeIn(const v1::Item& item, SignalList signals, const Moment& at, absl::Time arrived, Events& events) {
  MatchedSentences sentences(item);
  const Arrival arrival{&item, signals, at, options_.on_update == OnUpdate::kAdded ? &sentences : nullptr,
                        arrived - options_.late_after};
  FollowUp(arrival);
  for (const v1::Signal* signal : signals) {
    if (item.pub_status() == v1::PUB_STATUS_CANCELED) {
      ++stats_.from_canceled;
      suppressions_.push_back(
          MakeSuppression(v1::STOP_REASON_KILLED, item.id(), item.version(), signal->watch_id(), at));
    } else {
      OnSignal(*signal, arrival, events);
    }
  }
}

void Grouper::OnEmbargoed(const v1::Item& item, SignalList signals, const Moment& at, Events& events) {
  v1::EmbargoedItem embargoed;
  *embargoed.mutable_item() = item;
  for (const v1::Signal* signal : signals) *embargoed.add_signals() = *signal;
  SetTime(embargoed.mutable_arrival(), at.arrival);
  if (const auto crowded_out = embargoes_.Keep(std::move(embargoed))) {
    ++stats_.embargoes_crowded_out;
    for (const v1::Signal& signal : crowded_out->signals()) {
      suppressions_.push_back(MakeSuppression(v1::STOP_REASON_EMBARGO_LET_GO, crowded_out->item().id(),
                                              crowded_out->item().version(), signal.watch_id(), at));
    }
    EndEmbargo(crowded_out->item().id(), at);
    if (crowded_out->item().id() == item.id()) return;
  }
  MatchedSentences sentences(item);
  const Arrival arrival{&item,
                        signals,
                        at,
                        options_.on_update == OnUpdate::kAdded ? &sentences : nullptr,
                        at.arrival - options_.late_after,
                        true};
  FollowUp(arrival);
  for (const v1::Signal* signal : signals) {
    const bool known = IsCondition(signal->kind()) || Ends(*signal) || IsKnown(*signal, arrival);
    if (!known) JoinOrOpen(*signal, arrival, events);
  }
}

void Grouper::EndEmbargo(const std::string& item_id, const Moment& at) {
  const auto found = by_item_.find(item_id);
  if (found == by_item_.end()) return;
  const std::set<Key> keys = found->second;
  for (const Key& key : keys) {
    Group& group = groups_.at(key);
    if (!group.under_embargo()) continue;
    group.SetEmbargo(at.arrival);
    Changed(group);
  }
}

void Grouper::OnTimer(SignalList signals, const Moment& at, Events& events) {
  RunDue(at.arrival, at.position, events);
  for (const v1::Signal* signal : signals) {
    ++stats_.signals;
    OnSignal(*signal, {nullptr, signals, at, nullptr, at.arrival - options_.late_after}, events);
  }
  RunDue(at.arrival, at.position, events);
}

void Grouper::AdvanceTo(const Moment& at, Events& events) { RunDue(at.arrival, at.position, events); }

absl::Time Grouper::NextDue() const {
  const absl::Time groups = due_.empty() ? absl::InfiniteFuture() : due_.begin()->first;
  return std::min({groups, silences_.NextDue(), embargoes_.NextDue()});
}

void Grouper::Finish(uint64_t position, Events& events) {
  const std::vector<std::pair<absl::Time, Key>> waiting(due_.begin(), due_.end());
  for (const auto& [when, key] : waiting) {
    Group& group = groups_.at(key);
    const Group::Next next = group.NextDue(options_);
    const bool over = next.due == Group::Due::kEnd && group.Withdrawn();
    if (next.due == Group::Due::kRaise || next.due == Group::Due::kUpdate || over) Run(group, next, position, events);
  }
}

// ---- Corrections ----

void Grouper::FollowUp(const Arrival& arrival) {
  const v1::Item& item = *arrival.item;
  if (item.version() > 1 || item.pub_status() == v1::PUB_STATUS_CANCELED) {
    if (const auto found = by_item_.find(item.id()); found != by_item_.end()) {
      const std::set<Key> keys = found->second;
      for (const Key& key : keys) FollowUpVersion(groups_.at(key), arrival);
    }
  }
  // What corrects another Item does so when it may be known.
  if (arrival.under_embargo || item.correction_of().empty() || item.correction_of() == item.id()) return;
  if (const auto found = by_item_.find(item.correction_of()); found != by_item_.end()) {
    const std::set<Key> keys = found->second;
    for (const Key& key : keys) FollowUpOther(groups_.at(key), item, arrival.at);
  }
}

void Grouper::FollowUpVersion(Group& group, const Arrival& arrival) {
  const v1::Item& item = *arrival.item;
  const SignalList signals = arrival.signals;
  const Moment& at = arrival.at;
  const bool killed = item.pub_status() == v1::PUB_STATUS_CANCELED;
  if (group.under_embargo() != arrival.under_embargo && !killed) return;
  if (arrival.under_embargo) group.SetEmbargo(EmbargoOf(item));
  for (v1::AlertGroupMember& member : group.mutable_members()) {
    if (member.item_id() != item.id()) continue;
    if (killed) {
      group.Retract(member, item, at, options_);
      continue;
    }
    if (item.version() <= member.item_version() || !IsAboutText(member.kind())) continue;
    const auto again = std::find_if(signals.begin(), signals.end(), [&member](const v1::Signal* signal) {
      return IsSame(member, *signal) && !Ends(*signal);
    });
    if (again == signals.end()) {
      group.NoLongerMatches(member, item, at, options_);
    } else {
      const bool news =
          group.Replace(member, **again, EvidenceOf(**again, arrival), arrival.SentencesOf(**again), at, options_);
      // Before it is raised it will be told as it then is.
      if (news || group.under_embargo() || group.alert().status() == v1::ALERT_STATUS_PENDING) continue;
      suppressions_.push_back(
          MakeSuppression(v1::STOP_REASON_UNCHANGED, member.item_id(), item.version(), member.watch_id(), at));
      suppressions_.back().set_alert_id(group.alert().id());
    }
  }
  Changed(group);
}

void Grouper::FollowUpOther(Group& group, const v1::Item& item, const Moment& at) {
  for (v1::AlertGroupMember& member : group.mutable_members()) {
    if (member.item_id() != item.correction_of()) continue;
    if (item.pub_status() == v1::PUB_STATUS_CANCELED) {
      group.Retract(member, item, at, options_);
    } else {
      group.Correct(member, item, at, options_);
    }
  }
  Changed(group);
}

// ---- Signals ----

void Grouper::OnSignal(const v1::Signal& signal, const Arrival& arrival, Events& events) {
  if (IsCondition(signal.kind())) {
    OnCondition(signal, arrival, events);
  } else if (Ends(signal) || (arrival.item != nullptr && IsKnown(signal, arrival))) {
    // It was followed up already: by the new version, which the analysis only says again, or by an older one.
    ++stats_.duplicates;
  } else {
    JoinOrOpen(signal, arrival, events);
  }
}

void Grouper::OnCondition(const v1::Signal& signal, const Arrival& arrival, Events& events) {
  const auto known = conditions_.find(ConditionKey(signal));
  if (known == conditions_.end()) {
    if (Ends(signal)) {
      ++stats_.ends_unknown;
    } else {
      JoinOrOpen(signal, arrival, events);
    }
    return;
  }
  Group& group = groups_.at(known->second);
  v1::AlertGroupMember* member = group.Find(signal);
  if (member == nullptr) return;
  if (!Ends(signal) && group.dismissed() && signal.severity() > group.alert().severity()) {
    // What is graver than what was put aside is not put aside with it.
    group.End(*member, arrival.at);
    conditions_.erase(known);
    group.Release();
    Changed(group);
    return JoinOrOpen(signal, arrival, events);
  }
  if (Ends(signal)) {
    group.End(*member, arrival.at);
    conditions_.erase(known);
  } else {
    group.Renew(*member, signal, EvidenceOf(signal, arrival), arrival.at, options_);
  }
  Changed(group);
}

bool Grouper::IsKnown(const v1::Signal& signal, const Arrival& arrival) const {
  const auto found = by_item_.find(signal.item_id());
  if (found == by_item_.end()) return false;
  return std::any_of(found->second.begin(), found->second.end(), [&](const Key& key) {
    const Group& group = groups_.at(key);
    const auto& members = group.state().members();
    return group.under_embargo() == arrival.under_embargo &&
           std::any_of(members.begin(), members.end(), [&](const v1::AlertGroupMember& member) {
             return member.item_id() == signal.item_id() && IsSame(member, signal);
           });
  });
}

void Grouper::JoinOrOpen(const v1::Signal& signal, const Arrival& arrival, Events& events) {
  std::vector<v1::Label> labels;
  std::vector<std::string_view> parts = {pipeline_, IsCondition(signal.kind()) ? "condition" : "hit",
                                         signal.test() ? "test" : ""};
  const std::string kind = IsCondition(signal.kind()) ? v1::SignalKind_Name(signal.kind()) : "";
  parts.push_back(kind);
  for (const std::string& name : options_.group_by) {
    v1::Label& label = labels.emplace_back();
    label.set_name(name);
    label.set_value(FieldOf(name, signal, arrival.item));
  }
  std::sort(labels.begin(), labels.end(), [](const v1::Label& a, const v1::Label& b) { return a.name() < b.name(); });
  for (const v1::Label& label : labels) {
    parts.push_back(label.name());
    parts.push_back(label.value());
  }
  // An Item under embargo has Alerts of its own.
  if (arrival.under_embargo) parts.insert(parts.end(), {"", "embargo", arrival.item->id()});
  std::string fingerprint = StableId(parts);
  if (const auto open = open_.find(fingerprint); open != open_.end()) {
    Group& group = groups_.at(open->second);
    if (arrival.under_embargo) group.SetEmbargo(EmbargoOf(*arrival.item));
    // What is graver than what was put aside is not put aside with it.
    if (!group.dismissed() || signal.severity() <= group.alert().severity()) return Join(group, signal, arrival);
    group.Release();
    Changed(group);
  }
  Group& opened = Open(signal, std::move(fingerprint), std::move(labels), arrival.at, events);
  if (arrival.under_embargo) opened.SetEmbargo(EmbargoOf(*arrival.item));
  Join(opened, signal, arrival);
}

void Grouper::Join(Group& group, const v1::Signal& signal, const Arrival& arrival) {
  if (v1::AlertGroupMember* member = group.Find(signal); member != nullptr && IsCondition(signal.kind())) {
    // It had ended, and begins again before its Alert is resolved.
    group.Renew(*member, signal, EvidenceOf(signal, arrival), arrival.at, options_);
    Index(*member, group.key());
    return Changed(group);
  }
  for (const v1::AlertGroupMember& member :
       group.Join(signal, FieldOf("story", signal, arrival.item), EvidenceOf(signal, arrival),
                  arrival.SentencesOf(signal), arrival.at, options_)) {
    Unindex(member, group.key());
  }
  Index(group.state().members(group.state().members_size() - 1), group.key());
  Changed(group);
  if (!group.dismissed() || arrival.item == nullptr) return;
  suppressions_.push_back(MakeSuppression(v1::STOP_REASON_DISMISSED, arrival.item->id(), arrival.item->version(),
                                          signal.watch_id(), arrival.at));
  suppressions_.back().set_alert_id(group.alert().id());
}

Group& Grouper::Open(const v1::Signal& signal, std::string fingerprint, std::vector<v1::Label> labels, const Moment& at,
                     Events& events) {
  MakeRoom(at, events);
  ++stats_.opened;
  const std::string position = absl::StrCat(at.position);
  std::string id = StableId({fingerprint, position, signal.id()});
  const v1::AlertKind kind = IsCondition(signal.kind()) ? v1::ALERT_KIND_CONDITION : v1::ALERT_KIND_HIT;
  Group group(std::move(fingerprint), std::move(id), kind, std::move(labels), pipeline_, at);
  const Key key = group.key();
  Group& opened = groups_.insert_or_assign(key, std::move(group)).first->second;
  open_[opened.alert().fingerprint()] = key;
  by_id_[opened.alert().id()] = key;
  return opened;
}

void Grouper::MakeRoom(const Moment& at, Events& events) {
  while (groups_.size() >= std::max<size_t>(options_.max_alerts, 1)) {
    if (ended_.empty()) {
      Group& oldest = groups_.begin()->second;
      // One that waits is raised first: closing is no way to lose an Alert.
      if (oldest.NextDue(options_).due == Group::Due::kRaise && !oldest.Withdrawn()) {
        Tell(oldest, at.arrival, events, [&] { return oldest.Tell(Group::Due::kRaise, at.arrival, at.position, ""); });
      }
      if (oldest.alert().status() == v1::ALERT_STATUS_PENDING) {
        const bool withdrawn = oldest.Withdrawn();
        ++(withdrawn ? stats_.withdrawn : stats_.not_raised);
        Suppress(oldest, withdrawn ? v1::STOP_REASON_WITHDRAWN : v1::STOP_REASON_NEVER_RAISED, at.arrival, at.position);
      }
      if (oldest.alert().status() == v1::ALERT_STATUS_OPEN) {
        ++stats_.closed_early;
        Tell(oldest, at.arrival, events, [&] {
          return oldest.Tell(Group::Due::kEnd, at.arrival, at.position,
                             absl::StrCat("there are ", options_.max_alerts, " newer Alerts"));
        });
      }
      Forget(oldest.key());
    } else {
      ++stats_.forgotten_early;
      Forget(*ended_.begin());
    }
  }
}

void Grouper::Suppress(const Group& group, v1::StopReason reason, absl::Time when, uint64_t position) {
  // What comes ahead of an embargo is told to everybody later.
  if (group.under_embargo()) return;
  for (const v1::AlertGroupMember& member : group.state().members()) {
    if (member.item_id().empty()) continue;
    suppressions_.push_back(
        MakeSuppression(reason, member.item_id(), member.item_version(), member.watch_id(), {position, when}));
    suppressions_.back().set_alert_id(group.alert().id());
  }
}

v1::Evidence Grouper::EvidenceOf(const v1::Signal& signal, const Arrival& arrival) {
  return MakeEvidence(signal, arrival.item, arrival.late_before);
}

}  // namespace wirewatch::alerts

#include "wirewatch/alerts/group.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "wirewatch/alerts/embargoes.h"
#include "wirewatch/alerts/times.h"

namespace wirewatch::alerts {
namespace {

constexpr int kNames = 32;       // watch ids, story ids and origins that an Alert shows
constexpr int kOrigins = 1024;   // origins that are told apart
constexpr int kNewSignals = 64;  // ids in an event

using Names = google::protobuf::RepeatedPtrField<std::string>;

// Adds to a sorted set; false when it was there, or when it is full.
bool AddName(const std::string& name, int limit, Names& names) {
  if (name.empty()) return false;
  const auto place = std::lower_bound(names.begin(), names.end(), name);
  if ((place != names.end() && *place == name) || names.size() >= limit) return false;
  const auto index = static_cast<int>(place - names.begin());
  *names.Add() = name;
  std::rotate(names.begin() + index, names.end() - 1, names.end());
  return true;
}

bool Stands(const v1::AlertGroupMember& member) {
  return member.standing() != v1::EVIDENCE_STANDING_RETRACTED &&
         member.standing() != v1::EVIDENCE_STANDING_NO_LONGER_MATCHES;
}

// Which of two corrections an event tells of when it tells of both.
int Gravity(v1::CorrectionKind kind) {
  switch (kind) {
    case v1::CORRECTION_KIND_RETRACTED:
      return 3;
    case v1::CORRECTION_KIND_NO_LONGER_MATCHES:
      return 2;
    case v1::CORRECTION_KIND_CORRECTED:
      return 1;
    default:
      return 0;
  }
}

std::string Count(uint64_t number, std::string_view one, std::string_view many) {
  return absl::StrCat(number, " ", std::string(number == 1 ? one : many));
}

v1::AlertEventType TypeOf(Group::Due due, v1::AlertKind kind) {
  switch (due) {
    case Group::Due::kRaise:
      return v1::ALERT_EVENT_TYPE_RAISED;
    case Group::Due::kRepeat:
      return v1::ALERT_EVENT_TYPE_REPEATED;
    case Group::Due::kEnd:
      return kind == v1::ALERT_KIND_CONDITION ? v1::ALERT_EVENT_TYPE_RESOLVED : v1::ALERT_EVENT_TYPE_CLOSED;
    default:
      return v1::ALERT_EVENT_TYPE_UPDATED;
  }
}

}  // namespace

bool IsCondition(v1::SignalKind kind) {
  return kind == v1::SIGNAL_KIND_BURST || kind == v1::SIGNAL_KIND_SILENT_SOURCE || kind == v1::SIGNAL_KIND_CONDITION;
}

Group::Group(std::string fingerprint, std::string id, v1::AlertKind kind, std::vector<v1::Label> labels,
             const std::string& pipeline, const Moment& at) {
  v1::Alert& alert = mutable_alert();
  alert.set_id(std::move(id));
  alert.set_fingerprint(std::move(fingerprint));
  alert.set_pipeline(pipeline);
  alert.set_kind(kind);
  alert.set_status(v1::ALERT_STATUS_PENDING);
  for (v1::Label& label : labels) *alert.add_group() = std::move(label);
  alert.set_opened_position(at.position);
  SetTime(alert.mutable_opened(), at.arrival);
  // True until a Signal says otherwise.
  alert.set_late(true);
  alert.set_partial_text(true);
}

bool Group::ended() const {
  if (dismissed()) return state_.released();
  return alert().status() != v1::ALERT_STATUS_PENDING && alert().status() != v1::ALERT_STATUS_OPEN;
}

bool Group::active() const {
  return std::any_of(state_.members().begin(), state_.members().end(),
                     [](const v1::AlertGroupMember& member) { return member.active(); });
}

v1::AlertGroupMember* Group::Find(const v1::Signal& signal) {
  for (v1::AlertGroupMember& member : *state_.mutable_members()) {
    if (member.step() == signal.step() && member.kind() == signal.kind() && member.watch_id() == signal.watch_id() &&
        member.subject() == signal.subject() && (IsCondition(signal.kind()) || member.item_id() == signal.item_id())) {
      return &member;
    }
  }
  return nullptr;
}

std::vector<v1::AlertGroupMember> Group::Join(const v1::Signal& signal, const std::string& story, v1::Evidence evidence,
                                              const std::vector<uint64_t>& sentences, const Moment& at,
                                              const GroupingOptions& options) {
  v1::Alert& alert = mutable_alert();
  const bool new_item = !evidence.item_id().empty() &&
                        std::none_of(state_.members().begin(), state_.members().end(),
                                     [&](const auto& member) { return member.item_id() == evidence.item_id(); });
  if (new_item) alert.set_item_count(alert.item_count() + 1);
  alert.set_signal_count(alert.signal_count() + 1);
  alert.set_late(alert.late() && evidence.late());
  alert.set_partial_text(alert.partial_text() && evidence.partial_text());
  alert.set_test(signal.test());
  AddName(signal.watch_id(), kNames, *alert.mutable_watch_ids());
  AddName(story, kNames, *alert.mutable_story_ids());
  AddOrigin(evidence.origin());

  v1::AlertGroupMember& member = *state_.add_members();
  member.set_item_id(evidence.item_id());
  member.set_item_version(evidence.item_version());
  member.set_step(signal.step());
  member.set_kind(signal.kind());
  member.set_watch_id(signal.watch_id());
  member.set_subject(signal.subject());
  member.set_active(IsCondition(signal.kind()));
  member.set_signal_id(signal.id());
  member.mutable_sentences()->Assign(sentences.begin(), sentences.end());
  if (state_.title().empty()) state_.set_title(signal.title());

  AddEvidence(std::move(evidence), options);
  if (state_.new_signal_ids_size() < kNewSignals) state_.add_new_signal_ids(signal.id());
  SetTime(state_.mutable_last_signal(), at.arrival);
  News(at);
  Weigh(signal);
  return TrimMembers(std::max<size_t>(options.max_members, 1));
}

std::vector<v1::AlertGroupMember> Group::TrimMembers(size_t limit) {
  std::vector<v1::AlertGroupMember> untracked;
  auto& members = *state_.mutable_members();
  while (static_cast<size_t>(members.size()) > limit) {
    // A condition that holds must be there when it ends, if that can be.
    auto oldest = std::find_if(members.begin(), members.end() - 1, [](const auto& member) { return !member.active(); });
    if (oldest == members.end() - 1) oldest = members.begin();
    untracked.push_back(std::move(*oldest));
    members.erase(oldest);
  }
  return untracked;
}

void Group::Renew(v1::AlertGroupMember& member, const v1::Signal& signal, v1::Evidence evidence, const Moment& at,
                  const GroupingOptions& options) {
  if (!member.active() || signal.severity() > alert().severity()) News(at);
  if (!member.active()) {
    mutable_alert().set_signal_count(alert().signal_count() + 1);
    if (state_.new_signal_ids_size() < kNewSignals) state_.add_new_signal_ids(signal.id());
  }
  member.set_active(true);
  ShowInstead(member, std::move(evidence), options);
  SetTime(state_.mutable_last_signal(), at.arrival);
  Weigh(signal);
}

void Group::End(v1::AlertGroupMember& member, const Moment& at) {
  member.set_active(false);
  SetTime(state_.mutable_last_signal(), at.arrival);
}

void Group::Retract(v1::AlertGroupMember& member, const v1::Item& by, const Moment& at,
                    const GroupingOptions& options) {
  if (member.standing() == v1::EVIDENCE_STANDING_RETRACTED) return;
  member.set_standing(v1::EVIDENCE_STANDING_RETRACTED);
  MarkEvidence(member, by);
  SetCorrection(v1::CORRECTION_KIND_RETRACTED, member.item_id(), at, options);
}

void Group::NoLongerMatches(v1::AlertGroupMember& member, const v1::Item& by, const Moment& at,
                            const GroupingOptions& options) {
  if (by.id() == member.item_id()) member.set_item_version(by.version());
  if (!Stands(member)) return;
  member.set_standing(v1::EVIDENCE_STANDING_NO_LONGER_MATCHES);
  MarkEvidence(member, by);
  SetCorrection(v1::CORRECTION_KIND_NO_LONGER_MATCHES, member.item_id(), at, options);
}

void Group::Correct(v1::AlertGroupMember& member, const v1::Item& by, const Moment& at,
                    const GroupingOptions& options) {
  if (!Stands(member)) return;
  member.set_standing(v1::EVIDENCE_STANDING_CORRECTED);
  MarkEvidence(member, by);
  SetCorrection(v1::CORRECTION_KIND_CORRECTED, member.item_id(), at, options);
}

bool Group::Replace(v1::AlertGroupMember& member, const v1::Signal& signal, v1::Evidence evidence,
                    const std::vector<uint64_t>& sentences, const Moment& at, const GroupingOptions& options) {
  const auto& known = member.sentences();
  const bool added = sentences.empty() || std::any_of(sentences.begin(), sentences.end(), [&known](uint64_t sentence) {
                       return !std::binary_search(known.begin(), known.end(), sentence);
                     });
  // Whoever was told that it no longer matches is told that it does again.
  const bool told =
      !Stands(member) || options.on_update == OnUpdate::kEvery || (options.on_update == OnUpdate::kAdded && added);
  member.set_standing(v1::EVIDENCE_STANDING_UNSPECIFIED);
  member.set_item_version(evidence.item_version());
  AddOrigin(evidence.origin());
  if (told) {
    SetCorrection(v1::CORRECTION_KIND_CORRECTED, member.item_id(), at, options);
    member.mutable_sentences()->Assign(sentences.begin(), sentences.end());
    if (state_.new_signal_ids_size() < kNewSignals) state_.add_new_signal_ids(signal.id());
  }
  ShowInstead(member, std::move(evidence), options);
  SetTime(state_.mutable_last_signal(), at.arrival);
  if (signal.severity() > alert().severity()) News(at);
  Weigh(signal);
  return told || state_.has_news_since();
}

void Group::SetEmbargo(absl::Time until) { SetTime(mutable_alert().mutable_embargoed_until(), until); }

bool Group::Withdrawn() const {
  if (alert().kind() == v1::ALERT_KIND_CONDITION) return !active();
  // A test has no Item.
  return !alert().test() && std::none_of(state_.members().begin(), state_.members().end(), Stands);
}

v1::AlertEvent Group::Tell(Due due, absl::Time when, uint64_t position, std::string reason) {
  v1::Alert& alert = mutable_alert();
  v1::AlertEvent event;
  event.set_type(TypeOf(due, alert.kind()));
  event.set_alert_id(alert.id());
  event.set_position(position);
  event.set_reason(std::move(reason));
  SetTime(event.mutable_at(), when);
  if (due == Due::kRaise) {
    alert.set_status(v1::ALERT_STATUS_OPEN);
    SetTime(alert.mutable_raised(), when);
    SetTime(state_.mutable_told(), when);
  }
  if (due == Due::kEnd) {
    alert.set_status(alert.kind() == v1::ALERT_KIND_CONDITION ? v1::ALERT_STATUS_RESOLVED : v1::ALERT_STATUS_CLOSED);
    // A condition may have ended a while before that is told.
    const bool over = alert.kind() == v1::ALERT_KIND_CONDITION && !active();
    SetTime(alert.mutable_closed(), over ? GetTime(state_.last_signal()) : when);
  }
  if (due == Due::kUpdate || due == Due::kEnd) {
    event.set_correction(state_.correction());
    event.set_corrected_item_id(state_.corrected_item_id());
    if (state_.told_severity() != alert.severity()) event.set_severity_before(state_.told_severity());
    if (state_.correction() != v1::CORRECTION_KIND_UNSPECIFIED) SetTime(state_.mutable_last_correction(), when);
  }
  event.mutable_new_signal_ids()->Swap(state_.mutable_new_signal_ids());
  state_.clear_new_signal_ids();
  state_.clear_news_since();
  state_.clear_urgent();
  state_.clear_correction();
  state_.clear_corrected_item_id();
  state_.clear_acknowledged_correction();
  state_.set_told_severity(alert.severity());
  SetTime(state_.mutable_last_event(), when);
  SetTime(alert.mutable_updated(), when);
  RefreshFacts();
  *event.mutable_alert() = alert;
  return event;
}

void Group::AddEvidence(v1::Evidence evidence, const GroupingOptions& options) {
  auto& shown = *mutable_alert().mutable_evidence();
  *shown.Add() = std::move(evidence);
  const int limit = static_cast<int>(std::max<size_t>(options.max_evidence, 2));
  // Keeps the first half and the latest half.
  if (shown.size() > limit) shown.DeleteSubrange(limit / 2, 1);
}

void Group::ShowInstead(v1::AlertGroupMember& member, v1::Evidence evidence, const GroupingOptions& options) {
  auto& shown = *mutable_alert().mutable_evidence();
  for (int i = 0; i < shown.size(); ++i) {
    if (shown.Get(i).signal_id() != member.signal_id()) continue;
    shown.DeleteSubrange(i, 1);
    break;
  }
  member.set_signal_id(evidence.signal_id());
  AddEvidence(std::move(evidence), options);
}

void Group::AddOrigin(const std::string& origin) {
  if (AddName(origin, kOrigins, *state_.mutable_origins())) {
    mutable_alert().set_origin_count(static_cast<uint64_t>(state_.origins_size()));
  }
}

void Group::Weigh(const v1::Signal& signal) {
  const v1::Severity severity = signal.severity() == v1::SEVERITY_UNSPECIFIED ? v1::SEVERITY_MEDIUM : signal.severity();
  if (severity <= alert().severity()) return;
  // Breaking news does not wait; what is critical already does not become more so.
  if (severity == v1::SEVERITY_CRITICAL) state_.set_urgent(true);
  mutable_alert().set_severity(severity);
}

void Group::MarkEvidence(const v1::AlertGroupMember& member, const v1::Item& by) {
  for (v1::Evidence& evidence : *mutable_alert().mutable_evidence()) {
    if (evidence.signal_id() != member.signal_id()) continue;
    evidence.set_standing(member.standing());
    if (by.id() != member.item_id()) evidence.set_corrected_by(by.id());
  }
}

void Group::News(const Moment& at) {
  if (!state_.has_news_since()) SetTime(state_.mutable_news_since(), at.arrival);
}

void Group::SetCorrection(v1::CorrectionKind kind, const std::string& item_id, const Moment& at,
                          const GroupingOptions& options) {
  mutable_alert().set_corrected(true);
  News(at);
  // Before it is raised there is nothing to correct: people will first see it as it then is.
  if (alert().status() == v1::ALERT_STATUS_PENDING) return;
  // An acknowledgement does not cover what came after it.
  state_.clear_acknowledged_correction();
  // The first correction goes out at once; an Item that is rewritten every few minutes then keeps to the interval.
  const bool again = kind == v1::CORRECTION_KIND_CORRECTED && state_.has_last_correction() &&
                     at.arrival < GetTime(state_.last_correction()) + options.interval;
  if (!again) state_.set_urgent(true);
  if (Gravity(kind) <= Gravity(state_.correction())) return;
  state_.set_correction(kind);
  state_.set_corrected_item_id(item_id);
}

void Group::RefreshFacts() {
  v1::Alert& alert = mutable_alert();
  alert.set_evidence_omitted(alert.signal_count() -
                             std::min(alert.signal_count(), static_cast<uint64_t>(alert.evidence_size())));
  alert.clear_origins();
  for (int i = 0; i < std::min(state_.origins_size(), kNames); ++i) alert.add_origins(state_.origins(i));
  alert.set_title(absl::StrCat(EmbargoNote(alert), Title()));
}

std::string Group::Title() const {
  const v1::Alert& alert = state_.alert();
  if (alert.kind() == v1::ALERT_KIND_CONDITION && !state_.title().empty()) return state_.title();
  std::string title = alert.watch_ids().empty() ? state_.title() : absl::StrJoin(alert.watch_ids(), ", ");
  if (title.empty()) title = alert.kind() == v1::ALERT_KIND_CONDITION ? "condition" : "finding";
  if (alert.item_count() > 0) absl::StrAppend(&title, ": ", Count(alert.item_count(), "Item", "Items"));
  if (alert.origin_count() > 0) absl::StrAppend(&title, " from ", Count(alert.origin_count(), "origin", "origins"));
  return title;
}

}  // namespace wirewatch::alerts

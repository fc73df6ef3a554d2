// Grouper: Signals become Alerts. A pure function of one pipeline's stream: the same Items, Signals and ticks in the
// same order give the same events, whatever the threads, batches, epochs or restarts. Alertmanager's terms where they
// fit (group_by, wait, interval, repeat).
//
//   - A *hit* alert is raised `wait` after its first Signal, updated as further Signals join (at most every
//   `interval`),
//     and closed after `close_after` without one. A *condition* alert is resolved when its conditions end, and
//     repeated.
//   - A critical Signal does not wait. A new version, a correction or a retraction of an Item makes an update marked as
//   a
//     correction at once, also after the Alert has ended. The same Signal about the same Item never joins twice.
//   - An Alert whose Items were all retracted, or whose conditions ended, before it was raised is never raised
//   (counted).
//   - Signals about an Item that its publisher has killed open nothing (counted).
//   - An Item under embargo has Alerts of its own (Alert.embargoed_until), for those who may know of it, until the
//   embargo
//     ends; then its Signals do what they would have done if they had come then.
//   - Operators acknowledge, dismiss, assign, note and resolve, and silence; docs/alerts.md has the states. An event
//   that
//     a silence hides is journaled and says so; corrections and what operators do are never hidden.
//
// One thread, in position order. What it remembers is sealed with the epoch like any step's state.
#ifndef WIREWATCH_ALERTS_GROUPER_H_
#define WIREWATCH_ALERTS_GROUPER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "wirewatch/alerts/embargoes.h"
#include "wirewatch/alerts/group.h"
#include "wirewatch/alerts/grouping_options.h"
#include "wirewatch/alerts/silences.h"
#include "wirewatch/store/store.h"
#include "wirewatch/v1/alert.pb.h"
#include "wirewatch/v1/item.pb.h"
#include "wirewatch/v1/operator_call.pb.h"
#include "wirewatch/v1/signal.pb.h"
#include "wirewatch/v1/suppression.pb.h"

namespace wirewatch::alerts {

// The step under which the executor stores SealWrites(), and the version of what is written. No step of a pipeline can
// have this id.
inline constexpr char kGroupingStep[] = "$alerts";
inline constexpr uint32_t kGroupingVersion = 3;

// What became of Signals and Alerts; counts from the start of the process.
struct GroupingStats {
  uint64_t signals = 0;
  uint64_t duplicates = 0;     // the same Signal about the same version of the Item
  uint64_t from_canceled = 0;  // about an Item that its publisher has killed
  uint64_t ends_unknown = 0;   // the end of a condition that no Alert is about
  uint64_t opened = 0;
  uint64_t withdrawn = 0;     // never raised: all retracted or ended while it waited
  uint64_t not_raised = 0;    // let go without having come to `raise_when`
  uint64_t silenced = 0;      // events that a silence hid
  uint64_t closed_early = 0;  // closed because there were max_alerts
  uint64_t forgotten_early = 0;
  uint64_t embargoes_crowded_out = 0;  // Items under embargo that were let go because there were max_embargoed
};

class Grouper {
 public:
  using Events = std::vector<v1::AlertEvent>;

  Grouper(std::string pipeline, GroupingOptions options);
  ~Grouper();
  Grouper(const Grouper&) = delete;
  Grouper& operator=(const Grouper&) = delete;

  // All functions append to `events`, in the order of the journal; journal_id and sequence are left to the caller.

  // An Item at the end of the analyses, with the Signals that were raised about it (ids, Item, position and arrival
  // filled in). Call it for every Item, also without Signals: it may correct another. Runs what was due before it.
  void OnItem(const v1::Item& item, std::span<const v1::Signal* const> signals, const Moment& at, Events& events);
  // Signals without Item, raised by a timer.
  void OnTimer(std::span<const v1::Signal* const> signals, const Moment& at, Events& events);
  // The pipeline's time has come to at.arrival.
  void AdvanceTo(const Moment& at, Events& events);
  // What an operator does, at a place of the stream. Runs what was due before it. Its own event, if it makes one, is
  // events[*event]; others may follow.
  struct Operated {
    v1::OperatorAnswer answer;
    std::optional<size_t> event;
  };
  // NotFound when the Alert or silence is not known (any longer); else see Group and Silences. Nothing has changed
  // then.
  absl::StatusOr<Operated> Operate(const v1::OperatorCall& call, const Moment& at, Events& events);
  // When AdvanceTo() has something to do; InfiniteFuture: nothing.
  absl::Time NextDue() const;
  // The stream has ended (`--once`): tells everything that waits. Alerts stay open for a later run.
  void Finish(uint64_t position, Events& events);

  // What has changed since the last call, for the epoch.
  std::vector<store::StateWrite> SealWrites();
  // What has come to nobody since the last call, for the epoch: reason, Item, watch, Alert, time and place.
  std::vector<v1::Suppression> TakeSuppressions() { return std::exchange(suppressions_, {}); }
  // What was sealed, in any order; before the first Item.
  absl::Status Restore(std::span<const std::pair<std::string, std::string>> entries);
  // After Restore(): the pipeline's time that it had come to. What other options make due before that is told then.
  void ResumeAt(absl::Time now) { now_ = now; }

  // Alerts that take Signals: pending, open, or dismissed a short while ago.
  uint64_t open_alerts() const { return open_.size(); }
  size_t under_embargo() const { return embargoes_.size(); }
  const GroupingStats& stats() const { return stats_; }

 private:
  using Key = std::pair<uint64_t, std::string>;  // opened position, alert id
  using Condition = std::tuple<int, std::string, std::string, std::string>;

  // Identifies a condition, of a Signal or of a member.
  template <class T>
  static Condition ConditionKey(const T& of) {
    return {static_cast<int>(of.kind()), of.step(), of.watch_id(), of.subject()};
  }

  std::string FieldOf(const std::string& name, const v1::Signal& signal, const v1::Item* item) const;
  // The Item at hand with the Signals about it.
  struct Arrival;
  // An Item that may be known; its lateness counts from when it arrived.
  void TakeIn(const v1::Item& item, std::span<const v1::Signal* const> signals, const Moment& at, absl::Time arrived,
              Events& events);
  void OnEmbargoed(const v1::Item& item, std::span<const v1::Signal* const> signals, const Moment& at, Events& events);
  // Those who may know of it ahead of time need that no longer.
  void EndEmbargo(const std::string& item_id, const Moment& at);
  void Release(const v1::EmbargoedItem& embargoed, const Moment& at, Events& events);
  void FollowUp(const Arrival& arrival);
  void FollowUpVersion(Group& group, const Arrival& arrival);
  void FollowUpOther(Group& group, const v1::Item& item, const Moment& at);
  void OnSignal(const v1::Signal& signal, const Arrival& arrival, Events& events);
  void OnCondition(const v1::Signal& signal, const Arrival& arrival, Events& events);
  bool IsKnown(const v1::Signal& signal, const Arrival& arrival) const;
  void JoinOrOpen(const v1::Signal& signal, const Arrival& arrival, Events& events);
  void Join(Group& group, const v1::Signal& signal, const Arrival& arrival);
  Group& Open(const v1::Signal& signal, std::string fingerprint, std::vector<v1::Label> labels, const Moment& at,
              Events& events);
  void MakeRoom(const Moment& at, Events& events);
  // All Signals about Items in the group, which nobody has been told of.
  void Suppress(const Group& group, v1::StopReason reason, absl::Time when, uint64_t position);

  void RunDue(absl::Time until, uint64_t position, Events& events);
  void Run(Group& group, const Group::Next& next, uint64_t position, Events& events);
  // Makes an event with what is in force for the group then, and hides it where that says so.
  void Tell(Group& group, absl::Time when, Events& events, const std::function<v1::AlertEvent()>& make);
  void OnSilenceEnded(const v1::SilenceRule& silence, absl::Time when, uint64_t position, const std::string& actor,
                      Events& events);
  static Group::Acted Act(const v1::OperatorCall& call, Group& group, const Moment& at);
  absl::StatusOr<Operated> OnSilenceCall(const v1::OperatorCall& call, const Moment& at, Events& events);
  Operated RaiseTest(const v1::OperatorCall& call, const Moment& at, Events& events);
  // Puts the group in its place among those that are due, and marks it to be sealed.
  void Changed(Group& group);
  // A member by whose Item or condition the group is found.
  void Index(const v1::AlertGroupMember& member, const Key& key);
  // A member that the group no longer has.
  void Unindex(const v1::AlertGroupMember& member, const Key& key);
  void Forget(const Key& key);
  static v1::Evidence EvidenceOf(const v1::Signal& signal, const Arrival& arrival);

  const std::string pipeline_;
  const GroupingOptions options_;
  GroupingStats stats_;
  absl::Time now_ = absl::InfinitePast();

  Silences silences_;
  Embargoes embargoes_;
  std::map<Key, Group> groups_;
  std::map<std::string, Key> by_id_;
  std::map<std::string, Key> open_;  // by fingerprint: those that take Signals
  std::map<Condition, Key> conditions_;
  std::map<std::string, std::set<Key>, std::less<>> by_item_;
  std::set<std::pair<absl::Time, Key>> due_;
  std::map<Key, absl::Time> due_of_;
  std::set<Key> ended_;
  std::set<Key> unsealed_;
  std::vector<v1::Suppression> suppressions_;
};

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_ALERTS_GROUPER_H_

// Group: one Alert that can still change, with what is needed to change it. Holds no clock and makes no events by
// itself; the Grouper drives it. Its whole state is the message that the store keeps. One thread.
#ifndef WIREWATCH_ALERTS_GROUP_H_
#define WIREWATCH_ALERTS_GROUP_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "wirewatch/alerts/grouping_options.h"
#include "wirewatch/v1/alert.pb.h"
#include "wirewatch/v1/alert_group.pb.h"
#include "wirewatch/v1/item.pb.h"
#include "wirewatch/v1/signal.pb.h"

namespace wirewatch::alerts {

// A point of the pipeline's stream.
struct Moment {
  uint64_t position = 0;
  absl::Time arrival;
};

bool IsCondition(v1::SignalKind kind);

class Group {
 public:
  // A group that begins with nothing; Join() the first Signal next. `labels` are the group's, sorted by name.
  Group(std::string fingerprint, std::string id, v1::AlertKind kind, std::vector<v1::Label> labels,
        const std::string& pipeline, const Moment& at);
  // As the store has it.
  explicit Group(v1::AlertGroup state) : state_(std::move(state)) {}

  const v1::Alert& alert() const { return state_.alert(); }
  const v1::AlertGroup& state() const { return state_; }
  // Order of groups everywhere: the earliest opened first.
  std::pair<uint64_t, std::string> key() const { return {alert().opened_position(), alert().id()}; }
  bool ended() const;

  // ---- Signals ----

  // The same Signal (step, kind, watch, subject) about the same Item, or for conditions about the same subject.
  v1::AlertGroupMember* Find(const v1::Signal& signal);
  // A Signal that is not in it yet. Gives the members that are no longer tracked because of it.
  std::vector<v1::AlertGroupMember> Join(const v1::Signal& signal, v1::Evidence evidence, const Moment& at,
                                         const GroupingOptions& options);
  // A condition that is in it already is raised again: the evidence is renewed. News when it had ended, or is graver.
  void Renew(v1::AlertGroupMember& member, const v1::Signal& signal, v1::Evidence evidence, const Moment& at,
             const GroupingOptions& options);
  // A condition is over.
  void End(v1::AlertGroupMember& member, const Moment& at);

  // ---- Corrections ----

  // `by` is the Item that says so; for a new version of the Item itself, that Item. Nothing happens when the member
  // stands so already.
  void Retract(v1::AlertGroupMember& member, const v1::Item& by, const Moment& at, const GroupingOptions& options);
  void Correct(v1::AlertGroupMember& member, const v1::Item& by, const Moment& at, const GroupingOptions& options);
  void NoLongerMatches(v1::AlertGroupMember& member, const v1::Item& by, const Moment& at,
                       const GroupingOptions& options);
  // A new version raised the Signal again.
  void Replace(v1::AlertGroupMember& member, const v1::Signal& signal, v1::Evidence evidence, const Moment& at,
               const GroupingOptions& options);
  // For going through what concerns an Item; the functions above change what they find.
  google::protobuf::RepeatedPtrField<v1::AlertGroupMember>& mutable_members() { return *state_.mutable_members(); }

  // ---- Time ----

  enum class Due { kNothing, kRaise, kUpdate, kRepeat, kEnd, kForget };
  struct Next {
    Due due = Due::kNothing;
    absl::Time at = absl::InfiniteFuture();
  };
  // What comes next, and when, if no Signal comes before.
  Next NextDue(const GroupingOptions& options) const;

  // Nothing in it stands: what was to be told has gone.
  bool Withdrawn() const;
  // The event of what was due, with the Alert as it then is.
  v1::AlertEvent Tell(Due due, absl::Time when, uint64_t position, std::string reason);

 private:
  v1::Alert& mutable_alert() { return *state_.mutable_alert(); }
  std::vector<v1::AlertGroupMember> TrimMembers(size_t limit);
  void AddEvidence(v1::Evidence evidence, const GroupingOptions& options);
  void AddOrigin(const std::string& origin);
  void Weigh(const v1::Signal& signal);
  void MarkEvidence(const v1::AlertGroupMember& member, const v1::Item& by);
  void News(const Moment& at);
  void ShowInstead(v1::AlertGroupMember& member, v1::Evidence evidence, const GroupingOptions& options);
  void SetCorrection(v1::CorrectionKind kind, const std::string& item_id, const Moment& at,
                     const GroupingOptions& options);
  void RefreshFacts();
  std::string Title() const;

  v1::AlertGroup state_;
};

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_ALERTS_GROUP_H_

// Group: one Alert that can still change, with what is needed to change it. Holds no clock and makes no events by
// itself; the Grouper drives it. Its whole state is the message that the store keeps. One thread.
#ifndef WIREWATCH_ALERTS_GROUP_H_
#define WIREWATCH_ALERTS_GROUP_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "wirewatch/alerts/grouping_options.h"
#include "wirewatch/v1/alert.pb.h"
#include "wirewatch/v1/alert_group.pb.h"
#include "wirewatch/v1/alert_service.pb.h"
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
  // It takes no further Signals.
  bool ended() const;
  bool dismissed() const { return alert().status() == v1::ALERT_STATUS_DISMISSED; }
  // It is for those who may know of an Item ahead of time, and ends when everybody may.
  bool under_embargo() const { return alert().has_embargoed_until(); }
  void SetEmbargo(absl::Time until);

  // ---- Signals ----

  // The same Signal (step, kind, watch, subject) about the same Item, or for conditions about the same subject.
  v1::AlertGroupMember* Find(const v1::Signal& signal);
  // A Signal that is not in it yet, and its story or the Item's. Gives the members that are no longer tracked because
  // of it.
  std::vector<v1::AlertGroupMember> Join(const v1::Signal& signal, const std::string& story, v1::Evidence evidence,
                                         const std::vector<uint64_t>& sentences, const Moment& at,
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
  // A new version raised the Signal again; `sentences` are those it was found in. False: that is not news, as
  // `on_update` has it, and there is none that waits to be told.
  bool Replace(v1::AlertGroupMember& member, const v1::Signal& signal, v1::Evidence evidence,
               const std::vector<uint64_t>& sentences, const Moment& at, const GroupingOptions& options);
  // For going through what concerns an Item; the functions above change what they find.
  google::protobuf::RepeatedPtrField<v1::AlertGroupMember>& mutable_members() { return *state_.mutable_members(); }

  // ---- Time ----

  enum class Due { kNothing, kRaise, kUpdate, kRepeat, kEnd, kForget, kLapse, kEscalate, kRelease };
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
  // Why the acknowledgement does not hold any longer; empty: it does, or there is none.
  std::string LapseReason() const;
  // The acknowledgement lapses.
  v1::AlertEvent TellLapse(absl::Time when, uint64_t position);
  // Nobody acknowledged it in time.
  v1::AlertEvent TellEscalation(absl::Time when, uint64_t position, const GroupingOptions& options);
  // A dismissed one takes no further Signals.
  void Release() { state_.set_released(true); }

  // ---- Operators ----

  // Each gives the event; nullopt when the Alert was so already. FailedPrecondition when it is in no state for that,
  // InvalidArgument, ResourceExhausted.
  using Acted = absl::StatusOr<std::optional<v1::AlertEvent>>;
  Acted Acknowledge(const std::string& actor, const v1::AcknowledgeRequest& request, const Moment& at);
  Acted Dismiss(const std::string& actor, const v1::DismissRequest& request, const Moment& at);
  Acted Assign(const std::string& actor, const v1::AssignRequest& request, const Moment& at);
  Acted Note(const std::string& actor, const v1::NoteRequest& request, const Moment& at);
  // A condition; its members are not active any more.
  Acted Resolve(const std::string& actor, const v1::ResolveRequest& request, const Moment& at);

  // ---- Silences ----

  // What is in force for it at the event that comes next.
  void SetSilencedBy(const std::vector<std::string>& ids);
  // The event that was made last reached people, or did not.
  void Told(const v1::AlertEvent& event);

 private:
  v1::Alert& mutable_alert() { return *state_.mutable_alert(); }
  Next NextInLife(const GroupingOptions& options) const;
  // Of an open one, or one that has ended.
  Next NextTold(const GroupingOptions& options) const;
  Next NextAfterDismissal(const GroupingOptions& options) const;
  bool active() const;
  // An event that tells no news of Signals.
  v1::AlertEvent TellAside(v1::AlertEventType type, absl::Time when, uint64_t position, std::string actor,
                           std::string reason);
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

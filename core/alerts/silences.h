// Silences: which Alerts of a pipeline are to be kept quiet, until when, and what that has hidden. Time is the
// pipeline's. Part of the Grouper's state; one thread.
#ifndef WIREWATCH_ALERTS_SILENCES_H_
#define WIREWATCH_ALERTS_SILENCES_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "wirewatch/store/store.h"
#include "wirewatch/v1/alert.pb.h"
#include "wirewatch/v1/alert_group.pb.h"

namespace wirewatch::alerts {

// Under this prefix they stand in the grouping's state, as v1::AlertSilence.
inline constexpr char kSilencePrefix[] = "silence/";

// What a silence may say: InvalidArgument for a matcher that the pipeline could not carry out or that would hide
// everything, a reason or an end that is missing. Pure.
absl::Status CheckSilence(const v1::SilenceRule& rule);

class Silences {
 public:
  static constexpr size_t kMost = 10'000;
  static constexpr size_t kMostHidden = 1000;                    // ids of Alerts that are told
  static constexpr absl::Duration kKept = absl::Hours(24 * 30);  // after the end

  // `rule` has id, author, begins and ends. InvalidArgument; ResourceExhausted when there are kMost. The same id again
  // is the same silence.
  absl::StatusOr<v1::SilenceRule> Make(v1::SilenceRule rule, uint64_t position, absl::Time now);
  // Ends one early, as it then is. NotFound, FailedPrecondition when it has ended.
  absl::StatusOr<v1::SilenceRule> End(const std::string& id, absl::Time now);
  // The one that ends next, when it does so by `until`; it has ended then.
  std::optional<v1::SilenceRule> TakeEnded(absl::Time until);
  // When the next one ends or is forgotten; InfiniteFuture: never.
  absl::Time NextDue() const;

  // Ids of those in force for the Alert, sorted.
  std::vector<std::string> Matching(const v1::Alert& alert, absl::Time now) const;
  // They have hidden an event of it.
  void Hid(const std::vector<std::string>& ids, const std::string& alert_id);

  size_t size() const { return silences_.size(); }

  void SealWrites(std::vector<store::StateWrite>& writes);
  // One entry of the state, its key without the prefix. DataLoss.
  absl::Status Restore(std::string_view id, const std::string& value);

 private:
  using Due = std::pair<absl::Time, std::string>;

  static absl::Time DueOf(const v1::SilenceRule& rule);
  void MarkEnded(v1::AlertSilence& silence);
  void ForgetUntil(absl::Time now);

  std::map<std::string, v1::AlertSilence> silences_;
  std::set<Due> due_;
  std::set<std::string> unsealed_;
};

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_ALERTS_SILENCES_H_

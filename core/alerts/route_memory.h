// RouteMemory: what the journal, up to a place, has come to for one recipient's subscription: of which Alerts it was
// told, what waits for its digest, what counts for its cap, and which digest was cut last. A fold over the journal and
// the digests that were due: it is stored together with the subscription's position, so that a restart at any moment
// finds the memory that belongs to the place where it goes on. One thread.
#ifndef WIREWATCH_ALERTS_ROUTE_MEMORY_H_
#define WIREWATCH_ALERTS_ROUTE_MEMORY_H_

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "wirewatch/store/store.h"
#include "wirewatch/v1/alert.pb.h"
#include "wirewatch/v1/route_memory.pb.h"

namespace wirewatch::alerts {

class RouteMemory {
 public:
  // Alerts kept; beyond, those that ended first are let go.
  static constexpr size_t kMostAlerts = 100'000;
  // Alerts that wait for one digest; more are counted.
  static constexpr size_t kMostHeld = 10'000;

  // ---- What is asked ----

  // nullptr: the recipient has heard nothing of it, and nothing of it is held.
  const v1::RoutedAlert* Find(const std::string& alert_id) const;
  // The id of an open Alert of which the recipient was told at once, that is graver than `alert` and shares a watch and
  // a story with it; empty: there is none.
  std::string GraverOpen(const v1::Alert& alert) const;
  // Messages after `time`, of those that count.
  uint32_t SentAfter(absl::Time time) const;
  // Alerts that wait for a digest, cut or not.
  uint64_t holding() const;

  // ---- What happens ----

  // A message has told of the event. With `counts` it counts for a cap that looks back `remember`.
  void Told(const v1::AlertEvent& event, bool counts, absl::Duration remember);
  // The event waits for the digest; with no reason of its own where others of the Alert wait.
  void Hold(const v1::AlertEvent& event, v1::HeldReason reason);
  // An Alert that a silence hid waits for the digest.
  void HoldHidden(const std::string& alert_id, absl::Time at);
  // The recipient hears nothing of the event; of an Alert that it knows the state is noted.
  void PassOver(const v1::AlertEvent& event);

  // ---- Digests ----

  // When the last digest was; nullptr for a subscription that has not begun.
  const v1::DigestMark* mark() const { return mark_ ? &*mark_ : nullptr; }
  // The subscription begins: there is no digest for times up to `at`.
  void BeginDigests(absl::Time at, uint64_t position);
  // What waits becomes the digest of `time`; one that was not delivered goes into it.
  void Cut(absl::Time time, uint64_t sequence, uint64_t position, uint64_t checked);
  // nullptr: none is to be delivered.
  const v1::PendingDigest* pending() const { return pending_ && !pending_->given_up() ? &*pending_ : nullptr; }
  void DigestTaken();
  // What is in it waits for the next one.
  void DigestGivenUp();

  // ---- State ----

  // What has changed since the last call.
  std::vector<store::StateWrite> TakeChanges();
  bool changed() const { return !changed_.empty(); }
  // What is stored. DataLoss when it cannot be read.
  absl::Status Restore(std::span<const store::StateWrite> entries);

 private:
  using Shared = std::pair<std::string, std::string>;  // watch, story

  v1::RoutedAlert& Note(const v1::AlertEvent& event);
  void AddHeld(const std::string& alert_id, v1::RoutedAlert& alert, const v1::HeldAlert& more);
  // Takes the Alert in and out of what is found by more than its id: around every change.
  void Index(const std::string& alert_id, const v1::RoutedAlert& alert);
  void Unindex(const std::string& alert_id, const v1::RoutedAlert& alert);
  // Lets go of what nothing can follow any more.
  void Forget(absl::Time now);

  std::map<std::string, v1::RoutedAlert> alerts_;
  std::map<Shared, std::set<std::string>> open_;           // told at once
  std::set<std::string> held_;                             // with something that waits
  std::set<std::pair<absl::Time, std::string>> followed_;  // ended and nothing waits, by their last event
  std::deque<int64_t> sent_us_;                            // ascending
  std::optional<v1::DigestMark> mark_;
  std::optional<v1::PendingDigest> pending_;
  std::set<std::string> changed_;  // keys
};

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_ALERTS_ROUTE_MEMORY_H_

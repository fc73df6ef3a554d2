// NamedSubscription: what the host knows of a durable subscription while somebody uses it. One consumer at a time; a
// new one fences the one before. What a consumer is sent in its turn is counted, so that an event that was sent in
// twelve turns and never advanced becomes a dead letter.
//
// A turn is written down before its first event is sent and when it ends: a host that is killed forgets at most that
// events after the first were sent. Any thread; calls that say so wait for the store.
#ifndef WIREWATCH_SERVICE_NAMED_SUBSCRIPTION_H_
#define WIREWATCH_SERVICE_NAMED_SUBSCRIPTION_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "wirewatch/service/caller.h"
#include "wirewatch/store/store.h"

namespace wirewatch::service {

class NamedSubscription {
 public:
  // After so many turns the lowest event is given up; one in a turn, since what follows it may never have been seen.
  static constexpr uint32_t kAttempts = 12;
  static constexpr size_t kLongestName = 128;  // bytes

  // The name under which the store knows it; no channel has such a one.
  static std::string Key(const std::string& name) { return "client:" + name; }
  // What a caller calls `name`, as it is known here: callers on the network have names of their own, so that nobody
  // advances what another has not seen.
  static std::string NameFor(const Caller& caller, const std::string& name) {
    return caller.local || caller.anonymous ? name : caller.name + "/" + name;
  }
  // InvalidArgument with google.rpc.BadRequest: not 1 to kLongestName printable characters of ASCII.
  static absl::Status CheckName(const std::string& name);

  NamedSubscription(store::Store& store, std::string name) : store_(store), key_(Key(name)) {}

  // Makes `consumer`, a number not used before, the one that may be sent events. `fence` is called when another takes
  // over. Gives the position; a new subscription begins at the journal's end. Waits for the store.
  absl::StatusOr<uint64_t> Take(uint64_t consumer, std::function<void()> fence);
  enum class First { kSend, kPass };
  // Before the first event that is to be sent in the turn. kPass: it was given up; ask again with the next one. Waits
  // for the store.
  absl::StatusOr<First> Begin(uint64_t consumer, uint64_t sequence);
  // Right before an event is sent: which attempt it is, counted from 1; 0: another has taken over.
  uint32_t NoteSent(uint64_t consumer, uint64_t sequence);
  // Ends the turn. Waits for the store.
  void Leave(uint64_t consumer);
  // Everything up to `sequence` is done with. NotFound: nobody ever subscribed by this name; InvalidArgument: it would
  // go back; OutOfRange: the journal is not that long. Waits for the store.
  absl::Status Advance(uint64_t sequence);

 private:
  absl::Status Load();
  absl::Status WriteTurn();
  absl::Status Bury(uint64_t sequence, uint32_t attempts);
  void Passed(uint64_t sequence);

  store::Store& store_;
  const std::string key_;

  std::mutex store_mutex_;  // one at a time waits for the store; taken before mutex_

  std::mutex mutex_;  // guards what follows; held shortly
  uint64_t consumer_ = 0;
  std::function<void()> fence_;
  uint64_t position_ = 0;
  std::vector<store::Turn> turns_;  // before this one, beyond position_
  store::Turn turn_;                // sent == 0: nothing yet
  uint64_t written_ = 0;            // turn_.sent as it was written down
  bool buried_ = false;             // in this turn
};

// Those in use, by name. Any thread.
class NamedSubscriptions {
 public:
  explicit NamedSubscriptions(store::Store& store) : store_(store) {}
  std::shared_ptr<NamedSubscription> Find(const std::string& name);

 private:
  store::Store& store_;
  std::mutex mutex_;
  std::map<std::string, std::weak_ptr<NamedSubscription>> subscriptions_;  // guarded by mutex_
};

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_NAMED_SUBSCRIPTION_H_

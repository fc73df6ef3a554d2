// Delivery: what is in the journal reaches the channels. A channel is a durable subscription: its own thread reads the
// journal from its own durable position, in order, delivers, and advances after success, so that a slow or broken
// channel delays neither the analysis nor another channel, and a restart repeats at most what was not advanced. A
// channel that is a recipient's gets what the recipient's route gives it (route.h), and digests of what was held.
//
// Add(), Prepare(), Start() and the stopping functions are called by one thread; Notify() and Stats() by any.
#ifndef WIREWATCH_ALERTS_DELIVERY_H_
#define WIREWATCH_ALERTS_DELIVERY_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "wirewatch/alerts/recipient.h"
#include "wirewatch/alerts/render.h"
#include "wirewatch/sdk/alert_channel.h"
#include "wirewatch/sdk/clock.h"
#include "wirewatch/store/store.h"

namespace wirewatch::alerts {

struct ChannelOptions {
  // Whose Alerts it gets.
  std::string pipeline;
  // The channel's id within the pipeline; its subscription is "<pipeline>/<id>", or "<pipeline>/<recipient>/<id>" with
  // one more, "…#digest", that says up to which event digests were taken.
  std::string id;
  // Pause before the second attempt; doubles with each, up to max_backoff, give or take a fifth.
  absl::Duration first_backoff = absl::Seconds(1);
  absl::Duration max_backoff = absl::Minutes(5);
  // After so many attempts an event becomes a dead letter and the next one has its turn (about half an hour).
  uint32_t attempts = 12;
  // Longest time that a position is held back to be advanced together with the next ones.
  absl::Duration advance_every = absl::Seconds(1);
  // For a channel that is no recipient's.
  RenderOptions render = {};
  // Whose channel it is; nullopt: it gets everything.
  std::optional<RecipientRules> recipient = {};
  // Digests are due by the time that the stream has come to, each of them once, and show Alerts as they stood then.
  bool rehearse = false;
  // Else this tells when one is due; outlives the delivery.
  Clock* clock = &SystemClock();
};

struct ChannelStats {
  std::string pipeline;
  std::string id;
  std::string recipient;      // empty: none
  uint64_t delivered = 0;     // events taken
  uint64_t retries = 0;       // attempts beyond an event's first, and repeated flushes
  uint64_t dead_letters = 0;  // events given up, and stored as such
  uint64_t missed = 0;        // events that retention removed first
  uint64_t held = 0;          // events that wait, or waited, for a digest
  uint64_t capped = 0;        // of those, because of the cap
  uint64_t inhibited = 0;     // of those, because of a graver Alert
  uint64_t digests = 0;       // digests taken
  uint64_t holding = 0;       // Alerts that wait for a digest now
  uint64_t position = 0;      // the last sequence number advanced to
  // When the oldest event that it has not taken was written, in the pipeline's time; InfiniteFuture: none waits.
  absl::Time waiting_since = absl::InfiniteFuture();
  std::string trouble;                          // what is wrong now; empty: nothing
  std::shared_ptr<const RecipientRules> rules;  // nullptr: it is nobody's
};

class ChannelWorker;

class Delivery {
 public:
  // `store` must outlive it.
  explicit Delivery(store::Store& store);
  // Stops at once.
  ~Delivery();
  Delivery(const Delivery&) = delete;
  Delivery& operator=(const Delivery&) = delete;

  void Add(std::unique_ptr<AlertChannel> channel, ChannelOptions options);
  // Before the first commit of the pipelines: a channel that is new begins at the end of the journal as it is then.
  // Fails when the store does.
  absl::Status Prepare();
  // Once; another Delivery with the same channels must have stopped.
  void Start();
  // A commit has added to the journal.
  void Notify();
  // Delivers everything that is committed, then stops. A channel that still fails when `patience` has passed is left;
  // its events stay in the journal for the next run. Unavailable, naming those channels.
  absl::Status FlushAndStop(absl::Duration patience);
  // Stops after the deliveries that are going on.
  void Stop();

  // In the order added.
  std::vector<ChannelStats> Stats() const;

 private:
  store::Store& store_;
  std::vector<std::unique_ptr<ChannelWorker>> workers_;
};

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_ALERTS_DELIVERY_H_

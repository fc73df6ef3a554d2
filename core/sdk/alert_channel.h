// AlertChannel: a plugin through which Alerts leave. A channel is a durable subscription to the journal: events come in
// order, each again until it was taken; the host remembers how far the channel is.
#ifndef WIREWATCH_SDK_ALERT_CHANNEL_H_
#define WIREWATCH_SDK_ALERT_CHANNEL_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "wirewatch/sdk/plugin.h"
#include "wirewatch/v1/alert.pb.h"
#include "wirewatch/v1/digest.pb.h"

namespace wirewatch {

// Whom a channel reaches, for what it renders.
struct Recipient {
  std::string id = {};        // empty: the channel is no recipient's, and gets everything
  std::string language = {};  // BCP 47; empty: none is stated
  absl::TimeZone time_zone = absl::UTCTimeZone();
};

// Called by one thread, the channel's own; a slow channel delays nobody else.
class AlertChannel : public Plugin {
 public:
  // Called by the host once, before everything else, for a channel that is a recipient's.
  void SetRecipient(Recipient recipient) { recipient_ = std::move(recipient); }
  const Recipient& recipient() const { return recipient_; }

  // Called once before Deliver(). `delivered` is the sequence number of the last event that was taken for good; events
  // after it may have been delivered before a crash: a channel that can tell (by the events' sequence) skips those.
  virtual absl::Status Open(uint64_t delivered);

  // Takes one event. Unavailable, DeadlineExceeded and ResourceExhausted are tried again with back-off, not before
  // RetryAfter(); any other error at once sets the event aside as a dead letter (counted, kept in the store) and goes
  // on with the next.
  virtual absl::Status Deliver(const v1::AlertEvent& event) = 0;

  // Takes what was held back from the recipient, at the times that it wants a digest; `digest.id` is the same for every
  // attempt. Errors as Deliver(); a digest that is given up is not lost: what it holds goes into the next one.
  // Unimplemented, the default: the host delivers the last event of each Alert in it instead, one by one.
  virtual absl::Status DeliverDigest(const v1::Digest& digest);

  // Makes what was delivered durable on the other side; called before the position advances, at least once a second and
  // at the end. On failure the events since the last Flush() come again.
  virtual absl::Status Flush();

  // Retention has passed this channel's position: events `from` to `to` (inclusive) are gone.
  virtual void Gap(uint64_t from, uint64_t to);

  // What Deliver() would send, for a person to read; secrets are ***. May be called at any time, by the channel's
  // thread. Unimplemented: the event as protobuf JSON.
  virtual absl::StatusOr<std::string> Preview(const v1::AlertEvent& event);
  // The same for DeliverDigest(). Unimplemented: the channel has no form for digests.
  virtual absl::StatusOr<std::string> PreviewDigest(const v1::Digest& digest);

 private:
  Recipient recipient_;
};

// Names an event on one channel (`channel`: pipeline, slash, step): the same for every attempt at it, also after a
// restart, and of no other event or channel. 32 hexadecimal digits.
std::string IdempotencyKey(const v1::AlertEvent& event, std::string_view channel);

// As they are written in configuration: "raised", "acknowledgement_lapsed"; "high". "unspecified" for unknown ones.
std::string EventTypeWord(v1::AlertEventType type);
std::string SeverityWord(v1::Severity severity);

// `status` with the wish not to be tried again before so long (not positive: none; an hour at most).
absl::Status RetryAfter(absl::Status status, absl::Duration wait);
// Zero when it has none.
absl::Duration RetryAfterOf(const absl::Status& status);

}  // namespace wirewatch

#endif  // WIREWATCH_SDK_ALERT_CHANNEL_H_

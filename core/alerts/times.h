// absl::Time as it stands in messages. Stateless; any thread.
#ifndef WIREWATCH_ALERTS_TIMES_H_
#define WIREWATCH_ALERTS_TIMES_H_

#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"

namespace wirewatch::alerts {

// Finite times only.
inline void SetTime(google::protobuf::Timestamp* timestamp, absl::Time time) {
  const absl::Duration since_epoch = time - absl::UnixEpoch();
  const int64_t seconds = absl::ToInt64Seconds(absl::Floor(since_epoch, absl::Seconds(1)));
  timestamp->set_seconds(seconds);
  timestamp->set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(since_epoch - absl::Seconds(seconds))));
}

inline absl::Time GetTime(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_ALERTS_TIMES_H_

// ServedEvent: an entry of the journal as subscribers get it. Rendered and serialised once, and shared by all of them.
// Immutable; any thread.
#ifndef WIREWATCH_SERVICE_SERVED_EVENT_H_
#define WIREWATCH_SERVICE_SERVED_EVENT_H_

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "wirewatch/alerts/render.h"
#include "wirewatch/store/store.h"
#include "wirewatch/v1/alert.pb.h"

namespace wirewatch::service {

struct ServedEvent {
  uint64_t sequence = 0;
  std::string pipeline = {};
  v1::AlertEvent event = {};  // rendered
  // A serialised v1::SubscribeResponse.
  grpc::Slice message = {};
  // The entry cannot be read: `message` is a gap of one event, for every subscriber.
  bool unreadable = false;

  // What it holds, about.
  size_t Bytes() const { return message.size() + event.SpaceUsedLong(); }
};

// Fills in the texts from the archive. An entry that cannot be parsed is told as a gap; errors are the store's.
absl::StatusOr<std::shared_ptr<const ServedEvent>> Serve(const store::JournalEntry& entry,
                                                         const std::string& journal_id,
                                                         const alerts::ItemLookup& lookup);

// The event's message; with `attempt` > 0 as the delivery of that number.
grpc::ByteBuffer MessageOf(const ServedEvent& event, uint32_t attempt);

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_SERVED_EVENT_H_

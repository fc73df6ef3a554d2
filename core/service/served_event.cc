#include "wirewatch/service/served_event.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/sdk/log.h"
#include "wirewatch/v1/alert_service.pb.h"

namespace wirewatch::service {

absl::StatusOr<std::shared_ptr<const ServedEvent>> Serve(const store::JournalEntry& entry,
                                                         const std::string& journal_id,
                                                         const alerts::ItemLookup& lookup) {
  auto served = std::make_shared<ServedEvent>();
  served->sequence = entry.sequence;
  served->pipeline = entry.pipeline;
  v1::SubscribeResponse response;
  absl::StatusOr<v1::AlertEvent> event = alerts::RenderEntry(entry, journal_id, lookup);
  if (event.ok()) {
    served->event = *std::move(event);
    response.unsafe_arena_set_allocated_event(&served->event);
  } else if (!absl::IsInternal(event.status())) {
    return event.status();
  } else {
    Log("alerts").Error("An entry of the journal cannot be shown; subscribers are told of a gap.",
                        {{"sequence", absl::StrCat(entry.sequence)}, {"error", std::string(event.status().message())}});
    served->unreadable = true;
    response.mutable_gap()->set_from(entry.sequence);
    response.mutable_gap()->set_to(entry.sequence);
  }
  served->message = grpc::Slice(response.SerializeAsString());
  if (response.has_event()) response.unsafe_arena_release_event();
  return std::shared_ptr<const ServedEvent>(std::move(served));
}

grpc::ByteBuffer MessageOf(const ServedEvent& event, uint32_t attempt) {
  if (attempt == 0 || event.unreadable) return grpc::ByteBuffer(&event.message, 1);
  // Serialised messages one after another are one message with the fields of all.
  v1::SubscribeResponse last;
  last.set_attempt(attempt);
  const grpc::Slice slices[] = {event.message, grpc::Slice(last.SerializeAsString())};
  return grpc::ByteBuffer(slices, 2);
}

}  // namespace wirewatch::service

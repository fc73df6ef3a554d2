// The quarantine of a store as HostService offers it, for a running host and for a store that no host has at the
// moment. Any thread, as the store.
#ifndef WIREWATCH_SERVICE_QUARANTINE_H_
#define WIREWATCH_SERVICE_QUARANTINE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/repeated_field.h"
#include "wirewatch/store/store.h"
#include "wirewatch/v1/host_service.pb.h"

namespace wirewatch::service {

inline constexpr int kMostQuarantineIds = 10'000;  // of one call

// InvalidArgument for a page that cannot be; otherwise the store's errors.
absl::StatusOr<v1::ListQuarantineResponse> ListQuarantine(store::Store& store,
                                                          const v1::ListQuarantineRequest& request);
// In full. NotFound.
absl::StatusOr<v1::QuarantineEntry> GetQuarantined(store::Store& store, uint64_t id);

using Ids = google::protobuf::RepeatedField<uint64_t>;
// As Store::RetryQuarantined() and Store::DropQuarantined(); an id that is given twice counts once. The number of ids.
absl::StatusOr<uint32_t> RetryQuarantined(store::Store& store, const Ids& ids);
absl::StatusOr<uint32_t> DropQuarantined(store::Store& store, const Ids& ids);

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_QUARANTINE_H_

// Rehearsal: digests that go by the time of the stream instead of the clock's, for trying out recipients with an
// archive (`wirewatch run --once --rehearse`). Where the stream stood at a time is asked of the archive, so that a
// digest is the same however far the pipeline has come meanwhile. Any thread.
#ifndef WIREWATCH_ALERTS_REHEARSAL_H_
#define WIREWATCH_ALERTS_REHEARSAL_H_

#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "wirewatch/store/store.h"

namespace wirewatch::alerts {

// Of a longer stretch in which nothing happened only the last digests are told.
inline constexpr absl::Duration kRehearsedFor = absl::Hours(24 * 31);

// When the first archived Item arrived; nullopt: there is none. Errors are the store's.
absl::StatusOr<std::optional<absl::Time>> FirstArrival(std::string_view pipeline, store::Store& store);

// The position up to which every archived Item arrived before `time`, from `after` (where that is known) to `to`.
// Errors are the store's.
absl::StatusOr<uint64_t> PositionBefore(std::string_view pipeline, absl::Time time, uint64_t after, uint64_t to,
                                        store::Store& store);

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_ALERTS_REHEARSAL_H_

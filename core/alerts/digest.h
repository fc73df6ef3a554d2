// Digest: a PendingDigest of the memory made into the message that a channel delivers: the Alerts as they stand now,
// within what the recipient may see. Any thread.
#ifndef WIREWATCH_ALERTS_DIGEST_H_
#define WIREWATCH_ALERTS_DIGEST_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "wirewatch/alerts/recipient.h"
#include "wirewatch/store/store.h"
#include "wirewatch/v1/digest.pb.h"
#include "wirewatch/v1/route_memory.pb.h"

namespace wirewatch::alerts {

// Whose digest it is.
struct DigestPlace {
  std::string pipeline;
  std::string channel;
};

// Errors are the store's. The same `id` for the same place, time and cut, whatever has become of the Alerts since.
// Shows them as they stood at `at_sequence` of the journal.
absl::StatusOr<v1::Digest> MakeDigest(const v1::PendingDigest& pending, const RecipientRules& rules,
                                      const DigestPlace& place, store::Store& store,
                                      uint64_t at_sequence = store::Store::kNewest);

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_ALERTS_DIGEST_H_

// IngestBatch: pushes a few records and waits until all of them are durable, on the caller's thread.
#ifndef WIREWATCH_SERVICE_INGEST_BATCH_H_
#define WIREWATCH_SERVICE_INGEST_BATCH_H_

#include <functional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "wirewatch/pipeline/host.h"
#include "wirewatch/v1/ingest_service.pb.h"

namespace wirewatch::service {

inline constexpr int kMostInBatch = 1000;
inline constexpr uint64_t kLargestBatch = uint64_t{16} << 20;

// InvalidArgument, NotFound and FailedPrecondition: nothing was pushed. Otherwise a part may have been, and all of it
// may be pushed again: ResourceExhausted with what was full for all of `patience`; Unavailable when something was not
// durable by then, or the pipeline has ended; Cancelled when `given_up` says so, which is asked every now and then.
absl::Status PushBatch(pipeline::Host& host, v1::IngestBatchRequest request, absl::Duration patience,
                       const std::function<bool()>& given_up, v1::IngestBatchResponse& response);

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_INGEST_BATCH_H_

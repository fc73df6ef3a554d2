// What a client pushes, on its way to a source: which one is meant, and whether the record can be taken.
#ifndef WIREWATCH_SERVICE_INGEST_RECORD_H_
#define WIREWATCH_SERVICE_INGEST_RECORD_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "wirewatch/pipeline/host.h"
#include "wirewatch/pipeline/push_lane.h"
#include "wirewatch/v1/ingest_service.pb.h"

namespace wirewatch::service {

inline constexpr uint64_t kLargestRaw = uint64_t{16} << 20;
inline constexpr uint64_t kLargestItem = uint64_t{16} << 20;

// InvalidArgument when it can never be taken: too large, or an Item that says nothing. Otherwise the Item is what a
// source would have made of it: what the host and analyses set is taken off. Its text is UTF-8, or it would not have
// been parsed.
absl::Status Check(v1::IngestRequest& request);

// The answer to a record that Check() has refused.
v1::IngestResponse Rejection(const absl::Status& why);

// Which source is meant by one request after the other. One thread at a time.
class IngestTarget {
 public:
  // `host` outlives it.
  explicit IngestTarget(pipeline::Host& host) : host_(host) {}
  // Of a request that names no pipeline it is that of the one before, and if it names no source either, the same
  // source. Errors are those of Host::FindPushLane().
  absl::StatusOr<std::shared_ptr<pipeline::PushLane>> Find(const v1::IngestRequest& request);

 private:
  pipeline::Host& host_;
  std::string pipeline_, source_;
  std::shared_ptr<pipeline::PushLane> lane_;
};

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_INGEST_RECORD_H_

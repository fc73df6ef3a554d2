// IngestService on a Host: see proto/wirewatch/v1/ingest_service.proto. Any thread.
#ifndef WIREWATCH_SERVICE_INGEST_SERVICE_H_
#define WIREWATCH_SERVICE_INGEST_SERVICE_H_

#include <grpcpp/support/byte_buffer.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

#include "absl/time/time.h"
#include "wirewatch/pipeline/host.h"
#include "wirewatch/service/access.h"
#include "wirewatch/v1/ingest_service.grpc.pb.h"

namespace wirewatch::service {

class IngestStream;

class IngestService final : public v1::IngestService::WithRawCallbackMethod_Ingest<v1::IngestService::Service> {
 public:
  // How long IngestBatch may wait, unless the caller's deadline is earlier.
  static constexpr absl::Duration kPatience = absl::Seconds(60);

  // Both outlive it. The server that it is registered with is gone before it.
  IngestService(pipeline::Host& host, Access& access);
  ~IngestService() override;
  // Every call ends with Unavailable, and whatever comes later.
  void EndStreams();

 private:
  using Stream = grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>;

  Stream* Ingest(grpc::CallbackServerContext* context) override;
  grpc::Status IngestBatch(grpc::ServerContext* context, const v1::IngestBatchRequest* request,
                           v1::IngestBatchResponse* response) override;
  void Remove(uint64_t number);

  pipeline::Host& host_;
  Access& access_;
  std::atomic<bool> ending_{false};
  std::mutex mutex_;  // guards what follows
  std::map<uint64_t, std::shared_ptr<IngestStream>> streams_;
  uint64_t last_number_ = 0;
};

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_INGEST_SERVICE_H_

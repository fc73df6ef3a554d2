#include "wirewatch/service/ingest_service.h"

#include <utility>

#include "wirewatch/service/grpc_status.h"
#include "wirewatch/service/ingest_batch.h"
#include "wirewatch/service/ingest_stream.h"
#include "wirewatch/service/patience.h"

namespace wirewatch::service {
namespace {

// A call that is over before it has begun.
class Refusal final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  explicit Refusal(const absl::Status& status) { Finish(ToGrpc(status)); }
  void OnDone() override { delete this; }
};

absl::Status Ending() { return absl::UnavailableError("the host is stopping"); }

}  // namespace

IngestService::IngestService(pipeline::Host& host, Access& access) : host_(host), access_(access) {}

IngestService::~IngestService() = default;

IngestService::Stream* IngestService::Ingest(grpc::CallbackServerContext* context) {
  absl::StatusOr<Admission> admission = access_.Admit(*context, "IngestService/Ingest");
  if (!admission.ok()) return new Refusal(admission.status());
  std::shared_ptr<IngestStream> stream;
  {
    const std::lock_guard lock(mutex_);
    if (ending_) return new Refusal(Ending());
    const uint64_t number = ++last_number_;
    stream = std::make_shared<IngestStream>(host_, access_, *std::move(admission), [this, number] { Remove(number); });
    streams_.emplace(number, stream);
  }
  stream->Begin();
  return stream.get();
}

grpc::Status IngestService::IngestBatch(grpc::ServerContext* context, const v1::IngestBatchRequest* request,
                                        v1::IngestBatchResponse* response) {
  return access_.Serve(*context, "IngestService/IngestBatch", "", [&](const Caller&) {
    const absl::Status pushed = PushBatch(
        host_, *request, PatienceOf(*context, kPatience), [&] { return ending_ || context->IsCancelled(); }, *response);
    return ToGrpc(absl::IsCancelled(pushed) && ending_ ? Ending() : pushed);
  });
}

void IngestService::EndStreams() {
  std::map<uint64_t, std::shared_ptr<IngestStream>> streams;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    streams = streams_;
  }
  for (const auto& [number, stream] : streams) stream->End(ToGrpc(Ending()));
}

void IngestService::Remove(uint64_t number) {
  std::shared_ptr<IngestStream> stream;
  const std::lock_guard lock(mutex_);
  const auto found = streams_.find(number);
  stream = std::move(found->second);
  streams_.erase(found);
}

}  // namespace wirewatch::service

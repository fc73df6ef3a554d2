// IngestStream: one Ingest call. It reads a record when the one before has found room at its source and not too many
// are unanswered; meanwhile gRPC's flow control holds the client. It costs no thread, and one record at a time.
//
// It is called by threads of gRPC (OnReadDone() and so on) and of the host (Pusher). What they do to the call, they do
// with the lock, so that nothing is begun after the end.
#ifndef WIREWATCH_SERVICE_INGEST_STREAM_H_
#define WIREWATCH_SERVICE_INGEST_STREAM_H_

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "wirewatch/pipeline/push_lane.h"
#include "wirewatch/service/access.h"
#include "wirewatch/service/ingest_record.h"
#include "wirewatch/v1/ingest_service.pb.h"

namespace wirewatch::service {

class IngestStream final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                           public pipeline::Pusher,
                           public std::enable_shared_from_this<IngestStream> {
 public:
  // Records of a stream that are read and whose answers are not written yet.
  static constexpr size_t kMostUnanswered = 1000;

  // Whoever makes it holds it until `done` is called. `host` and `access` outlive the call, though not the object,
  // which lives as long as records of it are on their way.
  IngestStream(pipeline::Host& host, Access& access, Admission admission, std::function<void()> done);
  // Once, before the call is handed to gRPC.
  void Begin();
  // The call ends at once, with what is unanswered.
  void End(const grpc::Status& status);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override { End(grpc::Status::CANCELLED); }
  void OnDone() override;

  void OnRoom() override;
  void OnAnswer(uint64_t ref, absl::StatusOr<v1::IngestResponse> answer) override;

 private:
  // What was read is pushed or answered; not OK: nothing more of the stream can be taken.
  absl::Status Take(const grpc::ByteBuffer& message);
  absl::Status CheckCaller();
  // Nothing more is read; when everything is answered the call ends, with the first of these.
  void Close(const grpc::Status& status);

  // With the lock: whatever can go on does.
  void GoOn();
  void EndNow(const grpc::Status& status);

  Access& access_;
  const std::function<void()> done_;
  // Of the thread that takes a record.
  IngestTarget target_;
  absl::Time checked_;

  std::mutex mutex_;  // guards what follows
  std::optional<Admission> admission_;
  grpc::ByteBuffer read_, written_;
  bool reading_ = false;  // until what was read is pushed
  bool writing_ = false;
  bool wrote_ = false;
  bool finished_ = false;
  std::shared_ptr<pipeline::PushLane> lane_;  // where a record waits for room; nullptr: none does
  size_t unanswered_ = 0;
  std::deque<v1::IngestResponse> answers_;  // the first is being written, if any is
  std::optional<grpc::Status> closed_;      // nothing more is read
};

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_INGEST_STREAM_H_

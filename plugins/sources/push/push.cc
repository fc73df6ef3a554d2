// The source `push`: Items that clients bring themselves, by gRPC or HTTP.
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/sdk/source.h"

namespace wirewatch::sources {

struct PushOptions {
  uint64_t max_pending = 1000;
  ByteSize max_bytes = MiB(16);
};

class Push final : public Source, public PushReceiver {
 public:
  using Options = PushOptions;

  static absl::StatusOr<std::unique_ptr<Push>> Create(Options options, Setup& setup) {
    return std::unique_ptr<Push>(new Push(options, setup.once()));
  }

  Limits push_limits() const override { return {options_.max_pending, options_.max_bytes.bytes}; }
  void TakeFrom(PushQueue& queue) override { queue_ = &queue; }

  v1::SourcePromise promise() const override { return v1::SOURCE_PROMISE_ACKNOWLEDGED; }
  int wait_fd() const override { return queue_ != nullptr ? queue_->fd() : -1; }
  absl::Status Open(std::string_view) override { return absl::OkStatus(); }
  // Who pushes has what is not durable yet, and brings it again.
  std::string Cursor() const override { return ""; }
  std::string Summary() const override { return absl::StrCat(taken_, " pushed"); }

  absl::StatusOr<Progress> Read(BatchBuilder& batch, absl::Duration) override {
    if (once_ || queue_ == nullptr) return Progress::End();
    while (!batch.full()) {
      std::optional<PushedRecord> record = queue_->Take();
      if (!record) return Progress::Idle(absl::Hours(1));
      ++taken_;
      batch.NewItem() = std::move(record->item);
      batch.SetTicket(std::move(record->ticket));
      batch.Add(record->raw);
    }
    return Progress::More();
  }

 private:
  Push(Options options, bool once) : options_(options), once_(once) {}

  const Options options_;
  const bool once_;
  PushQueue* queue_ = nullptr;
  uint64_t taken_ = 0;
};

}  // namespace wirewatch::sources

using wirewatch::Field;
using wirewatch::sources::Push;
using wirewatch::sources::PushOptions;

WIREWATCH_PLUGIN(
    Push, {.name = "push",
           .summary = "Takes Items that clients push, over gRPC or HTTP.",
           .details = "Clients call `IngestService` (or `POST /v1/items`), and are answered when what they brought is "
                      "durable. What was not answered may be pushed again: the same Item with the same content is "
                      "known, and is not doubled. With `run --once` the source ends at once: nobody can push.",
           .options = {Field("max_pending", &PushOptions::max_pending,
                             "How many Items may wait here until they are read. Further ones wait at their clients.")
                           .Range(1, 1000000),
                       Field("max_bytes", &PushOptions::max_bytes, "How many bytes these may have.")
                           .Range(wirewatch::KiB(64), wirewatch::MiB(4096))},
           .promise = wirewatch::v1::SOURCE_PROMISE_ACKNOWLEDGED});

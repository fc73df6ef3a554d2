#include "wirewatch/store/checkpointer.h"

#include <chrono>
#include <utility>

#include "wirewatch/sdk/log.h"

namespace wirewatch::store {

Checkpointer::Checkpointer(std::string path, bool synchronous, std::mutex& writing)
    : path_(std::move(path)), synchronous_(synchronous), writing_(writing), thread_([this] { Run(); }) {}

Checkpointer::~Checkpointer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Checkpointer::Notify(uint64_t log_bytes) {
  if (log_bytes < kCopyBytes) return;
  {
    const std::lock_guard lock(mutex_);
    due_ = true;
  }
  changed_.notify_one();
}

void Checkpointer::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return due_ || stopping_; });
    if (stopping_) return;
    due_ = false;
    lock.unlock();
    const bool done = CopyPatiently();
    lock.lock();
    if (done) continue;
    due_ = true;
    changed_.wait_for(lock, std::chrono::seconds(1), [this] { return stopping_; });
  }
}

bool Checkpointer::CopyPatiently() {
  const absl::Status done = Copy();
  if (!done.ok()) {
    // What SQLite remembers of the trouble goes with the connection.
    connection_.reset();
    if (!troubled_) {
      Log("store").Warning("the write-ahead log cannot be copied into the store's file and grows; tried again",
                           {{"error", std::string(done.message())}});
    }
  }
  troubled_ = !done.ok();
  return done.ok();
}

absl::Status Checkpointer::Copy() {
  if (connection_ == nullptr) {
    absl::StatusOr<std::unique_ptr<Connection>> opened = Connection::Open(path_, Connection::Access::kExisting);
    if (!opened.ok()) return opened.status();
    if (absl::Status set = (*opened)->Execute(synchronous_ ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = OFF");
        !set.ok()) {
      return set;
    }
    connection_ = *std::move(opened);
    connection_->SetBusyTimeout(kReaderWaitMs);
  }
  const absl::StatusOr<CheckpointProgress> progress = CopyMost();
  if (!progress.ok()) return progress.status();
  if (progress->log_bytes < kLongBytes || progress->rest_bytes() > kRestBytes) return absl::OkStatus();
  // What was copied in parts is not on the disk yet; commits need not wait for that.
  if (absl::Status synced = synchronous_ ? connection_->SyncFile() : absl::OkStatus(); !synced.ok()) return synced;
  const std::lock_guard no_commits(writing_);
  return connection_->Checkpoint(Connection::CheckpointMode::kRestart).status();
}

absl::StatusOr<CheckpointProgress> Checkpointer::CopyMost() {
  absl::StatusOr<CheckpointProgress> progress = CheckpointProgress{};
  uint64_t copied_before = 0;
  do {
    copied_before = progress->copied_bytes;
    progress = connection_->Checkpoint(Connection::CheckpointMode::kPassive);
  } while (progress.ok() && progress->log_bytes >= kLongBytes && progress->rest_bytes() > kRestBytes &&
           progress->copied_bytes > copied_before);
  return progress;
}

}  // namespace wirewatch::store

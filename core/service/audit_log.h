// AuditLog: who did what over the host's services, and whom they refused, as JSON lines in a file that only the host's
// user may read. It tells no secrets. When the file is full it becomes FILE.1, that FILE.2, and so on; the last goes.
// Any thread.
//
//   {"time":"2026-06-14T09:12:03.412Z","caller":"anna","token":"1a2b3c4d","peer":"192.0.2.7:51234",
//    "method":"WatchService/Add","target":"kfor","outcome":"OK"}
#ifndef WIREWATCH_SERVICE_AUDIT_LOG_H_
#define WIREWATCH_SERVICE_AUDIT_LOG_H_

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "wirewatch/service/descriptor.h"

namespace wirewatch::service {

struct AuditEntry {
  std::string caller = {};  // empty: nobody knows
  std::string token = {};   // its id
  std::string peer = {};    // address, or "socket"
  std::string method = {};
  std::string target = {};   // what it was done to, e.g. a watch's or an Alert's id
  std::string outcome = {};  // a status code's name, e.g. "OK"
  std::string detail = {};   // of what was refused or failed
  uint64_t left_out = 0;     // entries like this before it that were not written, because there were too many
};

class AuditLog {
 public:
  struct Options {
    uint64_t file_bytes = 16 << 20;
    int files = 8;
    bool durable = true;  // every line is on the disk before Write() returns
  };

  // The file is made with the first line. FailedPrecondition when it is there and others may read or write it.
  static absl::StatusOr<std::unique_ptr<AuditLog>> Open(const std::filesystem::path& file, const Options& options);

  // A line that cannot be written is logged and counted.
  void Write(const AuditEntry& entry);
  uint64_t failures() const { return failures_; }

 private:
  AuditLog(std::filesystem::path file, const Options& options) : file_(std::move(file)), options_(options) {}

  // All with `mutex_` held, but for Open().
  absl::Status OpenFile();
  absl::Status Rotate();
  absl::Status Append(const std::string& line);

  const std::filesystem::path file_;
  const Options options_;
  std::mutex mutex_;
  Descriptor descriptor_;
  uint64_t bytes_ = 0;
  std::atomic<uint64_t> failures_{0};
};

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_AUDIT_LOG_H_

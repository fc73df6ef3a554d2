#include "wirewatch/service/audit_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cerrno>
#include <string_view>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "wirewatch/sdk/log.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::service {
namespace {

constexpr size_t kLongestValue = 1024;  // bytes

absl::Status Failed(const char* what, const std::filesystem::path& file) {
  return absl::ErrnoToStatus(errno, absl::StrCat(what, " ", file.string()));
}

std::string LineOf(const AuditEntry& entry) {
  boost::json::object line;
  line["time"] = absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::Now(), absl::UTCTimeZone());
  const auto add = [&line](const char* key, const std::string& value) {
    std::string text = text::RepairUtf8(value);
    if (text.size() > kLongestValue) text.resize(text::FloorBoundary(text, kLongestValue));
    if (!text.empty()) line[key] = text;
  };
  add("caller", entry.caller);
  add("token", entry.token);
  add("peer", entry.peer);
  add("method", entry.method);
  add("target", entry.target);
  add("outcome", entry.outcome);
  add("detail", entry.detail);
  if (entry.left_out > 0) line["left_out"] = entry.left_out;
  return boost::json::serialize(line) + "\n";
}

}  // namespace

absl::StatusOr<std::unique_ptr<AuditLog>> AuditLog::Open(const std::filesystem::path& file, const Options& options) {
  std::unique_ptr<AuditLog> log(new AuditLog(file, options));
  std::error_code error;
  if (!std::filesystem::exists(std::filesystem::symlink_status(file, error))) return log;
  if (absl::Status opened = log->OpenFile(); !opened.ok()) return opened;
  return log;
}

absl::Status AuditLog::OpenFile() {
  Descriptor descriptor(open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600));
  struct stat found {};
  if (!descriptor.ok() || fstat(descriptor.get(), &found) != 0) return Failed("cannot write", file_);
  if (!S_ISREG(found.st_mode) || (found.st_mode & 077) != 0) {
    return absl::FailedPreconditionError(absl::StrCat("others than its owner may use ", file_.string(),
                                                      ", or it is no file: run `chmod 600 ", file_.string(), "`"));
  }
  descriptor_ = std::move(descriptor);
  bytes_ = static_cast<uint64_t>(found.st_size);
  return absl::OkStatus();
}

absl::Status AuditLog::Rotate() {
  const auto numbered = [this](int number) {
    return number == 0 ? file_ : std::filesystem::path(absl::StrCat(file_.string(), ".", number));
  };
  for (int number = options_.files - 1; number > 0; --number) {
    if (rename(numbered(number - 1).c_str(), numbered(number).c_str()) != 0 && errno != ENOENT) {
      return Failed("cannot rename", numbered(number - 1));
    }
  }
  return OpenFile();
}

absl::Status AuditLog::Append(const std::string& line) {
  if (!descriptor_.ok() || bytes_ + line.size() > options_.file_bytes) {
    if (absl::Status rotated = descriptor_.ok() ? Rotate() : OpenFile(); !rotated.ok()) return rotated;
  }
  if (!WriteAll(descriptor_.get(), line)) {
    absl::Status failed = Failed("cannot write", file_);
    // A part of a line would spoil the next one.
    (void)!ftruncate(descriptor_.get(), static_cast<off_t>(bytes_));
    return failed;
  }
  bytes_ += line.size();
  if (options_.durable && fdatasync(descriptor_.get()) != 0) return Failed("cannot write to the disk", file_);
  return absl::OkStatus();
}

void AuditLog::Write(const AuditEntry& entry) {
  const std::string line = LineOf(entry);
  absl::Status appended;
  {
    const std::lock_guard lock(mutex_);
    appended = Append(line);
  }
  if (appended.ok()) return;
  ++failures_;
  Log("access").Error("A line of the audit log cannot be written.",
                      {{"error", std::string(appended.message())}, {"line", line.substr(0, line.size() - 1)}});
}

}  // namespace wirewatch::service

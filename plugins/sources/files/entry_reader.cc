#include "entry_reader.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "seen_files.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::sources {
namespace {

constexpr size_t kBlockBytes = 64 << 10;
// Below this a high ratio is no attack: a line of blanks packs a thousandfold.
constexpr uint64_t kRatioFromBytes = 16 << 20;

class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  File(File&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

class PlainReader final : public EntryReader {
 public:
  PlainReader(File file, const struct stat& status) : file_(std::move(file)) { status_ = status; }

  absl::StatusOr<bool> Next() override { return std::exchange(first_, false); }

  absl::StatusOr<size_t> Read(char* buffer, size_t size) override {
    for (;;) {
      const ssize_t got = pread(file_.get(), buffer, size, static_cast<off_t>(offset_));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return absl::ErrnoToStatus(errno, "cannot read");
      offset_ += static_cast<uint64_t>(got);
      return static_cast<size_t>(got);
    }
  }

  absl::Status Skip(uint64_t bytes) override {
    offset_ += bytes;
    return absl::OkStatus();
  }

  uint64_t TailOf(uint64_t offset) const override {
    std::array<char, 64> tail;
    const uint64_t size = std::min<uint64_t>(offset, tail.size());
    const ssize_t got = pread(file_.get(), tail.data(), size, static_cast<off_t>(offset - size));
    return HashOf({tail.data(), static_cast<size_t>(std::max<ssize_t>(got, 0))});
  }

 private:
  File file_;
  bool first_ = true;
  uint64_t offset_ = 0;
};

class PackedReader final : public EntryReader {
 public:
  PackedReader(File file, const struct stat& status, const FileLimits& limits, bool is_zip)
      : file_(std::move(file)), limits_(limits), archive_(archive_read_new(), &archive_read_free) {
    status_ = status;
    packed_ = true;
    if (is_zip) {
      archive_read_support_format_zip(archive_.get());
    } else {
      archive_read_support_filter_gzip(archive_.get());
      archive_read_support_filter_zstd(archive_.get());
      archive_read_support_format_raw(archive_.get());
    }
  }

  absl::Status Start() {
    return archive_read_open_fd(archive_.get(), file_.get(), kBlockBytes) == ARCHIVE_OK ? absl::OkStatus() : Damaged();
  }

  absl::StatusOr<bool> Next() override {
    for (;;) {
      archive_entry* entry = nullptr;
      const int result = archive_read_next_header(archive_.get(), &entry);
      if (result == ARCHIVE_EOF) return false;
      if (result < ARCHIVE_WARN) return Damaged();
      if (++entries_ > limits_.entries) {
        return absl::ResourceExhaustedError(absl::StrCat("more than ", limits_.entries, " entries"));
      }
      if (archive_entry_is_encrypted(entry) != 0) return absl::PermissionDeniedError("it is encrypted");
      const auto type = archive_entry_filetype(entry);
      if (type != 0 && type != AE_IFREG) continue;
      const char* const name = archive_entry_pathname(entry);
      // The raw format calls its only entry "data".
      const bool only = archive_format(archive_.get()) == ARCHIVE_FORMAT_RAW;
      name_ = only || name == nullptr ? "" : text::RepairUtf8(name);
      return true;
    }
  }

  absl::StatusOr<size_t> Read(char* buffer, size_t size) override {
    const la_ssize_t got = archive_read_data(archive_.get(), buffer, size);
    if (got < 0) return Damaged();
    unpacked_ += static_cast<uint64_t>(got);
    if (unpacked_ > limits_.unpacked.bytes) {
      return absl::ResourceExhaustedError(absl::StrCat("it unpacks to more than ", limits_.unpacked.bytes, " bytes"));
    }
    const auto packed = static_cast<uint64_t>(std::max<la_int64_t>(archive_filter_bytes(archive_.get(), -1), 1));
    if (unpacked_ > kRatioFromBytes && unpacked_ / packed > limits_.ratio) {
      return absl::ResourceExhaustedError(absl::StrCat("it unpacks to more than ", limits_.ratio, " times its size"));
    }
    return static_cast<size_t>(got);
  }

  uint64_t TailOf(uint64_t) const override { return StampOf(status_); }

 private:
  absl::Status Damaged() const {
    const char* const why = archive_error_string(archive_.get());
    return absl::DataLossError(absl::StrCat("damaged: ", why == nullptr ? "it cannot be unpacked" : why));
  }

  File file_;
  const FileLimits& limits_;
  std::unique_ptr<archive, decltype(&archive_read_free)> archive_;
  uint64_t entries_ = 0;
  uint64_t unpacked_ = 0;
};

}  // namespace

absl::Status EntryReader::Skip(uint64_t bytes) {
  std::array<char, 16384> left_out;
  while (bytes > 0) {
    const absl::StatusOr<size_t> got = Read(left_out.data(), std::min<uint64_t>(left_out.size(), bytes));
    if (!got.ok()) return got.status();
    if (*got == 0) break;
    bytes -= *got;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<EntryReader>> EntryReader::Open(const std::string& path, const FileLimits& limits) {
  // Without O_NONBLOCK a pipe that took the file's place would be waited for.
  File file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return absl::ErrnoToStatus(errno, "cannot open it");
  struct stat status {};
  if (fstat(file.get(), &status) != 0) return absl::ErrnoToStatus(errno, "cannot look at it");
  if (!S_ISREG(status.st_mode)) return absl::InvalidArgumentError("it is no regular file");
  if (static_cast<uint64_t>(status.st_size) > limits.file.bytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat("it has ", status.st_size, " bytes, more than the limit of ", limits.file.bytes));
  }
  std::array<char, 4> magic{};
  const ssize_t got = pread(file.get(), magic.data(), magic.size(), 0);
  const std::string_view head(magic.data(), static_cast<size_t>(std::max<ssize_t>(got, 0)));
  const bool is_zip = head == std::string_view("PK\x03\x04", 4) || head == std::string_view("PK\x05\x06", 4);
  if (!is_zip && !head.starts_with("\x1f\x8b") && head != "\x28\xb5\x2f\xfd") {
    return std::make_unique<PlainReader>(std::move(file), status);
  }
  auto packed = std::make_unique<PackedReader>(std::move(file), status, limits, is_zip);
  if (const absl::Status started = packed->Start(); !started.ok()) return started;
  return packed;
}

}  // namespace wirewatch::sources

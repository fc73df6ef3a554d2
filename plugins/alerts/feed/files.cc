#include "files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"

namespace wirewatch::alerts {
namespace {

absl::Status Trouble(const std::filesystem::path& path, const char* what) {
  return absl::UnavailableError(absl::StrCat(path.string(), " ", what, ": ", std::string(strerror(errno))));
}

bool WriteAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

bool SyncFolder(const std::filesystem::path& path) {
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  const absl::Cleanup close_folder = [fd] { close(fd); };
  return fsync(fd) == 0;
}

}  // namespace

absl::StatusOr<std::string> ReadWhole(const std::filesystem::path& path, size_t limit_bytes) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) return absl::NotFoundError(absl::StrCat(path.string(), " is not there"));
  if (fd < 0) return Trouble(path, "cannot be opened");
  const absl::Cleanup close_file = [fd] { close(fd); };
  struct stat file {};
  if (fstat(fd, &file) != 0) return Trouble(path, "cannot be read");
  if (static_cast<uint64_t>(file.st_size) > limit_bytes)
    return absl::OutOfRangeError(absl::StrCat(path.string(), " has more than ", limit_bytes, " bytes"));
  std::string content(static_cast<size_t>(file.st_size), '\0');
  size_t at = 0;
  while (at < content.size()) {
    const ssize_t got = read(fd, content.data() + at, content.size() - at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Trouble(path, "cannot be read");
    if (got == 0) break;
    at += static_cast<size_t>(got);
  }
  content.resize(at);
  return content;
}

absl::Status WriteWhole(const std::filesystem::path& path, const std::string& content) {
  // A reader with a conditional GET is not told of a change where there is none.
  if (const auto there = ReadWhole(path, content.size()); there.ok() && *there == content) return absl::OkStatus();
  const std::string part = path.string() + ".part";
  const int fd =
      open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH);
  if (fd < 0) return Trouble(path, "cannot be written");
  bool written = WriteAll(fd, content) && fsync(fd) == 0;
  written = close(fd) == 0 && written;
  if (!written || rename(part.c_str(), path.c_str()) != 0) {
    absl::Status trouble = Trouble(path, "cannot be written");
    unlink(part.c_str());
    return trouble;
  }
  return SyncFolder(path) ? absl::OkStatus() : Trouble(path, "does not reach the disk");
}

}  // namespace wirewatch::alerts

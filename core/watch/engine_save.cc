// Index files on the disk.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/watch/engine_file.h"

namespace wirewatch::watch {
namespace {

// A file that is closed with the object.
class Descriptor {
 public:
  Descriptor(const std::filesystem::path& path, int flags) : number_(open(path.c_str(), flags | O_CLOEXEC, 0644)) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int operator*() const { return number_; }

 private:
  const int number_;
};

absl::Status ErrnoStatus(const char* what, const std::filesystem::path& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat(what, " ", path.string()));
}

absl::Status WriteAll(const std::filesystem::path& path, std::string_view bytes) {
  const Descriptor file(path, O_WRONLY | O_CREAT | O_TRUNC);
  if (*file < 0) return ErrnoStatus("cannot make", path);
  while (!bytes.empty()) {
    const ssize_t written = write(*file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return ErrnoStatus("cannot write", path);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return fsync(*file) == 0 ? absl::OkStatus() : ErrnoStatus("cannot write to the disk", path);
}

absl::StatusOr<std::string> ReadAll(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    return absl::NotFoundError(absl::StrCat("there is no file ", path.string()));
  }
  const Descriptor file(path, O_RDONLY);
  const off_t size = *file < 0 ? -1 : lseek(*file, 0, SEEK_END);
  if (size < 0) return ErrnoStatus("cannot read", path);
  std::string bytes(static_cast<size_t>(size), '\0');
  for (size_t at = 0; at < bytes.size();) {
    const ssize_t got = pread(*file, bytes.data() + at, bytes.size() - at, static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrnoStatus("cannot read", path);
    if (got == 0) bytes.resize(at);  // it has become shorter
    at += static_cast<size_t>(got);
  }
  return bytes;
}

}  // namespace

// Under another name first: whoever opens the file has all of it, that of before or this one.
absl::Status Engine::Save(const std::filesystem::path& file, std::string_view of) const {
  const std::filesystem::path part = absl::StrCat(file.string(), ".part-", getpid());
  absl::Status saved = WriteAll(part, EngineFile::Write(*this, of));
  if (saved.ok() && rename(part.c_str(), file.c_str()) != 0) saved = ErrnoStatus("cannot make", file);
  if (!saved.ok()) {
    unlink(part.c_str());
    return saved;
  }
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  const Descriptor opened(folder, O_RDONLY | O_DIRECTORY);
  return *opened >= 0 && fsync(*opened) == 0 ? absl::OkStatus() : ErrnoStatus("cannot write to the disk", folder);
}

absl::StatusOr<std::unique_ptr<Engine>> Engine::Load(const std::filesystem::path& file, Options options,
                                                     std::optional<std::string_view> of) {
  const absl::StatusOr<std::string> bytes = ReadAll(file);
  if (!bytes.ok()) return bytes.status();
  auto engine = EngineFile::Read(*bytes, std::move(options), of);
  if (engine.ok()) return engine;
  return absl::Status(engine.status().code(), absl::StrCat(file.string(), ": ", engine.status().message()));
}

}  // namespace wirewatch::watch

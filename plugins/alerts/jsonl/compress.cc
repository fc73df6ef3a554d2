#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "rotation.h"

namespace wirewatch::alerts {
namespace {

struct FreeArchive {
  void operator()(archive* made) const { archive_write_free(made); }
};
struct FreeEntry {
  void operator()(archive_entry* made) const { archive_entry_free(made); }
};

absl::Status Copy(int from, int to) {
  const std::unique_ptr<archive, FreeArchive> out(archive_write_new());
  const std::unique_ptr<archive_entry, FreeEntry> entry(archive_entry_new());
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_pathname(entry.get(), "lines");
  const auto trouble = [&out] { return absl::UnavailableError(archive_error_string(out.get())); };
  if (archive_write_add_filter_gzip(out.get()) != ARCHIVE_OK || archive_write_set_format_raw(out.get()) != ARCHIVE_OK ||
      archive_write_open_fd(out.get(), to) != ARCHIVE_OK ||
      archive_write_header(out.get(), entry.get()) != ARCHIVE_OK) {
    return trouble();
  }
  std::array<char, 65536> bytes{};
  for (ssize_t got = 1; got > 0;) {
    got = read(from, bytes.data(), bytes.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return absl::ErrnoToStatus(errno, "cannot be read");
    if (got > 0 && archive_write_data(out.get(), bytes.data(), static_cast<size_t>(got)) != got) return trouble();
  }
  return archive_write_close(out.get()) == ARCHIVE_OK ? absl::OkStatus() : trouble();
}

}  // namespace

absl::Status Compress(const std::filesystem::path& path) {
  const std::string whole = path.string() + ".gz";
  const std::string part = whole + ".part";
  const auto trouble = [&](const char* what) {
    return absl::ErrnoToStatus(errno, absl::StrCat(path.string(), " cannot be compressed: ", what));
  };
  const int from = open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (from < 0) return trouble("it cannot be opened");
  const absl::Cleanup close_from = [from] { close(from); };
  const int to = open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR | S_IRGRP);
  if (to < 0) return trouble("no file can be made");
  const absl::Cleanup close_to = [to] { close(to); };
  if (absl::Status copied = Copy(from, to); !copied.ok()) {
    unlink(part.c_str());
    return absl::Status(copied.code(),
                        absl::StrCat(path.string(), " cannot be compressed: ", std::string(copied.message())));
  }
  if (fsync(to) != 0 || rename(part.c_str(), whole.c_str()) != 0) return trouble("it does not reach the disk");
  if (absl::Status synced = SyncFolder(path); !synced.ok()) return synced;
  return unlink(path.c_str()) == 0 ? absl::OkStatus() : trouble("it cannot be removed");
}

}  // namespace wirewatch::alerts

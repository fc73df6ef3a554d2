#include "wirewatch/loader/private_copy.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <sstream>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace wirewatch::loader {
namespace {

constexpr uintmax_t kMaxLibraryBytes = uintmax_t{256} << 20;

}  // namespace

std::string Sha256(std::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_sha256(), nullptr);
  return absl::BytesToHexString({reinterpret_cast<const char*>(digest), size});
}

absl::StatusOr<std::string> ReadFile(const std::filesystem::path& file) {
  std::error_code error;
  const uintmax_t size = std::filesystem::file_size(file, error);
  if (error) return absl::NotFoundError(absl::StrCat("it cannot be read: ", error.message()));
  if (size > kMaxLibraryBytes) return absl::FailedPreconditionError("it is larger than 256 MiB");
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream bytes;
  if (!(bytes << stream.rdbuf())) return absl::FailedPreconditionError("it cannot be read, or is empty");
  return std::move(bytes).str();
}

absl::Status WriteFileAtomically(const std::filesystem::path& file, std::string_view bytes) {
  std::string temporary = file.string() + ".XXXXXX";
  const int fd = mkostemp(temporary.data(), O_CLOEXEC);
  if (fd < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot write in ", file.parent_path().string()));
  bool ok = fchmod(fd, S_IRUSR | S_IWUSR | S_IXUSR) == 0;
  while (ok && !bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    ok = written > 0;
    if (ok) bytes.remove_prefix(static_cast<size_t>(written));
  }
  const int write_error = errno;
  ok = close(fd) == 0 && ok;
  if (ok && rename(temporary.c_str(), file.c_str()) == 0) return absl::OkStatus();
  unlink(temporary.c_str());
  return absl::ErrnoToStatus(ok ? errno : write_error, absl::StrCat("cannot write ", file.string()));
}

absl::StatusOr<std::filesystem::path> PrivateCopy(const std::filesystem::path& file,
                                                  const std::filesystem::path& cache) {
  absl::StatusOr<std::string> bytes = ReadFile(file);
  if (!bytes.ok()) return bytes.status();
  const std::filesystem::path folder = cache / "plugins" / Sha256(*bytes);
  const std::filesystem::path copy = folder / file.filename();
  // A copy whose content is not what its name says has been tampered with or torn: it is made anew.
  if (const absl::StatusOr<std::string> there = ReadFile(copy); there.ok() && *there == *bytes) return copy;
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return absl::PermissionDeniedError(absl::StrCat("cannot make ", folder.string(), ": ", error.message()));
  chmod(cache.c_str(), S_IRWXU);
  if (absl::Status written = WriteFileAtomically(copy, *bytes); !written.ok()) return written;
  return copy;
}

}  // namespace wirewatch::loader

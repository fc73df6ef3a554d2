#include "wirewatch/store/owner_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace wirewatch::store {
namespace {

// Who holds the lock, as the holder wrote it; for the message only.
std::string Owner(int descriptor) {
  std::array<char, 256> buffer{};
  const ssize_t size = pread(descriptor, buffer.data(), buffer.size(), 0);
  std::string owner(buffer.data(), size > 0 ? static_cast<size_t>(size) : 0);
  while (!owner.empty() && owner.back() == '\n') owner.pop_back();
  for (char& c : owner) {
    if (c < ' ' || c > '~') c = '?';
  }
  return owner.empty() ? "another process" : owner;
}

std::string Self() {
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  return absl::StrCat("process ", getpid(), " on ", host.data(), "\n");
}

}  // namespace

absl::StatusOr<std::unique_ptr<OwnerLock>> OwnerLock::Take(const std::filesystem::path& path) {
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot open the lock file ", path.string()));
  std::unique_ptr<OwnerLock> lock(new OwnerLock(descriptor));
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return absl::ErrnoToStatus(errno, absl::StrCat("cannot lock ", path.string()));
    return absl::FailedPreconditionError(absl::StrCat("the store is in use by ", Owner(descriptor), " (lock file ",
                                                      path.string(),
                                                      "): stop it, or give this host another store with --store"));
  }
  const std::string self = Self();
  // Only a message for others rests on this text, so a failure to write it is no failure of the lock.
  if (ftruncate(descriptor, 0) == 0 && pwrite(descriptor, self.data(), self.size(), 0) < 0) errno = 0;
  return lock;
}

OwnerLock::~OwnerLock() { close(descriptor_); }

}  // namespace wirewatch::store

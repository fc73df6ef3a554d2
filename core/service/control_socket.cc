#include "wirewatch/service/control_socket.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "wirewatch/sdk/log.h"

namespace wirewatch::service {
namespace {

// After a restart all subscribers come at once.
constexpr int kBacklog = 1024;

absl::Status Failed(int error, const std::filesystem::path& path) {
  return absl::ErrnoToStatus(error, absl::StrCat("the socket ", path.string()));
}

absl::StatusOr<sockaddr_un> AddressOf(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string& name = path.native();
  if (name.size() >= sizeof address.sun_path) {
    return absl::InvalidArgumentError(
        absl::StrCat("the socket's path is longer than ", sizeof address.sun_path - 1, " bytes: ", name));
  }
  std::copy(name.begin(), name.end(), std::begin(address.sun_path));
  return address;
}

int NewSocket() { return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); }

// Makes room for a socket at `path`.
absl::Status RemoveStale(const std::filesystem::path& path) {
  struct stat found {};
  if (lstat(path.c_str(), &found) != 0) return errno == ENOENT ? absl::OkStatus() : Failed(errno, path);
  if (!S_ISSOCK(found.st_mode)) {
    return absl::AlreadyExistsError(absl::StrCat(path.string(), " is there and is no socket"));
  }
  const absl::StatusOr<int> connected = ConnectToControlSocket(path);
  if (connected.ok()) {
    close(*connected);
    return absl::FailedPreconditionError(absl::StrCat("another host answers at ", path.string()));
  }
  if (!absl::IsUnavailable(connected.status())) return connected.status();
  return unlink(path.c_str()) == 0 ? absl::OkStatus() : Failed(errno, path);
}

bool IsOwnUser(int descriptor) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
  return peer.uid == geteuid() || peer.uid == 0;
}

}  // namespace

std::filesystem::path ControlSocketPath(const std::filesystem::path& store) { return store.string() + ".sock"; }

absl::StatusOr<int> ConnectToControlSocket(const std::filesystem::path& path) {
  const absl::StatusOr<sockaddr_un> address = AddressOf(path);
  if (!address.ok()) return address.status();
  const int descriptor = NewSocket();
  if (descriptor < 0) return Failed(errno, path);
  if (connect(descriptor, reinterpret_cast<const sockaddr*>(&*address), sizeof *address) == 0) return descriptor;
  const int error = errno;
  close(descriptor);
  if (error == ENOENT || error == ENOTDIR) return absl::NotFoundError(absl::StrCat("there is no ", path.string()));
  if (error == EACCES || error == EPERM) {
    return absl::PermissionDeniedError(absl::StrCat(path.string(), " belongs to another user"));
  }
  // A full backlog (EAGAIN) is an answer of sorts, but of no use to a client.
  if (error == ECONNREFUSED) return absl::UnavailableError(absl::StrCat("nobody answers at ", path.string()));
  return absl::DeadlineExceededError(absl::StrCat(path.string(), ": ", std::strerror(error)));
}

absl::StatusOr<std::unique_ptr<ControlSocket>> ControlSocket::Listen(const std::filesystem::path& path) {
  const absl::StatusOr<sockaddr_un> address = AddressOf(path);
  if (!address.ok()) return address.status();
  if (absl::Status room = RemoveStale(path); !room.ok()) return room;
  const int descriptor = NewSocket();
  if (descriptor < 0) return Failed(errno, path);
  std::unique_ptr<ControlSocket> listening(new ControlSocket(descriptor, path));
  // On Linux the mode of the descriptor is that of the file which bind() makes: there is no moment in which others may
  // connect.
  if (fchmod(descriptor, S_IRUSR | S_IWUSR) != 0 ||
      bind(descriptor, reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0) {
    return Failed(errno, path);
  }
  struct stat made {};
  if (lstat(path.c_str(), &made) == 0) listening->inode_ = made.st_ino;
  if (listen(descriptor, kBacklog) != 0 || pipe2(listening->wake_, O_CLOEXEC) != 0) return Failed(errno, path);
  return listening;
}

ControlSocket::ControlSocket(int socket, std::filesystem::path path) : socket_(socket), path_(std::move(path)) {}

ControlSocket::~ControlSocket() {
  if (wake_[1] >= 0) close(wake_[1]);
  if (thread_.joinable()) thread_.join();
  if (wake_[0] >= 0) close(wake_[0]);
  close(socket_);
  // Only the own one: somebody may have put another in its place.
  struct stat found {};
  if (inode_ != 0 && lstat(path_.c_str(), &found) == 0 && found.st_ino == inode_) unlink(path_.c_str());
}

void ControlSocket::Start(std::function<void(int descriptor)> accepted) {
  accepted_ = std::move(accepted);
  thread_ = std::thread([this] { Accept(); });
}

void ControlSocket::Accept() {
  constexpr int kPauseMs = 200;
  for (;;) {
    pollfd waiting[2] = {{socket_, POLLIN, 0}, {wake_[0], POLLIN, 0}};
    if (poll(waiting, 2, -1) < 0 && errno != EINTR) return;
    if (waiting[1].revents != 0) return;
    const int descriptor = accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (descriptor < 0) {
      // Too many open files, most likely: trying at once again would spin.
      if (errno == EMFILE || errno == ENFILE || errno == ENOMEM) poll(&waiting[1], 1, kPauseMs);
      continue;
    }
    if (IsOwnUser(descriptor)) {
      accepted_(descriptor);
    } else {
      Log("control").Warning("Another user was refused.", {{"socket", path_.string()}});
      close(descriptor);
    }
  }
}

}  // namespace wirewatch::service

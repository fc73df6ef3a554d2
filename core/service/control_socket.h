// ControlSocket: the Unix socket beside a store through which a running host is steered. Only the user that runs the
// host (and root) may connect: the socket is made with mode 0600, and whoever connects is checked again.
//
// Listen(), Start(), the destructor belong to one thread.
#ifndef WIREWATCH_SERVICE_CONTROL_SOCKET_H_
#define WIREWATCH_SERVICE_CONTROL_SOCKET_H_

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <thread>

#include "absl/status/statusor.h"

namespace wirewatch::service {

// The socket of a host with this store: the same path and ".sock".
std::filesystem::path ControlSocketPath(const std::filesystem::path& store);

// A connection to the socket at `path`; close it with close(2). NotFound: there is no socket; Unavailable: nobody
// answers; PermissionDenied; InvalidArgument: the path is longer than an address may be (107 bytes).
absl::StatusOr<int> ConnectToControlSocket(const std::filesystem::path& path);

class ControlSocket {
 public:
  // A file that is no socket is left alone (AlreadyExists), as is a socket that somebody answers (FailedPrecondition);
  // what a host that died has left is replaced. InvalidArgument: the path is too long.
  static absl::StatusOr<std::unique_ptr<ControlSocket>> Listen(const std::filesystem::path& path);
  // Stops, and removes the socket.
  ~ControlSocket();
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;

  // `accepted` gets every connection, to keep, on a thread of the socket. Once.
  void Start(std::function<void(int descriptor)> accepted);

 private:
  ControlSocket(int socket, std::filesystem::path path);
  void Accept();

  const int socket_;
  const std::filesystem::path path_;
  ino_t inode_ = 0;
  int wake_[2] = {-1, -1};  // ends the thread
  std::function<void(int descriptor)> accepted_;
  std::thread thread_;
};

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_CONTROL_SOCKET_H_

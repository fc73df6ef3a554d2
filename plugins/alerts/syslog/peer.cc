#include "peer.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <netdb.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tls.h"

namespace wirewatch::alerts {
namespace {

constexpr absl::Duration kSettleEvery = absl::Milliseconds(5);
constexpr char kUnix[] = "unix:";

struct FreeAddresses {
  void operator()(addrinfo* found) const { freeaddrinfo(found); }
};

int ErrorOf(int fd) {
  int error = 0;
  socklen_t size = sizeof error;
  return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

// A connected socket that does not block, or -1 and errno.
int ConnectTo(const addrinfo& address, absl::Time deadline) {
  const int fd = socket(address.ai_family, address.ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, address.ai_protocol);
  if (fd < 0) return -1;
  int error = connect(fd, address.ai_addr, address.ai_addrlen) == 0 ? 0 : errno;
  if (error == EINPROGRESS) error = WaitFor(fd, POLLOUT, deadline) ? ErrorOf(fd) : ETIMEDOUT;
  if (error == 0) return fd;
  close(fd);
  errno = error;
  return -1;
}

int ConnectTo(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd >= 0 && connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
  const int error = errno;
  if (fd >= 0) close(fd);
  errno = error;
  return -1;
}

}  // namespace

bool WaitFor(int fd, short events, absl::Time deadline) {
  for (;;) {
    pollfd ready{.fd = fd, .events = events, .revents = 0};
    const int64_t left = absl::ToInt64Milliseconds(deadline - absl::Now());
    const int found = poll(&ready, 1, static_cast<int>(std::clamp<int64_t>(left, 0, 60'000)));
    if (found > 0) return true;
    if (found == 0 && absl::Now() >= deadline) return false;
    if (found < 0 && errno != EINTR) return false;
  }
}

// ---- Addresses ----

absl::StatusOr<PeerAddress> PeerAddress::Parse(const std::string& text) {
  if (absl::StartsWith(text, kUnix)) {
    const std::string path = text.substr(sizeof(kUnix) - 1);
    if (path.empty() || path[0] != '/' || path.size() >= sizeof(sockaddr_un::sun_path))
      return absl::InvalidArgumentError("a Unix socket has an absolute path of less than 108 bytes");
    return PeerAddress{Transport::kUnix, path, ""};
  }
  constexpr std::pair<const char*, Transport> kSchemes[] = {
      {"udp://", Transport::kUdp}, {"tcp://", Transport::kTcp}, {"tls://", Transport::kTls}};
  for (const auto& [scheme, transport] : kSchemes) {
    if (!absl::StartsWith(text, scheme)) continue;
    std::string host = text.substr(strlen(scheme));
    std::string port = transport == Transport::kTls ? "6514" : "514";
    const size_t bracket = host.rfind(']');
    const size_t colon = host.rfind(':');
    if (colon != std::string::npos && (bracket == std::string::npos || colon > bracket)) {
      port = host.substr(colon + 1);
      host.resize(colon);
    }
    if (bracket != std::string::npos && host.front() == '[' && host.back() == ']') host = host.substr(1, bracket - 1);
    int number = 0;
    if (host.empty() || host.find_first_of("/[]@ ") != std::string::npos || !absl::SimpleAtoi(port, &number) ||
        number < 1 || number > 65535) {
      return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" is no host and port"));
    }
    return PeerAddress{transport, host, absl::StrCat(number)};
  }
  return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" is no address of a syslog server"));
}

// ---- The connection ----

Peer::Peer(PeerOptions options) : options_(std::move(options)) {}
Peer::~Peer() { Close(); }

absl::StatusOr<std::unique_ptr<Peer>> Peer::Create(PeerOptions options) {
  std::unique_ptr<Peer> peer(new Peer(std::move(options)));
  if (peer->options_.address.transport == PeerAddress::Transport::kTls) {
    absl::StatusOr<std::unique_ptr<Tls>> tls = Tls::Create(peer->options_);
    if (!tls.ok()) return tls.status();
    peer->tls_ = *std::move(tls);
  }
  return peer;
}

absl::Status Peer::Trouble(std::string_view what) const {
  const int error = errno;
  const PeerAddress& address = options_.address;
  return absl::UnavailableError(absl::StrCat(address.host, address.port.empty() ? "" : ":", address.port, " ",
                                             std::string(what), ": ", std::string(strerror(error))));
}

absl::Status Peer::Connect(absl::Time deadline) {
  const PeerAddress& address = options_.address;
  if (address.transport == PeerAddress::Transport::kUnix) {
    fd_ = ConnectTo(address.host);
    return fd_ >= 0 ? absl::OkStatus() : Trouble("cannot be reached");
  }
  addrinfo wanted{};
  wanted.ai_socktype = address.stream() ? SOCK_STREAM : SOCK_DGRAM;
  wanted.ai_flags = AI_NUMERICSERV | AI_ADDRCONFIG;
  addrinfo* list = nullptr;
  if (const int error = getaddrinfo(address.host.c_str(), address.port.c_str(), &wanted, &list); error != 0)
    return absl::UnavailableError(absl::StrCat(address.host, " has no address: ", gai_strerror(error)));
  const std::unique_ptr<addrinfo, FreeAddresses> found(list);
  for (const addrinfo* at = list; at != nullptr && fd_ < 0; at = at->ai_next) fd_ = ConnectTo(*at, deadline);
  if (fd_ < 0) return Trouble("cannot be reached");
  if (tls_ == nullptr) return absl::OkStatus();
  absl::Status agreed = tls_->Start(fd_, address.host, deadline);
  if (!agreed.ok()) Close();
  return agreed;
}

void Peer::Close() {
  if (fd_ < 0) return;
  if (tls_ != nullptr) tls_->End();
  close(fd_);
  fd_ = -1;
  lost_ = lost_ || unsettled_;
}

bool Peer::Alive() {
  if (!options_.address.stream()) return ErrorOf(fd_) == 0;
  if (tls_ != nullptr) return tls_->Alive();
  std::array<char, 4096> thrown_away{};
  ssize_t got = 0;
  while ((got = recv(fd_, thrown_away.data(), thrown_away.size(), MSG_DONTWAIT)) > 0) {
  }
  return got < 0 && (errno == EAGAIN || errno == EINTR);
}

absl::Status Peer::Send(std::string_view message) {
  const absl::Time deadline = absl::Now() + options_.timeout;
  if (fd_ >= 0 && !Alive()) Close();
  if (fd_ < 0) {
    if (absl::Status connected = Connect(deadline); !connected.ok()) return connected;
  }
  const bool stream = options_.address.stream();
  absl::Status sent =
      stream ? SendStream(absl::StrCat(message.size(), " ", std::string(message)), deadline) : SendDatagram(message);
  // Half a message on a stream would be taken for the beginning of what follows.
  if (!sent.ok()) Close();
  unsettled_ = unsettled_ || sent.ok();
  return sent;
}

absl::Status Peer::SendStream(std::string_view bytes, absl::Time deadline) {
  if (tls_ != nullptr) return tls_->Write(bytes, deadline);
  while (!bytes.empty()) {
    const ssize_t written = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (written >= 0) {
      bytes.remove_prefix(static_cast<size_t>(written));
    } else if (errno == EAGAIN) {
      if (!WaitFor(fd_, POLLOUT, deadline)) return absl::DeadlineExceededError("the syslog server takes nothing");
    } else if (errno != EINTR) {
      return Trouble("takes nothing more");
    }
  }
  return absl::OkStatus();
}

absl::Status Peer::SendDatagram(std::string_view bytes) {
  for (;;) {
    if (send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) return absl::OkStatus();
    if (errno == EMSGSIZE)
      return absl::FailedPreconditionError("the message is too large for a datagram: lower `limit`");
    if (errno != EINTR) return Trouble("takes nothing");
  }
}

absl::Status Peer::Settle() {
  const absl::Time deadline = absl::Now() + options_.timeout;
  bool received = fd_ < 0 || Alive();
  for (int queued = 0; fd_ >= 0 && received && options_.address.stream(); absl::SleepFor(kSettleEvery)) {
    if (ioctl(fd_, SIOCOUTQ, &queued) != 0 || absl::Now() > deadline) received = false;
    if (!received || queued == 0) break;
    received = Alive();
  }
  if (received && fd_ >= 0) received = Alive();
  if (!received) Close();
  unsettled_ = false;
  if (!std::exchange(lost_, false)) return absl::OkStatus();
  return absl::UnavailableError("the connection to the syslog server broke: what was sent over it may be lost");
}

}  // namespace wirewatch::alerts

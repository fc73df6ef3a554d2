// Http2Reader: many Subscribe calls read at little cost, so that a bench measures the server. Speaks as much of HTTP/2
// (RFC 9113) and of gRPC over it as that takes, on the host's Unix socket. One thread.
#ifndef WIREWATCH_SERVICE_HTTP2_READER_FIXTURE_H_
#define WIREWATCH_SERVICE_HTTP2_READER_FIXTURE_H_

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wirewatch/service/control_socket.h"
#include "wirewatch/v1/alert_service.pb.h"

namespace wirewatch::service {

class Http2Reader {
 public:
  // Called with every message of every stream; streams are numbered from 0 in the order of Subscribe().
  using OnMessage = std::function<void(size_t stream, std::string_view message)>;
  explicit Http2Reader(OnMessage on_message) : on_message_(std::move(on_message)) {}
  ~Http2Reader() {
    for (const auto& connection : connections_) close(connection->descriptor);
    close(epoll_);
  }
  Http2Reader(const Http2Reader&) = delete;
  Http2Reader& operator=(const Http2Reader&) = delete;

  // A connection with so many calls. One that is `stopped` is never read.
  void Connect(const std::filesystem::path& path, size_t calls, const v1::SubscribeRequest& request, bool stopped) {
    const absl::StatusOr<int> descriptor = ConnectToControlSocket(path);
    if (!descriptor.ok()) Fail(std::string(descriptor.status().message()));
    fcntl(*descriptor, F_SETFL, 0);  // what is written may wait
    connections_.push_back(std::make_unique<Connection>(Connection{.descriptor = *descriptor}));
    Connection& connection = *connections_.back();
    std::string out = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    // SETTINGS_INITIAL_WINDOW_SIZE, and as much for the connection.
    out += Frame(4, 0, 0, std::string("\0\4", 2) + Number(stopped ? 65'535 : kWindow));
    if (!stopped) out += Frame(8, 0, 0, Number(kWindow));
    for (size_t i = 0; i < calls; ++i) {
      const auto id = static_cast<uint32_t>(2 * i + 1);
      out += Frame(1, 4, id, Headers());
      const std::string message = request.SerializeAsString();
      out += Frame(0, 1, id, std::string(1, '\0') + Number(static_cast<uint32_t>(message.size())) + message);
      connection.streams.push_back({.number = streams_++});
    }
    Write(connection, out);
    if (stopped) return;
    epoll_event event{.events = EPOLLIN, .data = {.ptr = &connection}};
    epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.descriptor, &event);
  }

  // Reads what there is, waiting for it at most so long.
  void Poll(int milliseconds) {
    std::array<epoll_event, 64> events;
    const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), milliseconds);
    for (int i = 0; i < count; ++i) Read(*static_cast<Connection*>(events[static_cast<size_t>(i)].data.ptr));
  }

 private:
  static constexpr uint32_t kWindow = 16 << 20;

  struct Stream {
    size_t number = 0;
    std::string message = {};  // begun and not whole, with its prefix
    uint32_t unannounced = 0;  // bytes read, of which the server does not know
  };
  struct Connection {
    int descriptor = -1;
    std::string bytes = {};  // of a frame that is not whole
    std::vector<Stream> streams = {};
    uint32_t unannounced = 0;
  };

  [[noreturn]] static void Fail(const std::string& what) {
    std::fprintf(stderr, "%s\n", what.c_str());
    std::exit(1);
  }
  static std::string Number(uint32_t value) {
    return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
            static_cast<char>(value)};
  }
  static uint32_t NumberIn(std::string_view bytes) {
    uint32_t value = 0;
    for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
    return value;
  }
  static std::string Frame(char type, char flags, uint32_t stream, const std::string& payload) {
    return Number(static_cast<uint32_t>(payload.size())).substr(1) + type + flags + Number(stream) + payload;
  }
  // HPACK's literals without indexing.
  static std::string Headers() {
    std::string block;
    for (const auto& [name, value] :
         std::initializer_list<std::pair<std::string, std::string>>{{":method", "POST"},
                                                                    {":scheme", "http"},
                                                                    {":path", "/wirewatch.v1.AlertService/Subscribe"},
                                                                    {":authority", "wirewatch"},
                                                                    {"te", "trailers"},
                                                                    {"content-type", "application/grpc"}}) {
      block += '\0';
      block += static_cast<char>(name.size()) + name + static_cast<char>(value.size()) + value;
    }
    return block;
  }
  static void Write(const Connection& connection, std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = send(connection.descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) Fail("the host has closed a connection");
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
  }

  void Read(Connection& connection) {
    const ssize_t got = recv(connection.descriptor, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (got <= 0) Fail("the host has closed a connection");
    std::string_view bytes(buffer_.data(), static_cast<size_t>(got));
    if (!connection.bytes.empty()) {
      connection.bytes.append(bytes);
      bytes = connection.bytes;
    }
    while (bytes.size() >= 9) {
      const uint32_t length = NumberIn(bytes.substr(0, 3));
      if (bytes.size() < 9 + length) break;
      TakeFrame(connection, bytes[3], bytes[4], NumberIn(bytes.substr(5, 4)), bytes.substr(9, length));
      bytes.remove_prefix(9 + length);
    }
    connection.bytes = std::string(bytes);
  }

  void TakeFrame(Connection& connection, char type, char flags, uint32_t stream, std::string_view payload) {
    switch (type) {
      case 0:
        return TakeData(connection, connection.streams[stream / 2], stream, payload);
      case 1:
        if ((flags & 1) != 0) Fail("the host has ended a call");
        return;
      case 4:
        if ((flags & 1) == 0) Write(connection, Frame(4, 1, 0, ""));
        return;
      case 6:
        if ((flags & 1) == 0) Write(connection, Frame(6, 1, 0, std::string(payload)));
        return;
      case 3:
      case 7:
        Fail("the host has ended a call or a connection");
      default:
        return;
    }
  }

  void TakeData(Connection& connection, Stream& stream, uint32_t id, std::string_view payload) {
    const auto size = static_cast<uint32_t>(payload.size());
    stream.unannounced += size;
    connection.unannounced += size;
    if (stream.unannounced > kWindow / 2) {
      Write(connection, Frame(8, 0, id, Number(std::exchange(stream.unannounced, 0))));
    }
    if (connection.unannounced > kWindow / 2) {
      Write(connection, Frame(8, 0, 0, Number(std::exchange(connection.unannounced, 0))));
    }
    if (!stream.message.empty()) {
      stream.message.append(payload);
      payload = stream.message;
    }
    while (payload.size() >= 5) {
      const uint32_t length = NumberIn(payload.substr(1, 4));
      if (payload.size() < 5 + length) break;
      on_message_(stream.number, payload.substr(5, length));
      payload.remove_prefix(5 + length);
    }
    stream.message = std::string(payload);
  }

  const OnMessage on_message_;
  const int epoll_ = epoll_create1(EPOLL_CLOEXEC);
  std::vector<std::unique_ptr<Connection>> connections_;
  size_t streams_ = 0;
  std::vector<char> buffer_ = std::vector<char>(256 << 10);
};

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_HTTP2_READER_FIXTURE_H_

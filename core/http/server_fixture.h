// For tests: an HTTP server on loopback, on a port that the system chooses, which answers each connection with bytes
// that the test states, so that it can also fail in every way a server can. One connection at a time; ends with its
// destructor.
#ifndef WIREWATCH_HTTP_SERVER_FIXTURE_H_
#define WIREWATCH_HTTP_SERVER_FIXTURE_H_

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace wirewatch::http {

class ServerFixture {
 public:
  // Gets the whole request; writes to the connection what it likes. The connection is closed afterwards.
  using Answer = std::function<void(ServerFixture& server, int connection, const std::string& request)>;

  // Unless `reads`, the request is left to the answer.
  explicit ServerFixture(Answer answer, bool reads = true)
      : answer_(std::move(answer)), reads_(reads), listener_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const auto at = reinterpret_cast<sockaddr*>(&address);
    if (bind(listener_, at, size) != 0 || listen(listener_, 16) != 0 || getsockname(listener_, at, &size) != 0) abort();
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Serve(); });
  }
  ~ServerFixture() {
    stopping_ = true;
    thread_.join();
    close(listener_);
  }

  std::string Url(const std::string& path = "/") const { return "http://127.0.0.1:" + std::to_string(port_) + path; }
  int port() const { return port_; }
  std::vector<std::string> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

  static bool Send(int connection, const std::string& bytes) {
    return send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
  }
  static std::string Reply(const std::string& status, const std::string& headers = "", const std::string& body = "") {
    return "HTTP/1.1 " + status + "\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           headers + "\r\n" + body;
  }
  static Answer Always(const std::string& reply) {
    return [reply](ServerFixture&, int connection, const std::string&) { Send(connection, reply); };
  }
  // Until the client closes or the test ends.
  void Hang(int connection) const {
    while (!stopping_ && !Readable(connection)) {
    }
  }
  bool stopping() const { return stopping_; }

 private:
  static bool Readable(int fd) {
    pollfd ready{.fd = fd, .events = POLLIN, .revents = 0};
    return poll(&ready, 1, 20) > 0;
  }
  void Serve() {
    while (!stopping_) {
      if (!Readable(listener_)) continue;
      const int connection = accept(listener_, nullptr, nullptr);
      if (connection < 0) continue;
      const std::string request = reads_ ? Read(connection) : "";
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
      }
      answer_(*this, connection, request);
      shutdown(connection, SHUT_WR);
      close(connection);
    }
  }
  std::string Read(int connection) const {
    std::string request;
    while (!stopping_ && request.size() < Wanted(request)) {
      if (!Readable(connection)) continue;
      char bytes[4096];
      const ssize_t got = recv(connection, bytes, sizeof bytes, 0);
      if (got <= 0) break;
      request.append(bytes, static_cast<size_t>(got));
    }
    return request;
  }
  // Bytes of the whole request, as far as can be told.
  static size_t Wanted(const std::string& request) {
    const size_t end = request.find("\r\n\r\n");
    if (end == std::string::npos) return request.size() + 1;
    const size_t length = request.find("Content-Length: ");
    return end + 4 + (length < end ? std::strtoul(request.c_str() + length + 16, nullptr, 10) : 0);
  }

  const Answer answer_;
  const bool reads_;
  const int listener_;
  int port_ = 0;
  std::atomic<bool> stopping_ = false;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

}  // namespace wirewatch::http

#endif  // WIREWATCH_HTTP_SERVER_FIXTURE_H_

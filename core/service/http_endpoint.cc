#include "wirewatch/service/http_endpoint.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <optional>
#include <set>
#include <string_view>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/service/http_pages.h"
#include "wirewatch/service/listen_address.h"

// The only file that includes Beast, which takes long to compile.
namespace wirewatch::service {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using beast::error_code;

std::chrono::nanoseconds ToChrono(absl::Duration time) { return absl::ToChronoNanoseconds(time); }

class Session;

// What sessions share; outlives them. Of the endpoint's thread.
struct Shared {
  const pipeline::Host& host;
  const HttpLimits limits;
  std::set<Session*> sessions;
};

// One connection. It lives as long as an operation on it is going on.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, Shared& shared) : shared_(shared), stream_(std::move(socket)), buffer_(kBuffer) {
    shared_.sessions.insert(this);
  }
  ~Session() { shared_.sessions.erase(this); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void Read(absl::Duration patience) {
    waiting_since_ = std::chrono::steady_clock::now();
    parser_.emplace();
    parser_->header_limit(shared_.limits.head_bytes);
    stream_.expires_after(ToChrono(patience));
    http::async_read_header(stream_, buffer_, *parser_,
                            [self = shared_from_this()](const error_code& error, size_t) { self->HeadRead(error); });
  }
  void Close() { stream_.close(); }
  // nullopt while it is being answered.
  std::optional<std::chrono::steady_clock::time_point> waiting_since() const { return waiting_since_; }

 private:
  // A head at the limit, and a little of what follows it.
  static constexpr size_t kBuffer = 16 << 10;
  // What is read and thrown away before an erring client is left, so that the answer reaches it.
  static constexpr size_t kMostDiscarded = 256 << 10;

  void HeadRead(const error_code& error) {
    waiting_since_.reset();
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
      return Answer({.status = 431, .body = "The head of the request is too long.\n"}, false);
    }
    if (error == http::error::body_limit) return Answer({.status = 413, .body = "No body is taken.\n"}, false);
    if (error && error.category() == http::make_error_code(http::error::bad_method).category() &&
        error != http::error::end_of_stream && error != http::error::partial_message) {
      return Answer({.status = 400, .body = "This is no HTTP request.\n"}, false);
    }
    if (error) return;  // gone, or too slow
    const auto& request = parser_->get();
    HttpPage page =
        MakeHttpPage(shared_.host, std::string_view(request.method_string().data(), request.method_string().size()),
                     std::string_view(request.target().data(), request.target().size()));
    // A body is not read: what follows the head cannot be a request.
    const bool has_body = !parser_->is_done();
    if (has_body && page.status == 200) page = {.status = 413, .body = "No body is taken.\n"};
    Answer(page, request.keep_alive() && !has_body);
  }

  void Answer(const HttpPage& page, bool keep) {
    const auto& request = parser_->get();
    response_ = {};
    response_.result(static_cast<unsigned>(page.status));
    response_.version(request.version() == 10 ? 10 : 11);
    response_.keep_alive(keep);
    response_.set(http::field::content_type, page.content_type);
    response_.set(http::field::cache_control, "no-store");
    response_.set("X-Content-Type-Options", "nosniff");
    if (page.status == 405) response_.set(http::field::allow, "GET, HEAD");
    response_.content_length(page.body.size());
    if (request.method() != http::verb::head) response_.body() = page.body;
    stream_.expires_after(ToChrono(shared_.limits.write));
    http::async_write(stream_, response_, [self = shared_from_this(), keep](const error_code& error, size_t) {
      if (error) return;
      keep ? self->Read(self->shared_.limits.next_request) : self->Leave();
    });
  }

  void Leave() {
    error_code error;
    stream_.socket().shutdown(tcp::socket::shutdown_send, error);
    if (!error) Discard();
  }
  void Discard() {
    // Not renewed with each read: the time that the answer had goes on.
    stream_.async_read_some(asio::buffer(discarded_), [self = shared_from_this()](const error_code& error, size_t got) {
      self->discarded_bytes_ += got;
      if (!error && self->discarded_bytes_ < kMostDiscarded) self->Discard();
    });
  }

  Shared& shared_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::empty_body>> parser_;
  http::response<http::string_body> response_;
  std::optional<std::chrono::steady_clock::time_point> waiting_since_;
  std::array<char, 4096> discarded_;
  size_t discarded_bytes_ = 0;
};

class Endpoint final : public HttpEndpoint {
 public:
  Endpoint(const pipeline::Host& host, HttpLimits limits)
      : shared_{host, limits, {}}, acceptor_(context_), pause_(context_) {}
  ~Endpoint() override {
    context_.stop();
    if (thread_.joinable()) thread_.join();
  }

  absl::Status Listen(const tcp::endpoint& at) {
    error_code error;
    acceptor_.open(at.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(at, error);
    if (!error) acceptor_.listen(64, error);
    if (error) return absl::UnavailableError(error.message());
    const tcp::endpoint bound = acceptor_.local_endpoint(error);
    const std::string ip = bound.address().to_string();
    address_ = absl::StrCat(bound.address().is_v6() ? absl::StrCat("[", ip, "]") : ip, ":", bound.port());
    Accept();
    thread_ = std::thread([this] { context_.run(); });
    return absl::OkStatus();
  }
  std::string address() const override { return address_; }

 private:
  void Accept() {
    acceptor_.async_accept([this](const error_code& error, tcp::socket socket) {
      if (error) {
        // Most often too many open files: trying at once again would spin.
        pause_.expires_after(std::chrono::milliseconds(200));
        return pause_.async_wait([this](const error_code&) { Accept(); });
      }
      if (MakeRoom()) {
        std::make_shared<Session>(std::move(socket), shared_)->Read(shared_.limits.first_request);
      }
      Accept();
    });
  }

  // False when every connection is being answered.
  bool MakeRoom() {
    if (shared_.sessions.size() < shared_.limits.connections) return true;
    Session* silent = nullptr;
    for (Session* const session : shared_.sessions) {
      if (!session->waiting_since()) continue;
      if (silent == nullptr || *session->waiting_since() < *silent->waiting_since()) silent = session;
    }
    if (silent == nullptr) return false;
    silent->Close();
    return true;
  }

  Shared shared_;
  asio::io_context context_{1};
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  std::string address_;
  std::thread thread_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<HttpEndpoint>> HttpEndpoint::Start(const pipeline::Host& host,
                                                                  const std::string& address, HttpLimits limits) {
  const absl::StatusOr<ListenAddress> at = ParseListenAddress(address);
  if (!at.ok()) return at.status();
  auto endpoint = std::make_unique<Endpoint>(host, limits);
  if (const absl::Status listening = endpoint->Listen({asio::ip::make_address(at->ip), at->port}); !listening.ok()) {
    return absl::UnavailableError(absl::StrCat("nobody can be served at ", address, ": ", listening.message()));
  }
  return endpoint;
}

}  // namespace wirewatch::service

#include "wirewatch/service/http_endpoint.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
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
  const std::unique_ptr<JsonGateway> gateway;
  const std::unique_ptr<const FeedFiles> feeds;
  std::set<Session*> sessions;
  size_t streams = 0;
  bool loopback = false;
};

// "localhost:8080", "127.0.0.1" and the like, as they stand in a Host header.
bool IsLoopbackName(std::string_view host) {
  const std::string_view name =
      host.starts_with("[") ? host.substr(0, host.find(']') + 1) : host.substr(0, host.find(':'));
  return name.empty() || name == "localhost" || name == "[::1]" ||
         (name.starts_with("127.") && name.find_first_not_of("0123456789.") == std::string_view::npos);
}

// One connection. It lives as long as an operation on it is going on.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, Shared& shared) : shared_(shared), stream_(std::move(socket)), buffer_(kBuffer) {
    shared_.sessions.insert(this);
  }
  ~Session() {
    shared_.sessions.erase(this);
    if (events_) --shared_.streams;
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void Read(absl::Duration patience) {
    waiting_since_ = std::chrono::steady_clock::now();
    with_body_.reset();
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
    const std::string_view target(request.target().data(), request.target().size());
    const bool service = shared_.gateway && JsonGateway::Serves(target);
    const bool feed = shared_.feeds && FeedFiles::Serves(target);
    if (service || feed) {
      const std::string_view host(request[http::field::host].data(), request[http::field::host].size());
      const bool by_token = request.count(http::field::authorization) > 0;
      if (shared_.loopback && !by_token && !IsLoopbackName(host)) {
        return Answer({.status = 421, .body = "Without a token only names of loopback are answered.\n"}, false);
      }
    }
    if (service) return ReadBody();
    HttpPage page =
        feed ? shared_.feeds->Get(FeedRequestOf(request))
             : MakeHttpPage(shared_.host,
                            std::string_view(request.method_string().data(), request.method_string().size()), target);
    // A body is not read: what follows the head cannot be a request.
    const bool has_body = !parser_->is_done();
    if (has_body && page.status == 200) page = {.status = 413, .body = "No body is taken.\n"};
    Answer(page, request.keep_alive() && !has_body);
  }

  void ReadBody() {
    with_body_.emplace(std::move(*parser_));
    with_body_->body_limit(JsonGateway::kLargestBody);
    stream_.expires_after(ToChrono(shared_.limits.body));
    http::async_read(stream_, buffer_, *with_body_, [self = shared_from_this()](const error_code& error, size_t) {
      if (error == http::error::body_limit) {
        return self->Answer({.status = 413, .body = "The body is too long.\n"}, false);
      }
      if (!error) self->CallService();
    });
  }

  FeedRequest FeedRequestOf(const http::request_header<>& request) {
    const auto header = [&request](auto name) { return std::string(request[name]); };
    return {.verb = std::string(request.method_string()),
            .target = std::string(request.target()),
            .authorization = header(http::field::authorization),
            .if_none_match = header(http::field::if_none_match),
            .if_modified_since = header(http::field::if_modified_since),
            .peer = PeerName()};
  }

  std::string PeerName() {
    error_code error;
    const tcp::endpoint peer = stream_.socket().remote_endpoint(error);
    if (error) return "unknown";
    const std::string ip = peer.address().to_string();
    return absl::StrCat(peer.address().is_v6() ? absl::StrCat("[", ip, "]") : ip, ":", peer.port());
  }

  void CallService() {
    const auto& request = with_body_->get();
    const auto header = [&request](auto name) { return std::string(request[name]); };
    const JsonRequest call = {.verb = std::string(request.method_string()),
                              .target = std::string(request.target()),
                              .body = request.body(),
                              .content_type = header(http::field::content_type),
                              .authorization = header(http::field::authorization),
                              .actor = header("Wirewatch-Actor"),
                              .last_event_id = header("Last-Event-ID"),
                              .peer = PeerName()};
    if (!JsonGateway::IsStream(call)) {
      shared_.gateway->Call(call, [self = shared_from_this(), keep = request.keep_alive()](HttpPage page) mutable {
        Post(std::move(self), [keep, page = std::move(page)](Session& session) { session.Answer(page, keep); });
      });
      return;
    }
    if (shared_.streams >= shared_.limits.streams) {
      return Answer({.status = 503, .body = "There are too many streams.\n"}, false);
    }
    ++shared_.streams;
    events_ = shared_.gateway->Open(call);
    // It says nothing more: what is to be seen is that it goes.
    stream_.expires_never();
    stream_.socket().async_wait(tcp::socket::wait_read, [self = shared_from_this()](const error_code& error) {
      if (!error) self->stream_.socket().cancel();
      self->gone_ = true;
      self->stream_.close();
      if (!self->sending_) self->events_->Cancel();
    });
    Pump();
  }

  // Goes on with the session on the endpoint's thread, which the session does not outlive: whoever calls from another
  // one lets go of it here.
  template <class Next>
  static void Post(std::shared_ptr<Session> self, Next next) {
    const auto executor = self->stream_.get_executor();
    asio::post(executor, [self = std::move(self), next = std::move(next)] { next(*self); });
  }

  void Pump() {
    sending_ = false;
    if (gone_) return;
    events_->Next([self = shared_from_this()](EventStream::Piece piece) mutable {
      Post(std::move(self), [piece = std::move(piece)](Session& session) { session.Send(piece); });
    });
  }

  void Send(const EventStream::Piece& piece) {
    if (gone_) return;
    if (piece.ended && !streaming_) return Answer(piece.page, false);
    if (piece.ended) return Leave();
    piece_ = streaming_ ? piece.bytes
                        : absl::StrCat("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n",
                                       "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n",
                                       "X-Accel-Buffering: no\r\nConnection: close\r\n\r\n", piece.bytes);
    streaming_ = sending_ = true;
    stream_.expires_after(ToChrono(shared_.limits.write_json));
    asio::async_write(stream_, asio::buffer(piece_), [self = shared_from_this()](const error_code& error, size_t) {
      if (error) {
        self->gone_ = true;
        return self->stream_.close();
      }
      self->stream_.expires_never();
      self->Pump();
    });
  }

  // The head of the request that is being answered.
  const http::request_header<>& head() const {
    return with_body_ ? static_cast<const http::request_header<>&>(with_body_->get()) : parser_->get();
  }

  void Answer(const HttpPage& page, bool keep) {
    const http::request_header<>& request = head();
    response_ = {};
    response_.result(static_cast<unsigned>(page.status));
    response_.version(request.version() == 10 ? 10 : 11);
    response_.keep_alive(keep);
    response_.set(http::field::cache_control, page.cache_control);
    if (!page.etag.empty()) response_.set(http::field::etag, page.etag);
    if (!page.last_modified.empty()) response_.set(http::field::last_modified, page.last_modified);
    response_.set("X-Content-Type-Options", "nosniff");
    if (page.status == 405) response_.set(http::field::allow, page.allow);
    if (page.status == 401) response_.set(http::field::www_authenticate, "Bearer");
    if (page.status != 304) {
      response_.set(http::field::content_type, page.content_type);
      response_.content_length(page.body.size());
    }
    if (request.method() != http::verb::head) response_.body() = page.body;
    stream_.expires_after(ToChrono(with_body_ ? shared_.limits.write_json : shared_.limits.write));
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
  std::optional<http::request_parser<http::string_body>> with_body_;  // takes over from the parser
  http::response<http::string_body> response_;
  std::shared_ptr<EventStream> events_;
  std::string piece_;
  bool streaming_ = false, sending_ = false, gone_ = false;
  std::optional<std::chrono::steady_clock::time_point> waiting_since_;
  std::array<char, 4096> discarded_;
  size_t discarded_bytes_ = 0;
};

class Endpoint final : public HttpEndpoint {
 public:
  Endpoint(const pipeline::Host& host, HttpLimits limits, std::unique_ptr<JsonGateway> gateway,
           std::unique_ptr<const FeedFiles> feeds)
      : shared_{host, limits, std::move(gateway), std::move(feeds), {}, 0, false},
        acceptor_(context_),
        pause_(context_) {}
  ~Endpoint() override {
    context_.stop();
    if (thread_.joinable()) thread_.join();
    // Answers are still handed to the context, and go with it.
    if (shared_.gateway) shared_.gateway->Shutdown();
  }

  absl::Status Listen(const tcp::endpoint& at) {
    error_code error;
    acceptor_.open(at.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(at, error);
    if (!error) acceptor_.listen(64, error);
    if (error) return absl::UnavailableError(error.message());
    const tcp::endpoint bound = acceptor_.local_endpoint(error);
    shared_.loopback = bound.address().is_loopback();
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
                                                                  const std::string& address, HttpLimits limits,
                                                                  std::unique_ptr<JsonGateway> gateway,
                                                                  std::unique_ptr<const FeedFiles> feeds) {
  const absl::StatusOr<ListenAddress> at = ParseListenAddress(address);
  if (!at.ok()) return at.status();
  auto endpoint = std::make_unique<Endpoint>(host, limits, std::move(gateway), std::move(feeds));
  if (const absl::Status listening = endpoint->Listen({asio::ip::make_address(at->ip), at->port}); !listening.ok()) {
    return absl::UnavailableError(absl::StrCat("nobody can be served at ", address, ": ", listening.message()));
  }
  return endpoint;
}

}  // namespace wirewatch::service

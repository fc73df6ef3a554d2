// JsonGateway: the host's gRPC services for those who speak HTTP and JSON. Each request becomes a call over a channel,
// so that tokens, limits, errors and the audit log are those of gRPC. Subscribe becomes Server-Sent Events (WHATWG
// HTML, 9.2), whose ids are resume points.
//
// Any thread.
#ifndef WIREWATCH_SERVICE_JSON_GATEWAY_H_
#define WIREWATCH_SERVICE_JSON_GATEWAY_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "wirewatch/service/http_pages.h"

namespace grpc {
class Channel;
}

namespace wirewatch::service {

// What a request says, as far as it matters here. Header values are as they came; empty: not there.
struct JsonRequest {
  std::string verb;
  std::string target;  // path and query string
  std::string body;
  std::string content_type;
  std::string authorization;
  std::string actor;          // Wirewatch-Actor
  std::string last_event_id;  // Last-Event-ID
  std::string peer;           // address and port that it comes from
};

// A stream of events, piece by piece. Destroying it ends the call.
class EventStream {
 public:
  // What comes next: either bytes of `text/event-stream`, or the end. Before the first bytes the end is a page with the
  // error; after them it has no body, and what went wrong was the last event.
  struct Piece {
    std::string bytes;
    bool ended = false;
    HttpPage page;
  };
  virtual ~EventStream() = default;
  // Calls `done` once, on any thread, also after Cancel(). Not before the piece before was taken.
  virtual void Next(std::function<void(Piece)> done) = 0;
  // Ends the call soon.
  virtual void Cancel() = 0;
};

class JsonGateway {
 public:
  // Bytes of a body: those of the largest request over gRPC that makes sense here.
  static constexpr size_t kLargestBody = 18 << 20;

  // `patience`: how long a call may take.
  explicit JsonGateway(std::shared_ptr<grpc::Channel> channel, absl::Duration patience = absl::Seconds(60));
  ~JsonGateway();
  JsonGateway(const JsonGateway&) = delete;
  JsonGateway& operator=(const JsonGateway&) = delete;

  // Whether a path is of here: /v1/ and below.
  static bool Serves(std::string_view target) { return target.starts_with("/v1/"); }
  // Whether the answer is a stream; Open() answers it then, otherwise Call().
  static bool IsStream(const JsonRequest& request);

  // Calls `done` once, on any thread; perhaps before it returns.
  void Call(const JsonRequest& request, std::function<void(HttpPage)> done);
  std::shared_ptr<EventStream> Open(const JsonRequest& request);
  // Cancels what is going on and waits until it has been answered; what comes later is refused.
  void Shutdown();

 private:
  class Calls;
  class Unary;
  class Subscription;

  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<Calls> calls_;
  const absl::Duration patience_;
};

// The OpenAPI 3.1 document of the routes.
std::string OpenApiDocument();

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_JSON_GATEWAY_H_

// HttpEndpoint: serves a host's pages (http_pages.h) to monitoring, its services as JSON (json_gateway.h), and its
// feeds (feed_files.h), on one thread of its own. Clients are not trusted: what a connection may send, hold and take is
// bounded in bytes, number and time. Bound to loopback it answers only requests to a name of loopback, so that a page
// in a browser cannot reach it by a name of its own (DNS rebinding).
//
// Start() and the destructor belong to one thread.
#ifndef WIREWATCH_SERVICE_HTTP_ENDPOINT_H_
#define WIREWATCH_SERVICE_HTTP_ENDPOINT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "wirewatch/pipeline/host.h"
#include "wirewatch/service/feed_files.h"
#include "wirewatch/service/json_gateway.h"

namespace wirewatch::service {

struct HttpLimits {
  // When they are all taken, the one that has been silent for longest gives way to a new one.
  size_t connections = 256;
  size_t streams = 192;  // of connections, so that monitoring always finds one
  uint32_t head_bytes = 8 << 10;
  absl::Duration first_request = absl::Seconds(10);  // to be whole since the connection
  absl::Duration next_request = absl::Seconds(75);   // since the answer before
  absl::Duration body = absl::Seconds(60);           // since the head
  absl::Duration write = absl::Seconds(10);          // of a whole page
  absl::Duration write_json = absl::Seconds(60);     // of a whole answer of a service, and of each piece of a stream
};

class HttpEndpoint {
 public:
  // `address`: "127.0.0.1:9464", "[::1]:9464", "localhost:9464" or a port alone, which is on loopback; port 0 takes any
  // free one. InvalidArgument when it cannot be read, Unavailable when it cannot be listened on. `host` outlives it.
  // `gateway`, `feeds` nullptr: it serves none.
  static absl::StatusOr<std::unique_ptr<HttpEndpoint>> Start(const pipeline::Host& host, const std::string& address,
                                                             HttpLimits limits = {},
                                                             std::unique_ptr<JsonGateway> gateway = nullptr,
                                                             std::unique_ptr<const FeedFiles> feeds = nullptr);
  // Closes all connections.
  virtual ~HttpEndpoint() = default;

  // As bound, e.g. "127.0.0.1:9464".
  virtual std::string address() const = 0;
};

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_HTTP_ENDPOINT_H_

// HttpEndpoint: serves a host's pages (http_pages.h) to monitoring, on one thread of its own. Clients are not trusted:
// what a connection may send, hold and take is bounded in bytes, number and time.
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

namespace wirewatch::service {

struct HttpLimits {
  // When they are all taken, the one that has been silent for longest gives way to a new one.
  size_t connections = 32;
  uint32_t head_bytes = 8 << 10;
  absl::Duration first_request = absl::Seconds(10);  // to be whole since the connection
  absl::Duration next_request = absl::Seconds(75);   // since the answer before
  absl::Duration write = absl::Seconds(10);          // of a whole answer
};

class HttpEndpoint {
 public:
  // `address`: "127.0.0.1:9464", "[::1]:9464", "localhost:9464" or a port alone, which is on loopback; port 0 takes any
  // free one. InvalidArgument when it cannot be read, Unavailable when it cannot be listened on. `host` outlives it.
  static absl::StatusOr<std::unique_ptr<HttpEndpoint>> Start(const pipeline::Host& host, const std::string& address,
                                                             HttpLimits limits = {});
  // Closes all connections.
  virtual ~HttpEndpoint() = default;

  // As bound, e.g. "127.0.0.1:9464".
  virtual std::string address() const = 0;
};

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_HTTP_ENDPOINT_H_

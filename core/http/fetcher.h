// Fetcher: HTTP requests of plugins to servers that nobody here controls. It is safe against server-side request
// forgery: only http and https, and only public addresses unless the configuration names the network. The address is
// checked when the socket is made, so neither a redirect nor a name that changes its address passes it. Sizes and times
// are bounded, TLS is verified, proxies of the environment are not used.
//
// Messages of errors name scheme, host and port alone: paths and queries of hooks are secrets.
#ifndef WIREWATCH_HTTP_FETCHER_H_
#define WIREWATCH_HTTP_FETCHER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "wirewatch/http/network.h"

namespace wirewatch::http {

struct Header {
  std::string name;
  std::string value;
  bool secret = false;  // not sent to another origin by a redirect
};

struct Request {
  std::string method = "GET";
  std::string url;
  std::vector<Header> headers = {};
  std::string body = {};  // sent with every method but GET and HEAD
};

struct Response {
  int status = 0;
  std::vector<Header> headers;
  std::string body;
  bool cut = false;  // the body was larger than the limit; it holds its beginning

  // The value of the first header of this name (case ignored).
  std::optional<std::string> Find(std::string_view name) const;
};

struct FetcherOptions {
  absl::Duration connect_timeout = absl::Seconds(10);
  absl::Duration timeout = absl::Seconds(30);  // for the whole fetch, redirects included
  uint64_t max_body_bytes = 1 << 20;
  // A larger body fails the fetch, or is cut (for whoever wants only the status).
  bool cut_body = false;
  // 0: a redirect is a Response like any other.
  int max_redirects = 0;
  // Networks that may be reached besides the public Internet.
  std::vector<Network> allow = {};
  std::string ca_file = {};  // PEM; empty: the system's authorities
  std::string user_agent = "wirewatch";
};

// InvalidArgument when the URL cannot be fetched: no http or https, no host, a user or password in it.
absl::Status CheckUrl(const std::string& url);
// InvalidArgument when the header cannot be sent as it is: a name that is no token, line ends in the value.
absl::Status CheckHeader(const Header& header);
// "https://example.org:8443": what of a URL may be shown.
std::string Origin(const std::string& url);
// What a Retry-After asks for (RFC 9110, 10.2.3: seconds or a date); zero when it says nothing that can be read.
absl::Duration RetryAfter(const Response& response, absl::Time now);

// Keeps connections for the next request. Used by one thread at a time.
class Fetcher {
 public:
  explicit Fetcher(FetcherOptions options);
  ~Fetcher();
  Fetcher(const Fetcher&) = delete;
  Fetcher& operator=(const Fetcher&) = delete;

  // Any answer is a Response, whatever its status. Unavailable: no (whole) answer, or TLS failed. DeadlineExceeded: not
  // in time. PermissionDenied: the address may not be reached, or a redirect leads from https to http. OutOfRange: body
  // or headers too large. FailedPrecondition: too many redirects, or one that cannot be followed. InvalidArgument: the
  // request is wrong.
  //
  // Redirects are followed as far as the body goes along: GET and HEAD all, other methods 307 and 308; other redirects
  // are Responses.
  absl::StatusOr<Response> Fetch(const Request& request);

 private:
  class Transfer;

  const FetcherOptions options_;
  const std::unique_ptr<Transfer> transfer_;
};

}  // namespace wirewatch::http

#endif  // WIREWATCH_HTTP_FETCHER_H_

// Fetcher::Transfer: one request and its answer over libcurl, without redirects. For fetcher.cc alone; one thread.
#ifndef WIREWATCH_HTTP_TRANSFER_H_
#define WIREWATCH_HTTP_TRANSFER_H_

#include <chrono>
#include <memory>

#include "absl/status/statusor.h"
#include "wirewatch/http/fetcher.h"

namespace wirewatch::http {

class Fetcher::Transfer {
 public:
  // `options` must outlive it.
  explicit Transfer(const FetcherOptions& options);
  ~Transfer();

  absl::StatusOr<Response> Run(const Request& request, std::chrono::steady_clock::time_point deadline);

 private:
  struct Curl;

  const FetcherOptions& options_;
  const std::unique_ptr<Curl> curl_;
};

}  // namespace wirewatch::http

#endif  // WIREWATCH_HTTP_TRANSFER_H_

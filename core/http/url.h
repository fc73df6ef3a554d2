// Addresses that redirects lead to. Pure functions, any thread.
#ifndef WIREWATCH_HTTP_URL_H_
#define WIREWATCH_HTTP_URL_H_

#include <string>

#include "absl/status/statusor.h"

namespace wirewatch::http {

// `reference` as seen from `base` (RFC 3986, 5). InvalidArgument when that is nothing that CheckUrl() takes.
absl::StatusOr<std::string> ResolveUrl(const std::string& base, const std::string& reference);

}  // namespace wirewatch::http

#endif  // WIREWATCH_HTTP_URL_H_

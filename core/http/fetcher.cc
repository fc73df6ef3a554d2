#include "wirewatch/http/fetcher.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "wirewatch/http/transfer.h"
#include "wirewatch/http/url.h"

namespace wirewatch::http {
namespace {

bool HasNoBody(const std::string& method) { return method == "GET" || method == "HEAD"; }

// Where the response sends the request, or nullopt when it is to be taken as it is.
std::optional<std::string> Location(const Request& request, const Response& response) {
  const int status = response.status;
  const bool keeps_method = status == 307 || status == 308;
  const bool any = keeps_method || status == 301 || status == 302 || status == 303;
  if (!any || (!keeps_method && !HasNoBody(request.method))) return std::nullopt;
  return response.Find("Location");
}

// `request` changed to go to `location`.
absl::Status Follow(const std::string& location, Request& request) {
  absl::StatusOr<std::string> url = ResolveUrl(request.url, location);
  if (!url.ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat(Origin(request.url), " redirects to something that is no http address"));
  }
  const std::string from = Origin(request.url);
  const std::string to = Origin(*url);
  if (absl::StartsWith(from, "https:") && !absl::StartsWith(to, "https:"))
    return absl::PermissionDeniedError(absl::StrCat(from, " redirects to ", to, ", which is not encrypted"));
  if (from != to) std::erase_if(request.headers, [](const Header& header) { return header.secret; });
  request.url = *std::move(url);
  return absl::OkStatus();
}

}  // namespace

std::optional<std::string> Response::Find(std::string_view name) const {
  for (const Header& header : headers) {
    if (absl::EqualsIgnoreCase(header.name, std::string(name))) return header.value;
  }
  return std::nullopt;
}

absl::Status CheckHeader(const Header& header) {
  const bool token = !header.name.empty() && std::all_of(header.name.begin(), header.name.end(), [](unsigned char c) {
    return absl::ascii_isalnum(c) ||
           std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string::npos;
  });
  if (!token) return absl::InvalidArgumentError("the name of a header must be of letters, digits and -");
  const bool fits = std::none_of(header.value.begin(), header.value.end(),
                                 [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; });
  if (!fits) return absl::InvalidArgumentError(absl::StrCat("the header ", header.name, " holds control characters"));
  return absl::OkStatus();
}

absl::Duration RetryAfter(const Response& response, absl::Time now) {
  const std::optional<std::string> text = response.Find("Retry-After");
  if (!text) return absl::ZeroDuration();
  if (int64_t seconds = 0; absl::SimpleAtoi(*text, &seconds)) return absl::Seconds(std::max<int64_t>(seconds, 0));
  absl::Time at;
  if (absl::ParseTime("%a, %d %b %Y %H:%M:%S GMT", *text, &at, nullptr))
    return std::max(at - now, absl::ZeroDuration());
  return absl::ZeroDuration();
}

Fetcher::Fetcher(FetcherOptions options)
    : options_(std::move(options)), transfer_(std::make_unique<Transfer>(options_)) {}
Fetcher::~Fetcher() = default;

absl::StatusOr<Response> Fetcher::Fetch(const Request& request) {
  const auto deadline = std::chrono::steady_clock::now() + absl::ToChronoMilliseconds(options_.timeout);
  for (const Header& header : request.headers) {
    if (absl::Status fit = CheckHeader(header); !fit.ok()) return fit;
  }
  if (absl::Status fit = CheckUrl(request.url); !fit.ok()) return fit;
  Request hop = request;
  for (int redirects = 0;; ++redirects) {
    absl::StatusOr<Response> response = transfer_->Run(hop, deadline);
    if (!response.ok() || options_.max_redirects == 0) return response;
    const std::optional<std::string> location = Location(hop, *response);
    if (!location) return response;
    if (redirects == options_.max_redirects) {
      return absl::FailedPreconditionError(
          absl::StrCat(Origin(request.url), " redirects more than ", options_.max_redirects, " times"));
    }
    if (absl::Status followed = Follow(*location, hop); !followed.ok()) return followed;
  }
}

}  // namespace wirewatch::http

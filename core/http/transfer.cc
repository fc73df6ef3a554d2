#include "wirewatch/http/transfer.h"

#include <curl/curl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace wirewatch::http {
namespace {

constexpr size_t kMaxHeaderBytes = 64 << 10;

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, FreeList>;

// What the callbacks of one request fill.
struct Exchange {
  const FetcherOptions& options;
  Response response = {};
  size_t header_bytes = 0;
  bool too_large = false;
  int sockets = 0;
  std::string refused = {};  // an address that may not be reached
};

// The one place where an address is checked: it is the one that the socket is connected to.
curl_socket_t OpenSocket(void* context, curlsocktype, curl_sockaddr* target) {
  auto& exchange = *static_cast<Exchange*>(context);
  const absl::StatusOr<Address> address = AddressOf(target->addr);
  if (!address.ok()) return CURL_SOCKET_BAD;
  const auto& allowed = exchange.options.allow;
  if (!IsPublic(*address) && std::none_of(allowed.begin(), allowed.end(),
                                          [&](const Network& network) { return network.Contains(*address); })) {
    exchange.refused = AddressText(*address);
    return CURL_SOCKET_BAD;
  }
  ++exchange.sockets;
  return socket(target->family, target->socktype | SOCK_CLOEXEC, target->protocol);
}

size_t TakeBody(char* bytes, size_t, size_t size, void* context) {
  auto& exchange = *static_cast<Exchange*>(context);
  std::string& body = exchange.response.body;
  const size_t room = exchange.options.max_body_bytes - body.size();
  body.append(bytes, std::min(size, room));
  if (size <= room) return size;
  exchange.too_large = true;
  return 0;
}

size_t TakeHeader(char* bytes, size_t, size_t size, void* context) {
  auto& exchange = *static_cast<Exchange*>(context);
  exchange.header_bytes += size;
  if (exchange.header_bytes > kMaxHeaderBytes) return 0;
  const std::string line(bytes, size);
  // Of interim answers (1xx) nothing is kept.
  if (absl::StartsWith(line, "HTTP/")) exchange.response.headers.clear();
  if (const size_t colon = line.find(':'); colon != std::string::npos && !absl::StartsWith(line, "HTTP/")) {
    exchange.response.headers.push_back(
        {.name = line.substr(0, colon), .value = std::string(absl::StripAsciiWhitespace(line.substr(colon + 1)))});
  }
  return size;
}

absl::StatusOr<List> HeaderList(const Request& request) {
  // Without these curl adds headers of its own.
  List list(curl_slist_append(nullptr, "Expect:"));
  const auto add = [&](const std::string& line) {
    curl_slist* longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) return false;
    if (longer != list.get()) {
      static_cast<void>(list.release());
      list.reset(longer);
    }
    return true;
  };
  for (const Header& header : request.headers) {
    // A header without a value is written with a semicolon.
    const std::string line =
        header.value.empty() ? absl::StrCat(header.name, ";") : absl::StrCat(header.name, ": ", header.value);
    if (!add(line)) return absl::ResourceExhaustedError("out of memory");
  }
  return list;
}

absl::Status StatusOf(CURLcode code, const Exchange& exchange, const std::string& origin, const char* message) {
  if (!exchange.refused.empty() && exchange.sockets == 0) {
    return absl::PermissionDeniedError(absl::StrCat(origin, " has the address ", exchange.refused,
                                                    ", which is not public and is not in a network that is allowed"));
  }
  const std::string said = absl::StrCat(origin, ": ", *message != '\0' ? message : curl_easy_strerror(code));
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return absl::DeadlineExceededError(said);
    case CURLE_WRITE_ERROR:
      return absl::OutOfRangeError(
          exchange.too_large
              ? absl::StrCat(origin, " answers with more than ", exchange.options.max_body_bytes, " bytes")
              : absl::StrCat(origin, " answers with more than ", kMaxHeaderBytes, " bytes of headers"));
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_URL_MALFORMAT:
      return absl::InvalidArgumentError(said);
    default:
      return absl::UnavailableError(said);
  }
}

}  // namespace

struct Fetcher::Transfer::Curl {
  CURL* handle = nullptr;
  std::array<char, CURL_ERROR_SIZE> error{};

  // False when an option is not known to the libcurl that is installed: then nothing may be sent.
  bool Limit(const FetcherOptions& options) {
    const auto set = [this](CURLoption option, auto value) {
      return curl_easy_setopt(handle, option, value) == CURLE_OK;
    };
    return set(CURLOPT_PROTOCOLS_STR, "http,https") && set(CURLOPT_FOLLOWLOCATION, 0L) && set(CURLOPT_PROXY, "") &&
           set(CURLOPT_NOPROXY, "*") && set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED)) &&
           set(CURLOPT_SSL_VERIFYPEER, 1L) && set(CURLOPT_SSL_VERIFYHOST, 2L) &&
           set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2)) && set(CURLOPT_NOSIGNAL, 1L) &&
           set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(absl::ToInt64Milliseconds(options.connect_timeout))) &&
           (options.ca_file.empty() || set(CURLOPT_CAINFO, options.ca_file.c_str())) &&
           set(CURLOPT_USERAGENT, options.user_agent.c_str()) && set(CURLOPT_ERRORBUFFER, error.data());
  }

  bool Take(Exchange& exchange) {
    const auto set = [this](CURLoption option, auto value) {
      return curl_easy_setopt(handle, option, value) == CURLE_OK;
    };
    return set(CURLOPT_OPENSOCKETFUNCTION, &OpenSocket) && set(CURLOPT_OPENSOCKETDATA, &exchange) &&
           set(CURLOPT_WRITEFUNCTION, &TakeBody) && set(CURLOPT_WRITEDATA, &exchange) &&
           set(CURLOPT_HEADERFUNCTION, &TakeHeader) && set(CURLOPT_HEADERDATA, &exchange);
  }

  bool Send(const Request& request, const curl_slist* headers, long left_ms) {
    const auto set = [this](CURLoption option, auto value) {
      return curl_easy_setopt(handle, option, value) == CURLE_OK;
    };
    bool done =
        set(CURLOPT_URL, request.url.c_str()) && set(CURLOPT_HTTPHEADER, headers) && set(CURLOPT_TIMEOUT_MS, left_ms);
    if (request.method == "HEAD") return done && set(CURLOPT_NOBODY, 1L);
    if (request.method == "GET") return done && set(CURLOPT_HTTPGET, 1L);
    return done && set(CURLOPT_POST, 1L) && set(CURLOPT_CUSTOMREQUEST, request.method.c_str()) &&
           set(CURLOPT_POSTFIELDS, request.body.c_str()) &&
           set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  }
};

Fetcher::Transfer::Transfer(const FetcherOptions& options) : options_(options), curl_(std::make_unique<Curl>()) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  curl_->handle = curl_easy_init();
}

Fetcher::Transfer::~Transfer() { curl_easy_cleanup(curl_->handle); }

absl::StatusOr<Response> Fetcher::Transfer::Run(const Request& request,
                                                std::chrono::steady_clock::time_point deadline) {
  const std::string origin = Origin(request.url);
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  if (left.count() <= 0) return absl::DeadlineExceededError(absl::StrCat(origin, ": no time left"));
  absl::StatusOr<List> headers = HeaderList(request);
  if (!headers.ok()) return headers.status();
  if (curl_->handle == nullptr) return absl::ResourceExhaustedError("libcurl cannot be started");
  curl_easy_reset(curl_->handle);
  curl_->error[0] = '\0';
  Exchange exchange{.options = options_};
  if (!curl_->Limit(options_) || !curl_->Take(exchange) || !curl_->Send(request, headers->get(), left.count()))
    return absl::InternalError("libcurl does not take an option; it must be 7.85 or later");
  const CURLcode code = curl_easy_perform(curl_->handle);
  long status = 0;
  curl_easy_getinfo(curl_->handle, CURLINFO_RESPONSE_CODE, &status);
  exchange.response.status = static_cast<int>(status);
  const bool cut = code == CURLE_WRITE_ERROR && exchange.too_large && options_.cut_body;
  exchange.response.cut = cut;
  if (code != CURLE_OK && !cut) return StatusOf(code, exchange, origin, curl_->error.data());
  return std::move(exchange.response);
}

}  // namespace wirewatch::http

#include "wirewatch/http/url.h"

#include <curl/curl.h>

#include <memory>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "wirewatch/http/fetcher.h"

namespace wirewatch::http {
namespace {

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Handle = std::unique_ptr<CURLU, FreeUrl>;

std::string Part(const Handle& url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url.get(), part, &text, flags) != CURLUE_OK) return "";
  std::string copy = text;
  curl_free(text);
  return copy;
}

Handle Parsed(const std::string& url) {
  Handle handle(curl_url());
  if (!handle || url.find('\0') != std::string::npos ||
      curl_url_set(handle.get(), CURLUPART_URL, url.c_str(), CURLU_DISALLOW_USER) != CURLUE_OK)
    return nullptr;
  const std::string scheme = Part(handle, CURLUPART_SCHEME);
  return scheme == "http" || scheme == "https" ? std::move(handle) : nullptr;
}

}  // namespace

absl::Status CheckUrl(const std::string& url) {
  if (Parsed(url)) return absl::OkStatus();
  return absl::InvalidArgumentError("not an address that can be fetched: http:// or https://, a host, no user in it");
}

std::string Origin(const std::string& url) {
  const Handle handle = Parsed(url);
  if (!handle) return "(no http address)";
  return absl::StrCat(Part(handle, CURLUPART_SCHEME), "://", Part(handle, CURLUPART_HOST), ":",
                      Part(handle, CURLUPART_PORT, CURLU_DEFAULT_PORT));
}

absl::StatusOr<std::string> ResolveUrl(const std::string& base, const std::string& reference) {
  const Handle handle = Parsed(base);
  if (!handle || reference.find('\0') != std::string::npos ||
      curl_url_set(handle.get(), CURLUPART_URL, reference.c_str(), CURLU_DISALLOW_USER) != CURLUE_OK)
    return absl::InvalidArgumentError("not an address");
  std::string url = Part(handle, CURLUPART_URL);
  if (absl::Status fit = CheckUrl(url); !fit.ok()) return fit;
  return url;
}

}  // namespace wirewatch::http

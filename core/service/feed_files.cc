#include "wirewatch/service/feed_files.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace wirewatch::service {
namespace {

constexpr char kHttpDate[] = "%a, %d %b %Y %H:%M:%S GMT";
constexpr size_t kLongestName = 128;

HttpPage Refusal(int status, const std::string& why) { return {.status = status, .body = absl::StrCat(why, "\n")}; }

HttpPage NotAdmitted(const absl::Status& status) {
  const std::string why(status.message());
  if (absl::IsUnauthenticated(status)) return Refusal(401, why);
  if (absl::IsResourceExhausted(status)) return Refusal(429, why);
  return Refusal(absl::IsPermissionDenied(status) ? 403 : 500, why);
}

// Empty: no feed can have that name. One that begins with a dot is half written, or hidden.
std::string ContentTypeOf(std::string_view name) {
  const auto plain = [](char c) { return absl::ascii_isalnum(c) || c == '.' || c == '_' || c == '-'; };
  if (name.empty() || name.size() > kLongestName || name.front() == '.') return "";
  if (!std::all_of(name.begin(), name.end(), plain)) return "";
  if (name.ends_with(".atom") || name.ends_with(".xml")) return "application/atom+xml; charset=utf-8";
  return name.ends_with(".json") ? "application/feed+json; charset=utf-8" : "";
}

struct File {
  std::string content;
  absl::Time modified;
};

class Descriptor {
 public:
  explicit Descriptor(const std::filesystem::path& path)
      : number_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  const int number_;
};

// NotFound; OutOfRange when it is too long; else Unavailable. Feeds are replaced as a whole: what was opened stays as
// it is.
absl::StatusOr<File> ReadFeed(const std::filesystem::path& path) {
  const Descriptor file(path);
  struct stat facts {};
  if (file.number() < 0 && errno != ENOENT && errno != ELOOP)
    return absl::UnavailableError("The feed is not readable.");
  if (file.number() < 0 || fstat(file.number(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
    return absl::NotFoundError("There is no such feed.");
  }
  if (static_cast<size_t>(facts.st_size) > FeedFiles::kLargestFile) {
    return absl::OutOfRangeError("The feed is too long to be served: let it have fewer entries.");
  }
  File read{std::string(static_cast<size_t>(facts.st_size), '\0'), absl::TimeFromTimespec(facts.st_mtim)};
  for (size_t have = 0; have < read.content.size();) {
    const ssize_t got = ::read(file.number(), read.content.data() + have, read.content.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return absl::UnavailableError("The feed is not readable.");
    have += static_cast<size_t>(got);
  }
  return read;
}

std::string EntityTag(const std::string& content) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(content.data(), content.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) return "";
  return absl::StrCat("\"", absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest.data()), 16)),
                      "\"");
}

// RFC 9110, 13.1.2: weak comparison with each of a list.
bool Names(const std::string& list, const std::string& tag) {
  for (absl::string_view one : absl::StrSplit(list, ',')) {
    one = absl::StripAsciiWhitespace(one);
    if (one == "*" || absl::StripPrefix(one, "W/") == tag) return true;
  }
  return false;
}

// The three forms of RFC 9110, 5.6.7.
std::optional<absl::Time> ParseHttpDate(const std::string& text) {
  for (const char* form : {kHttpDate, "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"}) {
    absl::Time at;
    std::string error;
    if (absl::ParseTime(form, text, &at, &error)) return at;
  }
  return std::nullopt;
}

// If-Modified-Since counts only where there is no If-None-Match (RFC 9110, 13.2.2).
bool HasIt(const FeedRequest& request, const std::string& tag, absl::Time modified) {
  if (!request.if_none_match.empty()) return Names(request.if_none_match, tag);
  const std::optional<absl::Time> since = ParseHttpDate(request.if_modified_since);
  return since && absl::ToUnixSeconds(modified) <= absl::ToUnixSeconds(*since);
}

}  // namespace

HttpPage FeedFiles::Get(const FeedRequest& request) const {
  if (request.verb != "GET" && request.verb != "HEAD")
    return {.status = 405, .body = "Only GET and HEAD are answered.\n"};
  const std::string_view target = request.target;
  const std::string name(target.substr(0, target.find('?')).substr(std::string_view("/feeds/").size()));
  const std::string content_type = ContentTypeOf(name);
  Credentials credentials;
  credentials.peer = request.peer;
  if (!request.authorization.empty()) credentials.authorization.push_back(request.authorization);
  const auto admission = access_.Admit(credentials, "Feeds/Get", content_type.empty() ? "" : name);
  if (!admission.ok()) return NotAdmitted(admission.status());
  if (content_type.empty()) return Refusal(404, "There is no such feed.");
  const absl::StatusOr<File> file = ReadFeed(directory_ / name);
  if (!file.ok()) return Refusal(absl::IsNotFound(file.status()) ? 404 : 503, std::string(file.status().message()));
  HttpPage page;
  page.content_type = content_type;
  page.cache_control = "private, no-cache";
  page.etag = EntityTag(file->content);
  const absl::Time modified = std::min(file->modified, absl::Now());
  page.last_modified = absl::FormatTime(kHttpDate, modified, absl::UTCTimeZone());
  if (HasIt(request, page.etag, modified)) {
    page.status = 304;
  } else {
    page.body = file->content;
  }
  return page;
}

}  // namespace wirewatch::service

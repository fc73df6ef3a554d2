// FeedFiles: the feeds that the channel `feed` writes into one directory, for readers over HTTP, with conditional
// requests (RFC 9110, 13). Nothing else of the directory is served.
//
// Any thread.
#ifndef WIREWATCH_SERVICE_FEED_FILES_H_
#define WIREWATCH_SERVICE_FEED_FILES_H_

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "wirewatch/service/access.h"
#include "wirewatch/service/http_pages.h"

namespace wirewatch::service {

// What a request says, as far as it matters here. Header values are as they came; empty: not there.
struct FeedRequest {
  std::string verb = {};
  std::string target = {};
  std::string authorization = {};
  std::string if_none_match = {};
  std::string if_modified_since = {};
  std::string peer = {};  // address and port that it comes from
};

class FeedFiles {
 public:
  static constexpr size_t kLargestFile = 16 << 20;  // bytes; a larger one is not served

  // `access` outlives it.
  FeedFiles(std::filesystem::path directory, Access& access) : directory_(std::move(directory)), access_(access) {}

  static bool Serves(std::string_view target) { return target.starts_with("/feeds/"); }

  // /feeds/NAME, with NAME ending in .atom or .xml (Atom) or .json (JSON Feed): 200, 304 when the reader has it
  // already, 404 when there is no such feed. A feed shows Alerts of all watches: a caller whose token sees only some is
  // refused (403), as is one without a token where tokens are asked for (401); both are logged.
  HttpPage Get(const FeedRequest& request) const;

 private:
  const std::filesystem::path directory_;
  Access& access_;
};

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_FEED_FILES_H_

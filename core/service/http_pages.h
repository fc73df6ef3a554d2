// The pages that a host serves over HTTP: /metrics, /healthz and /readyz. They show, and change nothing. Any thread.
#ifndef WIREWATCH_SERVICE_HTTP_PAGES_H_
#define WIREWATCH_SERVICE_HTTP_PAGES_H_

#include <string>
#include <string_view>

#include "wirewatch/pipeline/host.h"

namespace wirewatch::service {

struct HttpPage {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  std::string allow = "GET, HEAD";  // verbs that a page takes, for 405
  std::string cache_control = "no-store";
  std::string etag = {}, last_modified = {};  // empty: the page has none
};

// `target` as it stands in the request; what follows a question mark is ignored. Another method than GET or HEAD is
// 405, another page 404.
HttpPage MakeHttpPage(const pipeline::Host& host, std::string_view method, std::string_view target);

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_HTTP_PAGES_H_

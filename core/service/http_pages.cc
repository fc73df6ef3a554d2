#include "wirewatch/service/http_pages.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "wirewatch/service/exposition.h"
#include "wirewatch/service/metrics.h"

namespace wirewatch::service {
namespace {

HttpPage Text(int status, const std::string& line) { return {.status = status, .body = absl::StrCat(line, "\n")}; }

HttpPage Readiness(const pipeline::Host& host) {
  const pipeline::HostStatus status = host.Status();
  if (status.ready) return Text(200, "ready");
  return Text(503, status.not_ready_reason.empty() ? "not ready" : status.not_ready_reason);
}

}  // namespace

HttpPage MakeHttpPage(const pipeline::Host& host, std::string_view method, std::string_view target) {
  const std::string_view path = target.substr(0, target.find('?'));
  if (path != "/metrics" && path != "/healthz" && path != "/readyz") {
    return Text(404, "There are /metrics, /healthz and /readyz.");
  }
  if (method != "GET" && method != "HEAD") return Text(405, "Only GET and HEAD are answered.");
  if (path == "/healthz") return Text(200, "alive");
  if (path == "/readyz") return Readiness(host);
  return {.content_type = std::string(Exposition::kContentType),
          .body = MetricsPage({host.Status(), host.Snapshot(), ReadProcessUsage(), absl::Now()})};
}

}  // namespace wirewatch::service

// JsonRoutes: which HTTP request calls which method of the host's gRPC services, as google.api.http would have it. One
// table; the OpenAPI document and the gateway are made from it. Stateless.
#ifndef WIREWATCH_SERVICE_JSON_ROUTES_H_
#define WIREWATCH_SERVICE_JSON_ROUTES_H_

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wirewatch::service {

struct JsonRoute {
  std::string_view verb;  // "GET"
  // "/v1/alerts/{alert_id}/note": what stands in braces is a field of the request, with dots where it is inside
  // another.
  std::string_view path;
  std::string_view method;  // "wirewatch.v1.AlertService.Note"
  // The field that the body is, "*" for the whole request, empty: no body. What neither the path nor the body sets can
  // be set by the query string.
  std::string_view body;
  bool streams = false;  // answers with Server-Sent Events
};

// All, in the order of the documents.
std::span<const JsonRoute> JsonRoutes();

struct MatchedRoute {
  const JsonRoute* route = nullptr;
  std::vector<std::pair<std::string, std::string>> variables;  // field, value as it stood in the path, decoded
};
// `path` as it stands in the request, without the query string. nullopt when there is none; `allowed` then has the
// verbs that the path would take.
std::optional<MatchedRoute> MatchJsonRoute(std::string_view verb, std::string_view path,
                                           std::vector<std::string>& allowed);

// "a%20b" -> "a b"; with `plus`, a plus sign is a blank, too. nullopt when it is none, or is no UTF-8.
std::optional<std::string> PercentDecoded(std::string_view text, bool plus);

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_JSON_ROUTES_H_

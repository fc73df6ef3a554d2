#include "wirewatch/service/json_routes.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::service {
namespace {

constexpr JsonRoute kRoutes[] = {
    {"GET", "/v1/alerts", "wirewatch.v1.AlertService.List", "", false},
    {"GET", "/v1/alerts/events", "wirewatch.v1.AlertService.Subscribe", "", true},
    {"GET", "/v1/alerts/{alert_id}", "wirewatch.v1.AlertService.Get", "", false},
    {"POST", "/v1/alerts/{alert_id}/acknowledge", "wirewatch.v1.AlertService.Acknowledge", "*", false},
    {"POST", "/v1/alerts/{alert_id}/dismiss", "wirewatch.v1.AlertService.Dismiss", "*", false},
    {"POST", "/v1/alerts/{alert_id}/assign", "wirewatch.v1.AlertService.Assign", "*", false},
    {"POST", "/v1/alerts/{alert_id}/note", "wirewatch.v1.AlertService.Note", "*", false},
    {"POST", "/v1/alerts/{alert_id}/resolve", "wirewatch.v1.AlertService.Resolve", "*", false},
    {"POST", "/v1/alerts/test", "wirewatch.v1.AlertService.Test", "*", false},
    {"POST", "/v1/subscriptions/{subscription_name}/advance", "wirewatch.v1.AlertService.Advance", "*", false},
    {"GET", "/v1/silences", "wirewatch.v1.AlertService.ListSilences", "", false},
    {"POST", "/v1/silences", "wirewatch.v1.AlertService.Silence", "silence", false},
    {"DELETE", "/v1/silences/{id}", "wirewatch.v1.AlertService.EndSilence", "", false},
    {"GET", "/v1/stats", "wirewatch.v1.AlertService.Stats", "", false},
    {"GET", "/v1/handover", "wirewatch.v1.AlertService.Handover", "", false},
    {"GET", "/v1/explain", "wirewatch.v1.AlertService.Explain", "", false},
    {"POST", "/v1/items", "wirewatch.v1.IngestService.IngestBatch", "*", false},
    {"GET", "/v1/watches", "wirewatch.v1.WatchService.List", "", false},
    {"POST", "/v1/watches", "wirewatch.v1.WatchService.Add", "*", false},
    {"GET", "/v1/watches/{id}", "wirewatch.v1.WatchService.Get", "", false},
    {"PUT", "/v1/watches/{watch.id}", "wirewatch.v1.WatchService.Change", "*", false},
    {"DELETE", "/v1/watches/{id}", "wirewatch.v1.WatchService.Remove", "", false},
    {"GET", "/v1/watches/{id}/revisions", "wirewatch.v1.WatchService.Revisions", "", false},
    {"POST", "/v1/watch-edits", "wirewatch.v1.WatchService.Apply", "*", false},
    {"POST", "/v1/watch-trials", "wirewatch.v1.WatchService.Test", "*", false},
    {"GET", "/v1/watch-costs", "wirewatch.v1.WatchService.Top", "", false},
    {"GET", "/v1/host", "wirewatch.v1.HostService.GetHost", "", false},
    {"GET", "/v1/pipelines", "wirewatch.v1.HostService.ListPipelines", "", false},
};

constexpr size_t kMostSegments = 8;

// How many of the segments of a path stand in the template as they are; nullopt when it does not fit.
std::optional<int> Fit(const std::vector<std::string>& pattern, const std::vector<std::string>& path) {
  if (pattern.size() != path.size()) return std::nullopt;
  int literal = 0;
  for (size_t i = 0; i < path.size(); ++i) {
    if (pattern[i].starts_with("{")) {
      if (path[i].empty()) return std::nullopt;
    } else if (pattern[i] == path[i]) {
      ++literal;
    } else {
      return std::nullopt;
    }
  }
  return literal;
}

std::vector<std::string> Segments(std::string_view path) {
  return absl::StrSplit(absl::string_view(path.data(), path.size()), '/');
}

}  // namespace

std::span<const JsonRoute> JsonRoutes() { return kRoutes; }

std::optional<MatchedRoute> MatchJsonRoute(std::string_view verb, std::string_view path,
                                           std::vector<std::string>& allowed) {
  const std::vector<std::string> segments = Segments(path);
  if (segments.size() > kMostSegments) return std::nullopt;
  // /v1/alerts/events is no Alert's id.
  const JsonRoute* best = nullptr;
  int best_literal = -1;
  for (const JsonRoute& route : kRoutes) {
    const std::optional<int> literal = Fit(Segments(route.path), segments);
    if (!literal) continue;
    if (std::find(allowed.begin(), allowed.end(), route.verb) == allowed.end()) allowed.emplace_back(route.verb);
    if (route.verb != verb || *literal <= best_literal) continue;
    best = &route;
    best_literal = *literal;
  }
  if (best == nullptr) return std::nullopt;
  MatchedRoute matched{best, {}};
  const std::vector<std::string> pattern = Segments(best->path);
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (!pattern[i].starts_with("{")) continue;
    std::optional<std::string> value = PercentDecoded(segments[i], false);
    if (!value) return std::nullopt;
    matched.variables.emplace_back(pattern[i].substr(1, pattern[i].size() - 2), *std::move(value));
  }
  return matched;
}

std::optional<std::string> PercentDecoded(std::string_view text, bool plus) {
  std::string decoded;
  const auto digit = [](char c) {
    return c <= '9' ? c - '0' : absl::ascii_tolower(static_cast<unsigned char>(c)) - 'a' + 10;
  };
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus) {
      decoded += ' ';
    } else if (text[i] != '%') {
      decoded += text[i];
    } else {
      if (i + 2 >= text.size() || !absl::ascii_isxdigit(static_cast<unsigned char>(text[i + 1])) ||
          !absl::ascii_isxdigit(static_cast<unsigned char>(text[i + 2]))) {
        return std::nullopt;
      }
      decoded += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    }
  }
  if (!text::IsValidUtf8(decoded)) return std::nullopt;
  return decoded;
}

}  // namespace wirewatch::service

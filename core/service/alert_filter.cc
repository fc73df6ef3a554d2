#include "wirewatch/service/alert_filter.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/service/grpc_status.h"

namespace wirewatch::service {
namespace {

bool IsOfSilence(v1::AlertEventType type) {
  return type == v1::ALERT_EVENT_TYPE_SILENCE_MADE || type == v1::ALERT_EVENT_TYPE_SILENCE_ENDED;
}

// Unset counts as medium.
v1::Severity Effective(v1::Severity severity) {
  return severity == v1::SEVERITY_UNSPECIFIED ? v1::SEVERITY_MEDIUM : severity;
}

template <class Values>
absl::Status CheckCount(const char* field, const Values& values) {
  if (values.size() <= AlertFilter::kMostValues) return absl::OkStatus();
  return BadRequest(absl::StrCat("filter.", field),
                    absl::StrCat("there are ", values.size(), " values; at most ", AlertFilter::kMostValues));
}

absl::Status CheckUse(const v1::AlertFilter& filter, AlertFilter::Use use) {
  if (use == AlertFilter::Use::kEvents && !filter.statuses().empty()) {
    return BadRequest("filter.statuses", "is for lists of Alerts; name the types of events instead");
  }
  if (use == AlertFilter::Use::kAlerts && !filter.types().empty()) {
    return BadRequest("filter.types", "is for events; name the statuses of Alerts instead");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<AlertFilter> AlertFilter::Compile(const v1::AlertFilter& filter, Use use) {
  absl::Status valid = CheckUse(filter, use);
  if (valid.ok()) valid = CheckCount("pipelines", filter.pipelines());
  if (valid.ok()) valid = CheckCount("watch_ids", filter.watch_ids());
  if (valid.ok()) valid = CheckCount("labels", filter.labels());
  if (valid.ok()) valid = CheckCount("types", filter.types());
  if (valid.ok()) valid = CheckCount("statuses", filter.statuses());
  if (!valid.ok()) return valid;
  if (filter.query().size() > kLongestQuery) {
    return BadRequest("filter.query", absl::StrCat("is longer than ", kLongestQuery, " bytes"));
  }
  if (!filter.query().empty()) {
    Condition condition;
    const absl::Status compiled = Condition::Compile(filter.query(), condition);
    if (!compiled.ok()) return BadRequest("filter.query", std::string(compiled.message()));
  }
  return AlertFilter(filter);
}

bool AlertFilter::LetsPipeline(std::string_view pipeline) const {
  const auto& names = filter_.pipelines();
  return names.empty() || std::find(names.begin(), names.end(), pipeline) != names.end();
}

bool AlertFilter::LetsType(v1::AlertEventType type) const {
  const auto& types = filter_.types();
  if (types.empty()) return !IsOfSilence(type);
  return std::find(types.begin(), types.end(), type) != types.end();
}

bool AlertFilter::Concerns(const v1::Alert& alert) const {
  if (alert.test() && !filter_.include_test()) return false;
  if (Effective(alert.severity()) < filter_.least_severity()) return false;
  const auto raised_by = [&alert](const std::string& watch) {
    return std::binary_search(alert.watch_ids().begin(), alert.watch_ids().end(), watch);
  };
  const auto& watches = filter_.watch_ids();
  if (!watches.empty() && std::none_of(watches.begin(), watches.end(), raised_by)) return false;
  const auto labelled = [&alert](const v1::Label& label) {
    return std::any_of(alert.group().begin(), alert.group().end(), [&label](const v1::Label& own) {
      return own.name() == label.name() && own.value() == label.value();
    });
  };
  return std::all_of(filter_.labels().begin(), filter_.labels().end(), labelled);
}

bool AlertFilter::Lets(const v1::AlertEvent& event, std::string_view pipeline) const {
  if (!LetsPipeline(pipeline) || !LetsType(event.type())) return false;
  if (!event.silenced_by().empty() && !filter_.include_silenced()) return false;
  // An event about a silence is about no Alert: what Alerts must have it does not have.
  if (IsOfSilence(event.type())) {
    return filter_.watch_ids().empty() && filter_.labels().empty() &&
           filter_.least_severity() == v1::SEVERITY_UNSPECIFIED && !has_query();
  }
  return Concerns(event.alert());
}

bool AlertFilter::Lets(const v1::Alert& alert) const {
  if (!LetsPipeline(alert.pipeline())) return false;
  if (!alert.silenced_by().empty() && !filter_.include_silenced()) return false;
  const auto& statuses = filter_.statuses();
  if (!statuses.empty() && std::find(statuses.begin(), statuses.end(), alert.status()) == statuses.end()) return false;
  return Concerns(alert);
}

}  // namespace wirewatch::service

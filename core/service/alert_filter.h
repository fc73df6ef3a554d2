// AlertFilter: a compiled v1::AlertFilter. Lets() is quick; the query is evaluated on Items, which takes reads of the
// archive (evidence_items.h). Immutable; any thread.
#ifndef WIREWATCH_SERVICE_ALERT_FILTER_H_
#define WIREWATCH_SERVICE_ALERT_FILTER_H_

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "wirewatch/sdk/field_values.h"
#include "wirewatch/v1/alert.pb.h"

namespace wirewatch::service {

class AlertFilter {
 public:
  enum class Use { kEvents, kAlerts };
  static constexpr int kMostValues = 1000;           // in each list
  static constexpr size_t kLongestQuery = 64 << 10;  // bytes

  // InvalidArgument with google.rpc.BadRequest: a query that cannot be read, with its place and how to mend it; a field
  // that has no meaning for this use; too many values.
  static absl::StatusOr<AlertFilter> Compile(const v1::AlertFilter& filter, Use use);

  // Everything but the query holds. Events about silences are let through only if `types` names them; what hides an
  // event, and tests, only on request. `pipeline` is that of the journal's entry.
  bool Lets(const v1::AlertEvent& event, std::string_view pipeline) const;
  // Likewise for an Alert as it stands.
  bool Lets(const v1::Alert& alert) const;

  bool has_query() const { return !filter_.query().empty(); }
  const std::string& query() const { return filter_.query(); }

 private:
  explicit AlertFilter(v1::AlertFilter filter) : filter_(std::move(filter)) {}
  bool LetsPipeline(std::string_view pipeline) const;
  bool LetsType(v1::AlertEventType type) const;
  bool Concerns(const v1::Alert& alert) const;

  v1::AlertFilter filter_;
};

}  // namespace wirewatch::service

#endif  // WIREWATCH_SERVICE_ALERT_FILTER_H_

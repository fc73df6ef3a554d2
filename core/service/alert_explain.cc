#include "wirewatch/service/alert_explain.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/alerts/grouper.h"
#include "wirewatch/service/explain_way.h"
#include "wirewatch/service/grpc_status.h"

namespace wirewatch::service {

absl::StatusOr<v1::ExplainResponse> Explain(pipeline::Host& host, VisibleAlerts& visible,
                                            const v1::ExplainRequest& request, const std::function<bool()>& cancelled) {
  if (request.item_id().empty() && request.url().empty()) return BadRequest("item_id", "write it, or url");
  ExplainWay way(host, visible, request, cancelled);
  const absl::StatusOr<std::optional<FoundItem>> found = ExplainItem(way);
  if (!found.ok()) return found.status();
  if (*found && !visible.ahead_of_embargo()) {
    const auto embargo = host.store().GetState((*found)->pipeline, alerts::kGroupingStep,
                                               absl::StrCat(alerts::kEmbargoPrefix, (*found)->item.id()));
    if (!embargo.ok()) return embargo.status();
    if (embargo->has_value()) {
      // As if it were not there.
      way.response.Clear();
      way.Stop(v1::EXPLAIN_STAGE_FETCHED, v1::STOP_REASON_NEVER_CAME, "no pipeline has archived it");
      return std::move(way.response);
    }
  }
  if (*found) {
    const absl::StatusOr<bool> matched = ExplainMatch(way, **found);
    if (!matched.ok()) return matched.status();
    if (absl::Status told = *matched ? ExplainAlert(way, **found) : absl::OkStatus(); !told.ok()) return told;
  }
  return std::move(way.response);
}

}  // namespace wirewatch::service

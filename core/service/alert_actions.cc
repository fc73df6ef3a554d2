#include "wirewatch/service/alert_actions.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "wirewatch/alerts/grouper.h"
#include "wirewatch/alerts/identity.h"
#include "wirewatch/alerts/silences.h"
#include "wirewatch/alerts/times.h"
#include "wirewatch/service/alert_list.h"
#include "wirewatch/service/grpc_status.h"

namespace wirewatch::service {
namespace {

constexpr absl::Duration kLongestSilence = absl::Hours(24 * 366);

// The whole id of the Alert, and its pipeline.
struct Found {
  std::string id;
  std::string pipeline;
};
absl::StatusOr<Found> Find(pipeline::Host& host, VisibleAlerts& visible, const std::string& id) {
  v1::GetAlertResponse got;
  if (absl::Status status = GetAlert(host.store(), visible, id, got); !status.ok()) return status;
  return Found{got.alert().id(), got.alert().pipeline()};
}

ActionDone Done(absl::StatusOr<v1::OperatorAnswer> answer, VisibleAlerts& visible) {
  if (!answer.ok()) return answer.status();
  v1::AlertActionResponse response;
  response.set_sequence(answer->sequence());
  response.mutable_alert()->Swap(answer->mutable_alert());
  visible.Show(*response.mutable_alert());
  return response;
}

template <class Request>
ActionDone ActOn(pipeline::Host& host, const Operator& who, const Request& request,
                 Request* (v1::OperatorCall::*part)()) {
  const absl::StatusOr<Found> found = Find(host, who.visible, request.alert_id());
  if (!found.ok()) return found.status();
  v1::OperatorCall call;
  call.set_actor(who.name);
  *(call.*part)() = request;
  (call.*part)()->set_alert_id(found->id);
  return Done(host.Operate(found->pipeline, call, who.patience), who.visible);
}

std::vector<std::string> PipelinesOf(pipeline::Host& host) {
  std::vector<std::string> names;
  for (const pipeline::Progress& progress : host.Snapshot()) names.push_back(progress.pipeline);
  return names;
}

// Silences of a pipeline as committed.
absl::Status ReadSilences(pipeline::Host& host, const std::string& pipeline, std::vector<v1::SilenceRule>& silences) {
  bool readable = true;
  absl::Status scanned = host.store().ScanState(
      pipeline, alerts::kGroupingStep, alerts::kSilencePrefix, [&](std::string_view, std::string_view value) {
        v1::AlertSilence silence;
        readable = silence.ParseFromArray(value.data(), static_cast<int>(value.size()));
        if (readable) silences.push_back(std::move(*silence.mutable_rule()));
        return readable;
      });
  if (scanned.ok() && !readable) {
    return absl::DataLossError(absl::StrCat("a silence of \"", pipeline, "\" in the store cannot be read"));
  }
  return scanned;
}

}  // namespace

ActionDone Act(pipeline::Host& host, const Operator& who, const v1::AcknowledgeRequest& request) {
  return ActOn(host, who, request, &v1::OperatorCall::mutable_acknowledge);
}
ActionDone Act(pipeline::Host& host, const Operator& who, const v1::DismissRequest& request) {
  return ActOn(host, who, request, &v1::OperatorCall::mutable_dismiss);
}
ActionDone Act(pipeline::Host& host, const Operator& who, const v1::AssignRequest& request) {
  return ActOn(host, who, request, &v1::OperatorCall::mutable_assign);
}
ActionDone Act(pipeline::Host& host, const Operator& who, const v1::NoteRequest& request) {
  return ActOn(host, who, request, &v1::OperatorCall::mutable_note);
}
ActionDone Act(pipeline::Host& host, const Operator& who, const v1::ResolveRequest& request) {
  return ActOn(host, who, request, &v1::OperatorCall::mutable_resolve);
}

ActionDone Act(pipeline::Host& host, const Operator& who, const v1::TestAlertRequest& request) {
  v1::OperatorCall call;
  call.set_actor(who.name);
  *call.mutable_test() = request;
  return Done(host.Operate(request.pipeline(), call, who.patience), who.visible);
}

absl::StatusOr<v1::SilenceResponse> Act(pipeline::Host& host, const Operator& who, const v1::SilenceRequest& request) {
  v1::OperatorCall call;
  call.set_actor(who.name);
  v1::SilenceRule& rule = *call.mutable_silence();
  rule = request.silence();
  const absl::Time now = absl::Now();
  if (!rule.has_begins()) alerts::SetTime(rule.mutable_begins(), now);
  if (absl::Status checked = alerts::CheckSilence(rule); !checked.ok()) return checked;
  if (alerts::GetTime(rule.ends()) <= now) return BadRequest("silence.ends", "has passed already");
  if (alerts::GetTime(rule.ends()) > now + kLongestSilence)
    return BadRequest("silence.ends", "is more than a year away");
  std::vector<std::string> pipelines(rule.matcher().pipelines().begin(), rule.matcher().pipelines().end());
  if (pipelines.empty()) pipelines = PipelinesOf(host);
  rule.set_id(alerts::StableId({who.name, absl::FormatTime(now), rule.SerializeAsString()}));
  v1::SilenceResponse response;
  for (const std::string& pipeline : pipelines) {
    absl::StatusOr<v1::OperatorAnswer> made = host.Operate(pipeline, call, who.patience);
    if (!made.ok() && response.silences().empty()) return made.status();
    if (!made.ok()) {
      return absl::Status(made.status().code(),
                          absl::StrCat("the silence ", rule.id(), " was made in ", response.silences_size(),
                                       " pipelines, but not in \"", pipeline, "\": ", made.status().message()));
    }
    response.add_silences()->Swap(made->mutable_silence());
  }
  return response;
}

absl::StatusOr<v1::EndSilenceResponse> Act(pipeline::Host& host, const Operator& who,
                                           const v1::EndSilenceRequest& request) {
  constexpr size_t kShortest = 4;
  if (request.id().size() < kShortest) {
    return BadRequest("id", absl::StrCat("write at least ", kShortest, " characters of it"));
  }
  std::vector<v1::SilenceRule> found;
  for (const std::string& pipeline : PipelinesOf(host)) {
    std::vector<v1::SilenceRule> silences;
    if (absl::Status read = ReadSilences(host, pipeline, silences); !read.ok()) return read;
    for (v1::SilenceRule& rule : silences) {
      if (rule.id().starts_with(request.id()) && who.visible.Sees(rule)) found.push_back(std::move(rule));
    }
  }
  if (found.empty()) return absl::NotFoundError(absl::StrCat("there is no silence ", request.id()));
  for (const v1::SilenceRule& rule : found) {
    if (rule.id() != found.front().id()) {
      return BadRequest("id", absl::StrCat("several silences begin with ", request.id(), "; write more of it"));
    }
  }
  if (std::all_of(found.begin(), found.end(), [](const v1::SilenceRule& rule) { return rule.ended(); })) {
    return absl::FailedPreconditionError(absl::StrCat("the silence ", found.front().id(), " has ended already"));
  }
  v1::EndSilenceResponse response;
  v1::OperatorCall call;
  call.set_actor(who.name);
  call.set_end_silence(found.front().id());
  for (v1::SilenceRule& rule : found) {
    if (rule.ended()) continue;
    absl::StatusOr<v1::OperatorAnswer> ended = host.Operate(rule.pipeline(), call, who.patience);
    if (!ended.ok()) return ended.status();
    response.add_silences()->Swap(ended->mutable_silence());
  }
  return response;
}

absl::StatusOr<v1::ListSilencesResponse> ListSilences(pipeline::Host& host, VisibleAlerts& visible,
                                                      const v1::ListSilencesRequest& request) {
  std::vector<v1::SilenceRule> silences;
  for (const std::string& pipeline : PipelinesOf(host)) {
    if (absl::Status read = ReadSilences(host, pipeline, silences); !read.ok()) return read;
  }
  std::erase_if(silences, [&](const v1::SilenceRule& rule) {
    return (rule.ended() && !request.include_ended()) || !visible.Sees(rule);
  });
  std::stable_sort(silences.begin(), silences.end(), [](const v1::SilenceRule& a, const v1::SilenceRule& b) {
    return alerts::GetTime(a.ends()) < alerts::GetTime(b.ends());
  });
  v1::ListSilencesResponse response;
  for (v1::SilenceRule& rule : silences) response.add_silences()->Swap(&rule);
  return response;
}

}  // namespace wirewatch::service

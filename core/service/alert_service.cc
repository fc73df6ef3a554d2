#include "wirewatch/service/alert_service.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "wirewatch/alerts/times.h"
#include "wirewatch/service/alert_actions.h"
#include "wirewatch/service/alert_explain.h"
#include "wirewatch/service/alert_handover.h"
#include "wirewatch/service/alert_list.h"
#include "wirewatch/service/alert_stats.h"
#include "wirewatch/service/grpc_status.h"
#include "wirewatch/service/patience.h"
#include "wirewatch/service/subscribers.h"

namespace wirewatch::service {
namespace {

absl::Status CheckJournal(const v1::AdvanceRequest& request, const std::string& journal_id) {
  if (request.journal_id() == journal_id) return absl::OkStatus();
  if (request.journal_id().empty()) {
    return BadRequest("journal_id", "write the journal that the sequence number is from; every event has it");
  }
  absl::Status status = absl::FailedPreconditionError(
      absl::StrCat("the sequence number is from journal ", request.journal_id(), ", this one is ", journal_id));
  SetErrorInfo(status, "JOURNAL_CHANGED", {{"journal_id", journal_id}});
  return status;
}

template <class Response>
grpc::Status Answer(absl::StatusOr<Response> answer, Response& response) {
  if (!answer.ok()) return ToGrpc(answer.status());
  response = *std::move(answer);
  return grpc::Status::OK;
}

// For the audit log.
std::string TargetOf(const v1::AlertFilter& matcher) {
  std::vector<std::string> parts(matcher.watch_ids().begin(), matcher.watch_ids().end());
  for (const v1::Label& label : matcher.labels()) parts.push_back(absl::StrCat(label.name(), "=", label.value()));
  return absl::StrJoin(parts, " ");
}

}  // namespace

AlertService::AlertService(pipeline::Host& host, Access& access)
    : host_(host), access_(access), subscribers_(std::make_unique<Subscribers>(host, access)) {}

AlertService::~AlertService() = default;

void AlertService::EndStreams() { subscribers_->EndAll(); }

// ---- Reading ----

grpc::ServerWriteReactor<grpc::ByteBuffer>* AlertService::Subscribe(grpc::CallbackServerContext* context,
                                                                    const grpc::ByteBuffer* request) {
  return subscribers_->Start(access_.Admit(*context, "AlertService/Subscribe"), *request);
}

grpc::Status AlertService::Advance(Context* context, const v1::AdvanceRequest* request, v1::AdvanceResponse* response) {
  return access_.Serve(*context, "AlertService/Advance", request->subscription_name(), [&](const Caller& caller) {
    absl::Status done = NamedSubscription::CheckName(request->subscription_name());
    if (done.ok()) done = CheckJournal(*request, host_.store().JournalId());
    if (done.ok()) {
      done = subscribers_->names()
                 .Find(NamedSubscription::NameFor(caller, request->subscription_name()))
                 ->Advance(request->sequence());
    }
    if (done.ok()) response->set_sequence(request->sequence());
    return ToGrpc(done);
  });
}

grpc::Status AlertService::List(Context* context, const v1::ListAlertsRequest* request,
                                v1::ListAlertsResponse* response) {
  return access_.Serve(*context, "AlertService/List", "", [&](const Caller& caller) {
    VisibleAlerts visible(host_, caller.visibility);
    const auto cancelled = [context] { return context->IsCancelled(); };
    return ToGrpc(ListAlerts(host_.store(), subscribers_->evidence(), visible, *request, cancelled, *response));
  });
}

grpc::Status AlertService::Get(Context* context, const v1::GetAlertRequest* request, v1::GetAlertResponse* response) {
  return access_.Serve(*context, "AlertService/Get", request->alert_id(), [&](const Caller& caller) {
    VisibleAlerts visible(host_, caller.visibility);
    return ToGrpc(GetAlert(host_.store(), visible, request->alert_id(), *response));
  });
}

grpc::Status AlertService::ListSilences(Context* context, const v1::ListSilencesRequest* request,
                                        v1::ListSilencesResponse* response) {
  return access_.Serve(*context, "AlertService/ListSilences", "", [&](const Caller& caller) {
    VisibleAlerts visible(host_, caller.visibility);
    return Answer(service::ListSilences(host_, visible, *request), *response);
  });
}

grpc::Status AlertService::Stats(Context* context, const v1::AlertStatsRequest* request,
                                 v1::AlertStatsResponse* response) {
  return access_.Serve(*context, "AlertService/Stats", "", [&](const Caller& caller) {
    VisibleAlerts visible(host_, caller.visibility);
    return ToGrpc(FillStats(*context, caller, visible, *request, *response));
  });
}

absl::Status AlertService::FillStats(Context& context, const Caller& caller, VisibleAlerts& visible,
                                     const v1::AlertStatsRequest& request, v1::AlertStatsResponse& response) {
  const absl::Time since = request.has_since() ? alerts::GetTime(request.since()) : absl::InfinitePast();
  const auto cancelled = [&context] { return context.IsCancelled(); };
  absl::Status measured = MeasureWatches(host_.store(), visible, since, cancelled, *response.mutable_watches());
  if (!measured.ok()) return measured;
  for (v1::SubscriberStats& subscriber : subscribers_->Stats()) {
    // Whoever sees only a part sees only itself among those who follow.
    if (visible.everything() || subscriber.caller() == caller.name) *response.add_subscribers() = std::move(subscriber);
  }
  const absl::StatusOr<store::JournalRange> journal = host_.store().Journal();
  if (!journal.ok()) return journal.status();
  response.set_journal_begin(journal->begin);
  response.set_journal_end(journal->end);
  response.set_journal_id(host_.store().JournalId());
  return absl::OkStatus();
}

grpc::Status AlertService::Handover(Context* context, const v1::HandoverRequest* request,
                                    v1::HandoverResponse* response) {
  return access_.Serve(*context, "AlertService/Handover", "", [&](const Caller& caller) {
    VisibleAlerts visible(host_, caller.visibility);
    const auto cancelled = [context] { return context->IsCancelled(); };
    return Answer(HandOver(host_, visible, *request, cancelled), *response);
  });
}

grpc::Status AlertService::Explain(Context* context, const v1::ExplainRequest* request, v1::ExplainResponse* response) {
  return access_.Serve(*context, "AlertService/Explain", request->watch_id(), [&](const Caller& caller) {
    VisibleAlerts visible(host_, caller.visibility);
    const auto cancelled = [context] { return context->IsCancelled(); };
    return Answer(service::Explain(host_, visible, *request, cancelled), *response);
  });
}

// ---- Acting ----

template <class Request, class Response>
grpc::Status AlertService::Operate(Context& context, const char* method, const std::string& target,
                                   const Request& request, Response& response) {
  return access_.Serve(context, method, target, [&](const Caller& caller) {
    VisibleAlerts visible(host_, caller.visibility);
    return Answer(Act(host_, {caller.name, visible, PatienceOf(context, kPatience)}, request), response);
  });
}

grpc::Status AlertService::Acknowledge(Context* context, const v1::AcknowledgeRequest* request,
                                       v1::AlertActionResponse* response) {
  return Operate(*context, "AlertService/Acknowledge", request->alert_id(), *request, *response);
}
grpc::Status AlertService::Dismiss(Context* context, const v1::DismissRequest* request,
                                   v1::AlertActionResponse* response) {
  return Operate(*context, "AlertService/Dismiss", request->alert_id(), *request, *response);
}
grpc::Status AlertService::Assign(Context* context, const v1::AssignRequest* request,
                                  v1::AlertActionResponse* response) {
  return Operate(*context, "AlertService/Assign", request->alert_id(), *request, *response);
}
grpc::Status AlertService::Note(Context* context, const v1::NoteRequest* request, v1::AlertActionResponse* response) {
  return Operate(*context, "AlertService/Note", request->alert_id(), *request, *response);
}
grpc::Status AlertService::Resolve(Context* context, const v1::ResolveRequest* request,
                                   v1::AlertActionResponse* response) {
  return Operate(*context, "AlertService/Resolve", request->alert_id(), *request, *response);
}
grpc::Status AlertService::Test(Context* context, const v1::TestAlertRequest* request,
                                v1::AlertActionResponse* response) {
  return Operate(*context, "AlertService/Test", request->pipeline(), *request, *response);
}
grpc::Status AlertService::Silence(Context* context, const v1::SilenceRequest* request, v1::SilenceResponse* response) {
  return Operate(*context, "AlertService/Silence", TargetOf(request->silence().matcher()), *request, *response);
}
grpc::Status AlertService::EndSilence(Context* context, const v1::EndSilenceRequest* request,
                                      v1::EndSilenceResponse* response) {
  return Operate(*context, "AlertService/EndSilence", request->id(), *request, *response);
}

}  // namespace wirewatch::service

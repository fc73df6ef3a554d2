#include "wirewatch/service/alert_service.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/alerts/times.h"
#include "wirewatch/service/alert_list.h"
#include "wirewatch/service/alert_stats.h"
#include "wirewatch/service/grpc_status.h"
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

}  // namespace

AlertService::AlertService(pipeline::Host& host) : host_(host), subscribers_(std::make_unique<Subscribers>(host)) {}

AlertService::~AlertService() = default;

void AlertService::EndStreams() { subscribers_->EndAll(); }

grpc::ServerWriteReactor<grpc::ByteBuffer>* AlertService::Subscribe(grpc::CallbackServerContext*,
                                                                    const grpc::ByteBuffer* request) {
  return subscribers_->Start(*request);
}

grpc::Status AlertService::Advance(Context*, const v1::AdvanceRequest* request, v1::AdvanceResponse* response) {
  absl::Status done = NamedSubscription::CheckName(request->subscription_name());
  if (done.ok()) done = CheckJournal(*request, host_.store().JournalId());
  if (done.ok()) done = subscribers_->names().Find(request->subscription_name())->Advance(request->sequence());
  if (!done.ok()) return ToGrpc(done);
  response->set_sequence(request->sequence());
  return grpc::Status::OK;
}

grpc::Status AlertService::List(Context* context, const v1::ListAlertsRequest* request,
                                v1::ListAlertsResponse* response) {
  const auto cancelled = [context] { return context->IsCancelled(); };
  return ToGrpc(ListAlerts(host_.store(), subscribers_->evidence(), *request, cancelled, *response));
}

grpc::Status AlertService::Get(Context*, const v1::GetAlertRequest* request, v1::GetAlertResponse* response) {
  return ToGrpc(GetAlert(host_.store(), request->alert_id(), *response));
}

grpc::Status AlertService::Stats(Context* context, const v1::AlertStatsRequest* request,
                                 v1::AlertStatsResponse* response) {
  const absl::Time since = request->has_since() ? alerts::GetTime(request->since()) : absl::InfinitePast();
  const auto cancelled = [context] { return context->IsCancelled(); };
  const absl::Status measured = MeasureWatches(host_.store(), since, cancelled, *response->mutable_watches());
  if (!measured.ok()) return ToGrpc(measured);
  for (v1::SubscriberStats& subscriber : subscribers_->Stats()) {
    *response->add_subscribers() = std::move(subscriber);
  }
  const absl::StatusOr<store::JournalRange> journal = host_.store().Journal();
  if (!journal.ok()) return ToGrpc(journal.status());
  response->set_journal_begin(journal->begin);
  response->set_journal_end(journal->end);
  response->set_journal_id(host_.store().JournalId());
  return grpc::Status::OK;
}

}  // namespace wirewatch::service

#include "wirewatch/service/host_service.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "wirewatch/alerts/span_texts.h"
#include "wirewatch/service/grpc_status.h"
#include "wirewatch/service/quarantine.h"
#include "wirewatch/service/status_messages.h"

namespace wirewatch::service {
namespace {

// How soon a tap notices that its client has gone.
constexpr absl::Duration kTapTick = absl::Milliseconds(200);

std::string Names(const std::vector<pipeline::Progress>& pipelines) {
  return absl::StrJoin(pipelines, ", ",
                       [](std::string* out, const pipeline::Progress& progress) { out->append(progress.pipeline); });
}

// The first few, for the audit log.
std::string Shown(const google::protobuf::RepeatedField<uint64_t>& ids) {
  constexpr int kShown = 20;
  std::string shown = absl::StrJoin(ids.begin(), ids.begin() + std::min(ids.size(), kShown), ", ");
  if (ids.size() > kShown) absl::StrAppend(&shown, " and ", ids.size() - kShown, " more");
  return shown;
}

}  // namespace

grpc::Status HostService::GetHost(Context* context, const v1::GetHostRequest*, v1::GetHostResponse* response) {
  return access_.Serve(*context, "HostService/GetHost", "", [&](const Caller&) -> grpc::Status {
    *response = HostMessage(host_.Status());
    response->set_journal_id(host_.store().JournalId());
    // A store in trouble is told in the status; it must not keep the rest from being seen.
    if (const auto journal = host_.store().Journal(); journal.ok()) response->set_journal_end(journal->end);
    return grpc::Status::OK;
  });
}

grpc::Status HostService::ListPipelines(Context* context, const v1::ListPipelinesRequest* request,
                                        v1::ListPipelinesResponse* response) {
  return access_.Serve(*context, "HostService/ListPipelines", "", [&](const Caller&) -> grpc::Status {
    const std::vector<pipeline::Progress> pipelines = host_.Snapshot();
    for (const pipeline::Progress& progress : pipelines) {
      if (request->name().empty() || request->name() == progress.pipeline) {
        *response->add_pipelines() = PipelineMessage(progress);
      }
    }
    if (!request->name().empty() && response->pipelines().empty()) {
      return {grpc::StatusCode::NOT_FOUND,
              absl::StrCat("there is no pipeline \"", request->name(), "\"; there are: ", Names(pipelines))};
    }
    return grpc::Status::OK;
  });
}

grpc::Status HostService::Reload(Context* context, const v1::ReloadRequest* request, v1::ReloadResponse* response) {
  return access_.Serve(*context, "HostService/Reload", request->dry_run() ? "dry run" : "",
                       [&](const Caller&) -> grpc::Status {
                         const auto steps = host_.Reload(request->dry_run());
                         if (!steps.ok()) return ToGrpc(steps.status());
                         *response = ReloadMessage(*steps);
                         return grpc::Status::OK;
                       });
}

absl::StatusOr<pipeline::TapOptions> HostService::TapOptionsOf(const v1::TapRequest& request) const {
  pipeline::TapOptions options;
  options.pipeline = request.pipeline();
  options.step = request.step();
  options.items_per_second = request.items_per_second();
  if (!(options.items_per_second >= 0)) return absl::InvalidArgumentError("items_per_second is negative");
  if (options.pipeline.empty()) {
    const std::vector<pipeline::Progress> pipelines = host_.Snapshot();
    if (pipelines.size() != 1) {
      return absl::InvalidArgumentError(absl::StrCat("name one of the pipelines: ", Names(pipelines)));
    }
    options.pipeline = pipelines.front().pipeline;
  }
  if (!request.when().empty()) {
    if (absl::Status compiled = Condition::Compile(request.when(), options.when); !compiled.ok()) return compiled;
  }
  return options;
}

grpc::Status HostService::Tap(Context* context, const v1::TapRequest* request,
                              grpc::ServerWriter<v1::TapResponse>* writer) {
  return access_.Serve(*context, "HostService/Tap", request->step(),
                       [&](const Caller& caller) { return Tapped(*context, caller, *request, *writer); });
}

grpc::Status HostService::Tapped(Context& context, const Caller& caller, const v1::TapRequest& request,
                                 grpc::ServerWriter<v1::TapResponse>& writer) {
  const absl::StatusOr<pipeline::TapOptions> options = TapOptionsOf(request);
  if (!options.ok()) return ToGrpc(options.status());
  const absl::StatusOr<std::unique_ptr<pipeline::TapReader>> reader = host_.Tap(*options);
  if (!reader.ok()) return ToGrpc(reader.status());
  grpc::Status done(grpc::StatusCode::RESOURCE_EXHAUSTED, absl::StrCat("there are ", kMostTaps, " taps already"));
  if (++taps_ <= kMostTaps) done = Copy(context, caller, **reader, writer);
  --taps_;
  return done;
}

grpc::Status HostService::Copy(Context& context, const Caller& caller, pipeline::TapReader& reader,
                               grpc::ServerWriter<v1::TapResponse>& writer) {
  // A client sees at once that the tap is there.
  writer.SendInitialMetadata();
  while (!context.IsCancelled() && !ending_) {
    if (!access_.StillValid(caller)) return ToGrpc(Access::Expired());
    std::optional<pipeline::TappedItem> tapped = reader.Next(kTapTick);
    if (!tapped) {
      if (reader.ended()) break;
      continue;
    }
    v1::TapResponse response;
    *response.mutable_item() = std::move(tapped->item);
    alerts::FillSpanTexts(*response.mutable_item());
    response.set_skipped(tapped->skipped);
    if (!writer.Write(response)) break;
  }
  return grpc::Status::OK;
}

grpc::Status HostService::ListQuarantine(Context* context, const v1::ListQuarantineRequest* request,
                                         v1::ListQuarantineResponse* response) {
  return access_.Serve(*context, "HostService/ListQuarantine", "", [&](const Caller&) -> grpc::Status {
    absl::StatusOr<v1::ListQuarantineResponse> listed = service::ListQuarantine(host_.store(), *request);
    if (!listed.ok()) return ToGrpc(listed.status());
    *response = *std::move(listed);
    return grpc::Status::OK;
  });
}

grpc::Status HostService::GetQuarantined(Context* context, const v1::GetQuarantinedRequest* request,
                                         v1::GetQuarantinedResponse* response) {
  return access_.Serve(
      *context, "HostService/GetQuarantined", absl::StrCat(request->id()), [&](const Caller&) -> grpc::Status {
        absl::StatusOr<v1::QuarantineEntry> entry = service::GetQuarantined(host_.store(), request->id());
        if (!entry.ok()) return ToGrpc(entry.status());
        *response->mutable_entry() = *std::move(entry);
        return grpc::Status::OK;
      });
}

grpc::Status HostService::RetryQuarantined(Context* context, const v1::RetryQuarantinedRequest* request,
                                           v1::RetryQuarantinedResponse* response) {
  return access_.Serve(
      *context, "HostService/RetryQuarantined", Shown(request->ids()), [&](const Caller&) -> grpc::Status {
        const absl::StatusOr<uint32_t> retried = service::RetryQuarantined(host_.store(), request->ids());
        if (!retried.ok()) return ToGrpc(retried.status());
        host_.WakeForRetries();
        response->set_retried(*retried);
        return grpc::Status::OK;
      });
}

grpc::Status HostService::DropQuarantined(Context* context, const v1::DropQuarantinedRequest* request,
                                          v1::DropQuarantinedResponse* response) {
  return access_.Serve(
      *context, "HostService/DropQuarantined", Shown(request->ids()), [&](const Caller&) -> grpc::Status {
        const absl::StatusOr<uint32_t> dropped = service::DropQuarantined(host_.store(), request->ids());
        if (!dropped.ok()) return ToGrpc(dropped.status());
        response->set_dropped(*dropped);
        return grpc::Status::OK;
      });
}

}  // namespace wirewatch::service

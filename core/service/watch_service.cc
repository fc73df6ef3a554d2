#include "wirewatch/service/watch_service.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wirewatch/alerts/times.h"
#include "wirewatch/service/grpc_status.h"

namespace wirewatch::service {
namespace {

constexpr uint32_t kRecent = 1000, kMostRecent = 100'000;
constexpr size_t kItemsRead = 256;
// So much of a caller's deadline is left for the answer.
constexpr absl::Duration kForTheAnswer = absl::Milliseconds(200);

absl::Duration PatienceOf(const grpc::ServerContext& context) {
  const absl::Duration left = absl::FromChrono(context.deadline()) - absl::Now() - kForTheAnswer;
  return std::clamp(left, absl::Milliseconds(10), WatchService::kPatience);
}

// The State of a step as it is committed.
class CommittedState final : public State {
 public:
  CommittedState(store::Store& store, const pipeline::FoundWatches& found) : store_(store), found_(found) {}
  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) override {
    return store_.GetState(found_.pipeline, found_.step, key);
  }
  absl::Status Put(std::string_view, std::string_view) override { return ReadOnly(); }
  absl::Status Delete(std::string_view) override { return ReadOnly(); }
  absl::Status Scan(std::string_view prefix,
                    const std::function<bool(std::string_view, std::string_view)>& visit) override {
    return store_.ScanState(found_.pipeline, found_.step, prefix, visit);
  }

 private:
  static absl::Status ReadOnly() { return absl::FailedPreconditionError("committed state can only be read"); }

  store::Store& store_;
  const pipeline::FoundWatches& found_;
};

absl::Status TryTexts(const v1::TestWatchRequest& request, const WatchHolder::TryItem& try_item) {
  for (int i = 0; i < request.texts_size(); ++i) {
    v1::Item item;
    item.set_id(absl::StrCat(i + 1));
    item.set_body(request.texts(i));
    Document document;
    document.Reset(&item, {}, 0, absl::UnixEpoch());
    if (!try_item(document)) break;
  }
  return absl::OkStatus();
}

// Newest first, in slices of the archive.
absl::Status TryArchive(store::Store& store, const std::string& pipeline, uint32_t positions,
                        const grpc::ServerContext& context, const WatchHolder::TryItem& try_item) {
  const absl::StatusOr<store::PipelinePosition> last = store.LastPosition(pipeline);
  if (!last.ok()) return last.status();
  const uint64_t oldest = last->position - std::min<uint64_t>(last->position, positions);
  for (uint64_t end = last->position; end > oldest;) {
    const uint64_t begin = end - std::min<uint64_t>(end - oldest, kItemsRead);
    const auto items = store.ReadItems(pipeline, begin, end - begin);
    if (!items.ok()) return items.status();
    for (auto archived = items->rbegin(); archived != items->rend(); ++archived) {
      v1::Item item;
      if (archived->position > end || !item.ParseFromString(archived->item)) continue;
      Document document;
      document.Reset(&item, {}, archived->position, alerts::GetTime(item.arrival()));
      if (context.IsCancelled()) return absl::CancelledError("the caller has gone");
      if (!try_item(document)) return absl::OkStatus();
    }
    end = begin;
  }
  return absl::OkStatus();
}

}  // namespace

grpc::Status WatchService::List(Context*, const v1::ListWatchesRequest* request, v1::ListWatchesResponse* response) {
  const auto found = host_.FindWatches(request->target());
  return ToGrpc(found.ok() ? found->watches->List(*request, *response) : found.status());
}

grpc::Status WatchService::Get(Context*, const v1::GetWatchRequest* request, v1::GetWatchResponse* response) {
  const auto found = host_.FindWatches(request->target());
  return ToGrpc(found.ok() ? found->watches->Get(*request, *response) : found.status());
}

template <class Request>
grpc::Status WatchService::EditOne(const Context& context, const Request& request, v1::WatchEdit edit,
                                   v1::EditWatchResponse& response) {
  v1::ApplyWatchesRequest apply;
  *apply.mutable_target() = request.target();
  *apply.mutable_author() = request.author();
  *apply.add_edits() = std::move(edit);
  const absl::StatusOr<v1::ApplyWatchesResponse> applied = host_.ApplyWatches(apply, PatienceOf(context));
  if (!applied.ok()) return ToGrpc(applied.status());
  const v1::WatchEditResult& result = applied->results(0);
  if (result.has_failure()) {
    return ToGrpc(absl::Status(static_cast<absl::StatusCode>(result.failure().code()), result.failure().message()));
  }
  const auto found = host_.FindWatches(request.target());
  if (!found.ok()) return ToGrpc(found.status());
  v1::GetWatchRequest get;
  get.set_id(result.id());
  v1::GetWatchResponse got;
  const absl::Status status = found->watches->Get(get, got);
  *response.mutable_watch() = std::move(*got.mutable_watch());
  return ToGrpc(status);
}

grpc::Status WatchService::Add(Context* context, const v1::AddWatchRequest* request, v1::EditWatchResponse* response) {
  v1::WatchEdit edit;
  *edit.mutable_add() = request->watch();
  return EditOne(*context, *request, std::move(edit), *response);
}

grpc::Status WatchService::Change(Context* context, const v1::ChangeWatchRequest* request,
                                  v1::EditWatchResponse* response) {
  v1::WatchEdit edit;
  *edit.mutable_change() = request->watch();
  edit.set_expected_revision(request->expected_revision());
  return EditOne(*context, *request, std::move(edit), *response);
}

grpc::Status WatchService::Remove(Context* context, const v1::RemoveWatchRequest* request,
                                  v1::EditWatchResponse* response) {
  v1::WatchEdit edit;
  edit.set_remove(request->id());
  edit.set_expected_revision(request->expected_revision());
  return EditOne(*context, *request, std::move(edit), *response);
}

grpc::Status WatchService::Apply(Context* context, const v1::ApplyWatchesRequest* request,
                                 v1::ApplyWatchesResponse* response) {
  absl::StatusOr<v1::ApplyWatchesResponse> applied = host_.ApplyWatches(*request, PatienceOf(*context));
  if (!applied.ok()) return ToGrpc(applied.status());
  *response = *std::move(applied);
  return grpc::Status::OK;
}

grpc::Status WatchService::Revisions(Context*, const v1::ListRevisionsRequest* request,
                                     v1::ListRevisionsResponse* response) {
  const auto found = host_.FindWatches(request->target());
  if (!found.ok()) return ToGrpc(found.status());
  CommittedState committed(host_.store(), *found);
  return ToGrpc(found->watches->Revisions(*request, committed, *response));
}

grpc::Status WatchService::Test(Context* context, const v1::TestWatchRequest* request,
                                v1::TestWatchResponse* response) {
  const auto found = host_.FindWatches(request->target());
  if (!found.ok()) return ToGrpc(found.status());
  if (request->recent() > kMostRecent) {
    return ToGrpc(absl::InvalidArgumentError(absl::StrCat("recent is at most ", kMostRecent)));
  }
  const uint32_t recent = request->recent() == 0 ? kRecent : request->recent();
  return ToGrpc(found->watches->Test(
      *request,
      [&](const WatchHolder::TryItem& try_item) {
        return request->texts().empty() ? TryArchive(host_.store(), found->pipeline, recent, *context, try_item)
                                        : TryTexts(*request, try_item);
      },
      *response));
}

grpc::Status WatchService::Top(Context*, const v1::TopWatchesRequest* request, v1::TopWatchesResponse* response) {
  const auto found = host_.FindWatches(request->target());
  return ToGrpc(found.ok() ? found->watches->Top(*request, *response) : found.status());
}

}  // namespace wirewatch::service

#include "wirewatch/service/watch_service.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "wirewatch/alerts/times.h"
#include "wirewatch/service/committed_state.h"
#include "wirewatch/service/grpc_status.h"
#include "wirewatch/service/patience.h"
#include "wirewatch/service/visible_watches.h"

namespace wirewatch::service {
namespace {

constexpr uint32_t kRecent = 1000, kMostRecent = 100'000;
constexpr size_t kItemsRead = 256;
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

// Nobody on the network writes another name under what they do.
v1::WatchAuthor AuthorOf(const v1::WatchAuthor& written, const Caller& caller) {
  v1::WatchAuthor author = written;
  if (!caller.local) author.set_author(caller.name);
  return author;
}

std::string IdOf(const v1::WatchEdit& edit) {
  return edit.has_add()      ? edit.add().id()
         : edit.has_change() ? edit.change().id()
         : edit.has_put()    ? edit.put().id()
                             : edit.remove();
}

// Of the first few edits, for the audit log.
std::string IdsOf(const v1::ApplyWatchesRequest& request) {
  constexpr int kShown = 20;
  std::string ids;
  for (int i = 0; i < std::min(request.edits_size(), kShown); ++i) {
    absl::StrAppend(&ids, i == 0 ? "" : ", ", IdOf(request.edits(i)));
  }
  if (request.edits_size() > kShown) absl::StrAppend(&ids, " and ", request.edits_size() - kShown, " more");
  return ids;
}

}  // namespace

template <class Request, class Answer>
grpc::Status WatchService::Answered(const Context& context, std::string_view method, const Request& request,
                                    Answer answer) {
  return access_.Serve(context, method, "", [&](const Caller& caller) {
    const auto found = host_.FindWatches(request.target());
    if (!found.ok()) return ToGrpc(found.status());
    return ToGrpc(answer(VisibleWatches(*found->watches, caller.visibility), *found));
  });
}

grpc::Status WatchService::List(Context* context, const v1::ListWatchesRequest* request,
                                v1::ListWatchesResponse* response) {
  return Answered(*context, "WatchService/List", *request,
                  [&](const VisibleWatches& watches, const auto&) { return watches.List(*request, *response); });
}

grpc::Status WatchService::Get(Context* context, const v1::GetWatchRequest* request, v1::GetWatchResponse* response) {
  return Answered(*context, "WatchService/Get", *request,
                  [&](const VisibleWatches& watches, const auto&) { return watches.Get(*request, *response); });
}

grpc::Status WatchService::Revisions(Context* context, const v1::ListRevisionsRequest* request,
                                     v1::ListRevisionsResponse* response) {
  return Answered(*context, "WatchService/Revisions", *request,
                  [&](const VisibleWatches& watches, const pipeline::FoundWatches& found) {
                    CommittedState committed(host_.store(), found);
                    return watches.Revisions(*request, committed, *response);
                  });
}

grpc::Status WatchService::Top(Context* context, const v1::TopWatchesRequest* request,
                               v1::TopWatchesResponse* response) {
  return Answered(*context, "WatchService/Top", *request,
                  [&](const VisibleWatches& watches, const auto&) { return watches.Top(*request, *response); });
}

template <class Request>
grpc::Status WatchService::EditOne(const Context& context, std::string_view method, const Request& request,
                                   v1::WatchEdit edit, v1::EditWatchResponse& response) {
  return access_.Serve(context, method, IdOf(edit), [&](const Caller& caller) {
    v1::ApplyWatchesRequest apply;
    *apply.mutable_target() = request.target();
    *apply.mutable_author() = AuthorOf(request.author(), caller);
    *apply.add_edits() = std::move(edit);
    return AppliedOne(context, apply, response);
  });
}

grpc::Status WatchService::AppliedOne(const Context& context, const v1::ApplyWatchesRequest& apply,
                                      v1::EditWatchResponse& response) {
  const absl::StatusOr<v1::ApplyWatchesResponse> applied = host_.ApplyWatches(apply, PatienceOf(context, kPatience));
  if (!applied.ok()) return ToGrpc(applied.status());
  const v1::WatchEditResult& result = applied->results(0);
  if (result.has_failure()) {
    return ToGrpc(absl::Status(static_cast<absl::StatusCode>(result.failure().code()), result.failure().message()));
  }
  const auto found = host_.FindWatches(apply.target());
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
  return EditOne(*context, "WatchService/Add", *request, std::move(edit), *response);
}

grpc::Status WatchService::Change(Context* context, const v1::ChangeWatchRequest* request,
                                  v1::EditWatchResponse* response) {
  v1::WatchEdit edit;
  *edit.mutable_change() = request->watch();
  edit.set_expected_revision(request->expected_revision());
  return EditOne(*context, "WatchService/Change", *request, std::move(edit), *response);
}

grpc::Status WatchService::Remove(Context* context, const v1::RemoveWatchRequest* request,
                                  v1::EditWatchResponse* response) {
  v1::WatchEdit edit;
  edit.set_remove(request->id());
  edit.set_expected_revision(request->expected_revision());
  return EditOne(*context, "WatchService/Remove", *request, std::move(edit), *response);
}

grpc::Status WatchService::Apply(Context* context, const v1::ApplyWatchesRequest* request,
                                 v1::ApplyWatchesResponse* response) {
  return access_.Serve(*context, "WatchService/Apply", IdsOf(*request), [&](const Caller& caller) {
    v1::ApplyWatchesRequest apply = *request;
    *apply.mutable_author() = AuthorOf(request->author(), caller);
    absl::StatusOr<v1::ApplyWatchesResponse> applied = host_.ApplyWatches(apply, PatienceOf(*context, kPatience));
    if (!applied.ok()) return ToGrpc(applied.status());
    *response = *std::move(applied);
    return grpc::Status::OK;
  });
}

grpc::Status WatchService::Test(Context* context, const v1::TestWatchRequest* request,
                                v1::TestWatchResponse* response) {
  return access_.Serve(*context, "WatchService/Test", request->watch().id(), [&](const Caller&) {
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
  });
}

}  // namespace wirewatch::service

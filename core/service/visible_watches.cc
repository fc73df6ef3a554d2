#include "wirewatch/service/visible_watches.h"

#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace wirewatch::service {
namespace {

constexpr uint32_t kPage = 1000, kLargestPage = 10'000;

absl::Status NoWatch(const std::string& id) {
  return absl::NotFoundError(absl::StrCat("there is no watch \"", id, "\""));
}

// Takes out what `keep` refuses.
template <class Record, class Keep>
void Filter(google::protobuf::RepeatedPtrField<Record>& records, Keep keep) {
  google::protobuf::RepeatedPtrField<Record> kept;
  for (Record& record : records) {
    if (keep(record)) *kept.Add() = std::move(record);
  }
  records = std::move(kept);
}

}  // namespace

// A page's token is the number of watches before it, for the holder's own would name a watch; so every page goes
// through the list from its beginning.
absl::Status VisibleWatches::List(const v1::ListWatchesRequest& request, v1::ListWatchesResponse& response) const {
  if (visibility_.everything()) return watches_.List(request, response);
  uint64_t begin = 0;
  if (!request.page_token().empty() && !absl::SimpleAtoi(request.page_token(), &begin)) {
    return absl::InvalidArgumentError("page_token is of no answer");
  }
  if (request.page_size() > kLargestPage) {
    return absl::InvalidArgumentError(absl::StrCat("page_size is at most ", kLargestPage));
  }
  const uint64_t end = begin + (request.page_size() == 0 ? kPage : request.page_size());
  uint64_t visible = 0;
  v1::ListWatchesRequest all = request;
  all.set_page_size(kLargestPage);
  all.clear_page_token();
  do {
    v1::ListWatchesResponse page;
    if (absl::Status listed = watches_.List(all, page); !listed.ok()) return listed;
    for (v1::WatchRecord& record : *page.mutable_watches()) {
      if (!Sees(record)) continue;
      if (visible >= begin && visible < end) *response.add_watches() = std::move(record);
      ++visible;
    }
    all.set_page_token(page.next_page_token());
  } while (!all.page_token().empty());
  response.set_total(visible);
  if (visible > end) response.set_next_page_token(absl::StrCat(end));
  return absl::OkStatus();
}

absl::Status VisibleWatches::Get(const v1::GetWatchRequest& request, v1::GetWatchResponse& response) const {
  v1::GetWatchResponse got;
  absl::Status status = watches_.Get(request, got);
  if (!visibility_.everything() && (!status.ok() || !Sees(got.watch()))) return NoWatch(request.id());
  response = std::move(got);
  return status;
}

absl::Status VisibleWatches::Revisions(const v1::ListRevisionsRequest& request, State& committed,
                                       v1::ListRevisionsResponse& response) const {
  v1::ListRevisionsResponse found;
  absl::Status status = watches_.Revisions(request, committed, found);
  if (!visibility_.everything()) {
    // Lists are parts of anybody's queries.
    found.clear_lists();
    Filter(*found.mutable_watches(), [this](const v1::WatchRecord& record) { return Sees(record); });
    if (!status.ok() || found.watches().empty()) return NoWatch(request.id());
  }
  response = std::move(found);
  return status;
}

absl::Status VisibleWatches::Top(const v1::TopWatchesRequest& request, v1::TopWatchesResponse& response) const {
  if (absl::Status status = watches_.Top(request, response); !status.ok() || visibility_.everything()) return status;
  Filter(*response.mutable_watches(), [&](const v1::WatchCost& cost) {
    v1::GetWatchRequest get;
    *get.mutable_target() = request.target();
    get.set_id(cost.id());
    v1::GetWatchResponse got;
    return watches_.Get(get, got).ok() && Sees(got.watch());
  });
  return absl::OkStatus();
}

}  // namespace wirewatch::service

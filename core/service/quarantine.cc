#include "wirewatch/service/quarantine.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "wirewatch/alerts/span_texts.h"
#include "wirewatch/alerts/times.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::service {
namespace {

constexpr size_t kRead = 64;  // entries at once: each may hold a large Item
constexpr uint32_t kPage = 100;
constexpr uint32_t kMostPage = 1000;

v1::QuarantineEntry Message(const store::QuarantineEntry& entry, bool in_full) {
  v1::QuarantineEntry message;
  message.set_id(entry.id);
  message.set_pipeline(entry.pipeline);
  message.set_position(entry.position);
  message.set_step(entry.step);
  message.set_plugin(entry.plugin);
  message.set_plugin_version(entry.plugin_version);
  message.set_reason(entry.reason);
  message.mutable_failure()->set_code(static_cast<int>(entry.error.code()));
  // Of a plugin, or of the record at hand: protobuf takes UTF-8 only.
  message.mutable_failure()->set_message(text::RepairUtf8(std::string(entry.error.message())));
  if (entry.at > absl::InfinitePast()) alerts::SetTime(message.mutable_at(), entry.at);
  message.set_origin(text::RepairUtf8(entry.origin));
  message.set_retry(entry.retry);
  message.set_retryable(!entry.item.empty());
  if (!in_full) return message;
  if (!entry.item.empty() && message.mutable_item()->ParseFromString(entry.item)) {
    alerts::FillSpanTexts(*message.mutable_item());
  }
  message.set_raw(entry.raw);
  return message;
}

bool Wanted(const v1::ListQuarantineRequest& request, const store::QuarantineEntry& entry) {
  return (request.step().empty() || request.step() == entry.step) &&
         (request.reason().empty() || request.reason() == entry.reason);
}

using Change = absl::Status (store::Store::*)(std::span<const uint64_t> ids);

absl::StatusOr<uint32_t> ChangeAll(store::Store& store, const Ids& ids, Change change) {
  const std::set<uint64_t> once(ids.begin(), ids.end());
  if (once.empty()) return absl::InvalidArgumentError("no ids are given");
  if (ids.size() > kMostQuarantineIds) {
    return absl::InvalidArgumentError(absl::StrCat("more than ", kMostQuarantineIds, " ids are given"));
  }
  if (absl::Status changed = (store.*change)(std::vector<uint64_t>(once.begin(), once.end())); !changed.ok()) {
    return changed;
  }
  return static_cast<uint32_t>(once.size());
}

}  // namespace

absl::StatusOr<v1::ListQuarantineResponse> ListQuarantine(store::Store& store,
                                                          const v1::ListQuarantineRequest& request) {
  uint64_t after = 0;
  if (!request.page_token().empty() && !absl::SimpleAtoi(request.page_token(), &after)) {
    return absl::InvalidArgumentError("page_token is not from an answer before");
  }
  if (request.page_size() > kMostPage) {
    return absl::InvalidArgumentError(absl::StrCat("page_size is more than ", kMostPage));
  }
  const uint32_t page_size = request.page_size() == 0 ? kPage : request.page_size();
  v1::ListQuarantineResponse response;
  for (uint64_t read = 0;;) {
    absl::StatusOr<std::vector<store::QuarantineEntry>> entries = store.ReadQuarantine(request.pipeline(), read, kRead);
    if (!entries.ok()) return entries.status();
    if (entries->empty()) return response;
    read = entries->back().id;
    for (const store::QuarantineEntry& entry : *entries) {
      if (!Wanted(request, entry)) continue;
      response.set_total(response.total() + 1);
      if (entry.id <= after) continue;
      if (static_cast<uint32_t>(response.entries_size()) < page_size) {
        *response.add_entries() = Message(entry, false);
      } else if (response.next_page_token().empty()) {
        response.set_next_page_token(absl::StrCat(response.entries(response.entries_size() - 1).id()));
      }
    }
  }
}

absl::StatusOr<v1::QuarantineEntry> GetQuarantined(store::Store& store, uint64_t id) {
  const absl::Status missing = absl::NotFoundError(absl::StrCat("there is no entry ", id, " in the quarantine"));
  if (id == 0) return missing;
  const absl::StatusOr<std::vector<store::QuarantineEntry>> entries = store.ReadQuarantine("", id - 1, 1);
  if (!entries.ok()) return entries.status();
  if (entries->empty() || entries->front().id != id) return missing;
  return Message(entries->front(), true);
}

absl::StatusOr<uint32_t> RetryQuarantined(store::Store& store, const Ids& ids) {
  return ChangeAll(store, ids, &store::Store::RetryQuarantined);
}

absl::StatusOr<uint32_t> DropQuarantined(store::Store& store, const Ids& ids) {
  return ChangeAll(store, ids, &store::Store::DropQuarantined);
}

}  // namespace wirewatch::service

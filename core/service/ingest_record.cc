#include "wirewatch/service/ingest_record.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "wirewatch/pipeline/merge.h"

namespace wirewatch::service {
namespace {

// Something that an Item can be told from others by.
bool SaysSomething(const v1::Item& item) {
  const auto& ids = item.alt_ids();
  const std::string* const texts[] = {&item.url(),      &item.final_url(), &item.canonical_url(),
                                      &item.headline(), &item.lead(),      &item.body()};
  return std::any_of(std::begin(texts), std::end(texts), [](const std::string* text) { return !text->empty(); }) ||
         std::any_of(ids.begin(), ids.end(), [](const v1::AlternateId& id) { return !id.value().empty(); });
}

void TakeOff(v1::Item& item) {
  item.clear_id();
  item.clear_version();
  item.clear_content_hash();
  item.clear_position();
  item.clear_arrival();
  item.clear_first_seen();
  item.clear_word_count();
  item.clear_paragraph_begins();
  item.clear_sentence_begins();
  pipeline::TakeFindingsOff(item);
}

}  // namespace

absl::Status Check(v1::IngestRequest& request) {
  if (!request.has_item()) return absl::InvalidArgumentError("there is no Item");
  if (request.raw().size() > kLargestRaw) {
    return absl::InvalidArgumentError(
        absl::StrCat("raw has ", request.raw().size(), " bytes; at most ", kLargestRaw, " are taken"));
  }
  v1::Item& item = *request.mutable_item();
  if (const uint64_t size = item.ByteSizeLong(); size > kLargestItem) {
    return absl::InvalidArgumentError(
        absl::StrCat("the Item has ", size, " bytes; at most ", kLargestItem, " are taken"));
  }
  TakeOff(item);
  if (SaysSomething(item)) return absl::OkStatus();
  return absl::InvalidArgumentError("the Item says nothing: give it alt_ids, an address or text");
}

v1::IngestResponse Rejection(const absl::Status& why) {
  v1::IngestResponse response;
  response.set_outcome(v1::INGEST_OUTCOME_REJECTED);
  response.mutable_failure()->set_code(static_cast<int>(why.code()));
  response.mutable_failure()->set_message(std::string(why.message()));
  return response;
}

absl::StatusOr<std::shared_ptr<pipeline::PushLane>> IngestTarget::Find(const v1::IngestRequest& request) {
  const bool same_pipeline = request.pipeline().empty() || request.pipeline() == pipeline_;
  const bool same_source = request.source() == source_ || (request.pipeline().empty() && request.source().empty());
  // A source that was taken out of the pipeline may be there again.
  if (lane_ != nullptr && same_pipeline && same_source && !lane_->closed()) return lane_;
  if (!same_pipeline) pipeline_ = request.pipeline();
  if (!same_source) source_ = request.source();
  absl::StatusOr<std::shared_ptr<pipeline::PushLane>> found = host_.FindPushLane(pipeline_, source_);
  lane_ = found.ok() ? *found : nullptr;
  return found;
}

}  // namespace wirewatch::service

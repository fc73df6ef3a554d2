#include "wirewatch/pipeline/intake.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/alerts/identity.h"
#include "wirewatch/alerts/times.h"
#include "wirewatch/pipeline/identity.h"
#include "wirewatch/pipeline/merge.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::pipeline {
namespace {

// What an Item costs beside its bytes.
constexpr uint64_t kSlotBytes = 1024;

}  // namespace

Intake::Intake(Options options, Clock& clock, KnownItems& known, const InFlight& in_flight,
               store::PipelinePosition last)
    : options_(std::move(options)),
      clock_(clock),
      known_(known),
      in_flight_(in_flight),
      position_(last.position),
      // A stream without any date yet begins at the beginning of time, so that it is the same on every day.
      arrival_(std::max(last.arrival, absl::UnixEpoch())) {}

void Intake::Begin(Batch& batch, SourceLane& lane, size_t records) {
  batch_ = &batch;
  lane_ = &lane;
  item_ = nullptr;
  ticket_ = nullptr;
  limit_ = records;
  records_ = 0;
  bytes_ = 0;
  status_ = absl::OkStatus();
  batch.last_position = position_;
  batch.last_arrival = arrival_;
}

bool Intake::full() const { return records_ >= limit_ || bytes_ >= options_.batch_bytes || !status_.ok(); }

v1::Item& Intake::NewItem() {
  item_ = google::protobuf::Arena::CreateMessage<v1::Item>(&batch_->arena());
  return *item_;
}

void Intake::SetArrival(const v1::Item& item, absl::Time now) {
  if (!options_.once) {
    arrival_ = std::max(arrival_, now);
    return;
  }
  const absl::Time stated = StatedTimeOf(item);
  if (stated <= now + absl::Hours(24)) arrival_ = std::max(arrival_, stated);
}

void Intake::AddTick(Batch& batch, absl::Time now) {
  arrival_ = std::max(arrival_, now);
  batch.AddSlot(++position_, arrival_);
}

Slot& Intake::NextSlot() {
  Slot& slot = batch_->AddSlot(++position_, arrival_);
  slot.ticket = std::move(ticket_);
  if (slot.ticket != nullptr) batch_->early = true;
  return slot;
}

void Intake::Quarantine(Slot& slot, std::string reason, absl::Status error, std::string_view origin,
                        std::string_view raw) {
  slot.fate = Slot::Fate::kTimeOnly;
  batch_->quarantine.push_back({.pipeline = options_.pipeline,
                                .position = slot.position,
                                .step = lane_->definition.id,
                                .plugin = lane_->definition.plugin,
                                .plugin_version = lane_->definition.version,
                                .reason = std::move(reason),
                                .error = std::move(error),
                                .at = slot.arrival,
                                .origin = text::RepairUtf8(origin),
                                .raw = std::string(raw.substr(0, options_.record_bytes))});
}

void Intake::Reject(std::string_view raw, std::string_view origin, const absl::Status& reason) {
  ++records_;
  bytes_ += raw.size() + kSlotBytes;
  lane_->records.fetch_add(1, std::memory_order_relaxed);
  lane_->rejected.fetch_add(1, std::memory_order_relaxed);
  if (!options_.once) arrival_ = std::max(arrival_, clock_.Now());
  Quarantine(NextSlot(), "rejected", reason, origin, raw);
}

void Intake::Add(std::string_view raw) {
  v1::Item& item = *std::exchange(item_, nullptr);
  const absl::Time now = options_.once ? options_.started : clock_.Now();
  const uint64_t size = item.ByteSizeLong() + raw.size();
  ++records_;
  wirewatch::pipeline::Add(lane_->records);
  if (!options_.once) item.clear_first_seen();
  Complete(item, now);
  if (item.published().flag() != v1::TIME_FLAG_UNSPECIFIED) wirewatch::pipeline::Add(lane_->dates_flagged);
  SetArrival(item, now);
  Slot& slot = NextSlot();
  slot.item = &item;
  if (const std::string bad = FirstInvalidText(item); !bad.empty()) {
    wirewatch::pipeline::Add(lane_->rejected);
    Quarantine(slot, "rejected", absl::InvalidArgumentError(absl::StrCat("\"", bad, "\" is not UTF-8")), "", raw);
    return;
  }
  if (size > options_.largest_item) {
    wirewatch::pipeline::Add(lane_->too_large);
    Quarantine(slot, "too-large",
               absl::ResourceExhaustedError(absl::StrCat("the Item has ", size, " bytes, more than ",
                                                         options_.largest_item, ", a quarter of the byte budget")),
               item.provenance().origin(), raw);
    return;
  }
  bytes_ += size + kSlotBytes;
  item.set_position(position_);
  alerts::SetTime(item.mutable_arrival(), arrival_);
  if (Identify(slot, item)) Admit(slot, item, raw);
}

void Intake::AddAgain(const store::QuarantineEntry& entry) {
  v1::Item& item = NewItem();
  item_ = nullptr;
  if (!options_.once) arrival_ = std::max(arrival_, clock_.Now());
  Slot& slot = batch_->AddSlot(++position_, arrival_);
  ++records_;
  wirewatch::pipeline::Add(lane_->records);
  batch_->retried.push_back(entry.id);
  if (!item.ParseFromString(entry.item)) {
    wirewatch::pipeline::Add(lane_->rejected);
    Quarantine(slot, "rejected", absl::DataLossError("the Item in the quarantine cannot be read"), entry.origin,
               entry.raw);
    return;
  }
  TakeFindingsOff(item);
  bytes_ += entry.item.size() + entry.raw.size() + kSlotBytes;
  item.set_position(position_);
  alerts::SetTime(item.mutable_arrival(), arrival_);
  known_.Add(item.id(), {item.version(), item.content_hash(), item.first_seen(), item.url()}, batch_->number);
  Admit(slot, item, entry.raw);
}

void Intake::Admit(Slot& slot, v1::Item& item, std::string_view raw) {
  slot.item = &item;
  slot.raw = raw;
  slot.fate = Slot::Fate::kLive;
  slot.key = KeyOf(item);
  if (options_.trace_ids && item.trace_id().empty()) {
    item.set_trace_id(alerts::StableId({"trace", item.id(), absl::StrCat(item.version())}));
  }
  if (std::optional<InFlight::Suspect> suspect = in_flight_.Find(options_.pipeline, slot.key)) {
    batch_->suspects.push_back(suspect->id);
    slot.verdict = std::move(suspect->verdict);
  }
}

bool Intake::Identify(Slot& slot, v1::Item& item) {
  item.set_id(IdOf(item));
  item.set_content_hash(ContentHashOf(item));
  absl::StatusOr<std::optional<KnownItems::Known>> found = known_.Find(item.id());
  if (!found.ok()) {
    status_ = found.status();
    return false;
  }
  const std::optional<KnownItems::Known>& known = *found;
  if (known && known->content_hash == item.content_hash()) {
    wirewatch::pipeline::Add(lane_->duplicates);
    item.set_version(known->version);
    // What lists it again is no news to anybody; where else it stands may be asked for.
    if (!item.url().empty() && !known->url.empty() && item.url() != known->url) slot.fate = Slot::Fate::kDuplicate;
    return false;
  }
  if (known) wirewatch::pipeline::Add(lane_->new_versions);
  item.set_version(known ? known->version + 1 : 1);
  if (known && known->first_seen) *item.mutable_first_seen() = *known->first_seen;
  if (!item.has_first_seen()) *item.mutable_first_seen() = item.arrival();
  known_.Add(item.id(), {item.version(), item.content_hash(), item.first_seen(), item.url()}, batch_->number);
  return true;
}

SourceProgress ProgressOf(const SourceLane& lane) {
  SourceProgress source;
  source.id = lane.definition.id;
  source.plugin = lane.definition.plugin;
  source.records = Read(lane.records);
  source.rejected = Read(lane.rejected);
  source.too_large = Read(lane.too_large);
  source.duplicates = Read(lane.duplicates);
  source.new_versions = Read(lane.new_versions);
  source.dates_flagged = Read(lane.dates_flagged);
  source.read_errors = Read(lane.read_errors);
  source.ended = lane.ended;
  source.summary = lane.summary.Get();
  source.trouble = lane.trouble.Get();
  source.counters = lane.named.Snapshot();
  return source;
}

}  // namespace wirewatch::pipeline

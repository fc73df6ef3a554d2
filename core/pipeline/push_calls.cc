#include "wirewatch/pipeline/push_calls.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "wirewatch/text/utf8.h"

namespace wirewatch::pipeline {
namespace {

void SetFailure(const store::QuarantineEntry& entry, v1::Failure& failure) {
  failure.set_code(static_cast<int>(entry.error.code()));
  failure.set_message(text::RepairUtf8(absl::StrCat(entry.step, ": ", std::string(entry.error.message()))));
}

v1::IngestResponse FateOf(const Slot& slot, const Batch& batch) {
  v1::IngestResponse fate;
  fate.set_position(slot.position);
  if (slot.item != nullptr) {
    fate.set_item_id(slot.item->id());
    fate.set_item_version(slot.item->version());
  }
  const auto set_aside =
      std::find_if(batch.quarantine.begin(), batch.quarantine.end(),
                   [&slot](const store::QuarantineEntry& entry) { return entry.position == slot.position; });
  if (set_aside != batch.quarantine.end()) SetFailure(*set_aside, *fate.mutable_failure());
  switch (slot.fate) {
    case Slot::Fate::kLive:
      fate.set_outcome(fate.item_version() > 1 ? v1::INGEST_OUTCOME_NEW_VERSION : v1::INGEST_OUTCOME_ACCEPTED);
      break;
    case Slot::Fate::kDuplicate:
      fate.set_outcome(v1::INGEST_OUTCOME_DUPLICATE);
      break;
    case Slot::Fate::kTimeOnly:
      fate.set_outcome(fate.has_failure() ? v1::INGEST_OUTCOME_REJECTED : v1::INGEST_OUTCOME_DUPLICATE);
      break;
    case Slot::Fate::kDropped:
      fate.set_outcome(v1::INGEST_OUTCOME_DROPPED);
      fate.mutable_failure()->set_message(
          text::RepairUtf8(absl::StrCat("dropped by ", slot.dropped_by, ": ", slot.drop_reason)));
      break;
    case Slot::Fate::kQuarantined:
      fate.set_outcome(v1::INGEST_OUTCOME_QUARANTINED);
      break;
  }
  return fate;
}

}  // namespace

PushCalls::PushCalls(const std::string& pipeline, const std::vector<StepOf<Source>>& sources, PushLanes* lanes) {
  for (const StepOf<Source>& source : sources) {
    auto* const receiver = dynamic_cast<PushReceiver*>(source.instance.get());
    if (receiver == nullptr) continue;
    PushLanes own;
    receivers_.push_back(
        {source.id, receiver->push_limits(), (lanes != nullptr ? *lanes : own).Lane(pipeline, source.id)});
    receiver->TakeFrom(*receivers_.back().lane);
  }
}

void PushCalls::Begin(bool once) {
  for (const Receiver& receiver : receivers_) {
    receiver.lane->SetLimits(receiver.limits);
    if (once) {
      receiver.lane->Close(absl::FailedPreconditionError(
          absl::StrCat("source \"", receiver.source, "\" takes nothing: the run ends with its sources (--once)")));
    }
  }
}

std::vector<std::string> PushCalls::Sources() const {
  std::vector<std::string> sources;
  for (const Receiver& receiver : receivers_) sources.push_back(receiver.source);
  return sources;
}

std::shared_ptr<PushLane> PushCalls::Lane(const std::string& source) const {
  const auto found = std::find_if(receivers_.begin(), receivers_.end(),
                                  [&source](const Receiver& receiver) { return receiver.source == source; });
  return found == receivers_.end() ? nullptr : found->lane;
}

void PushCalls::Settle(Batch& batch) {
  if (receivers_.empty()) return;
  const std::lock_guard lock(mutex_);
  for (Slot& slot : batch.slots()) {
    if (slot.ticket == nullptr) continue;
    settled_.push_back({batch.number, std::move(slot.ticket), FateOf(slot, batch)});
  }
}

void PushCalls::Committed(uint64_t number) {
  std::vector<Settled> durable;
  {
    const std::lock_guard lock(mutex_);
    for (; !settled_.empty() && settled_.front().batch < number; settled_.pop_front()) {
      durable.push_back(std::move(settled_.front()));
    }
  }
  for (Settled& one : durable) one.ticket->Answer(std::move(one.fate));
}

void PushCalls::Close(const absl::Status& status) {
  std::deque<Settled> lost;
  {
    const std::lock_guard lock(mutex_);
    lost.swap(settled_);
  }
  for (const Receiver& receiver : receivers_) receiver.lane->Close(status);
}

void PushCalls::Leave() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(left_, true)) return;
  }
  for (const Receiver& receiver : receivers_) receiver.lane->Leave();
}

}  // namespace wirewatch::pipeline

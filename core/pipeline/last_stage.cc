#include "wirewatch/pipeline/last_stage.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "wirewatch/alerts/suppressions.h"
#include "wirewatch/alerts/times.h"
#include "wirewatch/text/text_index.h"

namespace wirewatch::pipeline {
namespace {

uint32_t WordsOf(const Document& document) {
  uint32_t words = 0;
  for (const text::PartIndex& part : document.Text().parts()) {
    if (part.part == v1::PART_CAPTION || part.part == v1::PART_TEXT) continue;
    for (const text::Token& token : part.tokens) {
      using Kind = text::Token::Kind;
      words += !token.variant && (token.kind == Kind::kWord || token.kind == Kind::kNumber);
    }
  }
  return words;
}

uint64_t BytesOf(const store::EpochWrites& writes) {
  uint64_t bytes = 256;
  for (const store::ArchivedItem& item : writes.items) bytes += item.item.size() + 128;
  for (const store::JournalEntry& entry : writes.journal) bytes += entry.event.size() + 128;
  for (const store::QuarantineEntry& entry : writes.quarantine) bytes += entry.item.size() + entry.raw.size() + 512;
  for (const store::SealedState& sealed : writes.state) {
    for (const store::StateWrite& write : sealed.writes) {
      bytes += write.key.size() + (write.value ? write.value->size() : 0) + 128;
    }
  }
  for (const store::Suppression& one : writes.suppressions) bytes += one.key.size() + one.entry.size() + 256;
  for (const auto& [source, cursor] : writes.cursors) bytes += source.size() + cursor.size();
  return bytes;
}

// Of an Item that went no further than here.
store::Suppression SuppressionOf(const Slot& slot) {
  const v1::Item& item = *slot.item;
  v1::Suppression suppression;
  suppression.set_reason(slot.fate == Slot::Fate::kDropped ? v1::STOP_REASON_DROPPED : v1::STOP_REASON_DUPLICATE);
  suppression.set_item_id(item.id());
  suppression.set_item_version(item.version());
  suppression.set_step(slot.dropped_by);
  suppression.set_detail(slot.drop_reason);
  suppression.set_position(slot.position);
  alerts::SetTime(suppression.mutable_at(), slot.arrival);
  std::vector<std::string> addresses;
  for (const std::string* url : {&item.url(), &item.final_url(), &item.canonical_url()}) {
    if (!url->empty() && std::find(addresses.begin(), addresses.end(), *url) == addresses.end()) {
      addresses.push_back(*url);
    }
  }
  return alerts::ToStore(suppression, addresses);
}

}  // namespace

// "version:content_hash:seconds:nanos:url", seconds and nanos of first_seen; the last three were not always there.
std::string PackKnown(const v1::Item& item) {
  return absl::StrCat(item.version(), ":", item.content_hash(), ":", item.first_seen().seconds(), ":",
                      item.first_seen().nanos(), ":", item.url());
}

std::optional<KnownItems::Known> UnpackKnown(std::string_view packed) {
  const std::vector<std::string> parts =
      absl::StrSplit(absl::string_view(packed.data(), packed.size()), absl::MaxSplits(':', 4));
  KnownItems::Known known;
  if (parts.size() < 2 || !absl::SimpleAtoi(parts[0], &known.version)) return std::nullopt;
  known.content_hash = parts[1];
  int64_t seconds = 0;
  int32_t nanos = 0;
  if (parts.size() == 5) known.url = parts[4];
  if (parts.size() >= 4 && absl::SimpleAtoi(parts[2], &seconds) && absl::SimpleAtoi(parts[3], &nanos)) {
    known.first_seen.emplace();
    known.first_seen->set_seconds(seconds);
    known.first_seen->set_nanos(nanos);
  }
  return known;
}

void PrepareForArchive(Batch& batch) {
  for (Slot* slot : batch.live()) {
    slot->item->set_word_count(WordsOf(batch.DocumentOf(*slot)));
    slot->item->SerializeToString(&slot->archived);
  }
}

LastStage::LastStage(std::string pipeline, const alerts::GroupingOptions& grouping, ItemObserver on_item,
                     ByteBudget& budget, Committer& committer)
    : pipeline_(std::move(pipeline)),
      grouping_(std::make_shared<const alerts::GroupingOptions>(grouping)),
      grouper_(pipeline_, grouping),
      on_item_(std::move(on_item)),
      budget_(budget),
      committer_(committer),
      next_due_us_(absl::ToUnixMicros(absl::InfiniteFuture())) {}

absl::Status LastStage::Restore(PatientStore& store) {
  absl::StatusOr<uint32_t> version = store.StateVersion(alerts::kGroupingStep);
  if (!version.ok()) return version.status();
  if (*version > alerts::kGroupingVersion) {
    return absl::FailedPreconditionError(
        absl::StrCat("the store's Alerts were written by a newer Wirewatch (version ", *version, " of their state)"));
  }
  absl::StatusOr<PatientStore::Entries> stored = store.ScanState(alerts::kGroupingStep, "");
  if (!stored.ok()) return stored.status();
  std::vector<std::pair<std::string, std::string>> entries;
  for (auto& [key, value] : *stored) entries.emplace_back(key, *std::move(value));
  const absl::StatusOr<store::PipelinePosition> last = store.LastPosition();
  if (!last.ok()) return last.status();
  absl::Status status = grouper_.Restore(entries);
  grouper_.ResumeAt(last->arrival);
  ReadGrouper();
  return status;
}

void LastStage::OnSlot(const Slot& slot, EpochPart& part, store::SealedState& unarchived,
                       alerts::Grouper::Events& events) {
  std::vector<const Slot::TimerSignals*> timers;
  for (const Slot::TimerSignals& timer : slot.timers) timers.push_back(&timer);
  std::stable_sort(timers.begin(), timers.end(), [](const auto* a, const auto* b) { return a->at < b->at; });
  for (const Slot::TimerSignals* timer : timers) {
    const std::vector<const v1::Signal*> signals(timer->signals.begin(), timer->signals.end());
    Add(signals_, signals.size());
    grouper_.OnTimer(signals, {slot.position, timer->at}, events);
  }
  const alerts::Moment at = {slot.position, slot.arrival};
  if (slot.fate == Slot::Fate::kLive) {
    const std::vector<const v1::Signal*> signals(slot.signals.begin(), slot.signals.end());
    Add(signals_, signals.size());
    grouper_.OnItem(*slot.item, signals, at, events);
    if (on_item_) on_item_(*slot.item, signals);
    return;
  }
  Add(signals_discarded_, slot.signals.size());
  grouper_.AdvanceTo(at, events);
  if (slot.fate == Slot::Fate::kDropped || slot.fate == Slot::Fate::kDuplicate) {
    part.writes.suppressions.push_back(SuppressionOf(slot));
  }
  if (slot.item != nullptr && !slot.item->id().empty() &&
      (slot.fate == Slot::Fate::kDropped || slot.fate == Slot::Fate::kQuarantined)) {
    unarchived.writes.push_back({slot.item->id(), PackKnown(*slot.item)});
  }
}

void LastStage::OnCall(PlacedCall& call, const alerts::Moment& at, alerts::Grouper::Events& events) {
  absl::StatusOr<alerts::Grouper::Operated> operated = grouper_.Operate(call.call, at, events);
  if (!operated.ok()) {
    call.answer = operated.status();
    return;
  }
  call.answer = std::move(operated->answer);
  if (operated->event) call.event = journaled_ + *operated->event;
}

void LastStage::ReadGrouper() {
  next_due_us_ = absl::ToUnixMicros(grouper_.NextDue());
  open_alerts_ = grouper_.open_alerts();
  under_embargo_ = grouper_.under_embargo();
  embargoes_crowded_out_ = grouper_.stats().embargoes_crowded_out;
}

absl::Status LastStage::Run(Batch& batch) {
  if (stopped_.ok()) stopped_ = batch.stop;
  if (!stopped_.ok()) {
    budget_.Release(batch.reserved);
    return stopped_;
  }
  EpochPart part;
  store::EpochWrites& writes = part.writes;
  store::SealedState unarchived{kUnarchivedStep, 1, {}};
  alerts::Grouper::Events events;
  for (Slot& slot : batch.slots()) {
    OnSlot(slot, part, unarchived, events);
    if (slot.fate != Slot::Fate::kLive) continue;
    writes.items.push_back(
        {slot.position, slot.item->id(), slot.item->version(), slot.item->content_hash(), std::move(slot.archived)});
  }
  for (const auto& call : batch.calls) OnCall(*call, {batch.last_position, batch.last_arrival}, events);
  if (batch.finish) grouper_.Finish(batch.last_position, events);
  for (const v1::AlertEvent& event : events) {
    writes.journal.push_back(
        {.alert_id = event.alert_id(), .at = alerts::GetTime(event.at()), .event = event.SerializeAsString()});
  }
  journaled_ += events.size();
  writes.last_position = batch.last_position;
  writes.last_arrival = batch.last_arrival;
  writes.state = std::move(batch.state);
  if (!unarchived.writes.empty()) writes.state.push_back(std::move(unarchived));
  if (auto sealed = grouper_.SealWrites(); !sealed.empty()) {
    writes.state.push_back({alerts::kGroupingStep, alerts::kGroupingVersion, std::move(sealed)});
  }
  std::sort(batch.quarantine.begin(), batch.quarantine.end(),
            [](const auto& a, const auto& b) { return a.position < b.position; });
  writes.quarantine = std::move(batch.quarantine);
  writes.cursors = std::move(batch.cursors);
  writes.retried = std::move(batch.retried);
  for (const v1::Suppression& suppression : grouper_.TakeSuppressions()) {
    writes.suppressions.push_back(alerts::ToStore(suppression));
  }
  part.suspects = std::move(batch.suspects);
  ReadGrouper();
  part.batch = batch.number;
  part.early = batch.early || !writes.journal.empty();
  part.sequenced = batch.sequenced;
  part.reserved = BytesOf(writes);
  budget_.Resize(batch.reserved, part.reserved);
  committer_.Add(pipeline_, std::move(part));
  return absl::OkStatus();
}

}  // namespace wirewatch::pipeline

#include "wirewatch/service/evidence_items.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

#include "absl/time/clock.h"
#include "wirewatch/sdk/document.h"

namespace wirewatch::service {

// The Items of one event. Any thread.
class EvidenceItems::Items {
 public:
  void Add(v1::Item item) {
    bytes_ += item.SpaceUsedLong();
    items_.push_back(std::move(item));
    documents_.emplace_back().Reset(&items_.back(), {}, 0, absl::Time());
  }
  size_t bytes() const { return bytes_; }
  bool AnySatisfies(const SharedQuery& query) {
    const std::lock_guard lock(mutex_);
    const auto [verdict, fresh] = verdicts_.try_emplace(query.number, false);
    if (fresh) {
      verdict->second = std::any_of(documents_.begin(), documents_.end(),
                                    [&query](const Document& document) { return query.condition.Matches(document); });
    }
    return verdict->second;
  }

 private:
  std::deque<v1::Item> items_;
  std::deque<Document> documents_;
  size_t bytes_ = 0;
  std::mutex mutex_;
  std::map<uint64_t, bool> verdicts_;  // by the query's number
};

absl::StatusOr<std::shared_ptr<const SharedQuery>> EvidenceItems::Share(const std::string& query) {
  auto compiled = std::make_shared<SharedQuery>();
  if (absl::Status done = Condition::Compile(query, compiled->condition); !done.ok()) return done;
  const std::lock_guard lock(mutex_);
  std::erase_if(queries_, [](const auto& entry) { return entry.second.expired(); });
  std::weak_ptr<const SharedQuery>& known = queries_[query];
  if (std::shared_ptr<const SharedQuery> shared = known.lock()) return shared;
  compiled->number = ++last_query_;
  known = compiled;
  return std::shared_ptr<const SharedQuery>(std::move(compiled));
}

absl::StatusOr<std::shared_ptr<EvidenceItems::Items>> EvidenceItems::Read(const v1::Alert& alert) const {
  auto items = std::make_shared<Items>();
  for (const v1::Evidence& evidence : alert.evidence()) {
    if (evidence.item_id().empty()) continue;
    absl::StatusOr<std::optional<v1::Item>> item =
        lookup_(alert.pipeline(), evidence.item_id(), evidence.item_version());
    if (store::IsTrouble(item.status())) return item.status();
    if (item.ok() && item->has_value()) items->Add(**std::move(item));
  }
  return items;
}

absl::StatusOr<std::shared_ptr<EvidenceItems::Items>> EvidenceItems::ItemsOf(const ServedEvent& event) {
  {
    const std::lock_guard lock(mutex_);
    Forget();
    const auto kept =
        std::find_if(kept_.begin(), kept_.end(), [&](const Kept& k) { return k.sequence == event.sequence; });
    if (kept != kept_.end()) return kept->items;
  }
  absl::StatusOr<std::shared_ptr<Items>> items = Read(event.event.alert());
  if (!items.ok()) return items;
  const std::lock_guard lock(mutex_);
  kept_.push_front({event.sequence, *items, (*items)->bytes(), absl::Now()});
  Forget();
  return items;
}

void EvidenceItems::Forget() {
  size_t bytes = 0, events = 0;
  const absl::Time before = absl::Now() - kLongest;
  kept_.remove_if([&](const Kept& kept) {
    bytes += kept.bytes;
    return ++events > kMostEvents || bytes > kMostBytes || kept.read < before;
  });
}

absl::StatusOr<bool> EvidenceItems::AnySatisfies(const ServedEvent& event, const SharedQuery& query) {
  const absl::StatusOr<std::shared_ptr<Items>> items = ItemsOf(event);
  if (!items.ok()) return items.status();
  return (*items)->AnySatisfies(query);
}

absl::StatusOr<bool> EvidenceItems::AnySatisfies(const v1::Alert& alert, const SharedQuery& query) const {
  const absl::StatusOr<std::shared_ptr<Items>> items = Read(alert);
  if (!items.ok()) return items.status();
  return (*items)->AnySatisfies(query);
}

}  // namespace wirewatch::service

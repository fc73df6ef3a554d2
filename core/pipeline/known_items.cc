#include "wirewatch/pipeline/known_items.h"

#include "wirewatch/pipeline/last_stage.h"
#include "wirewatch/v1/item.pb.h"

namespace wirewatch::pipeline {

absl::Status KnownItems::Open() {
  const absl::StatusOr<uint32_t> version = store_.StateVersion(kUnarchivedStep);
  if (version.ok() && *version > 0) unarchived_ = true;
  return version.status();
}

absl::StatusOr<std::optional<KnownItems::Known>> KnownItems::Find(const std::string& id) {
  ForgetCommitted();
  if (const auto recent = recent_.find(id); recent != recent_.end()) return recent->second.known;
  std::optional<Known> known;
  absl::StatusOr<std::optional<store::KnownItem>> archived = store_.FindItem(id);
  if (!archived.ok()) return archived.status();
  if (*archived) {
    known.emplace(Known{(*archived)->version, (*archived)->content_hash});
    absl::StatusOr<std::optional<std::string>> stored = store_.ReadItem(id, known->version);
    if (!stored.ok()) return stored.status();
    v1::Item item;
    if (*stored && item.ParseFromString(**stored)) {
      if (item.has_first_seen()) known->first_seen = item.first_seen();
      known->url = item.url();
    }
  }
  if (!unarchived_.load(std::memory_order_relaxed)) return known;
  absl::StatusOr<std::optional<std::string>> packed = store_.GetState(kUnarchivedStep, id);
  if (!packed.ok()) return packed.status();
  if (!*packed) return known;
  if (std::optional<Known> lost = UnpackKnown(**packed); lost && (!known || known->version < lost->version)) {
    if (!lost->first_seen && known) lost->first_seen = known->first_seen;
    known = std::move(lost);
  }
  return known;
}

void KnownItems::Add(const std::string& id, Known known, uint64_t batch) {
  recent_.insert_or_assign(id, Recent{std::move(known), batch});
  order_.emplace_back(batch, id);
}

void KnownItems::ForgetCommitted() {
  const uint64_t committed = committed_.load(std::memory_order_acquire);
  for (; !order_.empty() && order_.front().first < committed; order_.pop_front()) {
    const auto recent = recent_.find(order_.front().second);
    if (recent != recent_.end() && recent->second.batch < committed) recent_.erase(recent);
  }
}

}  // namespace wirewatch::pipeline

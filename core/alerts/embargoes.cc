#include "wirewatch/alerts/embargoes.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "wirewatch/alerts/times.h"

namespace wirewatch::alerts {

absl::Time EmbargoOf(const v1::Item& item) {
  if (!item.has_embargoed_until()) return absl::InfinitePast();
  // As google.protobuf.Timestamp has it.
  static const absl::Time last = absl::FromCivil(absl::CivilSecond(9999, 12, 31, 23, 59, 59), absl::UTCTimeZone());
  return std::min(GetTime(item.embargoed_until()), last);
}

std::string EmbargoNote(const v1::Alert& alert) {
  if (!alert.has_embargoed_until()) return "";
  return absl::FormatTime("embargoed until %Y-%m-%d %H:%M UTC: ", GetTime(alert.embargoed_until()),
                          absl::UTCTimeZone());
}

std::optional<v1::EmbargoedItem> Embargoes::Keep(v1::EmbargoedItem embargoed) {
  Drop(embargoed.item().id());
  std::string id = embargoed.item().id();
  due_.emplace(EmbargoOf(embargoed.item()), id);
  unsealed_.insert(id);
  items_.insert_or_assign(std::move(id), std::move(embargoed));
  if (items_.size() <= most_) return std::nullopt;
  return Take(*due_.rbegin());
}

bool Embargoes::Drop(const std::string& item_id) {
  const auto found = items_.find(item_id);
  if (found == items_.end()) return false;
  Take({EmbargoOf(found->second.item()), item_id});
  return true;
}

std::optional<v1::EmbargoedItem> Embargoes::TakeEnded(absl::Time until) {
  if (NextDue() > until) return std::nullopt;
  return Take(*due_.begin());
}

absl::Time Embargoes::NextDue() const { return due_.empty() ? absl::InfiniteFuture() : due_.begin()->first; }

v1::EmbargoedItem Embargoes::Take(const std::pair<absl::Time, std::string>& due) {
  auto taken = items_.extract(due.second);
  unsealed_.insert(taken.key());
  due_.erase(due);
  return std::move(taken.mapped());
}

void Embargoes::SealWrites(std::vector<store::StateWrite>& writes) {
  for (const std::string& id : unsealed_) {
    store::StateWrite& write = writes.emplace_back();
    write.key = absl::StrCat(kEmbargoPrefix, id);
    if (const auto found = items_.find(id); found != items_.end()) write.value = found->second.SerializeAsString();
  }
  unsealed_.clear();
}

absl::Status Embargoes::Restore(std::string_view item_id, const std::string& value) {
  v1::EmbargoedItem embargoed;
  if (!embargoed.ParseFromString(value) || embargoed.item().id() != item_id ||
      !embargoed.item().has_embargoed_until()) {
    return absl::DataLossError(
        absl::StrCat("the store's Item under embargo ", std::string(item_id), " cannot be read"));
  }
  due_.emplace(EmbargoOf(embargoed.item()), std::string(item_id));
  items_.insert_or_assign(std::string(item_id), std::move(embargoed));
  return absl::OkStatus();
}

}  // namespace wirewatch::alerts

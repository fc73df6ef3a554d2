// The Grouper's state in the store: a v1::AlertGroup for each Alert that can still change, a v1::AlertSilence for each
// silence, a v1::EmbargoedItem for each Item under embargo.
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "wirewatch/alerts/grouper.h"

namespace wirewatch::alerts {
namespace {

// Keys sort as the groups do.
std::string StateKey(const std::pair<uint64_t, std::string>& key) {
  return absl::StrFormat("alert/%016x/%s", key.first, key.second);
}

}  // namespace

std::vector<store::StateWrite> Grouper::SealWrites() {
  std::vector<store::StateWrite> writes;
  writes.reserve(unsealed_.size());
  for (const Key& key : unsealed_) {
    store::StateWrite& write = writes.emplace_back();
    write.key = StateKey(key);
    if (const auto group = groups_.find(key); group != groups_.end()) {
      write.value = group->second.state().SerializeAsString();
    }
  }
  unsealed_.clear();
  silences_.SealWrites(writes);
  embargoes_.SealWrites(writes);
  return writes;
}

absl::Status Grouper::Restore(std::span<const std::pair<std::string, std::string>> entries) {
  for (const auto& [key, value] : entries) {
    if (key.starts_with(kSilencePrefix)) {
      const std::string_view id = std::string_view(key).substr(sizeof kSilencePrefix - 1);
      if (absl::Status restored = silences_.Restore(id, value); !restored.ok()) return restored;
      continue;
    }
    if (key.starts_with(kEmbargoPrefix)) {
      const std::string_view id = std::string_view(key).substr(sizeof kEmbargoPrefix - 1);
      if (absl::Status restored = embargoes_.Restore(id, value); !restored.ok()) return restored;
      continue;
    }
    v1::AlertGroup state;
    if (!state.ParseFromString(value) || !state.has_alert() || !state.has_last_signal()) {
      return absl::DataLossError(absl::StrCat("the store's entry ", key, " is no Alert of this version"));
    }
    Group group(std::move(state));
    const Key group_key = group.key();
    Group& restored = groups_.insert_or_assign(group_key, std::move(group)).first->second;
    by_id_[restored.alert().id()] = group_key;
    if (!restored.ended()) open_[restored.alert().fingerprint()] = group_key;
    for (const v1::AlertGroupMember& member : restored.state().members()) Index(member, group_key);
    Changed(restored);
  }
  unsealed_.clear();
  return absl::OkStatus();
}

}  // namespace wirewatch::alerts

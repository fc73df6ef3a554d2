#include "wirewatch/pipeline/state_overlay.h"

#include "absl/strings/str_cat.h"

namespace wirewatch::pipeline {
namespace {

constexpr size_t kMaxKeyBytes = 1 << 10;
constexpr size_t kMaxValueBytes = 16 << 20;

}  // namespace

absl::StatusOr<std::optional<std::string>> StateOverlay::Get(std::string_view key) {
  ForgetCommitted();
  if (const auto found = values_.find(key); found != values_.end()) return found->second.value;
  return store_.GetState(step_, key);
}

absl::Status StateOverlay::Put(std::string_view key, std::string_view value) {
  if (value.size() > kMaxValueBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("a value of ", value.size(), " bytes; state holds up to 16 MiB each"));
  }
  return Write(key, std::string(value));
}

absl::Status StateOverlay::Delete(std::string_view key) { return Write(key, std::nullopt); }

absl::Status StateOverlay::Write(std::string_view key, std::optional<std::string> value) {
  if (key.empty() || key.size() > kMaxKeyBytes) {
    return absl::InvalidArgumentError(absl::StrCat("a key of ", key.size(), " bytes; keys have 1 to 1024"));
  }
  auto [at, added] = values_.try_emplace(std::string(key));
  undo_.emplace_back(key, added ? std::nullopt : std::optional<Value>(std::move(at->second)));
  at->second = {std::move(value), kUnsealed};
  unsealed_.emplace(key, true);
  return absl::OkStatus();
}

void StateOverlay::UndoCall() {
  for (; !undo_.empty(); undo_.pop_back()) {
    auto& [key, before] = undo_.back();
    if (!before || before->sealed_in != kUnsealed) unsealed_.erase(key);
    if (before) {
      values_.insert_or_assign(key, *std::move(before));
    } else {
      values_.erase(key);
    }
  }
}

absl::Status StateOverlay::Scan(std::string_view prefix,
                                const std::function<bool(std::string_view, std::string_view)>& visit) {
  ForgetCommitted();
  // Copied, so that the visitor may write.
  absl::StatusOr<PatientStore::Entries> merged = store_.ScanState(step_, prefix);
  if (!merged.ok()) return merged.status();
  for (auto at = values_.lower_bound(prefix); at != values_.end() && at->first.starts_with(prefix); ++at) {
    merged->insert_or_assign(at->first, at->second.value);
  }
  for (const auto& [key, value] : *merged) {
    if (value && !visit(key, *value)) break;
  }
  return absl::OkStatus();
}

store::SealedState StateOverlay::Seal(uint64_t number) {
  store::SealedState sealed{step_, version_, {}};
  std::vector<std::string> keys;
  for (const auto& [key, written] : unsealed_) {
    Value& value = values_.find(key)->second;
    value.sealed_in = number;
    sealed.writes.push_back({key, value.value});
    keys.push_back(key);
  }
  unsealed_.clear();
  if (!keys.empty()) sealed_.emplace_back(number, std::move(keys));
  return sealed;
}

void StateOverlay::ForgetCommitted() {
  const uint64_t committed = committed_.load(std::memory_order_acquire);
  for (; !sealed_.empty() && sealed_.front().first < committed; sealed_.pop_front()) {
    for (const std::string& key : sealed_.front().second) {
      const auto found = values_.find(key);
      // An undo of the call at hand may need the value: the store has it by now.
      if (found != values_.end() && found->second.sealed_in < committed) values_.erase(found);
    }
  }
}

}  // namespace wirewatch::pipeline

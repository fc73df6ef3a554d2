#include "watch_book.h"

#include <utility>

namespace wirewatch::analyses {

void WatchBook::Begin(v1::WatchRecord record) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[record.definition().id()];
  entry.now = std::make_shared<const v1::WatchRecord>(std::move(record));
}

void WatchBook::Put(v1::WatchRecord record) {
  const std::string id = record.definition().id();
  auto kept = std::make_shared<const v1::WatchRecord>(std::move(record));
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[id];
  if (entry.now != nullptr) {
    if (entry.before.empty()) with_before_.push_back(id);
    entry.before.push_back(std::move(entry.now));
  }
  entry.now = std::move(kept);
}

void WatchBook::SetPlace(const std::string& id, SourceLocation place) {
  const std::lock_guard lock(mutex_);
  entries_[id].place = std::move(place);
}

WatchBook::Record WatchBook::At(std::string_view id, uint64_t position) const {
  const std::shared_lock lock(mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end()) return nullptr;
  const Entry& entry = found->second;
  if (entry.now->position() <= position || entry.before.empty()) return entry.now;
  for (auto before = entry.before.rbegin(); before != entry.before.rend(); ++before) {
    if ((*before)->position() <= position) return *before;
  }
  return entry.before.front();
}

WatchBook::Record WatchBook::Now(std::string_view id) const {
  const std::shared_lock lock(mutex_);
  const auto found = entries_.find(id);
  return found == entries_.end() ? nullptr : found->second.now;
}

std::string WatchBook::PlaceOf(std::string_view id) const {
  const std::shared_lock lock(mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end() || found->second.place.line == 0) return "";
  return found->second.place.ToString();
}

void WatchBook::Visit(std::string_view after, const std::function<bool(const v1::WatchRecord&)>& visit) const {
  const std::shared_lock lock(mutex_);
  for (auto at = entries_.upper_bound(after); at != entries_.end(); ++at) {
    if (!visit(*at->second.now)) return;
  }
}

void WatchBook::Passed(uint64_t position) {
  const std::lock_guard lock(mutex_);
  std::erase_if(with_before_, [&](const std::string& id) {
    Entry& entry = entries_.find(id)->second;
    // What holds from the next position on, or earlier, is enough for all that are to come.
    while (!entry.before.empty()) {
      const Record& next = entry.before.size() > 1 ? entry.before[1] : entry.now;
      if (next->position() > position + 1) return false;
      entry.before.erase(entry.before.begin());
    }
    return true;
  });
}

}  // namespace wirewatch::analyses

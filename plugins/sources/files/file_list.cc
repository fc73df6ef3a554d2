#include "file_list.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>

namespace wirewatch::sources {
namespace {

constexpr absl::Duration kShortestPause = absl::Milliseconds(20);

}  // namespace

FileList::FileList(std::vector<Glob> globs, std::vector<Glob> excluded, bool follow, absl::Duration settle,
                   absl::Duration rescan, SeenFiles& seen)
    : globs_(std::move(globs)),
      excluded_(std::move(excluded)),
      follow_(follow),
      settle_(settle),
      rescan_(rescan),
      seen_(seen) {}

std::vector<absl::Status> FileList::Refresh(absl::Time now) {
  if (follow_ && watch_.Drain()) changed_ = true;
  const bool due = now >= next_scan_ || (changed_ && now >= earliest_scan_);
  return due ? Scan(now) : std::vector<absl::Status>();
}

std::vector<absl::Status> FileList::Scan(absl::Time now) {
  const auto began = std::chrono::steady_clock::now();
  changed_ = false;
  Walk walk = FindFiles(globs_, excluded_);
  // Folders that appear while they are looked into are looked into again, a few times at most.
  for (int again = 0; follow_ && again < 8; ++again) {
    absl::Status status;
    const bool added = watch_.Watch(walk.folders, status);
    if (!status.ok()) walk.errors.push_back(status);
    if (!added) break;
    Walk next = FindFiles(globs_, excluded_);
    next.errors.insert(next.errors.end(), walk.errors.begin(), walk.errors.end());
    walk = std::move(next);
  }
  pending_.clear();
  std::set<FileKey> there;
  for (const std::string& path : walk.files) {
    struct stat status {};
    if (stat(path.c_str(), &status) != 0) continue;
    const FileKey key = KeyOf(status);
    if (!there.insert(key).second) continue;  // another name of the same file
    const FilePosition* const known = seen_.Find(key);
    if (known == nullptr || known->stamp != StampOf(status)) pending_.insert(path);
  }
  // Only where every folder could be read is it known what is gone.
  if (walk.errors.empty()) seen_.Keep(there);
  found_ = walk.files.size();
  next_scan_ = follow_ ? now + rescan_ : absl::InfiniteFuture();
  const absl::Duration took = absl::FromChrono(std::chrono::steady_clock::now() - began);
  earliest_scan_ = now + std::max(kShortestPause, 10 * took);
  return std::move(walk.errors);
}

bool FileList::Take(absl::Time now, const std::function<bool(const std::string&)>& grows, std::string& path) {
  next_settled_ = absl::InfiniteFuture();
  for (auto next = pending_.begin(); next != pending_.end();) {
    struct stat status {};
    if (stat(next->c_str(), &status) != 0) {
      next = pending_.erase(next);
      continue;
    }
    const absl::Time settled = absl::TimeFromTimespec(status.st_mtim) + settle_;
    // A time of change in the future says nothing.
    if (follow_ && settled > now && settled < now + 2 * settle_ && !grows(*next)) {
      next_settled_ = std::min(next_settled_, settled);
      ++next;
      continue;
    }
    path = *next;
    pending_.erase(next);
    return true;
  }
  return false;
}

absl::Duration FileList::Wait(absl::Time now) const {
  absl::Time until = std::min(next_scan_, next_settled_);
  if (changed_) until = std::min(until, earliest_scan_);
  return std::clamp(until - now, absl::Milliseconds(1), absl::Minutes(5));
}

}  // namespace wirewatch::sources

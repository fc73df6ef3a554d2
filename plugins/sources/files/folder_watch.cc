#include "folder_watch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <unordered_set>

#include "absl/strings/str_cat.h"

namespace wirewatch::sources {
namespace {

constexpr uint32_t kEvents = IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE |
                             IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

}  // namespace

FolderWatch::FolderWatch() : fd_(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {}

FolderWatch::~FolderWatch() {
  if (fd_ >= 0) close(fd_);
}

bool FolderWatch::Watch(const std::vector<std::string>& folders, absl::Status& status) {
  if (fd_ < 0) return false;
  const std::unordered_set<std::string> wanted(folders.begin(), folders.end());
  for (auto watched = watches_.begin(); watched != watches_.end();) {
    if (wanted.contains(watched->first)) {
      ++watched;
      continue;
    }
    inotify_rm_watch(fd_, watched->second);
    watched = watches_.erase(watched);
  }
  bool added = false;
  for (const std::string& folder : folders) {
    // Asked for again even when known: a folder that was replaced by another has a new watch.
    const int watch = inotify_add_watch(fd_, folder.c_str(), kEvents);
    if (watch < 0) {
      if (errno != ENOENT) status = absl::ErrnoToStatus(errno, absl::StrCat("cannot watch the folder ", folder));
      continue;
    }
    const auto [known, is_new] = watches_.emplace(folder, watch);
    added |= is_new || known->second != watch;
    known->second = watch;
  }
  return added;
}

bool FolderWatch::Drain() {
  if (fd_ < 0) return false;
  alignas(inotify_event) std::array<char, 65536> events;
  bool any = false;
  while (read(fd_, events.data(), events.size()) > 0) any = true;
  return any;
}

}  // namespace wirewatch::sources

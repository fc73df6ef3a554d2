// FolderWatch: wakes the source when something changes in folders (Linux inotify). One thread.
#ifndef WIREWATCH_SOURCES_FILES_FOLDER_WATCH_H_
#define WIREWATCH_SOURCES_FILES_FOLDER_WATCH_H_

#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"

namespace wirewatch::sources {

class FolderWatch {
 public:
  FolderWatch();
  ~FolderWatch();
  FolderWatch(const FolderWatch&) = delete;
  FolderWatch& operator=(const FolderWatch&) = delete;

  // Becomes readable when something changed; -1 when the kernel gives no watch: the source then looks at intervals.
  int fd() const { return fd_; }
  // Watches these folders and no others. True when one of them was not watched before: it must be looked into again, as
  // files may have come before the watch. `status` says why some cannot be watched (fs.inotify.max_user_watches).
  bool Watch(const std::vector<std::string>& folders, absl::Status& status);
  // Takes what the kernel reported; true when there was anything.
  bool Drain();

 private:
  int fd_ = -1;
  std::unordered_map<std::string, int> watches_;
};

}  // namespace wirewatch::sources

#endif  // WIREWATCH_SOURCES_FILES_FOLDER_WATCH_H_

// FileList: which files are to be read next, in order of their paths. One thread.
#ifndef WIREWATCH_SOURCES_FILES_FILE_LIST_H_
#define WIREWATCH_SOURCES_FILES_FILE_LIST_H_

#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "folder_watch.h"
#include "glob.h"
#include "seen_files.h"

namespace wirewatch::sources {

class FileList {
 public:
  // `seen` must outlive it. Not following: the folders are looked into once.
  FileList(std::vector<Glob> globs, std::vector<Glob> excluded, bool follow, absl::Duration settle,
           absl::Duration rescan, SeenFiles& seen);

  // Looks into the folders if that is due. Folders that cannot be read are in the result.
  std::vector<absl::Status> Refresh(absl::Time now);
  // The next file to be read; false: none is ready. `grows` says whether a file may be read while it is being written.
  bool Take(absl::Time now, const std::function<bool(const std::string&)>& grows, std::string& path);
  // How long until Refresh() or Take() may have something, if fd() does not become readable before.
  absl::Duration Wait(absl::Time now) const;
  int fd() const { return follow_ ? watch_.fd() : -1; }
  size_t found() const { return found_; }

 private:
  std::vector<absl::Status> Scan(absl::Time now);

  const std::vector<Glob> globs_, excluded_;
  const bool follow_;
  const absl::Duration settle_, rescan_;
  SeenFiles& seen_;
  FolderWatch watch_;
  std::set<std::string> pending_;
  absl::Time next_scan_ = absl::InfinitePast();
  absl::Time earliest_scan_ = absl::InfinitePast();  // scans take time; they are kept apart by ten times that
  absl::Time next_settled_ = absl::InfiniteFuture();
  bool changed_ = false;
  size_t found_ = 0;
};

}  // namespace wirewatch::sources

#endif  // WIREWATCH_SOURCES_FILES_FILE_LIST_H_

// SeenFiles: how far each file has been read, and the cursor that says so after a restart. A file is known by device
// and inode, so that renaming it changes nothing. One thread.
#ifndef WIREWATCH_SOURCES_FILES_SEEN_FILES_H_
#define WIREWATCH_SOURCES_FILES_SEEN_FILES_H_

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/status/status.h"

namespace wirewatch::sources {

// How far one file has been read.
struct FilePosition {
  uint64_t stamp = 0;    // size and time of change when it was last looked at; 0: not read to its end since
  uint64_t entry = 0;    // of an archive
  uint64_t offset = 0;   // bytes of the entry
  uint64_t element = 0;  // Items taken of a record that holds several
  uint64_t tail = 0;     // hash of the bytes before `offset`, for files that grow
  uint64_t line = 0;     // lines of the entry before `offset`; 0 behind its beginning: not known
};

using FileKey = uint64_t;
FileKey KeyOf(const struct stat& status);
// Never 0.
uint64_t StampOf(const struct stat& status);

class SeenFiles {
 public:
  // A cursor holds so many files, those that were read last. The others would be read again after a restart, and the
  // host would recognise their Items.
  static constexpr size_t kMaxInCursor = 18'000;

  // nullptr: never read.
  const FilePosition* Find(FileKey key) const;
  void Set(FileKey key, const FilePosition& position);
  void Forget(FileKey key);
  // Forgets every file that is not among `there`.
  void Keep(const std::set<FileKey>& there);

  // At most 1 MiB.
  std::string Encode() const;
  // InvalidArgument when `cursor` was not made by Encode().
  absl::Status Decode(std::string_view cursor);

 private:
  struct Seen {
    FilePosition position;
    uint64_t turn = 0;  // order in which they were last set
  };
  std::unordered_map<FileKey, Seen> files_;
  std::set<std::pair<uint64_t, FileKey>> turns_;
  uint64_t turn_ = 0;
};

// FNV-1a, 64 bits; the same on every machine.
uint64_t HashOf(std::string_view bytes);

}  // namespace wirewatch::sources

#endif  // WIREWATCH_SOURCES_FILES_SEEN_FILES_H_

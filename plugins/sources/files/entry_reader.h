// EntryReader: the texts inside one file: the file itself, or the entries of what is packed (.gz, .zst, .zip, told by
// their first bytes). Everything in it is hostile: sizes, ratios and the number of entries are limited. One thread.
#ifndef WIREWATCH_SOURCES_FILES_ENTRY_READER_H_
#define WIREWATCH_SOURCES_FILES_ENTRY_READER_H_

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "options.h"

namespace wirewatch::sources {

class EntryReader {
 public:
  // `limits` must outlive it. NotFound when the file is gone, PermissionDenied, InvalidArgument when it is no file.
  static absl::StatusOr<std::unique_ptr<EntryReader>> Open(const std::string& path, const FileLimits& limits);
  virtual ~EntryReader() = default;

  // Goes to the next entry; false behind the last. DataLoss for a damaged archive.
  virtual absl::StatusOr<bool> Next() = 0;
  // Up to `size` bytes of the entry; 0 at its end. ResourceExhausted when a limit is reached.
  virtual absl::StatusOr<size_t> Read(char* buffer, size_t size) = 0;
  // Leaves out `bytes` of the entry, as far as there are so many.
  virtual absl::Status Skip(uint64_t bytes);

  // What tells whether the file up to `offset` of the entry is still the same: a hash of the bytes before it, for what
  // is packed the time of change.
  virtual uint64_t TailOf(uint64_t offset) const = 0;

  // The entry's name inside the archive, valid UTF-8; "" where the file is the entry.
  const std::string& name() const { return name_; }
  bool packed() const { return packed_; }
  // As it was when it was opened.
  const struct stat& status() const { return status_; }

 protected:
  std::string name_;
  bool packed_ = false;
  struct stat status_ {};
};

}  // namespace wirewatch::sources

#endif  // WIREWATCH_SOURCES_FILES_ENTRY_READER_H_

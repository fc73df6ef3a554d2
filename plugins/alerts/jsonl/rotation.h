// Rotation: when a file of lines has become large or old enough, it is moved aside and the next line begins a new one.
// At any moment, also after a crash, every line stands in exactly one file. Used by one thread; others may read along.
#ifndef WIREWATCH_PLUGINS_ALERTS_JSONL_ROTATION_H_
#define WIREWATCH_PLUGINS_ALERTS_JSONL_ROTATION_H_

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace wirewatch::alerts {

struct RotationOptions {
  enum class Names {
    kNumbered,  // alerts.jsonl.1 is the newest, alerts.jsonl.2 the one before
    kDated,     // alerts-2026-11-26.jsonl, alerts-2026-11-26.2.jsonl: the day of the last line
  };
  std::filesystem::path path;
  uint64_t size_bytes = 0;  // a file does not become larger, unless by a single line; 0: any size
  bool daily = false;       // the lines of a file are of one day
  absl::TimeZone zone = absl::UTCTimeZone();
  Names names = Names::kNumbered;
  uint32_t keep = 0;  // so many besides the current one; 0: all
  bool gzip = false;  // all but the newest of them
};

class Rotation {
 public:
  explicit Rotation(RotationOptions options) : options_(std::move(options)) {}

  // Whether the file, of `size` bytes and last written at `written`, is to be moved aside before `added` bytes more.
  bool Due(uint64_t size, uint64_t added, absl::Time written, absl::Time now) const;
  // Moves the file aside. What it holds must be on the disk.
  absl::Status MoveAside(absl::Time written) const;
  // Removes what is too much and compresses what is to be compressed, also where a crash kept it from being done.
  absl::Status Tidy() const;
  // The file that was moved aside last; empty when there is none or it is compressed.
  std::filesystem::path Newest() const;

 private:
  struct Aside {
    std::filesystem::path path;
    std::pair<std::string, uint32_t> place;  // date (or nothing) and number
    bool compressed = false;
  };
  // Newest first.
  absl::StatusOr<std::vector<Aside>> List() const;
  // Date and number of a file's name without .gz; nothing when it is no name of these.
  bool Place(std::string name, std::pair<std::string, uint32_t>& place) const;
  std::filesystem::path Name(const std::pair<std::string, uint32_t>& place) const;
  absl::Status MakeRoom() const;

  const RotationOptions options_;
};

// Names that were changed in the folder of `path` are on the disk.
absl::Status SyncFolder(const std::filesystem::path& path);
// Writes `path`.gz and removes `path`; after a crash one of them is whole.
absl::Status Compress(const std::filesystem::path& path);

}  // namespace wirewatch::alerts

#endif  // WIREWATCH_PLUGINS_ALERTS_JSONL_ROTATION_H_

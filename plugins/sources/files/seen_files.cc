#include "seen_files.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>

namespace wirewatch::sources {
namespace {

constexpr std::string_view kHeader = "files-2\n";
using Record = std::array<uint64_t, 7>;
// Written before lines were counted: a record without its last number.
constexpr std::string_view kFirstHeader = "files-1\n";
constexpr size_t kFirstRecordBytes = sizeof(Record) - sizeof(uint64_t);

uint64_t HashOfNumbers(std::initializer_list<uint64_t> numbers) {
  std::string bytes;
  for (const uint64_t number : numbers) {
    for (int shift = 0; shift < 64; shift += 8) bytes += static_cast<char>((number >> shift) & 0xFF);
  }
  return HashOf(bytes);
}

}  // namespace

uint64_t HashOf(std::string_view bytes) {
  uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3ULL;
  return hash;
}

FileKey KeyOf(const struct stat& status) {
  return HashOfNumbers({static_cast<uint64_t>(status.st_dev), static_cast<uint64_t>(status.st_ino)});
}

uint64_t StampOf(const struct stat& status) {
  const uint64_t stamp =
      HashOfNumbers({static_cast<uint64_t>(status.st_size), static_cast<uint64_t>(status.st_mtim.tv_sec),
                     static_cast<uint64_t>(status.st_mtim.tv_nsec)});
  return stamp == 0 ? 1 : stamp;
}

const FilePosition* SeenFiles::Find(FileKey key) const {
  const auto found = files_.find(key);
  return found == files_.end() ? nullptr : &found->second.position;
}

void SeenFiles::Set(FileKey key, const FilePosition& position) {
  Seen& seen = files_[key];
  turns_.erase({seen.turn, key});
  seen = {position, ++turn_};
  turns_.insert({seen.turn, key});
}

void SeenFiles::Forget(FileKey key) {
  const auto found = files_.find(key);
  if (found == files_.end()) return;
  turns_.erase({found->second.turn, key});
  files_.erase(found);
}

void SeenFiles::Keep(const std::set<FileKey>& there) {
  std::vector<FileKey> gone;
  for (const auto& [key, seen] : files_) {
    if (!there.contains(key)) gone.push_back(key);
  }
  for (const FileKey key : gone) Forget(key);
}

std::string SeenFiles::Encode() const {
  std::string cursor(kHeader);
  const size_t count = std::min(turns_.size(), kMaxInCursor);
  cursor.reserve(kHeader.size() + count * sizeof(Record));
  for (auto next = std::prev(turns_.end(), static_cast<std::ptrdiff_t>(count)); next != turns_.end(); ++next) {
    const FileKey key = next->second;
    const FilePosition& at = files_.at(key).position;
    for (const uint64_t number : Record{key, at.stamp, at.entry, at.offset, at.element, at.tail, at.line}) {
      for (int shift = 0; shift < 64; shift += 8) cursor += static_cast<char>((number >> shift) & 0xFF);
    }
  }
  return cursor;
}

absl::Status SeenFiles::Decode(std::string_view cursor) {
  if (cursor.empty()) return absl::OkStatus();
  const bool is_first = cursor.starts_with(kFirstHeader);
  const size_t record_bytes = is_first ? kFirstRecordBytes : sizeof(Record);
  if ((!is_first && !cursor.starts_with(kHeader)) || (cursor.size() - kHeader.size()) % record_bytes != 0) {
    return absl::InvalidArgumentError("the cursor in the store was not written by this source");
  }
  cursor.remove_prefix(kHeader.size());
  for (; !cursor.empty(); cursor.remove_prefix(record_bytes)) {
    Record record{};
    for (size_t i = 0; i < record_bytes; ++i) {
      record[i / 8] |= static_cast<uint64_t>(static_cast<unsigned char>(cursor[i])) << (8 * (i % 8));
    }
    Set(record[0], {record[1], record[2], record[3], record[4], record[5], record[6]});
  }
  return absl::OkStatus();
}

}  // namespace wirewatch::sources
